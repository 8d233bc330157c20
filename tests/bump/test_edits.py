"""Moving images in all files of a repository at once."""

import time

import pytest

from bot.bump.edits import FileEdit, Move, SourceFile, builds_of, rewrite, uses_of

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
PYTHON = Move("docker.io/library/python:3.12", "docker.io/library/python:3.13")


def moved(files, *moves, **options):
    return rewrite(
        [SourceFile(path, text.encode()) for path, text in files.items()], moves or (PYTHON,), **options
    )


def texts(edits):
    return {edit.path: edit.after.decode() for edit in edits}


FILES = {
    "Dockerfile": (
        "ARG V=3.12\nFROM python:${V} AS a\nFROM docker.io/library/python:3.12\nCOPY --from=python:3.12 / /\n"
    ),
    "api/Dockerfile": "FROM index.docker.io/python:3.12\nFROM node:20\n",
    "compose.yaml": "services:\n  a: {image: 'python:3.12'}\n  b: {image: node}\n",
    "k8s/app.yaml": "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: library/python:3.12}]}\n",
    "chart/values.yaml": 'image: {registry: docker.io, repository: library/python, tag: "3.12"}\n',
    ".devcontainer.json": '{"image": "python:3.12"}',
    ".github/workflows/ci.yml": "jobs: {a: {container: python:3.12}}\n",
    "README.md": "python:3.12",
}


def test_every_use_moves_and_is_spelled_as_before():
    result = moved(FILES)
    assert texts(result.edits) == {
        path: text.replace("3.12", "3.13").replace("FROM node", "FROM node")
        for path, text in FILES.items()
        if path not in ("README.md", ".github/workflows/ci.yml")
    }
    assert texts(result.by_hand) == {".github/workflows/ci.yml": "jobs: {a: {container: python:3.13}}\n"}
    assert result.refused == ()
    counts = {edit.path: (edit.uses, edit.lines) for edit in result.edits}
    assert counts["Dockerfile"] == (3, (1, 3, 4))
    assert counts["compose.yaml"] == (1, (2,))


def test_other_images_and_unrelated_files_stay():
    assert moved(FILES, Move("docker.io/library/python:3.11", "docker.io/library/python:3.13")) == rewrite(
        [], []
    )


def test_pins():
    files = {
        "Dockerfile": f"FROM python:3.12@{A}\nFROM python:3.12\nCOPY --from=python@{A} / /\n",
        "values.yaml": f"image: {{repository: python, tag: '3.12', digest: {A}}}\n",
    }
    both = f"docker.io/library/python:3.12@{A}", f"docker.io/library/python:3.13@{B}"
    alone = f"docker.io/library/python@{A}", f"docker.io/library/python:3.13@{B}"
    result = moved(files, Move(*both), Move(*alone))
    assert texts(result.edits) == {
        "Dockerfile": f"FROM python:3.13@{B}\nFROM python:3.12\nCOPY --from=python@{B} / /\n",
        "values.yaml": f"image: {{repository: python, tag: '3.13', digest: {B}}}\n",
    }
    pinned = moved({"Dockerfile": "FROM python\n"}, Move("python", f"python:latest@{A}"))
    assert texts(pinned.edits) == {"Dockerfile": f"FROM python:latest@{A}\n"}
    lost = moved(files, Move(both[0], "docker.io/library/python:3.13"))
    assert lost.edits == ()
    assert [(each.path, each.line) for each in lost.refused] == [("Dockerfile", 1), ("values.yaml", 1)]
    assert "it is pinned" in lost.refused[0].why


@pytest.mark.parametrize(
    ("before", "after", "text", "expected"),
    [
        (
            "docker.io/library/openjdk:17",
            "docker.io/library/eclipse-temurin:17",
            "openjdk:17",
            "eclipse-temurin:17",
        ),
        ("docker.io/library/a:1", "docker.io/acme/a:1", "library/a:1", "acme/a:1"),
        ("docker.io/library/a:1", "docker.io/library/b:1", "docker.io/library/a:1", "docker.io/library/b:1"),
        ("docker.io/library/a:1", "ghcr.io/acme/a:1", "a:1", "ghcr.io/acme/a:1"),
        ("ghcr.io/acme/a:1", "docker.io/library/a:1", "ghcr.io/acme/a:1", "docker.io/a:1"),
    ],
)
def test_another_name(before, after, text, expected):
    result = moved({"Dockerfile": f"FROM {text}\n"}, Move(before, after))
    assert texts(result.edits) == {"Dockerfile": f"FROM {expected}\n"}


