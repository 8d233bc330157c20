"""Who gives which value to an `ARG`, and what stands in where nobody does."""

from dataclasses import replace

import pytest

from bot.builds import Given, differently_built, given_to, variants
from bot.change import ChangedFile, FileStatus, FileVersion
from bot.inspection import DockerfileState
from bot.manifests.model import BuildArg
from bot.states import dockerfile_state
from bot.worth import understood

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


def ways_of_many(text: str, target: str = "") -> DockerfileState:
    built = [replace(given(f"{n:02}", BASE=f"a:{n}"), target=target if n == 24 else "") for n in range(25)]
    return dockerfile_state(FileVersion("Dockerfile", text, text.encode()), {}, given=built)


def test_ways_beyond_the_limit_are_no_image_that_a_stage_begins_with() -> None:
    state = ways_of_many("FROM scratch AS one\nARG BASE\nUSER $BASE\n")
    assert [base for base in state.bases if not base.copied] == []
    assert [(base.written, base.is_stand_in) for base in state.bases] == [
        ("5 more ways this file is built", True)
    ]


TEXT = "ARG BASE\nFROM scratch AS one\nUSER 1\nFROM $BASE\nUSER 1\n"


@pytest.mark.parametrize(
    ("was", "now", "target", "same"),
    [
        ("USER 1", "USER 2", "", True),
        # A line that no value decides, but of a stage that no way has which is looked at.
        ("USER 1", "USER 2", "one", False),
        ("FROM $BASE", "FROM other/$BASE", "", False),
        ("ARG BASE", "ARG BASE=b:1", "", True),
    ],
)
def test_ways_beyond_the_limit_are_the_same_while_their_images_are(
    was: str, now: str, target: str, same: bool
) -> None:
    before, after = (ways_of_many(text, target).bases[-1].content for text in (TEXT, TEXT.replace(was, now)))
    assert (before == after) is same


def test_beyond_a_bound_the_whole_file_has_to_be_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.landing.further.MOST_INSTRUCTIONS", 10)
    before, after = (ways_of_many(text).bases[-1].content for text in (TEXT, f"{TEXT}LABEL a=b\n"))
    assert before != after
