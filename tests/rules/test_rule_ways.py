"""A Dockerfile that is built in several ways: what the rules say of any of them is told, and told once."""

from collections.abc import Mapping

import pytest

from bot.change import FileVersion
from bot.dockerfile import parse
from bot.finding import Finding
from bot.inspection import SeenImage
from bot.inventory import ImageConfig, Inventory
from bot.misconfigurations import Setup, dockerfile_findings
from tests.landing.shop import Shelf, image, inspected, side

HEALTHY = "HEALTHCHECK CMD true\n"


def compose(*builds: str) -> str:
    """A file that builds the same Dockerfile once for each of some mappings."""
    services = (f"  s{number}:\n    build: {build}\n" for number, build in enumerate(builds))
    return "services:\n" + "".join(services)


def way(context: str = ".", **args: str) -> str:
    """How one of them is built."""
    up = "../" * (0 if context == "." else context.count("/") + 1)
    given = ", ".join(f'{name}: "{value}"' for name, value in args.items())
    return f"{{context: {context}, dockerfile: {up}Dockerfile, args: {{{given}}}}}"


async def found(text: str, *ways: str, more: Mapping[str, str] | None = None) -> list[Finding]:
    """What the rules say of a Dockerfile that is new."""
    after = {"Dockerfile": text, "compose.yaml": compose(*ways), **(more or {})}
    return list(side(await inspected({"README": ""}, after, _shelf())).findings)


def _shelf() -> Shelf:
    as_app = Inventory(config=ImageConfig(user="app"))
    return Shelf({"base": image(), "app": SeenImage("sha256:3", "sha256:4", "linux/amd64", as_app)})


def of(rule: str, findings: list[Finding]) -> list[tuple[str, int]]:
    """Where one of the rules finds something."""
    return [(each.package, each.location.start_line) for each in findings if each.id == rule]


USER = "FROM base:1\nARG WHO=app\nUSER $WHO\n" + HEALTHY
PORT = "FROM base:1\nARG PORT=80\nENV LISTEN=$PORT\nEXPOSE $LISTEN\nUSER app\n" + HEALTHY
COPY = "FROM base:1\nARG WHO=app\nCOPY . /srv\nUSER $WHO\n" + HEALTHY


@pytest.mark.parametrize("ways", [("app", "root"), ("root", "app"), ("root", "0")])
async def test_any_way_may_run_as_root(ways: tuple[str, ...]) -> None:
    findings = await found(USER, *(way(WHO=name) for name in ways))
    assert of("root-user", findings) == [("final stage: user", 3)]


async def test_what_no_way_does_is_not_said() -> None:
    assert of("root-user", await found(USER, way(WHO="app"), way(WHO="web"))) == []


async def test_what_ways_add_is_told_with_its_own_name() -> None:
    findings = await found(PORT, way(), way(PORT="22"), way(PORT="23"), way(PORT="22"))
    assert sorted(of("sensitive-port", findings)) == [
        ("final stage: port 22", 4),
        ("final stage: port 23", 4),
    ]


async def test_the_same_subject_at_another_place_has_a_number_of_its_own() -> None:
    text = "FROM base:1\nARG A=1\nARG B=2\nEXPOSE $A\nEXPOSE $B\n"
    findings = await found(text, way(A="22"), way(B="22"), way(A="22", B="22"))
    assert of("sensitive-port", findings) == [("final stage: port 22", 4), ("final stage: port 22 (2)", 5)]


async def test_a_context_without_an_ignore_file_takes_everything() -> None:
    more = {"clean/.dockerignore": "*.log\n", "clean/a": "", "bare/a": ""}
    assert of("copy-everything", await found(COPY, way("clean"), more=more)) == []
    findings = await found(COPY, way("clean"), way("bare"), more=more)
    assert of("copy-everything", findings) == [("final stage: whole context", 3)]


async def test_a_comment_excuses_it_for_every_way() -> None:
    text = USER.replace("USER", "# plimsoll ignore=root-user it needs ptrace\nUSER")
    after = {"Dockerfile": text, "compose.yaml": compose(way(), way(WHO="root"))}
    state = side(await inspected({"README": ""}, after))
    assert of("root-user", list(state.findings)) == []
    assert [(each.finding.id, each.reason) for each in state.ignored] == [("root-user", "it needs ptrace")]


NOBODY = "ARG BASE=app:1\nFROM $BASE\n" + HEALTHY


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([way(BASE="app:1")], []),
        ([way(BASE="app:1"), way(BASE="base:1")], [("final stage: user", 2)]),
        ([way(BASE="base:1"), way(BASE="base:2")], [("final stage: user", 2)]),
    ],
)
async def test_each_way_runs_as_its_own_base_image_says(
    ways: list[str], expected: list[tuple[str, int]]
) -> None:
    assert of("no-user", await found(NOBODY, *ways)) == expected


async def test_a_user_of_one_way_does_not_stand_for_another() -> None:
    """The first leaves the user to an image that names none, the second sets one on it."""
    stages = "FROM base:1 AS bare\nFROM bare AS named\nUSER app\n"
    text = "ARG KIND=named\n" + stages + "FROM $KIND\n" + HEALTHY
    findings = await found(text, way(KIND="named"), way(KIND="bare"))
    assert of("no-user", findings) == [("final stage: user", 5)]
    assert of("no-user", await found(text, way(KIND="named"))) == []


def test_ways_of_a_file_that_is_too_long_are_named() -> None:
    text = "FROM base:1\n" + "RUN a; b; c; d; e; f; g\n" * 1_800
    found = dockerfile_findings(FileVersion("Dockerfile", "b", text.encode()), [Setup(parse(text))] * 6)
    assert [gap.what for gap in found.gaps] == ["what the rules say of 3 more ways this file is built"]
    assert len(found.runs) == 1
