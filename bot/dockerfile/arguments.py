"""Split what follows an instruction's name into flags and arguments, each instruction by its own rule.

Follows https://docs.docker.com/reference/dockerfile/. Quotes stay; `words` removes them when it expands.
"""

import json
import re
from typing import NoReturn

from bot.dockerfile.traced import SPACE, Traced

_FIELD = re.compile(r"[^\t\v\f\r ]+")
_SURROGATE = re.compile("[\ud800-\udfff]")

JSON_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL", "ADD", "COPY", "VOLUME"})
FIELD_COMMANDS = frozenset({"FROM", "EXPOSE", "ADD", "COPY", "VOLUME"})


def clean(text: str) -> str:
    """Replace lone surrogates one for one, so that the text can be encoded and offsets stay true."""
    return _SURROGATE.sub("\ufffd", text)


def split_command(line: Traced) -> tuple[str, Traced]:
    """`COPY --from=x a b` → (`COPY`, `--from=x a b`)."""
    line = line.strip()
    head = _FIELD.match(line.text)
    end = head.end() if head else 0
    cmd = line.text[:end]
    # Some letters outside ASCII have ASCII capitals; BuildKit does not take those for instructions.
    return cmd.upper() if cmd.isascii() else cmd, line[end:].strip()


def split_flags(line: Traced) -> tuple[tuple[Traced, ...], Traced]:
    """`--from=x a b` → ((`--from=x`,), `a b`); flags lose quotes and backslashes, `--` ends them."""
    flags: list[Traced] = []
    at = 0
    while True:
        while at < len(line) and line.text[at] in SPACE:
            at += 1
        if not line.text.startswith("--", at):
            return tuple(flags), line[at:].strip()
        flag, at = _flag(line, at)
        if flag.text == "--":
            return tuple(flags), line[at:].strip()
        flags.append(flag)


def _flag(line: Traced, at: int) -> tuple[Traced, int]:
    text, kept, quote = line.text, list[int](), ""
    while at < len(text):
        char = text[at]
        if not quote and char in SPACE:
            break
        if char == "\\":
            at += 1
            kept.extend([at] if at < len(text) else [])
        elif char == quote or (not quote and char in "'\""):
            quote = "" if quote else char
        else:
            kept.append(at)
        at += 1
    return line.pick(kept), min(at, len(text))


def split_fields(line: Traced) -> list[Traced]:
    """Split at white space, whatever the quotes: `FROM`, `COPY`, `EXPOSE`, `VOLUME`."""
    return [line[match.start() : match.end()] for match in _FIELD.finditer(line.text)]


def split_words(line: Traced, escape: str) -> list[Traced]:
    """Split at white space outside quotes, quotes kept: `ARG`, `ENV`, `LABEL`."""
    words: list[Traced] = []
    at = 0
    while at < len(line):
        if line.text[at] in SPACE:
            at += 1
            continue
        end, complete = _word_end(line.text, at, escape)
        word = line[at:end] if complete else line[at : end - 1]
        words.extend([word] if word.text else [])
        at = end
    return words


def _word_end(text: str, at: int, escape: str) -> tuple[int, bool]:
    """Find where a word ends, and whether its last character counts: a final lone escape token does not."""
    quote = ""
    while at < len(text):
        char = text[at]
        if char == escape and quote != "'":
            if at + 1 == len(text):
                return len(text), False
            at += 2
            continue
        if not quote and char in SPACE:
            break
        if char == quote or (not quote and char in "'\""):
            quote = "" if quote else char
        at += 1
    return at, True


def split_pairs(line: Traced, escape: str) -> list[tuple[Traced, Traced]]:
    """`a=1 b="2 3"` or the old `a 1 2` → (name, value) pairs; raises ValueError when it is neither."""
    words = split_words(line, escape)
    if not words:
        raise ValueError("needs at least one name and value")
    if "=" not in words[0].text:
        fields = split_fields(line)
        if len(fields) < 2:
            raise ValueError("needs a name and a value")
        name = len(fields[0])
        return [(line[:name], line[name:].strip())]
    return [_pair(word) for word in words]


def _pair(word: Traced) -> tuple[Traced, Traced]:
    at = word.text.find("=")
    if at < 0:
        raise ValueError(f"has no '=' in {word.text[:100]!r}: write name=value")
    if at == 0:
        raise ValueError("has a blank name")
    return word[:at], word[at + 1 :]


def json_words(text: str) -> tuple[str, ...] | None:
    """`["a", "b"]` → its strings; None when it is not valid JSON; ValueError when an item is no string."""
    if not text.startswith("["):
        return None
    try:
        items = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in items):
        raise ValueError("has a JSON array with items that are no strings")
    return tuple(clean(item) for item in items)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
