"""Files that an instruction puts in a lockfile's place, whatever they are called."""

import json

import pytest

from tests.landing.shop import Shelf, image, inspected, packages, side


def lock(version: str) -> str:
    packages = {"": {"dependencies": {"left": version}}, "node_modules/left": {"version": version}}
    return json.dumps({"lockfileVersion": 3, "packages": packages})


FILES = {
    "package.json": "{}",
    "package-lock.json": lock("1.0.0"),
    "ci/locked.json": lock("2.0.0"),
    "ci/go.txt": "module a\n\ngo 1.21\n\nrequire example.org/x v1.0.0\n",
    "svc/package-lock.json": lock("3.0.0"),
    "yarn.lock": '# yarn lockfile v1\n\n\nleft@4:\n  version "4.0.0"\n',
}
OLD, NEW = "package-lock.json: left 1.0.0", "ci/locked.json: left 2.0.0"
ALL = "COPY . .\n"
NPM = "\nRUN npm ci"
HEREDOC = "COPY <<EOF package-lock.json\n{}\nEOF"
READ = {
    "by a file": (ALL + "COPY ci/locked.json package-lock.json" + NPM, [NEW]),
    "by its whole path": (ALL + "COPY ./ci/locked.json /app/package-lock.json" + NPM, [NEW]),
    "of another form, by a pattern": (ALL + "COPY yarn.loc[k] package-lock.json" + NPM, []),
    "by a variable that is known": (
        ALL + "ARG D=ci\nCOPY ${D}/locked.json package-lock.json" + NPM,
        [NEW],
    ),
    "in place of another manager's": (ALL + "COPY ci/go.txt go.mod\nRUN go build", ["ci/go.txt: x v1.0.0"]),
    "under its own name": (
        ALL + "COPY svc/package-lock.json ./" + NPM,
        ["svc/package-lock.json: left 3.0.0"],
    ),
    "without an install": ("COPY ci/locked.json package-lock.json", [NEW]),
    "in a folder": (ALL + "COPY ci/locked.json ./" + NPM, [OLD]),
    "mounted": (
        ALL + "RUN --mount=type=bind,source=ci/locked.json,target=package-lock.json npm ci",
        [NEW, OLD],
    ),
    "after the install": (ALL + "RUN npm ci\nCOPY ci/locked.json package-lock.json", [NEW, OLD]),
    "both": (
        "COPY package-lock.json ./\nCOPY package-lock.json /b/yarn.lock\nRUN npm ci && cd /b && yarn",
        [OLD],
    ),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
async def test_a_file_in_a_lockfiles_place(text: str, expected: list[str]) -> None:
    found = await inspected({}, FILES | {"Dockerfile": f"FROM base\nWORKDIR /app\n{text}\n"})
    assert sorted(packages(side(found).brought)) == expected


async def test_a_file_of_another_form_is_a_problem() -> None:
    text = f"FROM base\nWORKDIR /app\nCOPY yarn.lock package-lock.json{NPM}\n"
    (brought,) = side(await inspected({}, FILES | {"Dockerfile": text})).brought
    assert (brought.source, brought.manager, len(brought.skipped)) == ("yarn.lock", "npm", 1)


STAGES = {
    "from a stage": (
        "FROM base AS a\nCOPY ci/locked.json /x/\n"
        "FROM base\nWORKDIR /app\nCOPY --from=a /x/locked.json package-lock.json"
    ),
    "in a stage": (
        "FROM base AS a\nCOPY ci/locked.json /x/package-lock.json\n"
        "FROM base\nWORKDIR /app\nCOPY --from=a /x/ ./"
    ),
    "in a stage that is built on": (
        "FROM base AS a\nWORKDIR /app\nCOPY . .\nFROM a\nCOPY ci/locked.json package-lock.json"
    ),
}


@pytest.mark.parametrize("text", STAGES.values(), ids=STAGES)
async def test_a_lockfiles_place_in_stages(text: str) -> None:
    found = await inspected({}, FILES | {"Dockerfile": f"{text}{NPM}\n"})
    assert packages(side(found).brought) == [NEW]


UNREAD = {
    "a heredoc": (ALL + HEREDOC, "a heredoc holds it, which is not read", False),
    "a heredoc of that name": (
        ALL + "COPY <<package-lock.json ./\n{}\npackage-lock.json",
        "a heredoc holds it, which is not read",
        False,
    ),
    "an address": (
        ALL + "ADD https://example.org/x/package-lock.json?raw=1 ./",
        "it is fetched from an address",
        False,
    ),
    "an address under another name": (
        ALL + "ADD https://example.org/x package-lock.json",
        "it is fetched from an address",
        False,
    ),
    "an address in a variable": (
        ALL + "ARG U=https://example.org/x\nADD ${U} package-lock.json",
        "it is fetched from an address",
        False,
    ),
    "a variable": (ALL + "ARG D\nCOPY ${D}/package-lock.json ./", "its variable has no known value", True),
    "a whole name": (ALL + "ARG D\nCOPY ${D} package-lock.json", "its variable has no known value", True),
    "no such file": (ALL + "COPY made.json package-lock.json", "the repository has no such file", True),
    "a pattern": (
        ALL + "COPY ci/lock*.json package-lock.json",
        "which file fits its pattern is not looked for",
        True,
    ),
    "an image": (ALL + "COPY --from=node /x.json package-lock.json", "it is taken from an image", True),
    "before the install alone": (
        ALL + "RUN npm ci\n" + HEREDOC,
        "a heredoc holds it, which is not read",
        True,
    ),
}


@pytest.mark.parametrize(("text", "why", "counts"), UNREAD.values(), ids=UNREAD)
async def test_a_lockfile_that_nobody_can_read_is_named(text: str, why: str, counts: bool) -> None:
    found = await inspected({}, FILES | {"Dockerfile": f"FROM base\nWORKDIR /app\n{text}{NPM}\n"})
    (gap,) = (gap for gap in side(found).gaps if gap.what == "the lockfile at /app/package-lock.json")
    assert (gap.why, gap.types, gap.overlies) == (why, ("npm",), True)
    # What a heredoc or a download replaces is surely gone; anything else may be that very file.
    assert (OLD in packages(side(found).brought)) is counts


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (
            "cp ci/locked.json package-lock.json && npm ci",
            "`cp ci/locked.json package-lock.json` puts it there",
        ),
        ("ln -sf ci/locked.json ./package-lock.json", "`ln -sf ci/locked.json ./package-lock.json` puts it"),
        ("mv ci/locked.json /app/package-lock.json", "`mv ci/locked.json /app/package-lock.json` puts it"),
        ("cp /app/package-lock.json /tmp/package-lock.json", ""),  # It is the same file.
        ("cp package-lock.json /tmp/", ""),
        ("rm -f package-lock.json", ""),
        ("cp", ""),
    ],
)
async def test_a_command_that_puts_another_file_there_is_named(run: str, expected: str) -> None:
    found = await inspected({}, FILES | {"Dockerfile": f"FROM base\nWORKDIR /app\n{ALL}RUN {run}{NPM}\n"})
    gaps = [gap for gap in side(found).gaps if gap.what == "the lockfile at /app/package-lock.json"]
    assert [(gap.why.startswith(expected), gap.types, gap.overlies) for gap in gaps] == (
        [(True, ("npm",), True)] if expected else []
    )
    assert OLD in packages(side(found).brought)