@pytest.mark.parametrize(
    ("dockerfile", "args", "expected"),
    [
        ("ARG V\nFROM python:${V}\n", "{V: '3.12'}", "{V: '3.13'}"),
        ("ARG V=3.12\nFROM python:${V}\n", "{V: 3.12}", "{V: 3.13}"),
        ("ARG IMAGE\nFROM ${IMAGE}\n", "{IMAGE: python:3.12}", "{IMAGE: python:3.13}"),
        ("ARG NAME TAG\nFROM $NAME:$TAG\n", "{NAME: python, TAG: '3.12'}", "{NAME: python, TAG: '3.13'}"),
        ("ARG V\nFROM python:3.${V}\n", "{V: 12}", "{V: 13}"),
        ("ARG V\nFROM python:${V}\n", "{V: '${PY:-3.12}'}", "{V: '${PY:-3.13}'}"),
    ],
)
def test_arguments_of_other_files(dockerfile, args, expected):
    compose = "services: {a: {build: {context: ., args: ARGS}}}\n"
    result = moved({"Dockerfile": dockerfile, "compose.yaml": compose.replace("ARGS", args)})
    assert result.refused == ()
    after = texts(result.edits)
    assert after["compose.yaml"] == compose.replace("ARGS", expected)
    assert after.get("Dockerfile", dockerfile) == dockerfile.replace("V=3.12", "V=3.13")


def test_a_value_that_is_cut_to_fit_is_left_to_a_person():
    compose = "services: {a: {build: {context: ., args: {V: 3.12-x}}}}\n"
    result = moved({"Dockerfile": "ARG V\nFROM python:${V%-x}\n", "compose.yaml": compose})
    assert result.edits == ()
    assert result.refused[0].why == "its build arguments are not used as they are"


def test_arguments_and_the_pin_beside_them_move_together():
    files = {
        "Dockerfile": f"ARG V\nFROM python:${{V}}-slim@{A}\n",
        "docker-bake.hcl": 'variable "PY" { default = "3.12" }\ntarget "a" { args = { V = PY } }\n',
    }
    move = Move(f"docker.io/library/python:3.12-slim@{A}", f"docker.io/library/python:3.13-slim@{B}")
    result = moved(files, move)
    assert result.refused == ()
    assert texts(result.edits) == {
        "Dockerfile": f"ARG V\nFROM python:${{V}}-slim@{B}\n",
        "docker-bake.hcl": files["docker-bake.hcl"].replace("3.12", "3.13"),
    }


def test_several_values_of_one_argument():
    files = {
        "Dockerfile": "ARG V=3.12\nFROM python:$V\n",
        ".github/workflows/ci.yml": (
            "jobs: {a: {strategy: {matrix: {v: ['3.11', '3.12']}}, steps: [{uses: docker/build-push-action@v6,"
            " with: {build-args: 'V=${{ matrix.v }}'}}]}}\n"
        ),
    }
    result = moved(files)
    assert texts(result.edits) == {"Dockerfile": "ARG V=3.13\nFROM python:$V\n"}
    assert texts(result.by_hand) == {
        ".github/workflows/ci.yml": files[".github/workflows/ci.yml"].replace("3.12", "3.13")
    }


def test_a_value_that_other_images_need_stays_and_is_refused():
    files = {
        "Dockerfile": "ARG V\nFROM python:$V\n",
        "other/Dockerfile": "ARG V\nFROM node:$V\n",
        "docker-bake.hcl": (
            'variable "V" { default = "3.12" }\ntarget "a" { args = { V = V } }\n'
            'target "b" {\n  context = "other"\n  args = { V = V }\n}\n'
        ),
    }
    result = moved(files)
    assert result.edits == ()
    (refused,) = result.refused
    assert (refused.path, refused.line) == ("Dockerfile", 2)
    assert refused.why == "the image in other/Dockerfile on line 2 would change as well"


def test_one_use_that_cannot_move_holds_up_no_other():
    text = "ARG T=3.12\nFROM python:$T AS a\nFROM node:$T AS b\nFROM python:3.12\n"
    result = moved({"Dockerfile": text})
    assert texts(result.edits) == {"Dockerfile": text.replace("python:3.12", "python:3.13")}
    assert [(each.path, each.line, each.why) for each in result.refused] == [
        ("Dockerfile", 2, "the image on line 3 would change as well")
    ]


def test_uses_through_one_argument_move_together():
    text = "ARG T=3.12\nFROM python:$T AS a\nFROM python:$T-x AS c\nFROM python:$T\n"
    moves = PYTHON, Move("docker.io/library/python:3.12-x", "docker.io/library/python:3.13-x")
    assert moved({"Dockerfile": text}, *moves).edits == ()
    simple = text.replace("-x", "")
    assert texts(moved({"Dockerfile": simple}).edits) == {"Dockerfile": simple.replace("3.12", "3.13")}


