"""Bake files, in HCL and in JSON."""

import pytest

from .reading import builds, read, uses

SAMPLE = """\
    # what we build
    variable "PY" { default = "3.12" }
    variable "FULL" {
      default = "python:${PY}-slim"  // through another one
    }
    variable "CI" {}
    function "up" {
      params = [x]
      result = upper(x)
    }
    group "default" { targets = ["app", "tests"] }
    target "_common" {
      context = "."
      args = { PY = PY, BASE = FULL }
    }
    target "app" {
      inherits = ["_common"]
      dockerfile = "docker/Dockerfile"
      target = "prod"
      contexts = {
        base = "docker-image://alpine:3.19"
        src = "../src"
      }
      args = {
        "PY" : "3.11",
        CI = CI
        UP = up("x{")
        LONG = <<-EOT
          many
          EOT
      }
      tags = ["acme/app:${PY}", notequal("", CI) ? "x" : "y"]
    }
    target "tests" {
      name = "tests-${py}"
      matrix = { py = ["3.11", "3.12"] }
      args = { PY = py, PIN = "x${PY}" }
    }
    target "inline" { dockerfile-inline = "FROM alpine" }
    """


def test_builds():
    assert builds("docker-bake.hcl", SAMPLE) == [
        "target _common: Dockerfile PY=3.12 BASE=python:3.12-slim",
        'target app: docker/Dockerfile PY=3.11 BASE=python:3.12-slim CI=${CI} UP=${up("x{")} LONG=      many\n',
        "target tests: Dockerfile PY=3.11 PIN=x3.12",
        "target tests: Dockerfile PY=3.12 PIN=x3.12",
    ]
    build = read("docker-bake.hcl", SAMPLE).builds[1]
    assert (build.target, build.contexts) == ("prod", ("base", "src"))
    assert [arg.unresolved for arg in build.args][2:4] == [
        "no value is known for CI",
        "'${up(\"x{\")}' has to be computed",
    ]


def test_uses():
    assert uses("docker-bake.hcl", SAMPLE) == [
        "target app, context base: alpine:3.19",
        "target inline? its Dockerfile stands in this file, where it is not read",
    ]


def test_an_empty_value_is_a_value_and_none_is_not():
    text = """\
        variable "S" { default = "" }
        variable "N" { default = null }
        target "a" { args = { V = "", W = null, X = "x${S}", Y = "${N}" } }
        """
    assert builds("docker-bake.hcl", text) == ["target a: Dockerfile V= X=x Y=${N}"]


def test_a_matrix_beyond_the_limit_is_said():
    values = ", ".join(f'"{number}"' for number in range(17))
    text = f'target "a" {{\n matrix = {{\n  v = [{values}]\n  w = [{values}]\n }}\n}}'
    assert read("docker-bake.hcl", text).problem == "a matrix of more than 256 combinations"


def test_json():
    text = """\
        {"variable": {"V": {"default": "3.12"}},
         "target": {"a": {"inherits": ["b"], "args": {"V": "${V}"}, "context": "api"},
                    "b": {"args": {"W": "1"}, "inherits": ["a"],
                          "contexts": {"base": "docker-image://alpine:${V}"}}}}
        """
    assert builds("docker-bake.json", text) == [
        "target a: api/Dockerfile W=1 V=3.12",
        "target b: api/Dockerfile V=3.12 W=1",
    ]
    assert uses("docker-bake.json", text) == ["target a, context base: alpine:3.12"]


@pytest.mark.parametrize(
    "text",
    [
        "target",
        "target {",
        'target "a" { x = }',
        'x = "a',
        'x = "${"',
        "x = [1",
        "x = { a }",
        "x = <<E\n",
        "/* ",
        "x = (",
        "= 1",
        "}",
    ],
)
def test_what_is_wrong_is_said(text):
    assert read("docker-bake.hcl", text).problem.startswith(("it is not HCL: ", "it is nested"))
