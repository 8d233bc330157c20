"""Who gives which value to an `ARG`, and what stands in where nobody does."""

import pytest

from bot.builds import Given, differently_built, given_to, variants
from bot.change import ChangedFile, FileStatus, FileVersion
from bot.gathering import understood
from bot.manifests.model import BuildArg
from bot.states import dockerfile_state

COMPOSE = "services:\n  web:\n    build:\n      context: .\n      args: {}\n"


def given(name: str, **values: str) -> Given:
    return Given("compose.yaml", name, tuple(BuildArg(each, value, 1) for each, value in values.items()))


def open_value(name: str) -> Given:
    return Given("ci.yml", "job a", (BuildArg(name, "${{ inputs.x }}", 1, unresolved="known when it runs"),))


@pytest.mark.parametrize(
    ("built", "operator", "expected"),
    [
        ([], {}, [{}]),
        ([], {"BASE": "o"}, [{"BASE": "o"}]),
        ([given("a", BASE="1")], {"BASE": "o", "OTHER": "o"}, [{"BASE": "1", "OTHER": "o"}]),
        ([given("a", BASE="1"), given("b", BASE="1")], {}, [{"BASE": "1"}]),
        ([given("a", BASE="1"), given("b", BASE="2")], {}, [{"BASE": "1"}, {"BASE": "2"}]),
        # A build that gives no value takes the default of the Dockerfile.
        ([given("a", BASE="1"), given("b")], {"BASE": "o"}, [{"BASE": "1"}, {}]),
        # Values of no importance make no other build.
        ([given("a", BASE="1", X="1"), given("b", BASE="1", X="2")], {}, [{"BASE": "1", "X": "1"}]),
        # What is only known when it runs is for the operator to say.
        ([open_value("BASE")], {"BASE": "o"}, [{"BASE": "o"}]),
        ([open_value("BASE")], {}, [{}]),
    ],
)
def test_variants(built: list[Given], operator: dict[str, str], expected: list[dict[str, str]]) -> None:
    ways, more = variants({"BASE"}, built, operator)
    assert [dict(way.build_args) for way in ways] == expected
    assert not more


def test_more_ways_than_are_looked_at_are_counted() -> None:
    ways, more = variants({"BASE"}, [given(str(n), BASE=str(n)) for n in range(25)], {})
    assert (len(ways), len(more)) == (20, 5)


def version(path: str, text: str) -> FileVersion:
    return understood(FileVersion(path, f"blob of {text}", text.encode()))


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ("{BASE: a}", "{BASE: b}", ["Dockerfile"]),
        ("{BASE: a}", "{BASE: a} # same", []),
        ("{}", "{BASE: a}", ["Dockerfile"]),
    ],
)
def test_differently_built(before: str, after: str, paths: list[str]) -> None:
    old, new = (version("compose.yaml", COMPOSE.format(args)) for args in (before, after))
    assert differently_built([ChangedFile(FileStatus.MODIFIED, old, new)]) == paths


def test_a_dockerfile_built_in_two_ways_shares_what_does_not_differ() -> None:
    text = "ARG BASE\nFROM golang:1.22 AS build\nFROM $BASE\nRUN apk upgrade\n"
    files = [version("compose.yaml", COMPOSE.format("{BASE: a:1}")), version("b/compose.yaml", "")]
    also = version("docker-compose.two.yml", COMPOSE.format("{BASE: b:1}"))
    built = given_to("Dockerfile", [*files, also])
    state = dockerfile_state(FileVersion("Dockerfile", "b", text.encode()), {}, given=built)
    found = [(base.reference.rpartition("/")[2], base.part) for base in state.bases]
    assert found == [
        ("golang:1.22", ""),
        ("a:1", "service web in compose.yaml"),
        ("b:1", "service web in docker-compose.two.yml"),
    ]
    assert [(arg.value, arg.path, arg.line) for arg in state.bases[1].args] == [("a:1", "compose.yaml", 5)]
