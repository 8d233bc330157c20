"""Changing a reference or a build argument where it is written, and nothing else."""

import pytest

from bot.manifests import ManifestError, parse_manifest, replace_arg, replace_use

from .reading import A, B

K8S = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"

STEP = "jobs:\n a:\n  steps:\n  - uses: docker/build-push-action@v6\n    with:\n"


def changed(path, text, wanted, index=0):
    content = text.encode()
    return replace_use(content, path, parse_manifest(path, content).uses[index], wanted).decode()


@pytest.mark.parametrize(
    ("path", "text", "wanted", "expected"),
    [
        ("compose.yaml", "services: {a: {image: x:1}}", "x:2", "services: {a: {image: x:2}}"),
        (
            "compose.yaml",
            "\ufeffservices:\r\n  a:\r\n    image:   'x:1'  # é\r\n",
            f"x:2@{A}",
            f"\ufeffservices:\r\n  a:\r\n    image:   'x:2@{A}'  # é\r\n",
        ),
        (
            "compose.yaml",
            'services: {a: {image: "r.io/x:${V:-1.2}-slim"}}',
            "r.io/x:1.3-slim",
            'services: {a: {image: "r.io/x:${V:-1.3}-slim"}}',
        ),
        (
            "compose.yaml",
            "services: {a: {image: '${I:-x:1}'}}",
            f"x:1@{A}",
            f"services: {{a: {{image: '${{I:-x:1@{A}}}'}}}}",
        ),
        (
            "compose.yaml",
            "x: &i x:1\nservices: {a: {image: *i}}",
            "y/z:3",
            "x: &i y/z:3\nservices: {a: {image: *i}}",
        ),
        ("a.yaml", f"{K8S}  - image: >-\n      x:1\n", "x:2", f"{K8S}  - image: >-\n      x:2\n"),
        ("a.yaml", f"{K8S}  - image: x\n    name: y\n", "x:2", f"{K8S}  - image: x:2\n    name: y\n"),
        ("a.yaml", f"{K8S}  - image: x:1@{A}", f"x:2@{B}", f"{K8S}  - image: x:2@{B}"),
        ("a.yaml", f'{K8S}  - image: "x:1@{A}"', "x:2", f'{K8S}  - image: "x:2"'),
        (
            "kustomization.yaml",
            "images: [{name: x, newTag: '1.2'}]",
            "x:1.3",
            "images: [{name: x, newTag: '1.3'}]",
        ),
        (
            "kustomization.yaml",
            f"images:\n- name: x\n  newTag: 1.2\n  digest: {A}\n",
            f"x:1.3@{B}",
            f"images:\n- name: x\n  newTag: 1.3\n  digest: {B}\n",
        ),
        (
            "values.yaml",
            'image:\n  repository: x\n  tag: "1.2"\n',
            f"x:1.3@{A}",
            f'image:\n  repository: x\n  tag: "1.3@{A}"\n',
        ),
        (
            "values.yaml",
            'image: {repository: x, tag: "1.2", digest: ""}',
            f"x:1.3@{A}",
            f'image: {{repository: x, tag: "1.3", digest: "{A}"}}',
        ),
        (
            "values.yaml",
            "image:\n  repository: x\n  tag: v1\n  digest: # none\n",
            f"x:v1@{A}",
            f"image:\n  repository: x\n  tag: v1\n  digest: {A} # none\n",
        ),
        (
            "values.yaml",
            f"image: {{repository: x, tag: v1, sha: {A[7:]}}}",
            f"x:v2@{B}",
            f"image: {{repository: x, tag: v2, sha: {B[7:]}}}",
        ),
        # Written plain, the new tag would be the number 3.2.
        (
            "values.yaml",
            "image:\n  repository: x\n  tag: 3.19  # c\n",
            "x:3.20",
            'image:\n  repository: x\n  tag: "3.20"  # c\n',
        ),
        ("values.yaml", "a: {image: x, tag: 3.1}", "x:3.2", "a: {image: x, tag: 3.2}"),
        (
            "values.yaml",
            "image: {registry: r.io, repository: a/x, tag: v1}",
            "q.io/b/x:v2",
            "image: {registry: q.io, repository: b/x, tag: v2}",
        ),
        (".devcontainer.json", '{"image": "x:1",} // c', "x:2", '{"image": "x:2",} // c'),
        (
            "docker-bake.hcl",
            'target "a" { contexts = { b = "docker-image://x:1" } } # c',
            "x:2",
            'target "a" { contexts = { b = "docker-image://x:2" } } # c',
        ),
        (
            "docker-bake.hcl",
            'variable "V" { default = "1" }\ntarget "a" { contexts = { b = "docker-image://x:${V}-s" } }',
            "x:2-s",
            'variable "V" { default = "2" }\ntarget "a" { contexts = { b = "docker-image://x:${V}-s" } }',
        ),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{uses: docker://x:1}]}}",
            "x:2",
            "jobs: {a: {steps: [{uses: docker://x:2}]}}",
        ),
    ],
)
def test_replace_use(path, text, wanted, expected):
    assert changed(path, text, wanted) == expected


def test_a_matrix_value_is_changed_where_it_stands():
    text = "jobs: {a: {strategy: {matrix: {v: [1, 2]}}, container: 'x:${{ matrix.v }}'}}"
    assert changed(".github/workflows/a.yml", text, "x:3", 1) == text.replace("[1, 2]", "[1, 3]")


