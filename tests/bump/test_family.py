"""Families and the names of their branches: valid everywhere, readable, and never shared."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bump.family import branch_name, by_family, is_bump_branch, short_name
from bot.image.reference import Reference


def test_spellings_of_one_image_are_one_family() -> None:
    spelled = ("python:3.12", "library/python:3.11", "docker.io/library/python@sha256:" + "0" * 64)
    families = by_family((Reference.parse(text), text) for text in (*spelled, "ghcr.io/acme/python:1"))
    assert families == {
        "docker.io/library/python": list(spelled),
        "ghcr.io/acme/python": ["ghcr.io/acme/python:1"],
    }


@pytest.mark.parametrize(
    ("family", "short"),
    [
        ("docker.io/library/python", "python"),
        ("docker.io/grafana/grafana", "grafana/grafana"),
        ("ghcr.io/acme/base", "ghcr.io/acme/base"),
    ],
)
def test_a_family_is_called_as_people_write_it(family: str, short: str) -> None:
    assert short_name(family) == short


def test_a_branch_tells_what_it_is() -> None:
    name = branch_name("main", "docker.io/library/python")
    assert name.startswith("plimsoll/bump/main/python-")
    assert is_bump_branch(name)
    assert not is_bump_branch("plimsoll/other")


def test_names_that_look_alike_are_kept_apart() -> None:
    pairs = [("main", "a/b"), ("main", "a-b"), ("main/a", "b"), ("main-a", "b"), ("Main", "a/b")]
    assert len({branch_name(*pair) for pair in pairs}) == len(pairs)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_branch_and_family_give_a_name_without_surprises(base_ref: str, family: str) -> None:
    name = branch_name(base_ref, family)
    assert len(name) < 200
    assert name.isascii()
    for part in name.split("/"):
        assert part
        assert not part.startswith((".", "-"))
        assert not part.endswith((".", ".lock"))
    assert ".." not in name


@pytest.mark.parametrize(
    "base_ref",
    ["main", "release/1.x", "..", "a.lock", "a.lock.lock-", ".lock", "@{x}", "ünï", "-", "x" * 255],
)
def test_git_takes_the_name(base_ref: str) -> None:
    name = branch_name(base_ref, "registry.example:5000/team/base.lock")
    subprocess.run(["git", "check-ref-format", "--branch", name], check=True, capture_output=True)
