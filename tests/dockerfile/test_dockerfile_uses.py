"""Which images a Dockerfile uses, and what each reference resolves to."""

import pytest

from bot.dockerfile import (
    DockerfileError,
    UseKind,
    final_chain,
    image_uses,
    is_dockerfile,
    parse,
)
from bot.dockerfile.stages import find_stage
from bot.image import Platform


def uses(text, **options):
    return image_uses(parse(text), **options)


def references(text, **options):
    return [str(use.reference) for use in uses(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM alpine", ["alpine"]),
        ("from Alpine:3\nFROM b", ["None", "b"]),
        ("FROM scratch", []),
        ("FROM a AS b\nFROM b\nFROM B", ["a"]),
        ("FROM b\nFROM a AS b", ["b", "a"]),  # only earlier stages
        ("FROM b AS b", ["b"]),
        ("ARG B=x\nFROM a AS x\nFROM $B", ["a"]),
        ("FROM a\nCOPY --from=0 x y\nCOPY --from=7 x y", ["a"]),
        ("FROM a AS build\nFROM b\nCOPY --from=BUILD x y", ["a", "b"]),
        ("FROM a\nCOPY --from=c:1 x y\nFROM b", ["a", "c:1", "b"]),
        ("FROM a\nCOPY --from=scratch x y", ["a"]),
        ("FROM a\nCOPY --from= x y", ["a"]),
        ("FROM a\nADD --from=c x y", ["a"]),
        ("FROM a\nRUN --mount=type=bind,from=c:1,target=/x --mount=from=d,target=/y z", ["a", "c:1", "d"]),
        ("FROM a\nRUN --mount=type=cache,target=/x z", ["a"]),
        ("FROM a\nRUN --mount=FROM=c,from=d z", ["a", "d"]),
        ('FROM a\nRUN --mount=type=bind,\\"from=c:1\\",target=/x z', ["a", "c:1"]),
        ("FROM a AS s\nRUN --mount=from=s,target=/x z", ["a"]),
        ("FROM a\nONBUILD COPY --from=c x y\nONBUILD RUN --mount=from=d z", ["a", "c", "d"]),
        ("# syntax=docker/dockerfile:1 --opt\nFROM a", ["docker/dockerfile:1", "a"]),
        ('FROM "alpine:3"', ["alpine:3"]),
        ("FROM alp\\\n# x\n\nine:3", ["alpine:3"]),
        ("FROM a\nRUN <<EOF\nFROM evil\nEOF", ["a"]),
    ],
)
def test_what_is_an_image(text, expected):
    assert references(text) == expected
    assert references(text.replace("\n", "\r\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG T=3\nFROM a:$T", "a:3"),
        ("ARG T=3\nFROM a:${T}-slim", "a:3-slim"),
        ("ARG T=3\nARG I=a:$T\nFROM $I", "a:3"),
        ("ARG T=3 I=a:$T\nFROM $I", "a:3"),
        ('ARG I="a:3"\nFROM ${I}', "a:3"),
        ("ARG I\nFROM ${I:-a:3}", "a:3"),
        ("ARG I\nFROM a${I:+:$I}", "a"),
        ("ARG I=\nFROM ${I}a", "a"),
        ("ARG T=1\nARG T=2\nFROM a:$T", "a:2"),
        ("FROM a-$TARGETARCH", "a-amd64"),
        ("ARG TARGETARCH\nFROM a-$TARGETARCH", "a-amd64"),
        ("ARG TARGETARCH=x\nFROM a-$TARGETARCH", "a-x"),
        ("FROM a$NOPE", "a"),  # nobody can give an undeclared name a value
    ],
)
def test_global_args(text, expected):
    assert references(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM b\nARG T=3\nCOPY --from=a:$T x y", "a:3"),
        ("ARG T=3\nFROM b\nARG T\nCOPY --from=a:$T x y", "a:3"),
        ("ARG T=3\nFROM b\nCOPY --from=a:$T x y", "None"),
        ("FROM b\nARG T=3\nENV T=4\nCOPY --from=a:$T x y", "a:4"),
        ("FROM b\nENV T=4\nARG T=3\nCOPY --from=a:$T x y", "a:4"),
        ("FROM b\nENV T=4 U=$T\nCOPY --from=a:4$U x y", "None"),  # an ENV does not see its own line
        ("FROM b\nCOPY --from=a:$T x y\nARG T=3", "None"),
        ("FROM b AS s\nARG T=3\nFROM s\nCOPY --from=a:$T x y", "a:3"),
        ("FROM b\nARG T=3\nFROM s\nCOPY --from=a:$T x y", "None"),
        ("FROM b\nARG T=3\nRUN --mount=from=a:$T,target=/ z", "a:3"),
        ("FROM b\nCOPY --from=a:$FROM_BASE_IMAGE x y", "None"),
    ],
)
def test_stage_scope(text, expected):
    assert references(text)[-1] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ARG T\nFROM a:$T", "no value is known for T"),
        ("ARG T\nFROM a$T", "no value is known for T"),
        ("ARG T\nARG I=a:$T\nFROM $I", "no value is known for T"),
        ("ARG R\nARG T\nFROM $R/a:$T", "no value is known for R, T"),
        ("FROM a:$T", "no ARG in scope declares T"),
        ("FROM ${T", "missing '}'"),
        ("ARG T=${\nFROM a:$T", "missing '}'"),
        ("ARG T\nFROM ${T:?absent}", "T: absent"),
        ("FROM A", "lower case"),
        ("FROM ''", "empty"),
    ],
)
def test_why_a_reference_is_unknown(text, words):
    (use,) = uses(text)
    assert use.reference is None
    assert words in use.unresolved


