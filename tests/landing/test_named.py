"""Files that pip is told to read, whatever they are called."""

import pytest

from tests.landing.shop import inspected, packages, side

FILES = {
    "deps/prod.in": "a\n-r more.in\n",
    "deps/more.in": "b==1\n",
    "pins": "a==2\n-c pins.more\n",
    "pins.more": "c==3\n",
    "other/prod.in": "x==1\n",
}
CASES = {
    "copied with its folder": ("COPY deps deps\nRUN pip install -r deps/prod.in", ["a ?", "b 1"]),
    "a file": ("COPY deps/prod.in deps/more.in ./\nRUN pip install -r prod.in", ["a ?", "b 1"]),
    "by another name": (
        "COPY deps/prod.in /tmp/requirements.txt\nRUN pip install -r /tmp/requirements.txt",
        ["a ?", "b 1"],
    ),
    "mounted": (
        "RUN --mount=type=bind,source=deps/prod.in,target=/r.in pip3 install --requirement /r.in",
        ["a ?", "b 1"],
    ),
    "with constraints": ("COPY . .\nRUN pip install -c pins -r deps/prod.in", ["a 2", "b 1"]),
    "uv": ("COPY . .\nRUN uv pip install --system -r deps/prod.in --constraint=pins", ["a 2", "b 1"]),
    "uv, in one": ("COPY . .\nRUN uv pip sync deps/more.in", ["b 1"]),
    "pip-tools": ("COPY . .\nRUN pip-sync deps/more.in", ["b 1"]),
    "not there": ("COPY deps .\nRUN pip install -r gone.in", []),
    "in another place": ("COPY deps /deps\nRUN pip install -r prod.in", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
async def test_a_file_that_a_command_names(text: str, expected: list[str]) -> None:
    found = await inspected({}, FILES | {"Dockerfile": f"FROM base\nWORKDIR /app\n{text}\n"})
    brought = side(found).brought
    assert sorted(each.partition(": ")[2] for each in packages(brought)) == expected
    assert bool(side(found).gaps) is (not expected)


async def test_a_change_of_such_a_file_alone() -> None:
    before = FILES | {"Dockerfile": "FROM base\nCOPY . .\nRUN pip install -r deps/prod.in -c pins\n"}
    found = await inspected(before, before | {"deps/more.in": "b==2\n", "other/prod.in": "x==2\n"})
    assert sorted(packages(side(found).brought)) == ["deps/prod.in: a 2", "deps/prod.in: b 2"]
    assert (found.gaps, found.incomplete) == ((), "")


async def test_a_text_that_nobody_installs_from_brings_no_target() -> None:
    before = FILES | {"Dockerfile": "FROM base\nCOPY . .\nRUN pip install -r deps/prod.in\n"}
    found = await inspected(before, before | {"notes.txt": "hello\n", "other/prod.in": "x==2\n"})
    assert (found.pairs, found.gaps) == ((), ())
