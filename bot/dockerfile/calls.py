"""Find the programs a RUN instruction calls, behind shells and wrappers, and whether each call surely happens.

Options are known or they leave doubt: `sh -n` and `xargs -r` run nothing.
"""

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.dockerfile.certainty import ASSIGNMENT
from bot.dockerfile.model import Instruction
from bot.dockerfile.mounts import mount_fields
from bot.dockerfile.shell import ShellCommand, ShellWord, read_commands
from bot.dockerfile.traced import Traced

MAX_NESTING = 3
MAX_PIPE = 16
"""Commands that are remembered to feed another; a longer pipe loses those furthest away."""
MAX_DROPPED = 50
"""Words before a program that are remembered."""
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_SHELL_OPTION = re.compile(r"-[ceulxo]+|pipefail|errexit|nounset|xtrace")
_SUBSTITUTION = re.compile(r"\$\(|`")
_PARENTHESIS = re.compile("[()]")
_KEYWORDS = frozenset("if then elif else while until do ! { }".split())
#: Where a mount covers nothing that a package manager changes.
_HARMLESS_PLACES = tuple(
    "/etc/apk/cache/ /root/ /run/ /tmp/ /var/cache/ /var/lib/apt/ /var/log/ /var/tmp/".split()
)


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """A program that runs the command that follows it."""

    mild: frozenset[str] = frozenset()
    """Options with which it surely does, and changes nothing about it."""
    values: frozenset[str] = frozenset()
    """Options whose value is the next word."""
    doubtful: bool = False
    """It may not run the command to its end, or with other words than are written."""


