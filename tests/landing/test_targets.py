"""Which stages are shipped, as the files say that build them: what lands there, what the rules say of it."""

import pytest

from bot.inspection import DockerfileState
from tests.landing.shop import Shelf, image, inspected, side

TEXT = (
    "FROM base AS prod\nCOPY a/requirements.txt ./\nRUN pip install -r requirements.txt\nUSER root\n"
    "FROM base AS dev\nCOPY b/requirements.txt ./\nRUN pip install -r requirements.txt\nUSER 1000\n"
    "FROM other AS lint\n"
)
FILES = {"Dockerfile": TEXT, "a/requirements.txt": "a==1\n", "b/requirements.txt": "b==1\n"}


async def built(**files: str) -> DockerfileState:
    """The Dockerfile, which is new, among files whose dots are written as underscores."""
    named = {path.replace("_", "."): text for path, text in files.items()}
    reader = Shelf({"base": image(), "other": image()})
    return side(await inspected({}, FILES | named, reader))


def shipped(state: DockerfileState) -> list[str]:
    return [each.source for each in state.brought if each.shipped]


BUILDS = {
    "nobody says": ({}, []),
    "compose": ({"compose_yaml": "services: {w: {build: {context: ., target: prod}}}"}, ["a"]),
    "bake": ({"docker-bake_hcl": 'target "w" {\n  target = "dev"\n}\n'}, ["b"]),
    "a list": (
        {"docker-bake_hcl": 'target "w" {\n  matrix = {t = ["dev", "prod"]}\n  target = t\n}\n'},
        ["b", "a"],
    ),
    "to develop": (
        {"_devcontainer/devcontainer_json": '{"build": {"dockerfile": "../Dockerfile", "target": "dev"}}'},
        [],
    ),
    "to develop, and to ship": (
        {
            "_devcontainer/devcontainer_json": '{"build": {"dockerfile": "../Dockerfile", "target": "dev"}}',
            "compose_yaml": "services: {w: {build: {context: ., target: prod}}}",
        },
        ["a"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), BUILDS.values(), ids=BUILDS)
async def test_what_lands_in_the_stage_that_is_built(files: dict[str, str], expected: list[str]) -> None:
    state = await built(**files)
    assert shipped(state) == [f"{each}/requirements.txt" for each in expected]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("upper(STAGE)", "which stage is built depends on a value that the file does not tell"),
        ('"gone"', "the Dockerfile has no stage of this name"),
        ('"1"', "the Dockerfile has no stage of this name"),
    ],
)
async def test_a_target_that_nobody_knows(target: str, why: str) -> None:
    state = await built(**{"docker-bake_hcl": f'target "w" {{\n  target = {target}\n}}\n'})
    (unknown,) = [base for base in state.bases if base.missing]
    assert unknown.missing is not None
    assert unknown.missing.why == why
    assert (unknown.shipped, unknown.location.path) == (True, "docker-bake.hcl")


def users(state: DockerfileState) -> list[tuple[str, bool, int]]:
    rules = ("root-user", "no-user")
    return sorted(
        (each.package, each.shipped, each.location.start_line)
        for each in state.findings
        if each.ids[0] in rules
    )


async def test_the_rules_ask_about_each_stage_that_is_shipped() -> None:
    one = await built(compose_yaml="services: {w: {build: {context: ., target: prod}}}")
    assert users(one) == [("final stage: user", True, 4)]
    services = "w: {build: {context: ., target: prod}}, x: {build: {context: ., target: lint}}"
    both = await built(compose_yaml=f"services: {{{services}}}")
    assert users(both) == [("final stage: user", True, 4), ("stage lint: user", True, 9)]
    parts = {base.location.start_line: base.shipped for base in both.bases}
    assert parts == {1: True, 5: False, 9: True}
