"""Propose moves as of a day in the past, and judge them without the code under test: by dates and plain expressions.

The oracle knows the support dates as endoflife.date writes them, the tags with the day each was first listed, and the
few expressions below. It reads a tag as `[v]1.2.3` with a rest, in which the release of a distribution may differ.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from bot.image.tags import Candidates, Proposal, Track, candidates, parse_tag

Listed = Mapping[str, str]
"""Tag → ISO date it was first listed on."""

PLAIN = re.compile(r"(v?)([0-9]+(?:\.[0-9]+)*)((?:-.*)?)", re.DOTALL)
PRERELEASE = re.compile(
    r"(?i)(?:^|[0-9._-])(?:a|b|rc|m|tp)[.]?[0-9]|alpha|beta|preview|(?:^|[-_.])(?:rc|ea|dev)[0-9]*(?:[-_.]|$)"
)
NUMBER = re.compile(r"(?:v|RELEASE\.)?[0-9]+(?:[._u][0-9]+)*(?:\.[a-z]+)?|b[0-9]+|p[0-9]+|[0-9T]+Z?")
NAKED = re.compile(
    r"(?:latest|stable|edge|slim|alpine|lts|[a-z]+stable|rolling|devel|mainline|current)(?:-[a-z]+)*"
)
DEBIAN = "squeeze wheezy jessie stretch buster bullseye bookworm trixie forky duke".split()
UBUNTU = (
    "precise quantal raring saucy trusty utopic vivid wily xenial yakkety zesty artful bionic cosmic disco eoan focal "
    "groovy hirsute impish jammy kinetic lunar mantic noble oracular plucky questing resolute stonking"
).split()
CODENAME = re.compile(rf"(?<![a-z])(?:{'|'.join(DEBIAN + UBUNTU)})(?![a-z])")
NUMBERED = re.compile(
    r"(?<![a-z])(alpine-?|ubuntu-?(?=[0-9]+[.])|ubi|oraclelinux|al|amazonlinux|fedora|debian|centos)([0-9]+(?:\.[0-9]+)*)"
)
PRODUCTS = {
    "python": "python",
    "node": "nodejs",
    "golang": "go",
    "postgres": "postgresql",
    "php": "php",
    "ruby": "ruby",
    "eclipse-temurin": "eclipse-temurin",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "redis": "redis",
    "nginx": "nginx",
    "alpine": "alpine-linux",
    "ubuntu": "ubuntu",
    "amazoncorretto": "amazon-corretto",
    "tomcat": "tomcat",
}
ALPINE = re.compile(r"alpine-?(3\.[0-9]+)")

Ends = Mapping[str, Mapping[str, tuple[str, bool]]]
"""Product → line → (ISO day support ends, or empty; whether it is a long-term one at all)."""


@dataclass
class Outcome:
    """What a replay counted, and everything that must not be."""

    judged: int = 0
    tracks: Counter[str] = field(default_factory=Counter)
    newest: Counter[str] = field(default_factory=Counter)
    """Per track: proposals, or their absence, that are what the oracle says."""
    apart: list[str] = field(default_factory=list)
    """Where the oracle says otherwise."""
    violations: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Outcome") -> None:
        """Count what another replay found as well."""
        self.judged += other.judged
        self.tracks += other.tracks
        self.newest += other.newest
        self.reasons += other.reasons
        self.apart += other.apart
        self.violations += other.violations


def replay(image: str, listed: Listed, in_use: Iterable[str], day: date, ends: Ends) -> Outcome:
    """Propose for each tag in use with the tags that were listed by that day."""
    known = {tag: first for tag, first in listed.items() if first <= day.isoformat()}
    outcome = Outcome()
    lines = _Lines.of(known)
    for tag in in_use:
        if PRERELEASE.search(_bare(tag)):
            continue
        found = candidates(f"{image}:{tag}", known, now=day)
        outcome.judged += 1
        for reason, count in Counter(each.reason for each in found.rejected).items():
            outcome.reasons[_without_names(reason)] += count
        for proposal in found.proposals:
            outcome.tracks[proposal.track] += 1
            if proposal.track is not Track.DIGEST:
                outcome.violations += violations(image, tag, proposal, day, ends)
        _compare(image, tag, found, lines, outcome)
        said = [each.tag for each in (*found.rejected, *found.proposals)]
        if len(said) != len({*known, tag}) or set(said) != {*known, tag}:
            outcome.violations.append(f"{image}:{tag}: not every tag is said once")
    return outcome


def violations(image: str, tag: str, proposal: Proposal, day: date, ends: Ends) -> Iterator[str]:
    """Say everything that is wrong with a proposal."""
    where = f"{day} {image}:{tag} → {proposal.tag} ({proposal.track})"
    if PRERELEASE.search(_bare(proposal.tag)):
        yield f"{where}: a prerelease"
    if NAKED.fullmatch(proposal.tag) and not NAKED.fullmatch(tag):
        yield f"{where}: a moving tag"
    differing = _differing(tag, proposal.tag)
    if differing is None or len(differing) > 2:
        yield f"{where}: of another flavour"
        return
    for old, new in differing:
        # A second image of one day is 20260811.1: no more precise than the first.
        if (
            "_" not in old
            and not re.match("[0-9]{8}", old)
            and "." in old + new
            and old.count(".") != new.count(".")
        ):
            yield f"{where}: of another precision"
    if differing and _numbers(differing[0][1]) < _numbers(differing[0][0]):
        yield f"{where}: a downgrade"
    if proposal.track is not Track.VARIANT and _release(tag) != _release(proposal.tag):
        yield f"{where}: on another release of the distribution"
    yield from _out_of_support(where, image, tag, proposal.tag, day, ends)


def _differing(tag: str, other: str) -> list[tuple[str, str]] | None:
    """The numbers two tags differ in, in their order, when nothing but numbers and codenames is different."""
    here, there = _blank(tag).split("-"), _blank(other).split("-")
    pairs = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
    numbers = all(NUMBER.fullmatch(old) and NUMBER.fullmatch(new) for old, new in pairs)
    return pairs if numbers and len(here) == len(there) else None


def _out_of_support(where: str, image: str, tag: str, other: str, day: date, ends: Ends) -> Iterator[str]:
    pairs = []
    if (here := PLAIN.fullmatch(tag)) and (there := PLAIN.fullmatch(other)):
        pairs.append((PRODUCTS.get(image, ""), here[2], there[2]))
    for expression, product in ((ALPINE, "alpine-linux"), (CODENAME, "debian"), (CODENAME, "ubuntu")):
        if (old := expression.search(tag)) and (new := expression.search(other)):
            pairs.append((product, old[old.lastindex or 0], new[new.lastindex or 0]))
    for product, old, new in pairs:
        lines = ends.get(product, {})
        before, after = _line(lines, old), _line(lines, new)
        if after is None or before == after:
            continue
        last, long_term = lines[after]
        if last and last < day.isoformat():
            yield f"{where}: past its end of life since {last}"
        if before and lines[before][1] and not long_term:
            yield f"{where}: not a long-term line"


def _line(lines: Mapping[str, tuple[str, bool]], version: str) -> str | None:
    words = version.split(".")
    return next((line for end in range(len(words), 0, -1) if (line := ".".join(words[:end])) in lines), None)


@dataclass
class _Lines:
    """Plain version tags without prerelease, by what has to stay the same."""

    by_kind: dict[tuple[str, int, str], dict[tuple[int, ...], str]]

    @classmethod
    def of(cls, known: Listed) -> "_Lines":
        lines: dict[tuple[str, int, str], dict[tuple[int, ...], str]] = defaultdict(dict)
        for tag in known:
            plain = PLAIN.fullmatch(tag)
            if plain and not PRERELEASE.search(tag):
                lines[plain[1], plain[2].count("."), plain[3]][_numbers(plain[2])] = tag
        return cls(lines)

    def newest(self, tag: str, same: int) -> str | None:
        """The newest tag that agrees in the first numbers, if there is one newer than this."""
        plain = PLAIN.fullmatch(tag)
        assert plain
        own = _numbers(plain[2])
        kind = self.by_kind.get((plain[1], plain[2].count("."), plain[3]), {})
        newer = [numbers for numbers in kind if numbers > own and numbers[:same] == own[:same]]
        return kind[max(newer)] if newer else None


def _compare(image: str, tag: str, found: Candidates, lines: _Lines, outcome: Outcome) -> None:
    """On the patch track nothing but the number decides, so there the oracle needs no support dates."""
    plain = PLAIN.fullmatch(tag)
    if not plain or plain[2].count(".") != 2 or PRERELEASE.search(tag) or "_" in tag:
        return
    proposed = next((each.tag for each in found.proposals if each.track is Track.PATCH), None)
    expected = lines.newest(tag, 2)
    if proposed == expected:
        outcome.newest["patch" if proposed else "no patch"] += 1
    else:
        outcome.apart.append(f"{image}:{tag}: {proposed} instead of {expected}")


def out_of_order(listed: Listed) -> Iterator[tuple[str, str]]:
    """Give pairs of tags of one line of which the one that is ordered first was published later."""
    lines = defaultdict(list)
    for tag, first in listed.items():
        parsed = parse_tag(tag)
        if not parsed.is_moving:
            lines[parsed.shape, parsed.release, parsed.version[:2]].append((parsed.order, first, tag))
    for tags in lines.values():
        tags.sort()
        latest, which = "", ""
        for _, first, tag in tags:
            if first < latest:
                yield tag, which
            else:
                latest, which = first, tag


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall("[0-9]+", text)))


def _release(text: str) -> list[str]:
    return CODENAME.findall(text) + ["".join(pair) for pair in NUMBERED.findall(text)]


def _bare(tag: str) -> str:
    """Without the names that look like marks of prereleases."""
    return NUMBERED.sub(r"\1", CODENAME.sub("", tag))


def _blank(tag: str) -> str:
    """Without codenames and numbers of releases, so that what is left has to stay, but for the versions."""
    bare = CODENAME.sub(lambda name: "debian*" if name[0] in DEBIAN else "ubuntu*", tag)
    return NUMBERED.sub(r"\1", bare).removeprefix("v")


@cache
def _without_names(reason: str) -> str:
    reason = re.sub(r"\(.*\)", "(…)", reason)
    reason = re.sub(r"(superseded by|a larger move than) .*", r"\1 …", reason)
    return re.sub(
        r"^.* is (?=past|not)|(since|before) [0-9-]+",
        lambda found: f"{found[1]} …" if found[1] else "… is ",
        reason,
    )
