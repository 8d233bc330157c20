"""Tell which commands of a shell script surely run when the script succeeds; nothing is evaluated.

A command that may be skipped without failing the build (`true || apk upgrade`, `if …`, `exit; …`) is no remedy.
Doubt is cheap: it only keeps an instruction from being taken for one.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

CLOSING = frozenset("fi done esac }".split())
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_LEADING = frozenset("then else elif do ! { if while until time".split())
_PREFIXES = _LEADING | {"-p", "--"}
_OPENING = frozenset("if while until for case select".split())
#: What follows them is not reached, is not read as it looks here, or is no longer what its name says.
_ENDING = frozenset(
    "exit return exec break continue alias function eval trap . source command builtin hash enable case".split()
)
_NOT_RUNNING = re.compile(r"-[A-Za-z]*n[A-Za-z]*|noexec|.*\$.*")
_FAILING = re.compile(r"[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]")
#: What stands before `&&` in honest scripts, and does not fail there to be passed over.
_RELIABLE = frozenset("apk apt apt-get aptitude echo export set umask : true".split())


@dataclass(frozen=True, slots=True)
class Tail:
    """What may follow in a part of the script that could not be read."""

    forgives: bool
    """It has a `||`."""
    detaches: bool
    """It has a `&`."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A command, or what stands between two: `&&`, `||`, `;`, `&`, `|`, `(` or `)`."""

    sign: str
    words: Sequence[str] = ()
    index: int = -1


def surely_run(
    commands: Sequence[Sequence[str]],
    separators: Sequence[str],
    redirected: Collection[int] = (),
    tail: Tail | None = None,
) -> list[bool]:
    """Say of each command whether it surely runs; `separators[i]` is the sign that ended `commands[i]`.

    `redirected` are those that fail when a file is not there.
    """
    tokens = list(_tokens(commands, separators))
    after = _after(tokens, tail)
    sure = [True] * len(commands)
    for token, reached in _reached(tokens, after, redirected):
        sure[token.index] = reached
    return sure


def _tokens(commands: Sequence[Sequence[str]], separators: Sequence[str]) -> Iterator[_Token]:
    waiting = ""
    for index, (words, separator) in enumerate(zip(commands, [*separators, ""], strict=True)):
        if words:
            yield _Token(waiting)
            yield from _command(words, index)
            waiting = ""
        sign = separator.replace("\n", ";")
        if waiting + sign in ("&&", "||", "|&", "()"):
            waiting += sign
        elif sign != ";" or waiting not in ("&&", "||", "|", "|&"):
            # A line may end after `&&`, and the list goes on.
            yield _Token(waiting)
            waiting = sign
    yield _Token(waiting)


def _command(words: Sequence[str], index: int) -> Iterator[_Token]:
    """Braces group like parentheses, but are words: `! time {` opens a group too."""
    for word in takewhile(_PREFIXES.__contains__, words):
        if word == "{":
            yield _Token("(")
    yield _Token("", words, index)
    if words[0] == "}":
        yield _Token(")")


@dataclass(slots=True)
class _After:
    """What follows a command: `||` or `|` in its list, `&` behind its list, anything else behind its list."""

    masked: bool = False
    detached: bool = False
    piped: bool = False
    more: bool = False


def _after(tokens: Sequence[_Token], tail: Tail | None) -> dict[int, _After]:
    """Walk backward; a group is masked or detached with the list it stands in."""
    found: dict[int, _After] = {}
    groups = [_After(tail.forgives, tail.detaches) if tail else _After()]
    more, anything = tail is not None, tail is not None
    for token in reversed(tokens):
        outer = groups[-2] if len(groups) > 1 else _After()
        match token.sign:
            case "||":
                groups[-1].masked = True
            case "|" | "|&":
                groups[-1].piped = True
            case ")":
                groups.append(replace(groups[-1]))
            case "(" if len(groups) > 1:
                groups.pop()
            case ";" | "&":
                groups[-1] = replace(outer, detached=outer.detached or token.sign == "&")
                more |= anything
        if token.words and token.words[0] not in CLOSING:
            found[token.index] = replace(groups[-1], more=more)
            anything = True
    return found


def _reached(
    tokens: Sequence[_Token], after: dict[int, _After], redirected: Collection[int]
) -> Iterator[tuple[_Token, bool]]:
    """Walk forward: `guards` holds, by group, whether what comes next may be passed over."""
    guards, always, hangs, depth, ended = [False], [False], "", 0, False
    negated = any(word == "!" for token in tokens for word in takewhile(_PREFIXES.__contains__, token.words))
    for token in tokens:
        match token.sign:
            case "||":
                guards[-1] = True
            case "()":
                ended = True
            case "(":
                always.append(guards[-1] or hangs == "unreliable")
                guards.append(always[-1])
                hangs = ""
            case ")" if len(guards) > 1:
                guards.pop()
                always.pop()
            case ";" | "&":
                guards[-1] = always[-1]
                hangs = ""
        if not token.words:
            continue
        depth += _opened(token.words)
        follows = after.get(token.index, _After())
        # After `&&` it is skipped when what stands before fails, which must then fail the build.
        skipped = (hangs and follows.masked) or (hangs == "unreliable" and follows.more)
        # It does not run when its file cannot be opened, which must then fail the build too.
        excused = negated or follows.masked or follows.piped or follows.more
        unopened = token.index in redirected and excused
        yield token, not (guards[-1] or depth or ended or skipped or unopened or follows.detached)
        reliable = token.words[0] in _RELIABLE and token.index not in redirected
        hangs = "reliable" if reliable and hangs != "unreliable" else "unreliable"
        ended |= _ends(_program(token.words))
        depth -= depth > 0 and token.words[0] in CLOSING and token.words[0] != "}"


def _opened(words: Sequence[str]) -> int:
    count = 0
    for word in words:
        count += word in _OPENING
        if word not in _LEADING:
            break
    return count


def _program(words: Sequence[str]) -> Sequence[str]:
    """`then X=1 exit 0` → `exit 0`."""
    start = 0
    while start < len(words) and (words[start] in _LEADING or ASSIGNMENT.match(words[start])):
        start += 1
    return words[start:]


def _ends(program: Sequence[str]) -> bool:
    """Whether the script may succeed without what follows; `exit 1` ends the build, not just the script."""
    if not program:
        return False
    name, *arguments = program
    if name in ("exit", "return"):
        return not (arguments and _FAILING.fullmatch(arguments[0]))
    if name == "set":
        return any(map(_NOT_RUNNING.fullmatch, arguments))
    return name in _ENDING or "$" in name