def test_what_is_there_already_is_no_work():
    same = Move(f"docker.io/library/python@{A}", f"docker.io/library/python:3.13@{A}")
    assert moved({"Dockerfile": f"FROM python@{A}\n"}, same) == rewrite([], [])
    assert moved({"Dockerfile": "FROM python\n"}, Move("python:latest", "python")) == rewrite([], [])


def test_many_uses_in_one_file_move_in_reasonable_time():
    stages = "".join(f"FROM python:3.12 AS s{number}\n" for number in range(300))
    services = "services:\n" + "".join(f"  s{number}: {{image: 'python:3.12'}}\n" for number in range(400))
    stuck = "ARG T=3.12\nFROM python:$T AS x\nFROM node:$T AS y\n"
    start = time.process_time()
    result = moved({"Dockerfile": stuck + stages, "compose.yaml": services})
    assert time.process_time() - start < 15
    assert [(edit.path, edit.uses) for edit in result.edits] == [("Dockerfile", 300), ("compose.yaml", 400)]
    assert [(each.path, each.line) for each in result.refused] == [("Dockerfile", 2)]


def test_the_operators_value_is_not_changed():
    result = moved({"Dockerfile": "ARG V\nFROM python:$V\n"}, build_args={"V": "3.12"})
    assert result.edits == ()
    assert "no text that is written here" in result.refused[0].why


def test_modes():
    script = SourceFile("Dockerfile", b"FROM python:3.12\n", "100755")
    link = SourceFile("api/Dockerfile", b"../Dockerfile", "120000")
    lost = SourceFile("web/Dockerfile", b"/etc/x", "120000")
    other = SourceFile("web/compose.yaml", b"../x.yaml", "120000")
    result = rewrite([script, link, lost, other], [PYTHON])
    assert result.edits == (FileEdit("Dockerfile", script.content, b"FROM python:3.13\n", "100755", (1,), 1),)
    assert [(each.path, "symbolic link" in each.why) for each in result.refused] == [
        ("api/Dockerfile", True),
        ("web/Dockerfile", True),
    ]


def test_bytes_line_ends_and_broken_files_are_kept():
    files = [
        SourceFile("Dockerfile", b"# caf\xe9\r\nFROM python:3.12\r\n"),
        SourceFile("a/Dockerfile", b"FROM python:3.12\nNOPE\n"),
        SourceFile("compose.yaml", b"services: [python:3.12\n"),
    ]
    result = rewrite(files, [PYTHON])
    assert [edit.after for edit in result.edits] == [b"# caf\xe9\r\nFROM python:3.13\r\n"]


def test_uses_of_a_dockerfile_with_several_values():
    compose = b"services: {a: {build: {context: ., args: {V: '3.11'}}}, b: {build: {context: .}}}\n"
    bake = b'target "x" { args = { V = CI } }'
    dockerfile = b"ARG V=3.12\nFROM python:$V AS a\nFROM base\nCOPY --from=a / /\n"
    builds = builds_of([("compose.yaml", compose), ("docker-bake.hcl", bake), ("Dockerfile", dockerfile)])
    found = uses_of("Dockerfile", dockerfile, builds=builds)
    assert [(str(use.reference), use.line, use.name, use.shipped) for use in found] == [
        ("python:3.11", 2, "a", True),
        ("python:3.12", 2, "a", True),
        ("None", 2, "a", True),
        ("base", 3, "1", True),
    ]
    assert [(arg.name, arg.value, arg.path, arg.line) for arg in found[0].by_args] == [
        ("V", "3.11", "compose.yaml", 1)
    ]
    assert found[1].by_args == ()
    assert found[2].unresolved == "docker-bake.hcl line 1 gives V a value: no value is known for CI"
    assert uses_of("Dockerfile", dockerfile, {"V": "9"})[0].written == "python:$V"


def test_a_named_context_is_no_image():
    compose = b"services: {a: {build: {context: ., additional_contexts: {base: 'docker-image://alpine:3'}}}}"
    (use,) = uses_of("Dockerfile", b"FROM base\n", builds=builds_of([("compose.yaml", compose)]))
    assert use.unresolved == "service a in compose.yaml puts another build context in its place"


def test_uses_of_files_that_cannot_be_read():
    (broken,) = uses_of("Dockerfile", b"NOPE")
    assert (broken.kind, broken.reference) == ("unread", None)
    assert broken.unresolved.startswith("the file cannot be read: ")
    (other,) = uses_of("compose.yaml", b"a: [\n")
    assert (other.kind, other.line) == ("unread", 2)
    assert uses_of("README.md", b"FROM x") == ()
