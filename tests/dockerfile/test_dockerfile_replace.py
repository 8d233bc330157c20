"""Changing a reference where it is written, and nothing else."""

import pytest

from bot.dockerfile import DockerfileError, image_uses, parse, replace
from bot.image import Reference

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def changed(text, wanted, index=-1, **options):
    return replace(text, image_uses(parse(text), **options)[index], wanted, **options)


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("FROM a:1", "a:2", "FROM a:2"),
        ("FROM a:1", "b", "FROM b"),
        ("FROM a", "a:2", "FROM a:2"),
        ("FROM a AS b", "reg.io:5000/a:2", "FROM reg.io:5000/a:2 AS b"),
        ("FROM a:1", f"a:1@{A}", f"FROM a:1@{A}"),
        ("FROM a", f"a:2@{A}", f"FROM a:2@{A}"),
        (f"FROM a:1@{A}", f"a:2@{B}", f"FROM a:2@{B}"),
        (f"FROM a:1@{A}", "a:2", "FROM a:2"),
        (
            "\ufeff# c\r\nFROM  a:1\tAS x # y\r\n".replace(" # y", ""),
            "a:2",
            "\ufeff# c\r\nFROM  a:2\tAS x\r\n",
        ),
        ('FROM "a:1"', "a:2", 'FROM "a:2"'),
        ('FROM "a"', f"a@{A}", f'FROM "a@{A}"'),
        ("FROM al\\\n# c\npine:3.1", "alpine:3.2", "FROM al\\\n# c\npine:3.2"),
        ("ARG T=3.19\nFROM a:${T}", "a:3.20", "ARG T=3.20\nFROM a:${T}"),
        ("ARG T=3.1\nFROM a:$T", "a:3.19", "ARG T=3.19\nFROM a:$T"),
        ('ARG T="3.1" U\nFROM a:$T', "a:3.2", 'ARG T="3.2" U\nFROM a:$T'),
        ("ARG I=a:3.19\nFROM ${I}", "b:4", "ARG I=b:4\nFROM ${I}"),
        ("ARG I=a\nFROM ${I}", "a:4", "ARG I=a:4\nFROM ${I}"),
        ("ARG I=a\nFROM ${I}:1", "a:2", "ARG I=a\nFROM ${I}:2"),
        ("ARG I=a\nFROM ${I}:1", "b:2", "ARG I=b\nFROM ${I}:2"),
        ("ARG V=3.12\nFROM p:${V}-slim", "p:3.13-slim", "ARG V=3.13\nFROM p:${V}-slim"),
        ("ARG V=3.1\nFROM p:${V}-slim", "p:3.12-slim", "ARG V=3.12\nFROM p:${V}-slim"),
        ("ARG S=-slim\nFROM p:3.1$S", "p:3.12-slim", "ARG S=-slim\nFROM p:3.12$S"),
        ("ARG V=3.12\nFROM p:${V}-slim", "p:3.12-alpine", "ARG V=3.12\nFROM p:${V}-alpine"),
        ("ARG V=3.12\nFROM p:${V}-slim", "p:3.13-alpine", "ARG V=3.13\nFROM p:${V}-alpine"),
        (f"ARG V=3.12\nFROM p:${{V}}-slim@{A}", f"p:3.13-slim@{B}", f"ARG V=3.13\nFROM p:${{V}}-slim@{B}"),
        ("ARG T=3\nFROM a:$T", f"a:3@{A}", f"ARG T=3\nFROM a:$T@{A}"),
        ("ARG X=3 Y=19\nFROM a:$X.$Y", "a:4.20", "ARG X=4 Y=20\nFROM a:$X.$Y"),
        ("ARG V=1\nARG T=$V-x\nFROM a:$T", "a:2-x", "ARG V=2\nARG T=$V-x\nFROM a:$T"),
        ("ARG T\nFROM a:${T:-3}", "a:4", "ARG T\nFROM a:${T:-4}"),
        ("ARG T=v3\nFROM a:${T#v}", "a:4", "ARG T=v4\nFROM a:${T#v}"),
        ("FROM x\nCOPY --from=a:1 b c", "a:2", "FROM x\nCOPY --from=a:2 b c"),
        ("FROM x\nRUN --mount=from=a:1,target=/b c", "a:2", "FROM x\nRUN --mount=from=a:2,target=/b c"),
        ("FROM x\nONBUILD COPY --from=a:1 b c", "a:2", "FROM x\nONBUILD COPY --from=a:2 b c"),
        (
            "ARG T=1\nFROM x\nARG T\nCOPY --from=a:$T b c",
            "a:2",
            "ARG T=2\nFROM x\nARG T\nCOPY --from=a:$T b c",
        ),
    ],
)
def test_replace(text, wanted, expected):
    assert changed(text, wanted) == expected
    assert changed(text.encode(), Reference.parse(wanted)) == expected.encode()


def test_replace_syntax():
    text = "# syntax = a/b:1 \nFROM c"
    assert changed(text, "a/b:2", 0) == "# syntax = a/b:2 \nFROM c"


def test_bytes_that_are_not_utf8_are_kept():
    assert changed(b"# caf\xe9\nFROM a:1\nLABEL x=\xff", "a:2") == b"# caf\xe9\nFROM a:2\nLABEL x=\xff"


def test_one_of_two_uses_on_one_line():
    text = "FROM x\nRUN --mount=from=a:1,target=/a --mount=from=a:1,target=/b c"
    assert changed(text, "a:2", 1) == text.replace("a:1", "a:2", 1)


@pytest.mark.parametrize(
    ("text", "wanted", "index", "words"),
    [
        ("ARG T=1\nFROM a:$T\nFROM a:$T", "a:2", 1, "the image on line 2 would change as well"),
        ("ARG T=1\nFROM a:$T\nFROM b:$T", "a:2", 0, "the image on line 3 would change as well"),
        ("ARG T=1\nFROM a:$T.$T", "a:2.3", 0, "cannot make a:2.3"),
        ("FROM a-$TARGETARCH", "a-arm64", 0, "no text that is written here"),
        ("ARG T\nFROM a:$T", "a:2", 0, "the reference is not known: no value"),
        ("FROM a", "B", 0, "lower case"),
        ("ARG T=v1\nFROM a:${T/v/}", "a:2\u00e9", 0, "is not an image reference"),
        ("FROM a AS s\nFROM a:1\nCOPY --from=b c d", "s", 1, "added or removed"),
    ],
)
def test_replace_refuses(text, wanted, index, words):
    with pytest.raises(DockerfileError, match=words):
        changed(text, wanted, index)


def test_replace_does_not_take_a_build_argument_out_of_use():
    text = "ARG T=1\nFROM a:$T"
    with pytest.raises(DockerfileError, match="no text that is written here"):
        changed(text, "a:2", build_args={"T": "5"})
    assert changed(text, "b:5", build_args={"T": "5"}) == "ARG T=1\nFROM b:$T"


def test_a_use_of_another_text_is_refused():
    use = image_uses(parse("FROM a:1"))[0]
    with pytest.raises(DockerfileError, match="no such use"):
        replace("FROM b:1", use, "c")


def test_others_may_change_along_when_the_caller_says_so():
    text = "ARG T=1\nFROM a:$T\nFROM a:$T\nFROM b:$T"
    use = image_uses(parse(text))[0]
    for along in (None, lambda old, new: str(new) == "a:2"):
        with pytest.raises(DockerfileError, match=r"line [34] would change as well"):
            replace(text, use, "a:2", along=along)
    assert replace(text, use, "a:2", along=lambda old, new: new.tag == "2") == text.replace("T=1", "T=2")