async def test_a_lockfile_made_in_a_stage_is_named_once() -> None:
    text = "FROM base AS a\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
    text += "FROM base\nCOPY --from=a /x/go.mod /app/package-lock.json ./\n"
    found = await inspected({}, FILES | {"Dockerfile": text})
    assert [gap.what for gap in side(found).gaps if gap.overlies] == ["the lockfile at /go.mod"]


async def test_an_install_without_its_lockfile_in_a_stage_is_named() -> None:
    text = "FROM base AS a\nWORKDIR /app\nCOPY src .\nRUN npm ci\nFROM base\nCOPY --from=a /app /app\n"
    found = await inspected({}, FILES | {"Dockerfile": text})
    assert [gap.what for gap in side(found).gaps if gap.types] == ["`npm ci`"]


async def test_a_change_of_such_a_file_alone() -> None:
    before = FILES | {
        "Dockerfile": f"FROM base\nWORKDIR /app\n{ALL}COPY ci/locked.json package-lock.json{NPM}\n"
    }
    found = await inspected(before, before | {"ci/locked.json": lock("2.1.0")})
    assert packages(side(found).brought) == ["ci/locked.json: left 2.1.0"]
    assert packages(side(found, old=True).brought) == [NEW]
    found = await inspected(before, before | {"ci/other.json": lock("2.1.0")})
    assert found.pairs == ()


async def test_such_a_file_may_be_as_large_as_a_lockfile() -> None:
    large = lock("2.0.0") + " " * 1_000_000
    text = f"FROM base\nWORKDIR /app\nCOPY ci/locked.json package-lock.json{NPM}\n"
    found = await inspected({}, FILES | {"Dockerfile": text, "ci/locked.json": large})
    assert packages(side(found).brought) == [NEW]


async def test_the_command_for_such_a_file_says_what_it_changes() -> None:
    text = f"FROM base\nWORKDIR /app\nCOPY ci/locked.json package-lock.json{NPM}\n"
    shelf = Shelf({"base": image()}, flawed=["left"])
    (brought,) = side(await inspected({}, FILES | {"Dockerfile": text}, shelf)).brought
    (upgrade,) = brought.upgrades
    assert "the command writes the lockfile under its own name" in upgrade.note
