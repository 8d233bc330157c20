"""Which records speak of the same flaw, by the identity that OSV gives ids, aliases and upstream.

`related` is no identity (https://ossf.github.io/osv-schema/#related-field), save for the distributions that list there
what an advisory mends. A DSA or USN names all the flaws one upload mends: it is taken apart, one flaw a name, so that
it never glues them together.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

from bot.advisory.model import Advisory

_TRACKED = re.compile(r"[A-Z][A-Z0-9]{1,30}-(CVE-[0-9]{4}-[0-9]{4,19})")
_ANNOUNCEMENT = re.compile(
    r"(?:AL|RH|RL)[SBE]A-|RXSA-|(?:open)?SUSE-[A-Z]{2}-|MGASA-|OESA-|openEuler-SA-|PHSA-"
)
#: Advisories that announce new features or mended faults; now and then one mends a flaw too.
_NO_FLAW = re.compile(r"(?:AL|RH|RL)[BE]A-|(?:open)?SUSE-[FOR]U-")


def canonical(name: str) -> str:
    """Return the CVE behind a distribution's own entry for it: `DEBIAN-CVE-2024-6387` → `CVE-2024-6387`."""
    match = _TRACKED.fullmatch(name)
    return match[1] if match else name


def is_tracker_entry(record: Advisory) -> bool:
    """Whether the record is a distribution's own entry for exactly one CVE."""
    return canonical(record.id) != record.id


def names_no_flaw(record: Advisory) -> bool:
    """Whether it announces an update that mends no flaw: it may be installed, and nothing is wrong without it."""
    if not _NO_FLAW.match(record.id):
        return False
    return not any(name.startswith("CVE-") for name in (*record.aliases, *record.upstream, *record.related))


def flaw_names(record: Advisory) -> tuple[tuple[str, ...], ...]:
    """Return the names of each flaw the record is about, one group a flaw."""
    own = canonical(record.id)
    aliases = [canonical(name) for name in record.aliases]
    if own.startswith("CVE-"):
        return (_unique([own, *aliases]),)
    upstream = [canonical(name) for name in record.upstream or _announced(record)]
    bundled = _repeated_family(aliases + upstream, {"CVE"}) or _repeated_family(upstream)
    if bundled:
        return tuple((name,) for name in bundled)
    return (_unique([own, *aliases, *upstream]),)


def _announced(record: Advisory) -> tuple[str, ...]:
    """Return the flaws of an advisory whose publisher lists them as related."""
    if record.aliases or not _ANNOUNCEMENT.match(record.id):
        return ()
    return tuple(name for name in record.related if name.startswith("CVE-"))


def _repeated_family(names: list[str], families: set[str] | None = None) -> tuple[str, ...]:
    """Return the names of the kind that occurs more than once: two CVEs are two flaws."""
    unique = _unique(names)
    kinds = Counter(name.partition("-")[0] for name in unique)
    for kind in sorted(families or kinds):
        if kinds[kind] > 1:
            return tuple(name for name in unique if name.startswith(kind + "-"))
    return ()


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class Flaws:
    """The flaws that a set of records is about; each flaw is a number that means nothing outside."""

    def __init__(self, records: Iterable[Advisory]) -> None:
        self._parent: dict[str, str] = {}
        self._groups = {record.id: flaw_names(record) for record in records}
        for groups in self._groups.values():
            for first, *others in groups:
                for other in others:
                    self._union(first, other)
        self._found: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, set[str]] = defaultdict(set)
        for id_, groups in self._groups.items():
            for name in chain.from_iterable(groups):
                if name != id_ or name.startswith("CVE-"):
                    self._names[self._find(name)].add(name)

    def of(self, record: Advisory) -> tuple[str, ...]:
        """Return the flaws of a record that was given at the start."""
        found = self._found.get(record.id)
        if found is None:
            found = self._found[record.id] = _unique([self._find(g[0]) for g in self._groups[record.id]])
        return found

    def bundles(self, record: Advisory) -> bool:
        """Whether the record is about several flaws, so that its id names none of them."""
        return len(self._groups[record.id]) > 1

    def names(self, flaw: str) -> set[str]:
        """Return the names of a flaw that records call it by.

        The id of an advisory about it, such as a DSA, is not one: it names the advisory.
        """
        return self._names[flaw]

    def _union(self, a: str, b: str) -> None:
        a, b = self._find(a), self._find(b)
        # The smaller name leads, so that the answer does not depend on the order of the records.
        self._parent[max(a, b)] = min(a, b)

    def _find(self, name: str) -> str:
        parent = self._parent
        root = parent.setdefault(name, name)
        while root != parent[root]:
            parent[root] = parent[parent[root]]
            root = parent[root]
        parent[name] = root
        return root
