"""Reviews made by hand: small, from the public values, with defaults for everything a test does not care about."""

from datetime import date

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating, Severity
from bot.diff import Difference, Effect, Since
from bot.finding import Finding, Kind, Origin
from bot.inspection import (
    Base,
    DockerfileState,
    Gap,
    Inspection,
    Location,
    SeenImage,
    SnapshotSeen,
    TargetPair,
)
from bot.inventory import InstalledPackage, Inventory, Release, SkipKind, Skipped
from bot.package import Package
from bot.policy.gate import Policy, decide
from bot.review import Review, TargetReview

DIGESTS = {number: f"sha256:{number:02d}" + "ab" * 31 for number in range(10)}
SNAPSHOT = SnapshotSeen("osv-2026-11-20-1a2b3c", (("Alpine", "2026-11-20"),))


def package(name="openssl", version="3.3.0-r0"):
    return Package("apk", "alpine", name, version, name, version, "x86_64", "Alpine:v3.20")


def image(number=1, packages=(), matches=(), skipped=()):
    installed = tuple(InstalledPackage(entry, 0, DIGESTS[9], "lib/apk/db/installed") for entry in packages)
    release = Release("alpine", "3.20.1", "Alpine Linux v3.20")
    # Each image after the first is a little larger, and the second has a layer more.
    layers, size = (DIGESTS[9],) * min(number, 2), 3_500_000 + number * 100_000
    inventory = Inventory(installed, release, skipped=tuple(skipped), layers=layers, size=size)
    return SeenImage(DIGESTS[number], DIGESTS[number + 4], "linux/amd64", inventory, tuple(matches))


def base(
    written="shop-base:2", seen=None, *, line=1, path="Dockerfile", shipped=True, stage="0", missing=None
):
    where = Location(path, line, line)
    return Base(
        written, f"docker.io/library/{written}", where, (), stage, shipped, seen=seen, missing=missing
    )


def finding(name="openssl", flaw="CVE-2024-0001", severity=Severity.HIGH, **changes):
    values = {
        "kind": Kind.VULNERABILITY,
        "target": "Dockerfile",
        "package_type": "apk",
        "package": name,
        "version": "3.3.0-r0",
        "binaries": (f"lib{name}", name),
        "ids": (flaw, f"ALPINE-{flaw}"),
        "records": (f"ALPINE-{flaw}",),
        "severity": severity,
        "severity_source": "cvss" if severity else "",
        "fix_state": FixState.FIXED,
        "fixed_version": "3.3.1-r0",
        "summary": "Out-of-bounds read",
        "url": f"https://security.alpinelinux.org/vuln/{flaw}",
        "origin": Origin.BASE,
        "shipped": True,
        "location": Location("Dockerfile", 1, 1),
        "image": "shop-base:2",
        "layer": DIGESTS[9],
    }
    return Finding(**values | changes)


def introduced(*arguments, since=Since.FIRST_SEEN, **changes):
    return Difference(finding(*arguments, **changes), Effect.INTRODUCED, since)


def fixed(*arguments, **changes):
    return Difference(finding(*arguments, **changes), Effect.FIXED)


def state(*bases, path="Dockerfile", gaps=(), problem=None):
    return DockerfileState(path, "b" * 40, tuple(bases), gaps=tuple(gaps), problem=problem)


def reviewed(*targets, snapshot=SNAPSHOT, policy=None, gaps=(), incomplete=""):
    """A review of (pair, differences) targets, judged by the real gate."""
    policy = policy or Policy()
    reviews = tuple(TargetReview(pair, tuple(differences)) for pair, differences in targets)
    inspection = Inspection(
        repository="acme/shop",
        merge_base="1" * 40,
        head="2" * 40,
        pairs=tuple(target.pair for target in reviews),
        snapshot=snapshot,
        gaps=tuple(gaps),
        incomplete=incomplete,
    )
    everything = [difference for target in reviews for difference in target.differences]
    return Review(inspection, policy, date(2026, 11, 21), reviews, decide(inspection, everything, policy))


def one_target(*differences, before=None, after=None, gaps=(), **settings):
    """A review of one Dockerfile that goes from `shop-base:1` to `shop-base:2`."""
    before = before or base("shop-base:1", image(1, [package(version="3.3.1-r0")]))
    after = after or base("shop-base:2", image(2, [package()]))
    return reviewed((TargetPair(state(before), state(after, gaps=gaps)), differences), **settings)


def blocked():
    """Two new, severe, fixable findings; one that is spared; three fixed; one old."""
    return one_target(
        introduced("openssl", "CVE-2024-0001"),
        introduced("openssl", "CVE-2024-0002", Severity.CRITICAL, fixed_version="3.3.2-r0"),
        introduced("zlib", "CVE-2024-0003", fix_state=FixState.NOT_FIXED, fixed_version=""),
        *(
            fixed("busybox", f"CVE-2023-000{number}", Severity.MEDIUM, image="shop-base:1")
            for number in (1, 2, 3)
        ),
        Difference(finding("musl", "CVE-2022-0001", Severity.UNKNOWN), Effect.UNCHANGED),
        Difference(finding("curl", "CVE-2022-0002"), Effect.CLEARED),
        after=base(
            "shop-base:2",
            image(
                2,
                [package()],
                skipped=[Skipped("Python packages", "not looked into yet", SkipKind.UNCATALOGUED)],
            ),
        ),
        gaps=[Gap("RUN pip install", "not looked at yet", Location("Dockerfile", 3, 4))],
    )


def clean():
    """The image changed and nothing else did."""
    return one_target()


def unreadable():
    """The head's image could not be read."""
    missing = Skipped("image", "ghcr.io answered 404 to GET manifests/2", transient=False)
    after = Base("ghcr.io/x:2", "ghcr.io/x:2", Location("Dockerfile", 1, 1), (), "0", True, missing=missing)
    return one_target(after=after)


def warned():
    """A new advisory since the last verdict of this head."""
    return one_target(
        introduced(since=Since.NEW_ADVISORY),
        snapshot=SnapshotSeen("osv-2026-11-12-9f8e7d", (("Alpine", "2026-11-12"),), old=("Alpine",)),
    )


def match(name="openssl", flaw="CVE-2024-0001", severity=Severity.HIGH, fixed_version="3.3.1-r0"):
    state_of_fix = FixState.FIXED if fixed_version else FixState.NOT_FIXED
    return Match(
        package(name),
        (flaw,),
        (f"ALPINE-{flaw}",),
        state_of_fix,
        fixed_version,
        Rating(severity, "cvss", 7.5),
    )


def scanned():
    """An image with three vulnerabilities."""
    matches = [
        match("zlib", "CVE-2024-0003", Severity.MEDIUM),
        match(),
        match("musl", "CVE-2024-0004", fixed_version=""),
    ]
    skipped = [Skipped("Python packages", "not looked into yet", SkipKind.UNCATALOGUED)]
    return image(2, [package(), package("zlib"), package("musl")], matches, skipped)
