"""The parser, from the tables of the Dockerfile reference and BuildKit's own behaviour."""

import pytest

from bot.dockerfile import DockerfileError, parse


def shape(text):
    """Instructions after the first FROM as (cmd, flags, args)."""
    return [(each.cmd, each.flags, each.args) for each in parse(f"FROM a\n{text}").instructions[1:]]


@pytest.mark.parametrize(
    ("text", "directives", "escape"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a", {"syntax": "docker/dockerfile:1"}, "\\"),
        ("#SynTax = x/y \t\n#  escape=`\nFROM a", {"syntax": "x/y", "escape": "`"}, "`"),
        ("\ufeff# escape=`\r\n# check=skip=all\r\nFROM a", {"escape": "`", "check": "skip=all"}, "`"),
        ("# about\n# escape=`\nFROM a", {}, "\\"),  # an ordinary comment ends them
        ("\n# escape=`\nFROM a", {}, "\\"),  # and so does a blank line
        ("# unknown=x\n# escape=`\nFROM a", {}, "\\"),
        ("# escape=\n# syntax=a\nFROM a", {}, "\\"),
        ("#!/usr/bin/env x\n# syntax=a/b\n# escape=`\nFROM a", {"syntax": "a/b"}, "\\"),
        ("FROM a\n# escape=`", {}, "\\"),
    ],
)
def test_directives(text, directives, escape):
    dockerfile = parse(text)
    assert dockerfile.directives == directives
    assert dockerfile.escape == escape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run echo hi", [("RUN", (), ("echo hi",))]),
        ("RUN a \\\n  b", [("RUN", (), ("a   b",))]),
        ("RUN a \\  \t\n b", [("RUN", (), ("a  b",))]),
        ("RUN a \\\n# comment\n\n  # more\n b", [("RUN", (), ("a  b",))]),
        ("RUN a\\\nb", [("RUN", (), ("ab",))]),
        ("RUN a \\\\\nUSER b", [("RUN", (), ("a \\\\",)), ("USER", (), ("b",))]),
        ("RUN a \\", [("RUN", (), ("a",))]),
        ("  \tRUN a", [("RUN", (), ("a",))]),
        ("\\\nRUN a", [("RUN", (), ("a",))]),
        ("RUN a # no comment", [("RUN", (), ("a # no comment",))]),
        ('CMD ["a", "b c"]', [("CMD", (), ("a", "b c"))]),
        ("CMD ['a']", [("CMD", (), ("['a']",))]),  # not JSON: shell form
        ('CMD ["a", b]', [("CMD", (), ('["a", b]',))]),
        ('CMD ["a"] x', [("CMD", (), ('["a"] x',))]),
        ("COPY a  b\tc", [("COPY", (), ("a", "b", "c"))]),
        ('COPY ["a b", "c"]', [("COPY", (), ("a b", "c"))]),
        ("COPY --from=x --link a b", [("COPY", ("--from=x", "--link"), ("a", "b"))]),
        ('COPY --from="x y" a b', [("COPY", ("--from=x y",), ("a", "b"))]),
        ("COPY -- --a b", [("COPY", (), ("--a", "b"))]),
        (
            "RUN --mount=type=cache,target=/x cmd --flag",
            [("RUN", ("--mount=type=cache,target=/x",), ("cmd --flag",))],
        ),
        ('ARG A B=1 C="x y"', [("ARG", (), ("A", "B=1", 'C="x y"'))]),
        ("ENV a=1 b='2 3'", [("ENV", (), ("a=1", "b='2 3'"))]),
        ("ENV a 1  2", [("ENV", (), ("a=1  2",))]),
        ("ENV a=x\\ y b=z", [("ENV", (), ("a=x\\ y", "b=z"))]),
        ("HEALTHCHECK --interval=5s CMD curl x", [("HEALTHCHECK", ("--interval=5s",), ("CMD", "curl x"))]),
        ('HEALTHCHECK CMD ["a"]', [("HEALTHCHECK", (), ("CMD", "a"))]),
        ("HEALTHCHECK NONE", [("HEALTHCHECK", (), ("NONE",))]),
        ("EXPOSE 80 443/udp", [("EXPOSE", (), ("80", "443/udp"))]),
        ("ONBUILD RUN a", [("ONBUILD", (), ("RUN a",))]),
        ('SHELL ["a"]', [("SHELL", (), ("a",))]),
    ],
)
def test_instructions(text, expected):
    assert shape(text) == expected
    assert shape(text.replace("\n", "\r\n")) == expected


