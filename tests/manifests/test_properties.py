"""What holds for every file, however hostile."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.dockerfile.arguments import clean
from bot.manifests import ManifestError, parse_manifest, replace_arg, replace_use

from . import test_bake, test_compose, test_helm, test_kubernetes, test_workflow

PATHS = [
    "compose.yaml",
    "a.yaml",
    "kustomization.yaml",
    "values.yaml",
    ".devcontainer.json",
    "docker-bake.hcl",
    "docker-bake.json",
    ".github/workflows/a.yml",
]
SAMPLES = {
    "compose.yaml": test_compose.SAMPLE,
    "a.yaml": test_kubernetes.SAMPLE,
    "values.yaml": test_helm.SAMPLE,
    ".devcontainer.json": '{// c\n"build": {"dockerfile": "D", "args": {"V": "1",}}, "image": "x:1",}',
    "docker-bake.hcl": test_bake.SAMPLE,
    "docker-bake.json": '{"variable": {"V": {"default": "1"}}, "target": {"a": {"args": {"V": "${V}"}}}}',
    ".github/workflows/a.yml": test_workflow.SAMPLE,
}
FRAGMENTS = [
    *[
        "services",
        "image",
        "build",
        "args",
        "containers",
        "jobs",
        "steps",
        "uses",
        "target",
        "apiVersion",
        "kind",
    ],
    *[
        "repository",
        "tag",
        "digest",
        "images",
        "matrix",
        "inherits",
        "x:1",
        "${V:-x}",
        "${{ matrix.a }}",
        "{{ a }}",
    ],
    *[
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "\r\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        " ",
        "&a ",
        "*a",
        "<<: ",
        "!!str ",
        "|\n",
        ">-\n",
    ],
    *[
        '"',
        "'",
        "\\",
        "#",
        "//",
        "/*",
        "*/",
        "<<E\n",
        "E\n",
        "---\n",
        "?",
        "\t",
        "\ufeff",
        "\x00",
        "\u2028",
        "é",
        "=",
        "$",
    ],
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join).map(str.encode)
edits = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.integers(0, 6),
        st.sampled_from(FRAGMENTS).map(str.encode) | st.binary(max_size=3),
    ),
    min_size=1,
    max_size=3,
)


def mutated(path, changes):
    content = SAMPLES[path].encode()
    for at, cut, new in changes:
        at %= len(content) + 1
        content = content[:at] + new + content[at + cut :]
    return content


contents = st.one_of(
    st.tuples(st.sampled_from(PATHS), st.binary(max_size=200) | texts),
    st.sampled_from(sorted(SAMPLES)).flatmap(
        lambda path: st.tuples(st.just(path), edits.map(lambda changes: mutated(path, changes)))
    ),
)


@given(contents)
@example(("compose.yaml", b'a: "\\U00110000"'))
@example(("compose.yaml", b"%YAML 1." + b"9" * 5000 + b"\n---\n"))
@example(("compose.yaml", b"&a [*a, {<<: *a}]"))
@example(("values.yaml", b"&a {image: *a, repository: *a, b: *a}"))
@example(("docker-bake.hcl", b'target "a" { inherits = ["a", "${a}"] }'))
@example(("a.yaml", b"\xff\xfea"))
@example((".devcontainer.json", b'{"build": {"dockerfile": "D", "args": {"V": "\x801"}}}'))
def test_reading_never_raises_and_tells_the_truth_about_places(case):
    path, content = case
    manifest = parse_manifest(path, content)
    text = clean(content.decode("utf-8", "surrogateescape"))
    for use in manifest.uses:
        assert bool(use.unresolved) == (use.reference is None)
        assert 1 <= use.start_line <= use.end_line <= text.count("\n") + 1
        for part in use.parts:
            assert text[slice(*part.span)] == part.text or not part.text
    for build in manifest.builds:
        assert not build.dockerfile.startswith(("/", "../"))
        for arg in build.args:
            assert arg.span is None or text[slice(*arg.span)] == arg.value


@given(contents, st.sampled_from(["z:9", "x:2", "q.io/y:3.20", "x:1@sha256:" + "c" * 64]), st.data())
def test_replacing_changes_one_use_or_is_refused(case, wanted, data):
    path, content = case
    before = parse_manifest(path, content).uses
    if not before:
        return
    index = data.draw(st.integers(0, len(before) - 1))
    try:
        after = replace_use(content, path, before[index], wanted)
    except ManifestError:
        return
    found = [str(use.reference) for use in parse_manifest(path, after).uses]
    same = [place for place, use in enumerate(before) if use == before[index]]
    assert found in [
        [wanted if place == chosen else str(use.reference) for place, use in enumerate(before)]
        for chosen in same
    ]
    first, last = before[index].span if before[index].parts == () else hull(before[index])
    assert only_within(content, after, first, last)
    assert replace_use(content, path, before[index], before[index].reference) == content


def hull(use):
    """The stretch of the file where the parts of a use stand."""
    return min(part.span[0] for part in use.parts), max(part.span[1] for part in use.parts)


def only_within(before, after, first, last):
    """Whether what differs lies in this stretch of characters; a quote around a number may be new."""
    old, new = before.decode("utf-8", "surrogateescape"), after.decode("utf-8", "surrogateescape")
    rest = len(old) - last
    return new.startswith(old[:first]) and new.endswith(old[len(old) - rest :])


@given(contents, st.sampled_from(["2", "3.20", 'a"b', "x: y", "${V}", "a\nb", "é"]), st.data())
def test_giving_an_argument_another_value_changes_it_alone_or_is_refused(case, value, data):
    path, content = case
    before = [arg for build in parse_manifest(path, content).builds for arg in build.args]
    if not before:
        return
    index = data.draw(st.integers(0, len(before) - 1))
    try:
        after = replace_arg(content, path, before[index], value)
    except ManifestError:
        return
    found = [arg.value for build in parse_manifest(path, after).builds for arg in build.args]
    expected = [value if arg == before[index] else arg.value for arg in before]
    assert found == expected


BOMBS = {
    "aliases": b"a: &a [x, x]\n" + b"".join(b"b%d: &b%d [*a, *a, *a]\n" % (n, n) for n in range(9_000)),
    "nested aliases": b"a0: &a0 [x]\n"
    + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 5_000)),
    "merges": b"a: &a {"
    + b",".join(b"k%d: 1" % n for n in range(5_000))
    + b"}\n"
    + b"".join(b"b%d: {<<: *a}\n" % n for n in range(5_000)),
    "flow": b"[" * 900_000,
    "block": b"- " * 400_000,
    "pairs": b"? " * 400_000,
    "services": b"services:\n" + b"".join(b"  s%d: {image: 'x:%d'}\n" % (n, n) for n in range(4_000)),
    "one text": b"services: {a: {image: '" + b"x" * 900_000 + b"'}}",
    "variables": b"services: {a: {image: '" + b"${A:-" * 100_000 + b"'}}",
    "many variables": b"services: {a: {image: '" + b"${A:-x}" * 100_000 + b"'}}",
    "too large": b"#" * 1_000_001,
}
HCL = {
    "lists": b"a = " + b"[" * 500_000,
    "expressions": b"a = " + b"(" * 500_000,
    "half computed": b"a = " + b"[" * 90 + b"x " * 100_000 + b"]+1" * 90,
    "texts": b'a = "' + b'${"' * 200_000,
    "blocks": b"a {\n" * 100_000,
    "labels": b"a " * 400_000,
    "attributes": b"".join(b"a%d = [1, 2]\n" % n for n in range(15_000)),
    "doubling": b'target "t" { args = { V = V20 } }\nvariable "V0" { default = "xxxxxxxxxx" }\n'
    + b"".join(b'variable "V%d" { default = "${V%d}${V%d}" }\n' % (n, n - 1, n - 1) for n in range(1, 30)),
    "inherits": b"".join(
        b'target "t%d" { inherits = ["t%d", "t%d"] }\n' % (n, n + 1, n + 2) for n in range(4_000)
    ),
    "inherited contexts": b'target "t0" { contexts = {\n'
    + b"".join(b' a%d = "x"\n' % n for n in range(9_000))
    + b"} }\n"
    + b"".join(
        b'target "t%d" {\n inherits = ["t%d"]\n contexts = { b = "x" }\n}\n' % (n + 1, n) for n in range(98)
    )
    + b"".join(b'target "u%d" { inherits = ["t95"] }\n' % n for n in range(300)),
    "matrix": b'target "t" {\n matrix = {\n'
    + b"".join(b"  m%d = [%s]\n" % (n, b",".join(b'"%d"' % m for m in range(500))) for n in range(50))
    + b" }\n}\n",
}


RUNS = b"jobs:\n" + b"".join(
    b" j%d: {strategy: {matrix: {v: [%s], exclude: [%s]}}, container: 'x:${{ matrix.v }}'}\n"
    % (n, b",".join(b"%d" % v for v in range(200)), b",".join([b"{v: x}"] * 24))
    for n in range(100)
)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param(".github/workflows/a.yml", RUNS, id="runs"),
        *(
            pytest.param(path, bomb, id=f"{name} {path}")
            for name, bomb in BOMBS.items()
            for path in PATHS[:1]
        ),
        *(
            pytest.param("a.yaml", b"apiVersion: v1\nkind: image\n" + BOMBS[name], id=f"{name} object")
            for name in ("aliases", "merges")
        ),
        *(pytest.param("docker-bake.hcl", bomb, id=name) for name, bomb in HCL.items()),
        pytest.param(".devcontainer.json", b'{"a":' * 200_000, id="json maps"),
        pytest.param(".devcontainer.json", b"[1," * 300_000, id="json lists"),
        pytest.param(".devcontainer.json", b"/**/" * 240_000, id="json comments"),
    ],
)
def test_bombs_are_over_soon(path, content):
    start = time.process_time()
    parse_manifest(path, content)
    assert time.process_time() - start < 8
