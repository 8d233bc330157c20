"""Inspections as the inspector could make them, with everything the judge looks at."""

from dataclasses import replace

from hypothesis import strategies as st

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating, Severity
from bot.diff import OUTSIDE, Earlier
from bot.finding import Finding, Ignored, Kind, Origin
from bot.image.supported import Support
from bot.inspection import (
    Base,
    Brought,
    DockerfileState,
    Gap,
    Inspection,
    Location,
    PackageStep,
    PredictedPackage,
    SnapshotSeen,
    SyntaxProblem,
    TargetPair,
    Unresolved,
    Upgrade,
)
from bot.inventory import SkipKind, Skipped
from bot.policy.gate import Policy
from bot.policy.rules import RulePolicy
from bot.policy.unseen import RULE_OF_SKIP
from tests.report.reviews import DIGESTS, base, finding, image, package, state

PATHS = ("Dockerfile", "web/Dockerfile")
NAMES = ("openssl", "zlib", "musl")
FLAWS = ("CVE-1", "CVE-2", "GHSA-1", "Ä|`<b>")
names, flaws = st.sampled_from(NAMES), st.sampled_from(FLAWS)
references = st.sampled_from(("a:1", "a:2", "b:1"))
severities = st.sampled_from(Severity)


@st.composite
def matches(draw) -> Match:
    fix = draw(st.sampled_from(FixState))
    fixed = "9-r0" if fix is FixState.FIXED else ""
    ids = tuple(draw(st.lists(flaws, min_size=1, max_size=2, unique=True)))
    return Match(package(draw(names)), ids, ids[:1], fix, fixed, Rating(draw(severities), "cvss"))


@st.composite
def skips(draw, kinds=tuple(SkipKind)) -> Skipped:
    return Skipped(draw(names), draw(st.sampled_from(("why", "why not"))), draw(st.sampled_from(kinds)))


@st.composite
def bases(draw, path: str, *, shipped: bool) -> Base:
    written = draw(references)
    if draw(st.integers(0, 3)) == 0:
        missing = draw(skips(kinds=tuple(RULE_OF_SKIP)))
        return base(written, missing=missing, path=path, shipped=shipped)
    found = draw(st.lists(matches(), max_size=4))
    packages = {match.package for match in found} | {package("busybox")}
    seen = image(draw(st.integers(1, 3)), sorted(packages), found, draw(st.lists(skips(), max_size=1)))
    ends = draw(st.sampled_from(("", "2024-06-30", "2030-01-01")))
    seen = replace(seen, support=(Support("alpine-linux", "3.20", ends),))
    return replace(base(written, seen, path=path, shipped=shipped), recalled=draw(st.booleans()))


@st.composite
def steps(draw) -> PackageStep:
    verb = draw(st.sampled_from(("install", "upgrade", "remove")))
    named = tuple((name, draw(st.sampled_from(("", "1")))) for name in draw(st.lists(names, max_size=2)))
    return PackageStep("apk", verb, named, Location("Dockerfile", 2, 2), draw(st.booleans()))


@st.composite
def brought(draw, path: str) -> Brought:
    found = draw(st.lists(matches(), max_size=2))
    where = Location(draw(st.sampled_from((path, "package-lock.json"))), 4, 4)
    packages = tuple(
        PredictedPackage(each, where, draw(st.booleans()))
        for each in sorted({match.package for match in found} | {package("lodash")})
    )
    return Brought(
        draw(st.sampled_from((Origin.DEPENDENCY, Origin.INSTRUCTION))),
        "package-lock.json",
        "npm",
        Location(path, 3, 3),
        "0",
        draw(st.booleans()),
        packages,
        (Unresolved("curl", "", "whatever is newest", where),) * draw(st.integers(0, 1)),
        tuple(found),
        tuple(draw(st.lists(skips(), max_size=1))),
        tuple(
            Upgrade(each.package, "9.0.0", draw(st.sampled_from(("", "npm install 'a`b@9.0.0'"))), where)
            for each in packages[: draw(st.integers(0, 1))]
        ),
        draw(st.sampled_from(("", "web in compose.yaml", "api in compose.yaml"))),
    )


@st.composite
def faults(draw, path: str) -> Finding:
    kind = draw(st.sampled_from((Kind.MISCONFIGURATION, Kind.SECRET)))
    by_name = ("final stage: ENV A", "secret-in-env"), ("ENV A in final stage", "github-token")
    place, rule = draw(st.tuples(names, flaws) | st.sampled_from(by_name))
    return replace(
        finding(place, rule, draw(severities), location=Location(path, 5, 5), image=""),
        kind=kind,
        # A secret's fingerprint.
        version=draw(st.sampled_from(("", "one", "two"))) if kind is Kind.SECRET else "",
        package_type="",
        origin=Origin.INSTRUCTION,
        title="Something is wrong",
    )


@st.composite
def excused(draw, path: str) -> Ignored:
    return Ignored(draw(faults(path)), draw(st.sampled_from(("for now", "@all `|<b>"))), Location(path, 4, 4))


@st.composite
def sides(draw, path: str) -> DockerfileState:
    if draw(st.integers(0, 7)) == 0:
        return state(path=path, problem=SyntaxProblem("unknown instruction", Location(path, 1, 1)))
    gaps = [Gap("RUN pip install", "not looked at yet", Location(path, 3, 3))] * draw(st.integers(0, 1))
    stages = [
        draw(bases(path, shipped=shipped)) for shipped in draw(st.sampled_from(((True,), (False, True))))
    ]
    return replace(
        state(*stages, path=path, gaps=gaps),
        steps=tuple(draw(st.lists(steps(), max_size=2))),
        brought=tuple(draw(st.lists(brought(path), max_size=2))),
        findings=tuple(draw(st.lists(faults(path), max_size=2))),
        ignored=tuple(draw(st.lists(excused(path), max_size=1))),
    )


@st.composite
def pairs(draw, path: str) -> TargetPair:
    before = draw(st.none() | sides(path))
    return TargetPair(before, draw(sides(path) if before is None else st.none() | sides(path)))


@st.composite
def inspections(draw) -> Inspection:
    feeds = st.sampled_from(((), ("Alpine",)))
    snapshot = SnapshotSeen("s1", (("Alpine", "2026-11-20"),), draw(feeds), draw(feeds))
    return Inspection(
        "acme/shop",
        "1" * 40,
        "2" * 40,
        tuple(draw(pairs(path)) for path in PATHS[: draw(st.integers(0, 2))]),
        draw(st.sampled_from((snapshot, snapshot, None))),
        incomplete=draw(st.sampled_from(("", "", "too many files"))),
    )


@st.composite
def earlier_verdicts(draw) -> dict[str, Earlier]:
    pairs = st.frozensets(st.tuples(names, flaws), max_size=3)
    excused = st.frozensets(st.tuples(names, flaws, st.sampled_from(OUTSIDE)), max_size=2)
    digests = {f"docker.io/library/{name}": DIGESTS[draw(st.integers(1, 3))] for name in ("a:1", "a:2")}
    verdict = st.builds(
        Earlier, st.booleans(), st.sampled_from(("s0", "s1")), st.just(digests), pairs, excused
    )
    return draw(st.dictionaries(st.sampled_from(PATHS), verdict))


RULES = ("secret-in-env", "CVE-1", "end-of-life")
rule_policies = st.builds(
    RulePolicy,
    st.lists(st.sampled_from(RULES), max_size=1).map(tuple),
    st.lists(st.tuples(st.sampled_from(RULES), severities), max_size=1).map(tuple),
)
policies = st.builds(Policy, severities, st.booleans(), severities, st.booleans(), rule_policies)