_WRAPPERS = {
    "sudo": _Wrapper(frozenset("-E -H -n -S -u -g".split()), frozenset("-u -g -h -p -C -D -r -t".split())),
    "env": _Wrapper(frozenset({"-i", "-u"}), frozenset({"-u", "-C"})),
    "xargs": _Wrapper(values=frozenset("-n -I -P -L -d -a -s".split()), doubtful=True),
    "nice": _Wrapper(frozenset({"-n"}), frozenset({"-n"})),
    "timeout": _Wrapper(values=frozenset({"-s", "-k"}), doubtful=True),
    "exec": _Wrapper(),
    "command": _Wrapper(frozenset({"-p"})),
    "time": _Wrapper(frozenset({"-p"})),
    "eatmydata": _Wrapper(),
    "uv": _Wrapper(),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One command line, the program first."""

    words: list[str]
    line: int
    certain: bool = True
    assigned: tuple[str, ...] = ()
    """Variables that are set for it alone: `NODE_ENV=production`."""
    dropped: tuple[str, ...] = ()
    """What stood before the program: keywords, assignments, `sudo -E` and the like."""
    before: tuple[tuple[str, ...], ...] = ()
    """The commands that its input is piped through, the nearest last."""
    into: tuple[str, ...] = ()
    """The command that takes its output for a file, by `<(…)`."""


def find_calls(instruction: Instruction) -> Iterator[Call]:
    """List what a RUN calls, in order."""
    undisturbed = _is_undisturbed(instruction)
    for call in _calls(instruction):
        yield call if undisturbed else replace(call, certain=False)


def inner_calls(call: Call, depth: int = 0) -> Iterator[Call]:
    """List what the words of a call run to be made: `x "$(curl …)"`, and what those run in turn."""
    for word in (*call.dropped, *call.words):
        for script in substitutions(word):
            for inner in _script(script, Call([], call.line, certain=False), 0):
                yield inner
                if depth < MAX_NESTING:
                    yield from inner_calls(inner, depth + 1)


def substitutions(word: str) -> Iterator[str]:
    """`a $(b $(c)) `d`` → `b $(c)`, `d`."""
    at = 0
    while (found := _SUBSTITUTION.search(word, at)) is not None:
        start = found.end()
        if found[0] == "`":
            end = word.find("`", start)
        elif word.startswith("(", start):
            # Arithmetic runs nothing.
            end = start
        else:
            end = _closing(word, start)
        at = len(word) if end < 0 else end + 1
        yield word[start : len(word) if end < 0 else end]


def _closing(word: str, at: int) -> int:
    """Where the parenthesis closes that is open at `at`, -1 when nowhere."""
    depth = 1
    for found in _PARENTHESIS.finditer(word, at):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return found.start()
    return -1


def program_of(words: Sequence[str]) -> list[str]:
    """`X=1 sudo -E bash -` → `bash -`."""
    return _unwrap(Call(list(words), 0)).words


def is_shell(word: str) -> bool:
    """Whether a program is a shell: `/bin/bash`."""
    return _is_shell_name(word)


def mounts_below(instruction: Instruction, place: str) -> bool:
    """Whether a RUN sees something else at a place, or below it, than the image holds there."""
    targets = (
        target for mount in instruction.flag_values("mount") for target in _targets(mount_fields(mount))
    )
    return any(f"{posixpath.normpath(target)}/".startswith(f"{place}/") for target in targets)


def is_plain_shell(words: Sequence[str]) -> bool:
    """Whether this is a shell that runs what it is given: `bash -o pipefail -c`."""
    return _is_shell_name(words[0]) and all(map(_SHELL_OPTION.fullmatch, words[1:])) if words else False


def _is_shell_name(word: str) -> bool:
    return word.rpartition("/")[2] in _SHELLS


def _is_undisturbed(instruction: Instruction) -> bool:
    """Whether the flags of a RUN leave it the network, its programs and a place to install to."""
    for flag in instruction.flag_words:
        name, _, value = flag.text.partition("=")
        if name == "--mount":
            if not _is_harmless(mount_fields(flag[len("--mount=") :])):
                return False
        elif name != "--security" and (name, value) != ("--network", "default"):
            return False
    return True


def _is_harmless(mount: dict[str, Traced]) -> bool:
    kind = mount["type"].text if "type" in mount else "bind"
    return kind in ("cache", "tmpfs", "secret", "ssh") and all(map(_is_aside, _targets(mount)))


def _targets(mount: dict[str, Traced]) -> list[str]:
    return [mount[key].text for key in ("target", "dst", "destination") if key in mount]


def _is_aside(target: str) -> bool:
    return "$" not in target and f"{posixpath.normpath(target)}/".startswith(_HARMLESS_PLACES)


def _calls(instruction: Instruction) -> Iterator[Call]:
    if instruction.json:
        yield from _nested(Call(list(instruction.args), instruction.start_line), 0)
        return
    breaks = [match.start() + instruction.span[0] for match in re.finditer("\n", instruction.text)]
    script = read_commands(instruction.body.text)
    for call, at in _joined(script, Call([], instruction.start_line)):
        line = instruction.start_line + bisect_right(breaks, instruction.body.at[at])
        yield from _nested(replace(call, line=line), 0)
    yield from _heredoc_calls(instruction, [_texts(command.words) for command in script])


def _joined(script: list[ShellCommand], outer: Call) -> Iterator[tuple[Call, int]]:
    """The commands of a script as calls, with where each starts in it, and with those that feed it."""
    before: tuple[tuple[str, ...], ...] = ()
    previous: tuple[str, ...] = ()
    for command in script:
        before = (*before, previous)[-MAX_PIPE:] if command.is_piped else ()
        into = previous if command.joint == "(" else ()
        words = _texts(command.words)
        certain = outer.certain and command.certain
        call = replace(outer, words=words, certain=certain, before=before, into=into)
        yield call, command.words[0].at
        previous = tuple(words)


def _texts(command: list[ShellWord]) -> list[str]:
    return [word.text for word in command]


def _heredoc_calls(instruction: Instruction, commands: list[list[str]]) -> Iterator[Call]:
    """A heredoc is a script when it is the whole command, or the input of a shell."""
    piped = any(map(_reads_script, commands))
    for heredoc in instruction.heredocs:
        shebang = _shebang(heredoc.text)
        if piped or (not commands and (not shebang or any(map(_is_shell_name, shebang)))):
            # Beside other commands, which one gets it as its input is not told.
            known = len(commands) < 2 and len(instruction.heredocs) == 1 and not heredoc.file_descriptor
            reader = commands[0] if commands else shebang
            certain = known and (not reader or is_plain_shell(reader))
            yield from _script(heredoc.text, Call([], heredoc.start_line, certain), 0, counts_lines=True)


def _shebang(text: str) -> list[str]:
    """`#!/usr/bin/env bash` → `bash`; nothing when a document does not name its interpreter."""
    first = text.partition("\n")[0]
    words = first[2:].split() if first.startswith("#!") else []
    return words[1:] if words[:1] == ["/usr/bin/env"] else words


def _reads_script(words: list[str]) -> bool:
    return _is_shell_name(words[0]) and all(word.startswith("-") for word in words[1:])


def _script(script: str, outer: Call, depth: int, *, counts_lines: bool = False) -> Iterator[Call]:
    breaks = [match.start() for match in re.finditer("\n", script)] if counts_lines else []
    for call, at in _joined(read_commands(script), outer):
        yield from _nested(replace(call, line=outer.line + bisect_right(breaks, at)), depth)


def _nested(call: Call, depth: int) -> Iterator[Call]:
    """Pass a command on, or, when it is `sh -c SCRIPT`, those of the script."""
    call = _unwrap(call)
    at = _script_place(call.words)
    if at is None:
        yield call
    elif depth < MAX_NESTING:
        outer = replace(call, certain=call.certain and is_plain_shell(call.words[:at]))
        yield from _script(call.words[at], outer, depth + 1)


def _script_place(words: list[str]) -> int | None:
    """Where the script of `sh -c SCRIPT` stands."""
    if not words or not _is_shell_name(words[0]):
        return None
    for index, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return index + 1
    return None


def _unwrap(call: Call) -> Call:
    """Drop what stands before the program: keywords, assignments, `sudo -E` and the like."""
    words, at, certain = call.words, 0, call.certain
    assigned = call.assigned
    while at < len(words):
        name = words[at].rpartition("/")[2]
        if ASSIGNMENT.match(words[at]):
            assigned = (*assigned, words[at])
            at += 1
        elif words[at] in _KEYWORDS:
            at += 1
        elif name == "command" and words[at + 1 : at + 2] in (["-v"], ["-V"]):
            return replace(call, words=[])
        elif name == "uv" and words[at + 1 : at + 2] != ["pip"]:
            break
        elif wrapper := _WRAPPERS.get(name):
            start, at = at + 1, _after_options(words, at + 1, wrapper.values)
            options = [word for word in words[start:at] if word.startswith("-")]
            certain = certain and not wrapper.doubtful and wrapper.mild.issuperset(options)
            at += name == "timeout"
        else:
            break
    return replace(
        call,
        words=words[at:],
        certain=certain,
        assigned=assigned,
        dropped=(*call.dropped, *words[:at])[:MAX_DROPPED],
    )


def _after_options(words: list[str], at: int, with_value: frozenset[str]) -> int:
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in with_value else 1
    return at
