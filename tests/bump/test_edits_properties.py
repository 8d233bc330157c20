"""What holds for every rewriting: only what was asked for moves, and what does not is refused."""

from hypothesis import given
from hypothesis import strategies as st

from bot.bump.edits import Move, SourceFile, builds_of, rewrite, uses_of
from bot.image import Reference

DIGEST = "sha256:" + "d" * 64
IMAGES = [
    "a:1",
    "a",
    "library/a:1",
    "docker.io/library/a:1",
    "b:1",
    "a:1-x",
    f"a:1@{DIGEST}",
    "$V",
    "a:$V",
    "a:${V}-x",
    "${I}",
]
ARGS = ["1", "a:1", "2", "1-x", "b"]
MOVES = [
    ("a:1", "a:2"),
    ("a:1", f"a:2@{DIGEST}"),
    ("a:1-x", "a:2-x"),
    ("a:1", "ghcr.io/acme/a:1"),
    (f"a:1@{DIGEST}", "a:2@sha256:" + "e" * 64),
    ("a", "a:3.20"),
]


@st.composite
def dockerfiles(draw):
    head = draw(st.lists(st.sampled_from(["ARG V=1", "ARG V", "ARG I=a:1", "ARG I"]), max_size=2))
    stages = draw(st.lists(st.sampled_from(IMAGES), min_size=1, max_size=4))
    return "\n".join([*head, *(f"FROM {image} AS s{number}" for number, image in enumerate(stages))])


@st.composite
def composes(draw):
    lines = ["services:"]
    for number in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            lines.append(f"  s{number}: {{image: '{draw(st.sampled_from(IMAGES[:7]))}'}}")
        else:
            v, i = draw(st.sampled_from(ARGS)), draw(st.sampled_from(ARGS))
            lines.append(f"  s{number}: {{build: {{context: ., args: {{V: '{v}', I: '{i}'}}}}}}")
    return "\n".join(lines)


def survey(contents):
    """Every reading of every use, in a fixed order."""
    builds = builds_of(contents.items())
    found = []
    for path, content in sorted(contents.items()):
        for build in [None, *builds]:
            args = {arg.name: arg.value for arg in build.args} if build else {}
            found += [(path, use.line, use.reference) for use in uses_of(path, content, args)]
    return found


@given(dockerfiles(), composes(), st.sampled_from(MOVES))
def test_only_what_is_asked_for_moves(dockerfile, compose, move):
    files = {"Dockerfile": dockerfile.encode(), "compose.yaml": compose.encode()}
    result = rewrite([SourceFile(path, content) for path, content in files.items()], [Move(*move)])
    after = files | {edit.path: edit.after for edit in result.edits}
    before, target = (Reference.parse(text).normalized() for text in move)
    refused = {each.path for each in result.refused}
    for (path, _, old), (_, _, new) in zip(survey(files), survey(after), strict=True):
        if old == new:
            assert old is None or old.normalized() != before or path in refused
        else:
            assert old is not None
            assert old.normalized() == before
            assert new.normalized() == target
    for edit in result.edits:
        assert edit.before == files[edit.path] != edit.after
        assert edit.lines
        assert edit.uses >= 1
    again = rewrite([SourceFile(path, content) for path, content in after.items()], [Move(*move)])
    assert again.edits == ()