def test_backtick_as_escape_token():
    dockerfile = parse("# escape=`\nFROM a\nCOPY x `\n  c:\\dir\\\nRUN b")
    assert [each.args for each in dockerfile.instructions[1:]] == [("x", "c:\\dir\\"), ("b",)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "no FROM"),
        ("# only\n", None, "no FROM"),
        ("ARG A", None, "no FROM"),
        ("RUN a\nFROM b", 1, "before the first FROM"),
        ("FROM a\n\nFRUM b", 3, "unknown instruction: FRUM"),
        ("FROM a\nſhell x", 2, "unknown instruction"),
        ("FROM", 1, "FROM needs"),
        ("FROM a b", 1, "FROM needs"),
        ("FROM a TO b", 1, "FROM needs"),
        ("FROM a AS 1b", 1, "cannot name a stage"),
        ("FROM a AS b/c", 1, "cannot name a stage"),
        ("FROM a\nCOPY a", 2, "source and a destination"),
        ("FROM a\nCOPY --from a b", 2, "--from needs a value"),
        ("FROM a\nCOPY --from=a --from=b c d", 2, "twice"),
        ("FROM a\nCOPY a <<EOF\nEOF", 2, "heredoc as its destination"),
        ("FROM a\nENV a", 2, "ENV needs a name and a value"),
        ("FROM a\nENV a=1 b", 2, "write name=value"),
        ("FROM a\nENV =1", 2, "blank name"),
        ("FROM a\nARG =1", 2, "blank name"),
        ("FROM a\nONBUILD FROM b", 2, "not allowed in ONBUILD"),
        ("FROM a\nONBUILD ONBUILD RUN b", 2, "not allowed in ONBUILD"),
        ("FROM a\nONBUILD MAINTAINER b", 2, "not allowed in ONBUILD"),
        ("FROM a\nONBUILD NOPE b", 2, "unknown instruction"),
        ("FROM a\nSHELL sh", 2, "SHELL needs"),
        ("FROM a\nCMD [1]", 2, "no strings"),
        ("FROM a\nHEALTHCHECK TRY x", 2, "HEALTHCHECK needs"),
        ("FROM a\nRUN <<EOF\nx", 2, "has no end"),
        ("# escape=x\nFROM a", 1, "escape directive"),
        ("# escape=`\n# escape=`\nFROM a", 2, "only one escape"),
        ("FROM a\n" + "USER b\n" * 10_000, 10_001, "more than 10000 instructions"),
        ("FROM a\n" * 1_001, 1_001, "more than 1000 stages"),
        ("#" * 1_000_001, None, "larger than"),
    ],
)
def test_what_is_refused(text, line, words):
    with pytest.raises(DockerfileError, match=words) as caught:
        parse(text)
    assert caught.value.line == line
    assert str(caught.value) == (f"line {line}: {caught.value.reason}" if line else caught.value.reason)


def test_lines_and_spans():
    text = "# c\nFROM a\n\n  RUN x \\\r\n# in between\n  y\n# after\nUSER z"
    run, user = parse(text).instructions[1:]
    assert (run.start_line, run.end_line, run.text) == (4, 6, "RUN x \\\r\n# in between\n  y")
    assert (user.start_line, user.end_line, text[slice(*user.span)]) == (8, 8, "USER z")


