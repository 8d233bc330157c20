"""What holds for every Dockerfile, however hostile."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.dockerfile import DockerfileError, final_chain, image_uses, package_commands, parse, replace

FRAGMENTS = [
    *["FROM ", "AS ", "ARG ", "RUN ", "COPY ", "ENV ", "ONBUILD ", "--from=", "--mount=from=", "--platform="],
    *["a", "b:1", "alpine:3.19", "$A", "${A:-b}", "${A%", "A=b", "A=", "scratch", '["a"]', "é", "\ufeff"],
    *["<<EOF", "<<-'X'", "EOF", "X", "# syntax=x", "# escape=`", "# c"],
    *["\\", "`", "'", '"', " ", "\t", "\n", "\r\n", "\n\n"],
]
IMAGES = [
    "a",
    "b:1",
    "reg.io:5000/c/d:2",
    "$A",
    "${B}",
    "e:${A}",
    "f:${B:-1}",
    "g:$B-x",
    "'h:1'",
    "scratch",
    "s0",
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)
lines = st.one_of(
    st.builds("ARG A={}".format, st.sampled_from(["1", "a", "$B", '"2"'])),
    st.builds("ARG B={}".format, st.sampled_from(["1", "a", "$A", "'2'"])),
    st.builds("FROM {}".format, st.sampled_from(IMAGES)),
    st.builds("FROM {} AS s0".format, st.sampled_from(IMAGES)),
    st.builds("COPY --from={} x y".format, st.sampled_from(IMAGES)),
    st.builds("RUN --mount=from={},target=/x \\\n # c\n\n z".format, st.sampled_from(IMAGES)),
    st.sampled_from(["# c", "", "RUN <<E\nFROM x\nE", "ONBUILD COPY --from=i:1 x y", "USER \\\n u"]),
)
dockerfiles = st.builds(
    lambda bom, head, body, end: bom + end.join(["ARG A=a", *head, "FROM a:1", *body]),
    st.sampled_from(["", "\ufeff"]),
    st.lists(st.sampled_from(["ARG B=1", "ARG A=b:2 B=$A", "# c"]), max_size=3),
    st.lists(lines, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
)


def look_at_everything(text):
    """Use every reader; None when the text is refused."""
    try:
        dockerfile = parse(text)
        uses = image_uses(dockerfile)
        final_chain(dockerfile)
        commands = [package_commands(each) for each in dockerfile.instructions]
    except DockerfileError:
        return None
    return dockerfile, uses, commands


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200), texts))
@example("FROM a\nRUN <<\ud800\n\ud800")
@example("FROM a\nCOPY --from=\x00 b c")
def test_parsing_raises_nothing_but_its_own_error(text):
    look_at_everything(text)


@given(st.binary(max_size=3), st.data())
def test_neither_does_a_mutated_file(noise, data):
    whole = b'# escape=\\\nARG A=1\nFROM x:$A AS b\r\nRUN <<E \\\n --y\nz\nE\nCOPY --from=b ["c"]\n'
    at = data.draw(st.integers(0, len(whole)))
    look_at_everything(whole[:at] + noise + whole[at + 1 :])


@given(st.one_of(texts, dockerfiles))
def test_instructions_comments_and_blank_lines_make_up_the_file(text):
    seen = look_at_everything(text)
    if seen is None:
        return
    physical = text.removeprefix("\ufeff").split("\n")
    covered = set()
    for instruction in seen[0].instructions:
        assert text[slice(*instruction.span)] == instruction.text
        span = set(range(instruction.start_line, instruction.end_line + 1))
        assert span
        assert not span & covered
        covered |= span
    for number, line in enumerate(physical, 1):
        assert number in covered or not line.strip() or line.lstrip().startswith("#")


@given(dockerfiles)
def test_every_use_stands_where_its_span_says(text):
    seen = look_at_everything(text)
    assert seen is not None
    places = [use.span for use in seen[1]]
    assert places == sorted(places)
    for use in seen[1]:
        assert text[slice(*use.span)] == use.written
        assert bool(use.unresolved) == (use.reference is None)


@given(dockerfiles)
def test_replacing_a_reference_by_itself_changes_nothing(text):
    for use in image_uses(parse(text)):
        if use.reference is not None:
            assert replace(text, use, use.reference) == text
            assert replace(text.encode(), use, str(use.reference)) == text.encode()


@given(dockerfiles, st.sampled_from(["z", "z:9", "a:9", "a:1-x", "reg.io:5000/c/d:3"]), st.data())
def test_replacing_changes_one_use_or_is_refused(text, wanted, data):
    uses = image_uses(parse(text))
    index = data.draw(st.integers(0, len(uses) - 1))
    try:
        changed = replace(text, uses[index], wanted)
    except DockerfileError:
        return
    after = [str(use.reference) for use in image_uses(parse(changed))]
    assert after == [wanted if place == index else str(use.reference) for place, use in enumerate(uses)]
    assert len(changed.split("\n")) == len(text.split("\n"))


@pytest.mark.parametrize("cut", range(0, 60))
def test_a_file_that_ends_anywhere(cut):
    look_at_everything('FROM a:${B:-"1"} AS b\nRUN <<-E \\\n x\n\tE\nONBUILD CMD ["a"]\n'[:cut])
