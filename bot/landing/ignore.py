"""Read `.dockerignore`: which files of a build context are left out. The last pattern that matches counts.

Follows https://docs.docker.com/build/concepts/context/#dockerignore-files and the matching of moby's `patternmatcher`.
"""

import posixpath
from dataclasses import dataclass

from bot.landing.patterns import BadPattern, Pattern, Work, places

MAX_SIZE = 1_000_000
MAX_PATTERNS = 5_000
#: What Go's TrimSpace takes off. Python's `strip` takes four control characters more, which are part of a name.
_SPACE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: what matches is left out, or with `!` taken in again."""

    pattern: Pattern
    back: bool


@dataclass(frozen=True, slots=True)
class Ignore:
    """One file, or none. One that cannot be read hides nothing, and `problem` says why."""

    path: str = ""
    rules: tuple[Rule, ...] = ()
    problem: str = ""

    def hides(self, path: str, work: Work) -> bool:
        """Whether a path, relative to the context, is left out."""
        hidden = False
        ways = list(places(path))
        for rule in self.rules:
            if rule.back == hidden and any(rule.pattern.matches(each, work) for each in ways):
                hidden = not rule.back
        return hidden


def read_ignore(path: str, content: bytes) -> Ignore:
    """Read a file of patterns; what Docker would refuse is its `problem`."""
    if len(content) > MAX_SIZE:
        return Ignore(path, problem=f"it is larger than {MAX_SIZE:,} bytes")
    lines = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n")
    try:
        rules = tuple(rule for line in lines if (rule := _rule(line)) is not None)
    except BadPattern as exc:
        return Ignore(path, problem=str(exc))
    if len(rules) > MAX_PATTERNS:
        return Ignore(path, problem=f"it has more than {MAX_PATTERNS:,} patterns")
    return Ignore(path, rules)


def excluding(patterns: tuple[str, ...]) -> Ignore:
    """What `COPY --exclude` leaves out; a pattern that Docker refuses hides nothing."""
    return read_ignore("", "\n".join(patterns).encode(errors="replace"))


def ignore_paths(dockerfile: str, context: str) -> tuple[str, str]:
    """Where the patterns for one Dockerfile stand; the first file that is there counts alone."""
    return f"{dockerfile}.dockerignore", posixpath.join(context, ".dockerignore")


def _rule(line: str) -> Rule | None:
    if line.startswith("#"):
        return None
    text = line.strip(_SPACE)
    back = text.startswith("!")
    text = text[1:].strip(_SPACE) if back else text
    if not text:
        if back:
            raise BadPattern("a '!' has no pattern")
        return None
    cleaned = posixpath.normpath(text)
    # normpath keeps two leading slashes, which Go's Clean does not.
    cleaned = cleaned.lstrip("/") or "/"
    return Rule(Pattern.parse(cleaned), back)
