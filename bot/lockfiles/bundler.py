"""Bundler's Gemfile.lock, https://bundler.io/guides/rationale.html#checking-your-code-into-version-control.

Groups stand in the Gemfile alone. That is a program, so only what it says plainly counts: a gem is for development when
every mention of it is in a group named so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable, turned

_SPEC = re.compile(r"    ([^\s(]+)(?: \(([^)\s]+)\))?")
_NEED = re.compile(r"      ([^\s(]+)(?: \(.*\))?")
_ASKED = re.compile(r"  ([^\s(!]+)!?(?: \(.*\))?!?")
_SECTION = re.compile(r"[A-Z][A-Z ]*")
_SOURCES = ("GEM", "GIT", "PATH", "PLUGIN SOURCE")
_DEVELOPMENT = frozenset(("development", "test"))
_GEM = re.compile(r"""gem[ (]+["']([^"']+)["'](.*)""")
_GROUP = re.compile(r"group[ (]+(.*?)\)?\s+do\b.*")
_IN_GROUP = re.compile(r"(?::groups?\s*=>|\bgroups?:)\s*(\[[^\]]*\]|:\w+|[\"']\w+[\"'])")
_SYMBOL = re.compile(r""":(\w+)|["'](\w+)["']""")
_OPENS = re.compile(r"(?:if|unless|case|begin|while|until|def|class|module)\b|.*\bdo(?:\s*\|[^|]*\|)?")


@dataclass(slots=True)
class _Spec:
    name: str
    version: str
    line: int
    source: str
    needs: list[str] = field(default_factory=list)
    end: int = 0


def read_gemfile_lock(source: str, found: Found) -> None:
    """Read the gems; those in folders of the repository are left out."""
    specs, asked = _parse(source)
    edges: dict[str, list[str]] = {}
    for spec in specs:
        edges.setdefault(spec.name, []).extend(spec.needs)
    gemfile = found.sibling("gems.rb" if found.path.endswith(".locked") else "Gemfile")
    development = _development(gemfile or "")
    running, developing = reachable(asked - development, edges), reachable(asked & development, edges)
    by = turned(edges)
    seen: set[tuple[str, str]] = set()
    for spec in specs:
        # One version stands there once for each platform.
        version = _without_platform(spec.version)
        if spec.source == "PATH" or (spec.name, version) in seen:
            continue
        seen.add((spec.name, version))
        found.add(
            spec.name,
            version,
            spec.line,
            spec.end,
            development=spec.name in developing and spec.name not in running,
            direct=spec.name in asked,
            wanted_by=by.get(spec.name, ()),
        )


def _parse(source: str) -> tuple[list[_Spec], set[str]]:
    specs: list[_Spec] = []
    asked: set[str] = set()
    section = ""
    for number, line in enumerate(source.split("\n"), 1):
        if not line.strip():
            continue
        if not line.startswith(" "):
            if not _SECTION.fullmatch(line.rstrip()):
                raise LockfileError("it is no Gemfile.lock: the line begins no section", number)
            section = line.rstrip()
        elif section in _SOURCES:
            if (need := _NEED.fullmatch(line)) and specs:
                specs[-1].needs.append(need[1])
                specs[-1].end = number
            elif spec := _SPEC.fullmatch(line):
                specs.append(_Spec(spec[1], spec[2] or "", number, section, end=number))
            elif line.startswith("    "):
                raise LockfileError("it is no Gemfile.lock: the line is no gem with its version", number)
        elif section == "DEPENDENCIES" and (wanted := _ASKED.fullmatch(line)):
            asked.add(wanted[1])
    if not section:
        raise LockfileError("it is no Gemfile.lock: it has no section")
    return specs, asked


def _without_platform(version: str) -> str:
    """`1.15.4-x86_64-linux` → `1.15.4`: a version of a gem has no hyphen where the platform follows."""
    return version.partition("-")[0]


def _development(gemfile: str) -> set[str]:
    inside: set[str] = set()
    outside: set[str] = set()
    for name, groups in _gems(gemfile):
        (inside if groups and groups <= _DEVELOPMENT else outside).add(name)
    return inside - outside


def _gems(gemfile: str) -> Iterator[tuple[str, set[str]]]:
    """The gems with the groups they are in."""
    blocks: list[set[str]] = []
    for raw in gemfile.split("\n"):
        line = raw.partition(" #")[0].strip()[:2_000]
        if group := _GROUP.fullmatch(line):
            blocks.append(_symbols(group[1]))
        elif gem := _GEM.match(line):
            own = _IN_GROUP.search(gem[2])
            yield gem[1], set().union(*blocks, _symbols(own[1]) if own else ())
        elif line == "end":
            blocks = blocks[:-1]
        elif not line.startswith("#") and _OPENS.fullmatch(line):
            blocks.append(set())


def _symbols(text: str) -> set[str]:
    return {one or other for one, other in _SYMBOL.findall(text)}
