"""From what was seen of a target to its findings: grouping, instructions, and the line that decides."""

from dataclasses import replace

import pytest

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating, Severity
from bot.finding import Finding
from bot.findings import cause_of, findings_of
from bot.inspection import ArgValue, DockerfileState, Location, PackageStep, TargetPair
from bot.package import Package
from tests.report.reviews import base, image, state


def binary(name: str, source: str = "openssl", kind: str = "apk") -> Package:
    return Package(kind, "alpine", name, "3.3.0-r0", source, "3.3.0-r0", "x86_64", "Alpine:v3.20")


def hit(package: Package, flaw: str = "CVE-1", fixed: str = "3.3.1-r0") -> Match:
    fix = FixState.FIXED if fixed else FixState.NOT_FIXED
    return Match(package, (flaw,), (f"ALPINE-{flaw}",), fix, fixed, Rating(Severity.HIGH, "cvss"))


def step(verb: str, *packages: str, manager: str = "apk") -> PackageStep:
    pairs = tuple((word.partition("=")[0], word.partition("=")[2]) for word in packages)
    return PackageStep(manager, verb, pairs, Location("Dockerfile", 2, 2))


def side(*matches: Match, steps: tuple[PackageStep, ...] = (), shipped: bool = True) -> DockerfileState:
    seen = image(1, [match.package for match in matches], matches)
    return replace(state(base("a:1", seen, shipped=shipped)), steps=steps)


def found(side: DockerfileState) -> tuple[list[Finding], list[Finding]]:
    return findings_of(side, TargetPair(None, side), other=None)


def test_one_finding_for_all_binaries_of_a_source_package() -> None:
    kept, _ = found(side(hit(binary("libssl3")), hit(binary("libcrypto3")), hit(binary("zlib", "zlib"))))
    assert [(each.package, each.binaries) for each in kept] == [
        ("openssl", ("libcrypto3", "libssl3")),
        ("zlib", ("zlib",)),
    ]


def test_one_finding_for_each_flaw() -> None:
    kept, _ = found(side(hit(binary("libssl3"), "CVE-1"), hit(binary("libssl3"), "CVE-2")))
    assert [each.id for each in kept] == ["CVE-1", "CVE-2"]


KEPT, CLEARED, REMOVED = (1, 0), (0, 1), (0, 0)
LISTS = step("update-index", manager="apt-get")
APT_STEPS = {
    "install without package lists": ([step("install", "libssl3", manager="apt-get")], KEPT),
    "upgrade without package lists": ([step("upgrade", manager="apt-get")], KEPT),
    "upgrade": ([LISTS, step("upgrade", manager="apt-get")], CLEARED),
    "lists that may be missing": (
        [replace(LISTS, certain=False), step("upgrade", manager="apt-get")],
        KEPT,
    ),
    "lists that are gone": (
        [LISTS, step("drop-index", manager="apt-get"), step("upgrade", manager="apt-get")],
        KEPT,
    ),
    "something on hold": (
        [step("hold", "x", manager="apt-mark"), LISTS, step("upgrade", manager="apt-get")],
        KEPT,
    ),
    "upgrade of what was put back": (
        [LISTS, step("install", "libssl3=3.3.0-r0", manager="apt-get"), step("upgrade", manager="apt-get")],
        CLEARED,
    ),
    "unversioned install": ([LISTS, step("install", "libssl3", manager="apt-get")], CLEARED),
    "versioned install": ([step("install", "libssl3=3.3.0-r0", manager="apt-get")], KEPT),
    "removal": ([step("remove", "libssl3", manager="apt-get")], REMOVED),
    "removal, then install": (
        [LISTS, step("remove", "libssl3", manager="apt-get"), step("install", "libssl3", manager="apt-get")],
        CLEARED,
    ),
}
STEPS = {
    "nothing": ([], KEPT),
    "upgrade of everything": ([step("upgrade")], CLEARED),
    "upgrade of the package": ([step("upgrade", "libssl3")], CLEARED),
    "upgrade of another": ([step("upgrade", "zlib")], KEPT),
    "install of what is there": ([step("install", "libssl3")], KEPT),
    "versioned install": ([step("install", "libssl3=3.3.0-r0")], KEPT),
    "install of the source's name": ([step("install", "openssl")], KEPT),
    "install of what is not known": ([step("install", "$PACKAGE")], KEPT),
    "upgrade of what is not known": ([step("upgrade", "$PACKAGE")], KEPT),
    # apk keeps what another package needs, and succeeds.
    "removal": ([step("remove", "libssl3")], KEPT),
    "removal of another": ([step("remove", "zlib")], KEPT),
    "removal, then install": ([step("remove", "libssl3"), step("install", "libssl3")], KEPT),
    "install, then removal": ([step("install", "libssl3"), step("remove", "libssl3")], KEPT),
    "install, then upgrade": ([step("install", "libssl3"), step("upgrade")], CLEARED),
    "upgrade, then removal": ([step("upgrade"), step("remove", "libssl3")], CLEARED),
    "pin, then upgrade": ([step("install", "libssl3=3.3.0-r0"), step("upgrade")], KEPT),
    "pin that may be set": (
        [replace(step("install", "libssl3=3.3.0-r0"), certain=False), step("upgrade")],
        KEPT,
    ),
    "pin that may be lifted": (
        [
            step("install", "libssl3=3.3.0-r0"),
            replace(step("install", "libssl3"), certain=False),
            step("upgrade"),
        ],
        KEPT,
    ),
    "bounded upgrade": ([step("upgrade", "libssl3=<3.3.1")], KEPT),
    "install that may run, then upgrade": (
        [replace(step("install", "libssl3"), certain=False), step("upgrade")],
        CLEARED,
    ),
    "upgrade, then install": ([step("upgrade"), step("install", "libssl3")], CLEARED),
    "upgrade, then pin": ([step("upgrade"), step("install", "libssl3=3.3.0-r0")], KEPT),
    "pin, then another word": (
        [step("install", "libssl3=3.3.0-r0"), step("install", "libssl3"), step("upgrade")],
        CLEARED,
    ),
    "another manager's upgrade": ([step("upgrade", manager="apt-get")], KEPT),
    "another manager's removal": ([step("remove", "libssl3", manager="apt-get")], KEPT),
    "pip": ([step("install", "libssl3", manager="pip")], KEPT),
    "an upgrade that may not run": ([replace(step("upgrade"), certain=False)], KEPT),
    "a removal that may not run": ([replace(step("remove", "libssl3"), certain=False)], KEPT),
}


