"""Devcontainers: JSON with comments and trailing commas."""

from .reading import builds, read, uses

PATH = ".devcontainer/devcontainer.json"


def test_an_image():
    text = '\ufeff// by hand\r\n{\r\n"name": "x", /* y */\r\n "image": "mcr.microsoft.com/devcontainers/go:1",\r\n}\r\n'
    assert uses(PATH, text) == ["devcontainer: mcr.microsoft.com/devcontainers/go:1"]
    (use,) = read(PATH, text).uses
    assert (use.start_line, use.shipped) == (4, False)


def test_builds():
    text = '{"build": {"dockerfile": "../Dockerfile", "context": "..", "args": {"V": "1", "W": "${localEnv:W}",},}}'
    assert builds(PATH, text) == ["devcontainer: Dockerfile V=1 W=${localEnv:W}"]
    assert builds(PATH, '{"dockerFile": "Dockerfile"}') == ["devcontainer: .devcontainer/Dockerfile"]
    assert builds(PATH, '{"dockerComposeFile": "../compose.yaml", "service": "app"}') == []


def test_an_empty_value_is_a_value():
    text = '{"build": {"dockerfile": "Dockerfile", "args": {"V": "", "W": null}}}'
    assert builds(PATH, text) == ["devcontainer: .devcontainer/Dockerfile V="]


def test_what_is_wrong_is_said_with_its_line():
    assert read(PATH, '{\n "image" "x"}').problem == "it is not JSON: a ':' is missing"
    assert read(PATH, '{\n "image" "x"}').line == 2
    for text in ("", "{", "[1,", '{"a": "x', '{"a": "\\x"}', "{} {}", "/* ", "{a: 1}", '["a" "b"]', "{1}"):
        assert read(PATH, text).problem.startswith("it is not JSON: "), text
