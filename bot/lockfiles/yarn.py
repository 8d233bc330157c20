"""Yarn's yarn.lock: version 1 has a form of its own, later ones are YAML.

https://classic.yarnpkg.com/lang/en/docs/yarn-lock/, https://yarnpkg.com/advanced/lexicon
"""

import re
from dataclasses import dataclass, field

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.node import foreign_source, split_descriptor
from bot.lockfiles.yarn_berry import read_berry
from bot.lockfiles.yarn_graph import Entry, take_entries

_FIELD = re.compile(r'  ("[^"\n]*"|[^\s":]+)(?: ("[^"\n]*"|[^\s"]+))?(:)?')
_NEED = re.compile(r'    ("[^"\n]*"|[^\s"]+) ("[^"\n]*"|[^\s"].*)')
_KEY = re.compile(r'"[^"\n]*"|[^,\s"][^,"]*')
_TABLES = ("dependencies", "optionalDependencies")


@dataclass(slots=True)
class _Block:
    keys: list[str]
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    end: int = 0


def read_yarn_lock(source: str, found: Found) -> None:
    """Read either form; both are resolved from package.json downwards."""
    if re.search(r"^__metadata:", source, re.M):
        read_berry(source, found)
        return
    entries = [_entry(block) for block in _blocks(source)]
    take_entries(entries, found, {})


def _entry(block: _Block) -> Entry:
    name, requirement = split_descriptor(block.keys[0])
    if requirement.startswith("npm:"):
        # An alias: what is installed under the name is another package.
        name = split_descriptor(requirement[4:])[0]
    resolved = block.fields.get("resolved", "")
    why = foreign_source(requirement)
    return Entry(
        name,
        block.fields.get("version", ""),
        block.line,
        block.end,
        tuple(block.keys),
        tuple(block.needs),
        local=why is None,
        place=resolved or requirement,
    )


def _blocks(source: str) -> list[_Block]:
    blocks: list[_Block] = []
    table = ""
    for number, line in enumerate(source.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith(" "):
            keys = [_plain(each.strip()) for each in _KEY.findall(line.rstrip().removesuffix(":"))]
            if not line.rstrip().endswith(":") or not keys:
                raise LockfileError("it is no yarn.lock: the line begins no package", number)
            blocks.append(_Block(keys, number, end=number))
            table = ""
        elif not blocks:
            raise LockfileError("it is no yarn.lock: something stands before the first package", number)
        elif (need := _NEED.fullmatch(line)) and table:
            if table in _TABLES:
                blocks[-1].needs.append(f"{_plain(need[1])}@{_plain(need[2])}")
        elif part := _FIELD.fullmatch(line.rstrip()):
            table = _plain(part[1]) if part[3] and not part[2] else ""
            blocks[-1].fields[_plain(part[1])] = _plain(part[2] or "")
        elif not line.startswith("    "):
            raise LockfileError("it is no yarn.lock: the line is neither a field nor a package", number)
        if blocks:
            blocks[-1].end = number
    return blocks


def _plain(word: str) -> str:
    return word[1:-1] if word.startswith('"') else word
