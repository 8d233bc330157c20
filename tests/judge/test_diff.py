"""What a change did to findings, and why they are seen now: the two axes as tables."""

from dataclasses import replace

import pytest

from bot.diff import Earlier, Effect, Since, diff, since
from bot.finding import Finding, Kind
from tests.report.reviews import finding

SSL = finding("openssl", "CVE-1")
SSL_LATER = finding("openssl", "CVE-1", version="3.3.0-r1", layer="sha256:other", image="b:2")
SSL_OTHER_FLAW = finding("openssl", "CVE-2")
SSL_ALIAS = finding("openssl", "GHSA-1", ids=("GHSA-1", "CVE-1"))
SSL_ALIAS_ONLY = finding("openssl", "GHSA-1", ids=("GHSA-1",))
DEB_SSL = finding("openssl", "CVE-1", package_type="deb")
EXPAT, LIBEXPAT = finding("expat", "CVE-3"), finding("libexpat", "CVE-3", package_type="deb")
BUILT = finding("openssl", "CVE-1", shipped=False)
ELSEWHERE = finding("openssl", "CVE-1", target="web/Dockerfile")

CASES = {
    "new": ([], [SSL], [(Effect.INTRODUCED, False)]),
    "gone": ([SSL], [], [(Effect.FIXED, False)]),
    "same": ([SSL], [SSL], [(Effect.UNCHANGED, False)]),
    "another version, layer and image": ([SSL], [SSL_LATER], [(Effect.UNCHANGED, False)]),
    "another flaw": ([SSL], [SSL_OTHER_FLAW], [(Effect.INTRODUCED, False), (Effect.FIXED, False)]),
    "names overlap": ([SSL], [SSL_ALIAS], [(Effect.UNCHANGED, False)]),
    "names do not overlap": ([SSL], [SSL_ALIAS_ONLY], [(Effect.INTRODUCED, False), (Effect.FIXED, False)]),
    "another distribution": ([SSL], [DEB_SSL], [(Effect.UNCHANGED, True), (Effect.FIXED, False)]),
    "another package name": ([EXPAT], [LIBEXPAT], [(Effect.UNCHANGED, True), (Effect.FIXED, False)]),
    "another target": ([ELSEWHERE], [SSL], [(Effect.INTRODUCED, False), (Effect.FIXED, False)]),
    "from build to shipped": ([BUILT], [SSL], [(Effect.INTRODUCED, False)]),
    "from shipped to build": ([SSL], [BUILT], [(Effect.UNCHANGED, False), (Effect.FIXED, False)]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_what_the_change_did(
    before: list[Finding], after: list[Finding], expected: list[tuple[Effect, bool]]
) -> None:
    assert [(each.effect, each.carried_over) for each in diff(before, after)] == expected


def secret(place: str, fingerprint: str) -> Finding:
    return replace(finding(place, "github-token"), kind=Kind.SECRET, version=fingerprint, package_type="")


ENV, ENV_2, RUN = "ENV TOKEN in final stage", "ENV TOKEN in final stage (2)", "RUN in final stage"
OLD, NEW = secret(ENV, "one"), secret(ENV, "two")
ROOT = replace(finding("final stage: user", "root-user"), kind=Kind.MISCONFIGURATION, package_type="")
KINDS = {
    "another secret in its place": ([OLD], [NEW], [Effect.INTRODUCED, Effect.FIXED]),
    "another secret before it": (
        [OLD],
        [NEW, secret(ENV_2, "one")],
        [Effect.INTRODUCED, Effect.UNCHANGED],
    ),
    "the same secret elsewhere": ([OLD], [secret(RUN, "one")], [Effect.UNCHANGED]),
    "another secret elsewhere": ([OLD], [secret(RUN, "two")], [Effect.INTRODUCED, Effect.FIXED]),
    "the secrets of an image, by place": (
        [secret("etc/key", "")],
        [secret("etc/key", "")],
        [Effect.UNCHANGED],
    ),
    "the same rule elsewhere": (
        [replace(ROOT, package="final stage: RUN a")],
        [replace(ROOT, package="final stage: RUN b")],
        [Effect.INTRODUCED, Effect.FIXED],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), KINDS.values(), ids=KINDS)
def test_what_is_no_vulnerability_is_not_excused_by_one_that_left(
    before: list[Finding], after: list[Finding], expected: list[Effect]
) -> None:
    found = diff(before, after)
    assert [each.effect for each in found] == expected
    assert not any(each.carried_over for each in found)


@pytest.mark.parametrize("before", [[], [SSL]])
def test_what_a_rebuild_clears_is_neither_introduced_nor_fixed(before: list[Finding]) -> None:
    assert [each.effect for each in diff(before, [], [SSL])] == [Effect.CLEARED]


HERE = {"reference": "host/shop:1", "digest": "sha256:1", "snapshot": "s1"}
OF_HEAD = Earlier(of_head=True, snapshot="s1", digests={"host/shop:1": "sha256:1"})
KNEW = Earlier(True, "s1", {"host/shop:1": "sha256:1"}, frozenset({("openssl", "CVE-1")}))
EXCUSED = Earlier(
    True,
    "s1",
    {"host/shop:1": "sha256:1"},
    frozenset({("openssl", "CVE-1")}),
    frozenset({("openssl", "CVE-1", Since.UPSTREAM_MOVED)}),
)
OF_BRANCH = Earlier(of_head=False, snapshot="s1", digests={"host/shop:1": "sha256:1"})

WHYS = {
    "no verdict before, introduced": (None, Effect.INTRODUCED, {}, Since.FIRST_SEEN),
    "no verdict before, unchanged": (None, Effect.UNCHANGED, {}, Since.UNKNOWN),
    "only the branch has one": (OF_BRANCH, Effect.INTRODUCED, {"snapshot": "s2"}, Since.FIRST_SEEN),
    "new to the branch": (OF_BRANCH, Effect.UNCHANGED, {"snapshot": "s2"}, Since.NEW_ADVISORY),
    "all the same": (OF_HEAD, Effect.INTRODUCED, {}, Since.FIRST_SEEN),
    "new advisories": (OF_HEAD, Effect.INTRODUCED, {"snapshot": "s2"}, Since.NEW_ADVISORY),
    "a moved tag": (OF_HEAD, Effect.INTRODUCED, {"digest": "sha256:2"}, Since.UPSTREAM_MOVED),
    "both": (
        OF_HEAD,
        Effect.INTRODUCED,
        {"digest": "sha256:2", "snapshot": "s2"},
        Since.UPSTREAM_MOVED,
    ),
    "known before": (KNEW, Effect.INTRODUCED, {"snapshot": "s2"}, Since.FIRST_SEEN),
    "excused before": (EXCUSED, Effect.INTRODUCED, {}, Since.UPSTREAM_MOVED),
    "never looked at": (
        OF_HEAD,
        Effect.INTRODUCED,
        {"reference": "host/other:1", "snapshot": "s2"},
        Since.FIRST_SEEN,
    ),
}


@pytest.mark.parametrize(("earlier", "effect", "now", "expected"), WHYS.values(), ids=WHYS)
def test_why_it_is_seen_now(
    earlier: Earlier | None, effect: Effect, now: dict[str, str], expected: Since
) -> None:
    assert since(SSL, effect, earlier, **{**HERE, **now}) is expected


def test_a_finding_is_known_under_any_of_its_names() -> None:
    assert KNEW.knew(SSL_ALIAS)
    assert not KNEW.knew(SSL_ALIAS_ONLY)
    assert not KNEW.knew(EXPAT)
