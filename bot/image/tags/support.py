"""Say of a tag's runtime and distribution what the table of support dates knows: over, long-term, released."""

from dataclasses import dataclass, field
from datetime import date

from bot.image.lifecycle import Cycle, Lifecycle
from bot.image.names import called
from bot.image.tags.grammar import Tag
from bot.image.tags.vocabulary import CODENAMES, JAVA, PRODUCTS, RUNTIME_PRODUCTS

_DISTRIBUTIONS = frozenset(PRODUCTS.values()) - {""}
#: Their releases have tags under their numbers months before they are out.
_PUBLISHED_AHEAD = frozenset({"debian", "ubuntu", "fedora"})


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a product a tag is on; `cycle` is None when the table does not know it."""

    product: str
    written: str
    cycle: Cycle | None
    of_release: bool = False
    """The line of the distribution it is built on, not that of what the image ships."""


@dataclass(slots=True)
class Support:
    """What is known of the lines of one image on one day."""

    lifecycle: Lifecycle
    product: str
    """What the image ships; empty when that is not known."""
    day: date
    _tells: dict[str, bool] = field(default_factory=dict)
    _before: dict[str, dict[str, Line]] = field(default_factory=dict)
    _found: dict[tuple[str, str], Cycle | None] = field(default_factory=dict)

    def lines(self, tag: Tag) -> tuple[Line, ...]:
        """Return the line of its version and that of its distribution, as far as it has them."""
        product = self._product(tag) if tag.version else ""
        return (
            *([self._line(product, tag.version_text)] if product else ()),
            *(
                [self._line(PRODUCTS[tag.distribution], tag.release_text, of_release=True)]
                if tag.release
                else ()
            ),
        )

    def objection(self, current: Tag, other: Tag) -> str:
        """Return why nobody should move there, or nothing. To stay on a line is never objected to."""
        if current.text not in self._before:
            self._before[current.text] = {line.product: line for line in self.lines(current)}
        before = self._before[current.text]
        for line in self.lines(other):
            here = before.get(line.product)
            stays = here is not None and _is_same(here, line)
            if not stays and (reason := self._of_line(line, here.cycle if here else None)):
                return reason
        return ""

    def is_long_term(self, tag: Tag, *, of_release: bool) -> bool:
        """Whether the line of its distribution, or else of its version, is a long-term one, where that is told."""
        return all(
            line.cycle is not None and line.cycle.is_lts(self.day)
            for line in self.lines(tag)
            if line.of_release is of_release and self._tells_lts(line.product)
        )

    def note(self, current: Tag, other: Tag) -> str:
        """Return what there is to know of the support of the current tag, and whether a move changes that."""
        kept = self.lines(other)
        notes = []
        for line in self.lines(current):
            if line.cycle is not None and line.cycle.is_over(self.day):
                stays = ", and this stays on it" if line.cycle in [each.cycle for each in kept] else ""
                notes.append(f"{_name(line)} is {_ended(line.cycle)}{stays}")
        return "; ".join(notes)

    def _product(self, tag: Tag) -> str:
        """Return whose version it is: in `otp-27` not that of what the image ships."""
        name = tag.prefix.rstrip("-_.").lower()
        anybodys = name in JAVA and bool(self.product)
        return self.product if anybodys else RUNTIME_PRODUCTS.get(name, self.product)

    def _line(self, product: str, written: str, *, of_release: bool = False) -> Line:
        key = (product, written)
        if key not in self._found:
            self._found[key] = self.lifecycle.find(product, written)
        return Line(product, written, self._found[key], of_release)

    def _tells_lts(self, product: str) -> bool:
        if product not in self._tells:
            self._tells[product] = self.lifecycle.tells_lts(product)
        return self._tells[product]

    def _of_line(self, line: Line, here: Cycle | None) -> str:
        cycle, distribution = line.cycle, line.product in _DISTRIBUTIONS
        of_another = f"{_name(line)} is " if line.product != self.product else ""
        long_term = self._tells_lts(line.product) and (here is None or here.is_lts(self.day))
        unknown = line.written in CODENAMES or line.product in _PUBLISHED_AHEAD
        if (unknown and cycle is None) or (distribution and cycle and _is_vague(cycle)):
            return f"{of_another}not known to be released"
        if cycle is None:
            return f"{of_another}not known to be a long-term line" if long_term else ""
        if distribution and cycle.released and cycle.released > self.day:
            return f"{of_another}not released before {cycle.released}"
        if cycle.is_over(self.day):
            return of_another + _ended(cycle)
        if long_term and not cycle.is_lts(self.day):
            until = f" before {cycle.lts_from}" if cycle.lts and cycle.lts_from else ""
            return f"{of_another}not a long-term line{until}"
        return ""


def _is_same(line: Line, other: Line) -> bool:
    """Whether two are one line; what the table does not know is one as far as the second number."""
    if line.cycle is None and other.cycle is None:
        return line.written.split(".")[:2] == other.written.split(".")[:2]
    return line.cycle == other.cycle


def _is_vague(cycle: Cycle) -> bool:
    """Whether nothing is known of it yet but its name."""
    return cycle.released is None and cycle.ends is None and not cycle.ended


def _name(line: Line) -> str:
    name = line.cycle.name if line.cycle else line.written
    return f"{called(line.product)} {name}"


def _ended(cycle: Cycle) -> str:
    return "past its end of life" + (f" since {cycle.ends}" if cycle.ends else "")