def test_bytes_that_are_no_text_are_kept():
    content = b"# caf\xe9 \xff\nservices: {a: {image: x:1}}\n"
    use = parse_manifest("compose.yaml", content).uses[0]
    assert replace_use(content, "compose.yaml", use, "x:2") == content.replace(b"x:1", b"x:2")


@pytest.mark.parametrize(
    ("path", "text", "wanted", "words"),
    [
        ("compose.yaml", "services: {a: {image: '${X}'}}", "x:2", "no value is known for X"),
        ("compose.yaml", "services: {a: {image: x:1}}", "X", "lower case"),
        (
            "compose.yaml",
            "services: {a: {image: &i x:1, build: }, b: {build: {context: ., args: {I: *i}}}}",
            "x:2",
            "build argument would change",
        ),
        ("compose.yaml", 'services: {a: {image: "x\\u003a1"}}', "x:2", "no text that is written here"),
        (
            "values.yaml",
            "a: {repository: &r x, tag: v1}\nb: {repository: *r, tag: v1}\n",
            "y:v1",
            "the image on line 1 would change as well",
        ),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {strategy: {matrix: {v: [1]}}, container: 'x:${{ matrix.v }}',"
            " services: {s: {image: 'y:${{ matrix.v }}'}}}}",
            "x:2",
            "would change as well",
        ),
    ],
)
def test_replace_refuses(path, text, wanted, words):
    with pytest.raises(ManifestError, match=words):
        changed(path, text, wanted)


def test_others_may_change_along_when_the_caller_says_so():
    content = b"a: {repository: &r x, tag: v1}\nb: {repository: *r, tag: v1}\n"
    use = parse_manifest("values.yaml", content).uses[0]
    with pytest.raises(ManifestError):
        replace_use(content, "values.yaml", use, "y:v1", lambda old, new: False)
    after = replace_use(content, "values.yaml", use, "y:v1", lambda old, new: str(new) == "y:v1")
    assert after == content.replace(b"&r x", b"&r y")


def test_a_use_or_argument_of_another_text_is_refused():
    one, other = b"services: {a: {image: x:1}}", b"services: {a: {image: y:1}}"
    with pytest.raises(ManifestError, match="no such use"):
        replace_use(other, "compose.yaml", parse_manifest("compose.yaml", one).uses[0], "z")
    with pytest.raises(ManifestError, match="not YAML"):
        replace_use(b"[", "compose.yaml", parse_manifest("compose.yaml", one).uses[0], "z")
    built = b"services: {a: {build: {args: {V: 1}}}}"
    arg = parse_manifest("compose.yaml", built).builds[0].args[0]
    with pytest.raises(ManifestError, match="no such value"):
        replace_arg(one, "compose.yaml", arg, "2")


@pytest.mark.parametrize(
    ("path", "text", "value", "expected"),
    [
        (
            "compose.yaml",
            "services: {a: {build: {args: {V: 3.1}}}}",
            "3.2",
            "services: {a: {build: {args: {V: 3.2}}}}",
        ),
        (
            "compose.yaml",
            "services: {a: {build: {args: {V: 3.9}}}}",
            "3.10",
            'services: {a: {build: {args: {V: "3.10"}}}}',
        ),
        (
            "compose.yaml",
            "services: {a: {build: {args: [V=3.9]}}}",
            "3.10",
            "services: {a: {build: {args: [V=3.10]}}}",
        ),
        (
            "compose.yaml",
            "services: {a: {build: {args: {V: '${V:-1}'}}}}",
            "2",
            "services: {a: {build: {args: {V: '${V:-2}'}}}}",
        ),
        (
            "docker-bake.json",
            '{"target": {"a": {"args": {"V": "1"}}}}',
            "2",
            '{"target": {"a": {"args": {"V": "2"}}}}',
        ),
        (
            "docker-bake.hcl",
            'variable "V" {\n  default = "1"\n}\ntarget "a" { args = { V = "${V}-slim" } }',
            "2-slim",
            'variable "V" {\n  default = "2"\n}\ntarget "a" { args = { V = "${V}-slim" } }',
        ),
        (
            ".github/workflows/a.yml",
            f"{STEP}     build-args: |\n      V=1\n      W=1\n",
            "2",
            f"{STEP}     build-args: |\n      V=2\n      W=1\n",
        ),
    ],
)
def test_replace_arg(path, text, value, expected):
    content = text.encode()
    arg = parse_manifest(path, content).builds[0].args[0]
    assert replace_arg(content, path, arg, value).decode() == expected


def test_a_value_that_several_arguments_share_is_changed_only_on_purpose():
    content = (
        b'variable "V" { default = "1" }\ntarget "a" { args = { V = V } }\ntarget "b" { args = { W = V } }'
    )
    arg = parse_manifest("docker-bake.hcl", content).builds[0].args[0]
    with pytest.raises(ManifestError, match="the value of W on line 1 would change as well"):
        replace_arg(content, "docker-bake.hcl", arg, "2")
    assert replace_arg(content, "docker-bake.hcl", arg, "2", shared=True) == content.replace(b'"1"', b'"2"')


@pytest.mark.parametrize("value", ['a"b', "a: b", "a\nb", "${X}", "#"])
def test_a_value_that_would_break_the_file_is_refused(value):
    content = b"services: {a: {build: {args: {V: 3.1}}}}"
    arg = parse_manifest("compose.yaml", content).builds[0].args[0]
    try:
        after = replace_arg(content, "compose.yaml", arg, value)
    except ManifestError:
        return
    assert parse_manifest("compose.yaml", after).builds[0].args[0].value == value
