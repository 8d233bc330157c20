"""Tell which commands of a shell script surely run when the script succeeds; nothing is evaluated.

A command that may be skipped without failing the build (`true || apk upgrade`, `if …`, `exit; …`) is no remedy.
Doubt is cheap: it only keeps an instruction from being taken for one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_LEADING = frozenset("then else elif do ! { if while until".split())
_OPENING = frozenset("if while until for case select".split())
_CLOSING = frozenset("fi done esac".split())
#: What follows them is not reached, or is no longer what its name says.
_ENDING = frozenset("exit return exec break continue alias function".split())
#: What stands before `&&` in honest scripts, and does not fail there to be passed over.
_RELIABLE = frozenset(
    "apk apt apt-get aptitude chmod chown cp echo export mkdir mv printf rm sed set umask : true".split()
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A command, or what stands between two: `&&`, `||`, `;`, `&`, `|`, `(` or `)`."""

    sign: str
    words: Sequence[str] = ()
    index: int = -1


def surely_run(commands: Sequence[Sequence[str]], separators: Sequence[str]) -> list[bool]:
    """Say of each command whether it surely runs; `separators[i]` is the sign that ended `commands[i]`."""
    tokens = list(_tokens(commands, separators))
    forgiven = _forgiven(tokens)
    sure = [True] * len(commands)
    for token, reached in _reached(tokens, forgiven):
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
    """Braces group like parentheses, but are words."""
    if words[0] == "{":
        yield _Token("(")
    yield _Token("", words, index)
    if words[0] == "}":
        yield _Token(")")


def _forgiven(tokens: Sequence[_Token]) -> dict[int, tuple[bool, bool]]:
    """For each command: whether a `||` of its list follows, and whether anything else runs after its list."""
    found: dict[int, tuple[bool, bool]] = {}
    masked, more, after = [False], False, False
    for token in reversed(tokens):
        match token.sign:
            case "||":
                masked[-1] = True
            case ")":
                masked.append(masked[-1])
            case "(" if len(masked) > 1:
                masked.pop()
            case ";" | "&":
                masked[-1] = masked[-2] if len(masked) > 1 else False
                more |= after
        if token.words and token.words[0] not in ("}", "fi", "done", "esac"):
            found[token.index] = masked[-1], more
            after = True
    return found


def _reached(
    tokens: Iterable[_Token], forgiven: dict[int, tuple[bool, bool]]
) -> Iterator[tuple[_Token, bool]]:
    """Walk forward: `guards` holds, by group, whether what comes next may be passed over."""
    guards, always, hangs, depth, ended = [False], [False], "", 0, False
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
        masked, more = forgiven.get(token.index, (False, False))
        # After `&&` it is skipped when what stands before fails, which must then fail the build.
        skipped = (hangs and masked) or (hangs == "unreliable" and more)
        yield token, not (guards[-1] or depth or ended or skipped)
        hangs = "reliable" if token.words[0] in _RELIABLE and hangs != "unreliable" else "unreliable"
        ended |= token.words[0] in _ENDING and not _fails(token.words)
        depth -= depth > 0 and token.words[0] in _CLOSING


def _opened(words: Sequence[str]) -> int:
    count = 0
    for word in words:
        count += word in _OPENING
        if word not in _LEADING:
            break
    return count


def _fails(words: Sequence[str]) -> bool:
    """`exit 1` ends the build, not just the script."""
    return words[0] in ("exit", "return") and words[1:2] != ["0"] and words[1:2] != [] and words[1].isdigit()
