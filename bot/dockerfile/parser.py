"""Parse a Dockerfile into instructions and stages with BuildKit's semantics.

Follows https://docs.docker.com/reference/dockerfile/. Pure: nothing is read, resolved or executed.
"""

import re
from dataclasses import replace

from bot.dockerfile.arguments import (
    FIELD_COMMANDS,
    JSON_COMMANDS,
    clean,
    json_words,
    split_command,
    split_fields,
    split_flags,
    split_pairs,
    split_words,
)
from bot.dockerfile.checks import check_instruction
from bot.dockerfile.directives import escape_token, read_directives
from bot.dockerfile.errors import BeyondLimits, DockerfileError
from bot.dockerfile.heredoc import Heredoc, read_heredocs
from bot.dockerfile.lines import LineReader, LogicalLine
from bot.dockerfile.model import Dockerfile, Instruction, Span
from bot.dockerfile.stages import group_stages
from bot.dockerfile.traced import SPACE, Traced

MAX_SIZE = 1_000_000
MAX_INSTRUCTIONS = 10_000
_HEREDOC_COMMANDS = frozenset({"RUN", "COPY", "ADD"})
_CHECK_TYPE = re.compile(r"\S*")


def parse(text: str | bytes) -> Dockerfile:
    """Parse a Dockerfile, raising DockerfileError for what BuildKit would refuse and for hostile sizes.

    At most 1 MB (characters of a str, bytes of bytes), 10,000 instructions and 1,000 stages.
    """
    source = decode(text)
    directives = read_directives(source)
    escape = escape_token(directives)
    reader = LineReader(source)
    instructions: list[Instruction] = []
    while (line := reader.next_instruction(escape)) is not None:
        if len(instructions) == MAX_INSTRUCTIONS:
            raise BeyondLimits(f"more than {MAX_INSTRUCTIONS} instructions", line.start_line)
        instructions.append(_finish(line, reader, escape))
    stages = group_stages(tuple(instructions), escape)
    return Dockerfile(source, directives, escape, tuple(instructions), stages)


def decode(text: str | bytes) -> str:
    """Turn a file into text of one character for each character, or undecodable byte, of the file."""
    if len(text) > MAX_SIZE:
        raise BeyondLimits(f"the file is larger than {MAX_SIZE} bytes")
    return clean(text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text)


def _finish(line: LogicalLine, reader: LineReader, escape: str) -> Instruction:
    """Parse one instruction and take the heredocs that belong to it from the lines below."""
    try:
        instruction = _instruction(line, line.traced, reader.source, escape)
        instruction = _with_heredocs(instruction, line, reader)
        check_instruction(instruction, escape)
    except ValueError as exc:
        raise DockerfileError(str(exc), line.start_line) from None
    return instruction


def _instruction(line: LogicalLine, traced: Traced, source: str, escape: str) -> Instruction:
    cmd, rest = split_command(traced)
    flags, body = split_flags(rest)
    nested = None
    if cmd == "ONBUILD" and body.text and split_command(body)[0] != "ONBUILD":
        nested = _instruction(line, body, source, escape)
    try:
        args, json = _arguments(cmd, body, escape)
    except ValueError as exc:
        raise ValueError(f"{cmd} {exc}") from None
    return Instruction(
        cmd=cmd,
        flags=tuple(flag.text for flag in flags),
        args=args,
        start_line=line.start_line,
        end_line=line.end_line,
        span=line.span,
        text=source[slice(*line.span)],
        json=json,
        nested=nested,
        flag_words=flags,
        body=body,
    )


def _arguments(cmd: str, body: Traced, escape: str) -> tuple[tuple[str, ...], bool]:
    """Split the arguments as this instruction does, and say whether they were a JSON array."""
    if cmd in JSON_COMMANDS and (words := json_words(body.text)) is not None:
        return words, True
    if cmd in FIELD_COMMANDS:
        return tuple(word.text for word in split_fields(body)), False
    if cmd == "ARG":
        return tuple(word.text for word in split_words(body, escape)), False
    if cmd in ("ENV", "LABEL"):
        pairs = split_pairs(body, escape) if body.text else []
        return tuple(f"{name.text}={value.text}" for name, value in pairs), False
    if cmd == "HEALTHCHECK":
        return _healthcheck(body.text)
    return ((body.text,) if body.text else ()), False


def _healthcheck(text: str) -> tuple[tuple[str, ...], bool]:
    """`CMD ["a"]` → (`CMD`, `a`)."""
    match = _CHECK_TYPE.match(text)
    kind = match[0] if match else ""
    command = text[len(kind) :].lstrip(SPACE)
    words = json_words(command)
    if words is not None:
        return (kind, *words), True
    return tuple(part for part in (kind, command) if part), False


def _with_heredocs(instruction: Instruction, line: LogicalLine, reader: LineReader) -> Instruction:
    owner = instruction.nested or instruction
    if owner.cmd not in _HEREDOC_COMMANDS or owner.json:
        return instruction
    heredocs = read_heredocs(line.traced.text, reader, line.start_line)
    if not heredocs:
        return instruction
    span = (line.span[0], _last_text(reader))
    nested = instruction.nested and _extended(instruction.nested, reader, span, heredocs)
    return replace(_extended(instruction, reader, span, heredocs), nested=nested)


def _extended(
    instruction: Instruction, reader: LineReader, span: Span, heredocs: tuple[Heredoc, ...]
) -> Instruction:
    text = reader.source[slice(*span)]
    return replace(instruction, heredocs=heredocs, end_line=reader.number, span=span, text=text)


def _last_text(reader: LineReader) -> int:
    """Find the end of the line the reader has passed last, its line break excluded."""
    end = reader.offset
    while end and reader.source[end - 1] in "\r\n":
        end -= 1
    return end