def test_stages():
    text = "ARG V=1\nFROM a:$V AS Build\nRUN x\nFROM --platform=$BUILDPLATFORM build\nUSER y\n"
    first, second = parse(text).stages
    assert (first.index, first.name, first.base, first.platform) == (0, "build", "a:$V", "")
    assert (first.start_line, first.end_line, len(first.instructions)) == (2, 3, 2)
    assert (second.name, second.base, second.platform) == ("", "build", "$BUILDPLATFORM")
    assert [(arg.name, arg.default, text[slice(*arg.span)]) for arg in second.global_args] == [
        ("V", "1", "1")
    ]


def test_onbuild_carries_the_nested_instruction():
    instruction = parse("FROM a\nonbuild copy --from=b c d").instructions[1]
    nested = instruction.nested
    assert (nested.cmd, nested.flags, nested.args) == ("COPY", ("--from=b",), ("c", "d"))


def test_bytes_that_are_not_utf8_parse_like_any_other_character():
    dockerfile = parse(b"# caf\xe9\nFROM a\nLABEL x=\xff")
    assert dockerfile.instructions[1].args == ("x=\ufffd",)


@pytest.mark.parametrize(
    ("opening", "name", "expand", "strip_tabs"),
    [
        ("<<EOF", "EOF", True, False),
        ("3<<EOF", "EOF", True, False),
        ("<<-EOF", "EOF", True, True),
        ("<<'EOF'", "EOF", False, False),
        ('<<-"EOF"', "EOF", False, True),
        ("<<eo'f'", "eof", False, False),
        ("<<eo\\'f", "eo'f", True, False),
        ("<<'one two'", "one two", False, False),
        ("<<$EOF", "$EOF", True, False),
        ("<<  EOF", "EOF", True, False),
        ("<< -EOF", "-EOF", True, False),
        ("<<file.txt", "file.txt", True, False),
    ],
)
def test_heredoc_delimiters(opening, name, expand, strip_tabs):
    (heredoc,) = parse(f"FROM a\nRUN {opening}\n\tx # y\n{name}\n").instructions[1].heredocs
    assert (heredoc.name, heredoc.expand, heredoc.strip_tabs) == (name, expand, strip_tabs)
    assert heredoc.content == "\tx # y\n"
    assert heredoc.text == ("x # y\n" if strip_tabs else "\tx # y\n")


@pytest.mark.parametrize(
    "line",
    [
        "RUN cat <<< EOF",
        "RUN cat <<<EOF",
        'RUN "<<EOF"',
        "RUN '<<EOF'",
        'RUN ["<<EOF"]',
        "RUN x>y<<EOF",
        "RUN echo don't <<EOF",
        "USER <<EOF",
        "CMD <<EOF",
        "RUN <<",
        "RUN \\<<EOF",
    ],
)
def test_what_is_no_heredoc(line):
    instructions = parse(f"FROM a\n{line}\nUSER EOF\n").instructions
    assert [each.heredocs for each in instructions] == [(), (), ()]


def test_several_heredocs_belong_to_one_instruction():
    text = "FROM a\nCOPY <<X <<-Y /dest\nY\nFROM b\nX\n\ty\n\tY\nUSER z\n"
    copy, user = parse(text).instructions[1:]
    assert [(each.name, each.content, text[slice(*each.span)]) for each in copy.heredocs] == [
        ("X", "Y\nFROM b\n", "Y\nFROM b\n"),
        ("Y", "\ty\n", "\ty\n"),
    ]
    assert (copy.start_line, copy.end_line, user.start_line) == (2, 7, 8)


def test_onbuild_heredoc():
    instruction = parse("FROM a\nONBUILD RUN <<E\nx\nE\n").instructions[1]
    assert instruction.heredocs == instruction.nested.heredocs
    assert [each.content for each in instruction.heredocs] == ["x\n"]
