"""What a change did to findings, and why they are seen now: the two axes as tables."""

import pytest

from bot.diff import Earlier, Effect, Since, diff, since
from bot.finding import Finding
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
