"""Reviews that an attacker might cause: every text from outside is hostile, the verdict is the real gate's."""

from dataclasses import replace

from hypothesis import strategies as st

from bot.advisory.model import FixState
from bot.advisory.severity import Severity
from bot.bump.model import Flaw, PackageChange, Rejected
from bot.diff import Difference, Effect, Since
from bot.image.tags.model import Track
from bot.inspection import Base, Gap, Location, SnapshotSeen, SyntaxProblem, TargetPair
from bot.inventory import SkipKind, Skipped
from bot.policy.bumps import Treatment
from bot.policy.unseen import RULE_OF_SKIP
from tests.report.advices import advice, candidate, facts
from tests.report.reviews import finding, image, package, reviewed, state

PAYLOADS = (
    "@acme/security",
    "fixes #12",
    "<script>alert(1)</script>",
    "</details></summary>",
    "a|b|c",
    "`code` ``` ~~~",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "\n\n# heading\n| a | b |\n",
    "\u202egnp.exe",
    "\x1b[31mred\x1b[0m",
    "<!-- plimsoll -->",
    "-->",
    "{{ 7 * 7 }}{% raw %}",
    "https://github.com/acme/shop/issues/1",
    "deadbeefcafe",
    "GH-12",
    "\\",
    "\ud800",
    "x" * 400,
    "|" * 300,
)
texts = st.one_of(
    st.sampled_from(PAYLOADS), st.text(max_size=12), st.sampled_from(["openssl", "zlib", "shop-base:2"])
)
# What fingerprints and paths are made of came through UTF-8 already.
words = texts.filter(lambda text: text.isascii() or "\ud800" not in text).map(lambda text: text or "-")
lines = st.integers(1, 9)


@st.composite
def skips(draw, kinds=tuple(SkipKind)):
    return Skipped(draw(texts), draw(texts), draw(st.sampled_from(kinds)))


@st.composite
def bases(draw, path, *, shipped):
    seen = missing = None
    if draw(st.booleans()):
        seen = image(
            draw(st.integers(1, 3)), [package(draw(words))], skipped=draw(st.lists(skips(), max_size=2))
        )
    else:
        missing = draw(skips(kinds=tuple(RULE_OF_SKIP)))
    where = Location(path, draw(lines), 9)
    return Base(draw(words), draw(texts), where, (), draw(texts), shipped, seen=seen, missing=missing)


@st.composite
def sides(draw, path):
    if draw(st.integers(0, 5)) == 0:
        return None
    gaps = [Gap(draw(texts), draw(texts), Location(path, 2, 3)) for _ in range(draw(st.integers(0, 2)))]
    problem = SyntaxProblem(draw(texts), Location(path, 1, 1)) if draw(st.integers(0, 5)) == 0 else None
    stages = [] if problem else [draw(bases(path, shipped=True)), draw(bases(path, shipped=False))]
    return state(*stages, path=path, gaps=gaps, problem=problem)


@st.composite
def findings(draw, path):
    image_name = draw(words)
    return finding(
        draw(words),
        draw(words),
        draw(st.sampled_from(Severity)),
        target=path,
        version=draw(texts),
        fix_state=draw(st.sampled_from(FixState)),
        fixed_version=draw(texts),
        summary=draw(texts),
        url=draw(texts),
        shipped=draw(st.booleans()),
        image=image_name,
        location=Location(path, draw(lines), 9),
    )


@st.composite
def differences(draw, path):
    return Difference(
        draw(findings(path)), draw(st.sampled_from(Effect)), draw(st.sampled_from(Since)), draw(st.booleans())
    )


@st.composite
def targets(draw):
    path = draw(words)
    before, after = draw(sides(path)), draw(sides(path))
    if before is None and after is None:
        after = state(path=path)
    return TargetPair(before, after), draw(st.lists(differences(path), max_size=6))


@st.composite
def image_facts(draw):
    return facts(
        draw(st.integers(1, 3)),
        size=draw(st.integers(0, 10**10)),
        release=draw(texts),
        libc=draw(st.sampled_from(["glibc", "musl", ""])),
        platforms=tuple(draw(st.lists(texts, max_size=2))),
        signer=draw(texts),
        supported_until=draw(st.none() | st.dates()),
        support_over=draw(st.booleans()),
        published=draw(texts),
        source=draw(texts),
        revision=draw(texts),
    )


@st.composite
def flaws(draw):
    severity = draw(st.sampled_from(Severity))
    return Flaw(draw(texts), draw(texts), severity, draw(st.booleans()), draw(texts), draw(texts))


@st.composite
def candidates(draw):
    return candidate(
        draw(texts),
        draw(st.sampled_from(Track)),
        draw(st.sampled_from(Treatment)),
        facts=draw(image_facts()),
        fixes=tuple(draw(st.lists(flaws(), max_size=3))),
        adds=tuple(draw(st.lists(flaws(), max_size=2))),
        packages=tuple(PackageChange(draw(texts), draw(texts), "1") for _ in range(draw(st.integers(0, 2)))),
        note=draw(texts),
    )


@st.composite
def advices(draw):
    """Any advice, whatever a registry, an image or a file says."""
    return replace(
        advice(facts=draw(image_facts())),
        written=draw(texts),
        reference=f"docker.io/library/{draw(texts)}:{draw(texts)}",
        location=Location(draw(words), draw(lines), 9),
        severe=draw(st.integers(0, 20)),
        candidates=tuple(draw(st.lists(candidates(), max_size=3))),
        rejected=tuple(
            Rejected(draw(texts), draw(texts), draw(st.none() | st.sampled_from(Track)))
            for _ in range(draw(st.integers(0, 2)))
        ),
        rejected_total=draw(st.integers(0, 10_000)),
        stale=draw(texts),
        problem=draw(texts),
        snapshot=draw(texts),
    )


@st.composite
def reviews(draw):
    """Any review."""
    snapshot = SnapshotSeen(
        draw(texts), ((draw(texts), draw(texts)),), tuple(draw(st.lists(texts, max_size=1)))
    )
    review = reviewed(
        *draw(st.lists(targets(), max_size=2)),
        snapshot=draw(st.sampled_from([snapshot, None])),
        gaps=[
            Gap(draw(texts), draw(texts), Location(draw(words), 1, 1)) for _ in range(draw(st.integers(0, 2)))
        ],
        incomplete=draw(st.sampled_from(["", "too many files"])),
    )
    return replace(review, advice=tuple(draw(st.lists(advices(), max_size=2))))
