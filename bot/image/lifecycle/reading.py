"""Read lines as this project writes them down, and as endoflife.date's API gives them, the older one and v1.

Follows https://endoflife.date/docs/api/v1/ and https://endoflife.date/docs/api.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.image.lifecycle.model import Cycle

_LONGEST = 60
_MOST_LINES = 2000
#: Whose extended support is free for everybody.
_FREE_EXTENDED = frozenset({"debian"})
#: endoflife.date uses `lts` for other things there: paid support, or one line of long ago.
_TELL_NO_LTS = frozenset({"rhel", "phpmyadmin", "apache-flink"})
#: The lines are long-term ones though these builds of them are not kept up for long.
_JAVA = frozenset({"openjdk-builds-from-oracle", "graalvm-ce"})


class LifecycleUnreadable(ValueError):
    """A table of support dates is not in the form it should be; the text says where."""


def read_row(product: str, row: tuple[str, ...]) -> Cycle:
    """Read a line of our own table: name, released, ends, lts, codename; the last two may be left out.

    `ends` is a day, `over`, or empty when no day is known; `lts` is `lts`, the day it becomes so, or empty.
    """
    name, released, ends, lts, codename = (*row, "", "")[:5]
    return Cycle(
        product,
        name,
        codename,
        released=date.fromisoformat(released) if released else None,
        ends=date.fromisoformat(ends) if ends not in ("", "over") else None,
        ended=ends == "over",
        lts=bool(lts),
        lts_from=date.fromisoformat(lts) if lts not in ("", "lts") else None,
    )


def write_cycle(cycle: Cycle) -> dict[str, str | bool]:
    """Write a line in the form of endoflife.date's older API, as `read_cycles` reads it."""
    written: dict[str, str | bool] = {"cycle": cycle.name, "eol": cycle.ended}
    if cycle.ends is not None:
        written["eol"] = cycle.ends.isoformat()
    if cycle.codename:
        written["codename"] = cycle.codename
    if cycle.released is not None:
        written["releaseDate"] = cycle.released.isoformat()
    if cycle.lts:
        written["lts"] = cycle.lts_from.isoformat() if cycle.lts_from else True
    return written


def read_cycles(product: str, lines: object) -> Iterator[Cycle]:
    """Read all lines of a product: a list, or an object that has one as `releases`."""
    listed = lines.get("releases") if isinstance(lines, Mapping) else lines
    if not isinstance(listed, list | tuple) or len(listed) > _MOST_LINES:
        raise LifecycleUnreadable(f"{product}: there is no list of lines, or one longer than {_MOST_LINES}")
    for line in listed:
        if not isinstance(line, Mapping):
            raise LifecycleUnreadable(f"{product}: a line is not an object")
        yield _read_cycle(product, line)


def _read_cycle(product: str, line: Mapping[str, object]) -> Cycle:
    name = _name(line.get("cycle", line.get("name")), product)
    where = f"{product} {name}"
    ended, ends = _ending(product, line, where)
    lts, lts_from = _long_term(product, name, line, where)
    return Cycle(
        product,
        name,
        _codename(line.get("codename")),
        released=_moment(line.get("releaseDate"), where)[1],
        ends=ends,
        ended=ended,
        lts=lts,
        lts_from=lts_from,
    )


def _ending(product: str, line: Mapping[str, object], where: str) -> tuple[bool, date | None]:
    """Read `eol`, a day or whether it is over; v1 says `isEol` and `eolFrom`, where the latter alone holds for ever."""
    over, ends = _moment(line.get("eol"), where)
    if "eolFrom" in line:
        over, ends = _either(line.get("isEol"), line["eolFrom"], where)
    if product in _FREE_EXTENDED:
        extended = line.get("eoesFrom") or line.get("eoes") or line.get("extendedSupport")
        _, longer = _moment(extended, where)
        if longer is not None and (ends is None or longer > ends):
            return False, longer
    return (False, ends) if ends is not None else (over, None)


def _long_term(product: str, name: str, line: Mapping[str, object], where: str) -> tuple[bool, date | None]:
    if product in _TELL_NO_LTS:
        return False, None
    if product in _JAVA:
        return _is_java_lts(name), None
    if "isLts" in line:
        lts, since = _either(line["isLts"], line.get("ltsFrom"), where)
    else:
        lts, since = _moment(line.get("lts"), where)
    return lts or since is not None, since


def _is_java_lts(name: str) -> bool:
    """8, 11, 17 and from there every fourth: https://www.oracle.com/java/technologies/java-se-support-roadmap.html."""
    if not name.isascii() or not name.isdigit():
        return False
    number = int(name)
    return number in (8, 11) or (number >= 17 and number % 4 == 1)


def _either(flag: object, since: object, where: str) -> tuple[bool, date | None]:
    if not isinstance(flag, bool | None):
        raise LifecycleUnreadable(f"{where}: {str(flag)[:_LONGEST]!r} is neither true nor false")
    return bool(flag), _moment(since, where)[1]


def _moment(value: object, where: str) -> tuple[bool, date | None]:
    """Read what is a day, or true or false, or nothing."""
    if isinstance(value, bool | None):
        return bool(value), None
    if isinstance(value, date):
        return False, value
    try:
        # Whole days only: other forms would be read differently by other versions of Python.
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return False, date.fromisoformat(value)
    except ValueError:
        pass
    raise LifecycleUnreadable(f"{where}: {str(value)[:_LONGEST]!r} is no day such as 2026-01-31")


def _name(value: object, product: str) -> str:
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not 0 < len(text) <= _LONGEST or not text.isprintable():
        raise LifecycleUnreadable(f"{product}: a line has no name")
    return text


def _codename(value: object) -> str:
    words = value[:_LONGEST].lower().split() if isinstance(value, str) else []
    return words[0] if words and words[0].isprintable() else ""