@pytest.mark.parametrize(("steps", "expected"), STEPS.values(), ids=STEPS)
def test_instructions_change_what_is_there(steps: list[PackageStep], expected: tuple[int, int]) -> None:
    kept, cleared = found(side(hit(binary("libssl3")), steps=tuple(steps)))
    assert (len(kept), len(cleared)) == expected


@pytest.mark.parametrize(("steps", "expected"), APT_STEPS.values(), ids=APT_STEPS)
def test_apt_renews_what_it_installs(steps: list[PackageStep], expected: tuple[int, int]) -> None:
    kept, cleared = found(side(hit(binary("libssl3", kind="deb")), steps=tuple(steps)))
    assert (len(kept), len(cleared)) == expected


@pytest.mark.parametrize("steps", [[step("upgrade")], [step("install", "libssl3", "libcrypto3")]])
def test_what_has_no_fix_is_not_cleared(steps: list[PackageStep]) -> None:
    kept, cleared = found(side(hit(binary("libssl3"), fixed=""), steps=tuple(steps)))
    assert (len(kept), len(cleared)) == KEPT


@pytest.mark.parametrize(("names", "expected"), [(["libssl3"], KEPT), (["libssl3", "libcrypto3"], CLEARED)])
def test_all_binaries_must_be_reinstalled(names: list[str], expected: tuple[int, int]) -> None:
    both = (hit(binary("libssl3", kind="deb")), hit(binary("libcrypto3", kind="deb")))
    kept, cleared = found(side(*both, steps=(LISTS, step("install", *names, manager="apt-get"))))
    assert (len(kept), len(cleared)) == expected


def test_a_removed_binary_leaves_the_others() -> None:
    both = (hit(binary("libssl3", kind="deb")), hit(binary("libcrypto3", kind="deb")))
    kept, _ = found(side(*both, steps=(step("remove", "libssl3", manager="apt-get"),)))
    assert [each.binaries for each in kept] == [("libcrypto3",)]


def test_instructions_of_the_final_chain_do_not_change_a_build_stage() -> None:
    kept, cleared = found(side(hit(binary("libssl3")), steps=(step("upgrade"),), shipped=False))
    assert (len(kept), len(cleared)) == KEPT
    assert not kept[0].shipped


def test_instructions_mend_nothing_where_images_lie_over_each_other() -> None:
    over = replace(side(hit(binary("libssl3")), steps=(step("upgrade"),)), overlaid=True)
    kept, cleared = found(over)
    assert (len(kept), len(cleared)) == KEPT


def test_there_is_nothing_in_what_was_not_seen() -> None:
    assert found(state(base("a:1", None))) == ([], [])
    assert findings_of(None, TargetPair(None, None), other=None) == ([], [])


def through(**values: str) -> DockerfileState:
    args = tuple(ArgValue(name, value, line) for line, (name, value) in enumerate(values.items(), 1))
    return state(replace(base("$BASE", line=9), args=args))


@pytest.mark.parametrize(
    ("other", "line"),
    [
        (None, 9),
        (state(base("a:1")), 9),
        (through(TAG="1", BASE="shop"), 9),
        (through(TAG="0", BASE="shop"), 1),
        (through(TAG="1", BASE="tool"), 2),
        (through(TAG="0", BASE="tool"), 1),
    ],
)
def test_the_line_that_decides_which_image_it_is(other: DockerfileState | None, line: int) -> None:
    after = through(TAG="1", BASE="shop")
    assert cause_of(after.bases[0], other) == Location("Dockerfile", line, line)
