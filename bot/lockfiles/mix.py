"""Mix's mix.lock: one Elixir map of tuples, https://hexdocs.pm/mix/Mix.Tasks.Deps.html.

Only the terms that stand in such files are read: maps, tuples, lists, texts, atoms, `key: value`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.graph import turned

MAX_DEPTH = 30
_TOKEN = re.compile(
    r"""[\s,]+|\#[^\n]*|(?P<open>%\{|[\[{])|(?P<close>[\]}])|(?P<text>"(?:[^"\\]|\\.)*+")(?P<colon>:(?=\s))?"""
    r"""|(?P<atom>:"(?:[^"\\]|\\.)*+"|:[\w@!?]+)|(?P<key>[\w@!?]+:)(?=\s)|(?P<word>[\w.]+)|(?P<arrow>=>)""",
    re.S,
)
_IN_MIX_EXS = re.compile(r"\{\s*:(\w+)\s*,([^{}\[\]]*(?:\[[^\[\]{}]*\][^{}\[\]]*)*)\}")
_ONLY = re.compile(r"only:\s*(\[[^\]]*\]|:\w+)")
_DEVELOPMENT = {"dev", "test"}


@dataclass(slots=True)
class _Group:
    """A map, tuple or list: texts and atoms (`:hex`) as text, keys as `name:`."""

    line: int
    items: "list[str | _Group]"
    end: int = 0

    def text(self, at: int) -> str:
        item = self.items[at] if at < len(self.items) else ""
        return item if isinstance(item, str) else ""


def read_mix_lock(source: str, found: Found) -> None:
    """Read the packages of Hex, and those from git, which have no version there."""
    root = _parse(source)
    asked, development = _asked(found.sibling("mix.exs"))
    entries = list(_entries(root))
    by = turned({name: list(_needs(entry)) for name, entry in entries})
    for name, entry in entries:
        match entry.text(0):
            case ":hex":
                found.add(
                    entry.text(1).removeprefix(":") or name,
                    entry.text(2),
                    entry.line,
                    entry.end,
                    development=name in development and not by.get(name),
                    direct=name in asked if asked is not None else None,
                    wanted_by=by.get(name, ()),
                )
            case ":git":
                found.leave_open(name, entry.text(1), entry.line, "it comes from a git repository")
            case ":path":
                continue
            case _:
                found.leave_open(name, "", entry.line, "where it comes from is not understood")


def _entries(root: _Group) -> Iterator[tuple[str, _Group]]:
    """`"name": {…}` and `"name" => {…}`."""
    waiting = ""
    for item in root.items:
        if isinstance(item, _Group):
            if not waiting:
                raise LockfileError("it is no mix.lock: a name is missing", item.line)
            yield waiting, item
            waiting = ""
        elif item != "=>":
            waiting = item.removesuffix(":")


def _needs(entry: _Group) -> Iterator[str]:
    """The names in the list of `{:name, "~> 1.0", […]}`."""
    for item in entry.items[3:]:
        for each in item.items if isinstance(item, _Group) else []:
            if isinstance(each, _Group) and each.text(0).startswith(":"):
                yield each.text(0)[1:]


def _parse(source: str) -> _Group:
    open_: list[_Group] = []
    root: _Group | None = None
    at, line = 0, 1
    while at < len(source):
        token = _TOKEN.match(source, at)
        if token is None:
            raise LockfileError("it is no mix.lock: this is none of the terms such a file has", line)
        if token["open"]:
            group = _Group(line, [])
            if open_:
                open_[-1].items.append(group)
            elif root is None:
                root = group
            else:
                raise LockfileError("it is no mix.lock: there is something behind its end", line)
            open_.append(group)
            if len(open_) > MAX_DEPTH:
                raise LockfileError("it is nested too deep", line)
        elif token["close"]:
            if not open_:
                raise LockfileError("it is no mix.lock: there is something behind its end", line)
            open_.pop().end = line
        elif token[0].strip(" \t\r\n,") and not token[0].startswith("#"):
            if not open_:
                raise LockfileError("it is no mix.lock: it does not begin with a map", line)
            open_[-1].items.append(_value(token))
        line += source.count("\n", at, token.end())
        at = token.end()
    if root is None or open_:
        raise LockfileError("it is no mix.lock: its map does not end", line)
    return root


def _value(token: re.Match[str]) -> str:
    if token["text"]:
        return token["text"][1:-1] + (":" if token["colon"] else "")
    return token[0].replace('"', "")


def _asked(mix_exs: str | None) -> tuple[set[str] | None, set[str]]:
    """The names in mix.exs, and those of them that are for development only."""
    if mix_exs is None:
        return None, set()
    plain = re.sub(r"#[^\n]*", "", mix_exs)
    asked: set[str] = set()
    development: set[str] = set()
    for name, options in _IN_MIX_EXS.findall(plain):
        asked.add(name)
        only = _ONLY.search(options)
        if only and set(re.findall(r":(\w+)", only[1])) <= _DEVELOPMENT:
            development.add(name)
    return asked, development