def test_build_args_override_defaults():
    text = "ARG T=3\nARG I\nFROM a:$T\nFROM $I"
    first, second = uses(text, build_args={"T": "4", "I": "b", "OTHER": "x"})
    assert (str(first.reference), str(second.reference)) == ("a:4", "b")
    assert [(arg.name, arg.overridden) for arg in first.args] == [("T", True)]


def test_proxy_args_need_no_declaration_in_a_stage():
    text = "FROM a\nCOPY --from=$http_proxy x y"
    assert references(text, build_args={"http_proxy": "b"}) == ["a", "b"]
    assert references(text) == ["a", "None"]


@pytest.mark.parametrize("platform", ["linux/arm64/v8", Platform("linux", "arm64", "v8")])
def test_platform(platform):
    text = "FROM --platform=$BUILDPLATFORM a:$TARGETOS-$TARGETARCH-$TARGETVARIANT\nFROM b"
    first, second = uses(text, platform=platform)
    assert str(first.reference) == "a:linux-arm64-v8"
    assert (first.platform, second.platform) == ("linux/arm64/v8", None)


def test_where_a_use_stands():
    text = "\ufeffARG T=3\nARG I=a:$T\nFROM \\\n  ${I}\nONBUILD COPY --from=b x y"
    first, second = uses(text)
    assert (first.kind, first.written, first.start_line, first.end_line) == (UseKind.FROM, "${I}", 3, 4)
    assert (text[slice(*first.span)], first.stage) == ("${I}", 0)
    assert [(arg.name, arg.line, text[slice(*arg.span)]) for arg in first.args] == [
        ("I", 2, "a:$T"),
        ("T", 1, "3"),
    ]
    assert (second.kind, text[slice(*second.span)], second.start_line) == (UseKind.ONBUILD_COPY, "b", 5)


def test_syntax_stands_in_no_stage():
    (use, _) = uses("# syntax=x/y:1\nFROM a")
    assert (use.kind, use.stage, use.start_line, use.span) == (UseKind.SYNTAX, None, 1, (9, 14))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FROM a\n" + "RUN " + "--mount=from=b " * 5_001, "more than 5000 images"),
        ("ARG " + "".join(f"A{i} " for i in range(5_001)) + "\nFROM a", "more than 5000 variables"),
    ],
)
def test_hostile_numbers_are_refused(text, words):
    with pytest.raises(DockerfileError, match=words):
        uses(text)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ("ARG A=aaaaaaaaaaaaaaaa\n" + "ARG A=$A$A\n" * 40, "grows beyond"),
        (
            "ARG A0=a\n" + "".join(f"ARG A{i}=$A{i - 1}\n" for i in range(1, 100)) + "ARG A=$A99",
            "more than 64",
        ),
        (f"ARG B={'a' * 60_000}\n" + "ARG A=${B//a?a?/bbbb}\n" * 400, "too much work"),
    ],
)
def test_hostile_args_leave_the_reference_unknown(args, words):
    assert words in uses(f"{args}\nFROM $A")[0].unresolved


def test_final_chain():
    dockerfile = parse("FROM a AS x\nFROM x AS y\nFROM b AS z\nFROM Y\nCOPY --from=z p q\nCOPY --from=2 p q")
    assert [stage.index for stage in final_chain(dockerfile)] == [3, 1, 0]
    assert [stage.index for stage in final_chain(dockerfile, "z")] == [2]
    assert [stage.index for stage in final_chain(dockerfile, "1")] == [1, 0]
    with pytest.raises(DockerfileError, match="no stage 'nope'"):
        final_chain(dockerfile, "nope")


def test_final_chain_follows_build_args():
    dockerfile = parse("ARG B=x\nFROM a AS x\nFROM b AS y\nFROM $B")
    assert [stage.index for stage in final_chain(dockerfile)] == [2, 0]
    assert [stage.index for stage in final_chain(dockerfile, build_args={"B": "y"})] == [2, 1]


def test_of_stages_with_one_name_the_last_counts():
    dockerfile = parse("FROM a AS x\nFROM b AS x\nFROM x\nCOPY --from=x p q")
    assert [stage.index for stage in final_chain(dockerfile)] == [2, 1]
    assert find_stage(dockerfile, "X").index == 1
    assert find_stage(dockerfile, "9" * 5_000) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Dockerfile", True),
        ("a/b/dockerfile", True),
        ("DOCKERFILE.dev", True),
        ("api.Dockerfile", True),
        ("x/Containerfile", True),
        ("containerfile.prod", True),
        ("Dockerfile-prod", True),
        ("build/dockerfile_api", True),
        ("Containerfile-prod", True),
        ("api.containerfile", True),
        ("Dockerfile-prod.dockerignore", False),
        ("dockerfile-", False),
        ("Dockerfile.dockerignore", False),
        (".dockerignore", False),
        ("Dockerfiles", False),
        ("Dockerfile/README", False),
        ("mydockerfile", False),
        ("docker-compose.yml", False),
        ("", False),
    ],
)
def test_is_dockerfile(path, expected):
    assert is_dockerfile(path) is expected
