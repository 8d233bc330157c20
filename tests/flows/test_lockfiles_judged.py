"""What a lockfile that cannot be read whole, or goes by another name, does to a verdict."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import counts_of, rules_of, text_of
from tests.harness import Advisories, RunningBot

PIP = "FROM {image}\nWORKDIR /app\nCOPY {source} ./\nRUN pip install -r {named}\nUSER 1000\n"


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    advisories.add("CVE-2024-0002", package="flask-login", fixed="3.0.0", ecosystem="PyPI")


def pip(image: str, named: str = "requirements.txt", source: str = "") -> dict[str, str]:
    return {"Dockerfile": PIP.format(image=image, source=source or named, named=named)}


def changed(bot: RunningBot, github: FakeGitHub, before: dict[str, str], after: dict[str, str]) -> FakePull:
    pull = github.repo(files=before).open_pull(files=after)
    bot.drain()
    return pull


NOT_MENDED = {
    "a line that is none": "flask-login = 2.0.0\n",
    "a name written in another way": "Flask_Login>=1\n",
}


@pytest.mark.parametrize("line", NOT_MENDED.values(), ids=NOT_MENDED)
def test_what_is_not_understood_mends_nothing(
    bot: RunningBot, github: FakeGitHub, sound: str, line: str
) -> None:
    before = pip(sound) | {"requirements.txt": "six==1.0\nFlask-Login==2.0.0\n"}
    pull = changed(bot, github, before, {"requirements.txt": f"six==1.0\n{line}"})
    assert counts_of(pull)["fixed"] == "0"
    assert "1 more not judged" in text_of(pull)


def test_what_is_gone_is_mended(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    before = pip(sound) | {"requirements.txt": "six==1.0\nFlask-Login==2.0.0\n"}
    pull = changed(bot, github, before, {"requirements.txt": "six==1.0\nother>=1\n"})
    assert counts_of(pull)["fixed"] == "1"


THREE = {f"{name}/requirements.txt": f"{name}==1\n" for name in "abc"}
MANY = "FROM {image}\nCOPY . .\nRUN pip install -r a/requirements.txt -r b/requirements.txt -r c/requirements.txt\n"


@pytest.mark.parametrize(
    ("limit", "changes"),
    [
        ("bot.landing.land.MAX_LANDINGS", True),
        ("bot.landing.side.MOST_LOCKFILES", True),
        ("bot.landing.side.MOST_LOCKFILES", False),
    ],
)
def test_more_lockfiles_than_are_read_are_no_clean_image(
    bot: RunningBot,
    github: FakeGitHub,
    sound: str,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    changes: bool,
) -> None:
    monkeypatch.setattr(limit, 2)
    before = THREE | {"Dockerfile": MANY.format(image=sound)}
    files = {"c/requirements.txt": "Flask-Login==2.0.0\n"} if changes else {"a/requirements.txt": "a==2\n"}
    pull = changed(bot, github, before, files)
    assert pull.check.conclusion == ("failure" if changes else "success")
    assert rules_of(pull) == ["unreadable-lockfile"]
    assert "Could not read all that" in pull.bot_comment


@pytest.mark.parametrize(
    ("install", "before", "after"),
    [
        ("COPY deps ./deps\nRUN pip install -r deps/prod.in", {"deps/prod.in": "six==1\n"}, "deps/prod.in"),
        (
            "COPY . .\nRUN pip install -r app.in -c deps/pins.txt",
            {"app.in": "flask-login\n", "deps/pins.txt": "flask-login==3.0.0\n"},
            "deps/pins.txt",
        ),
    ],
)
def test_what_pip_is_told_to_read_is_read_whatever_its_name(
    bot: RunningBot, github: FakeGitHub, sound: str, install: str, before: dict[str, str], after: str
) -> None:
    dockerfile = f"FROM {sound}\nWORKDIR /app\n{install}\nUSER 1000\n"
    pull = changed(bot, github, before | {"Dockerfile": dockerfile}, {after: "flask-login==2.0.0\n"})
    assert rules_of(pull) == ["introduced-vulnerability"]
    assert pull.check.conclusion == "failure"


@pytest.mark.parametrize(("folder", "expected"), [("b", ["introduced-vulnerability"]), ("c", [])])
def test_a_dockerfile_as_it_was_built_from_another_folder(
    bot: RunningBot, github: FakeGitHub, sound: str, folder: str, expected: list[str]
) -> None:
    before = {f"docker/{name}": text for name, text in pip(sound).items()}
    before |= {"a/requirements.txt": "six==1.0\n", "b/requirements.txt": "flask-login==2.0.0\n"}
    before |= {"c/requirements.txt": "six==1.0\n"}
    built = "services: {web: {build: {context: ./%s, dockerfile: ../docker/Dockerfile}}}\n"
    pull = changed(bot, github, before | {"compose.yaml": built % "a"}, {"compose.yaml": built % folder})
    assert (rules_of(pull), pull.check.conclusion) == (expected, "failure" if expected else "success")


def test_an_included_file_that_is_not_read_is_no_clean_image(
    bot: RunningBot, github: FakeGitHub, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.landing.side.MOST_INCLUDED", 0)
    before = pip(sound, source=". .") | {
        "requirements.txt": "-r more/pins.txt\n",
        "more/pins.txt": "six==1.0\n",
    }
    pull = changed(bot, github, before, {"more/pins.txt": "flask-login==2.0.0\n"})
    assert (rules_of(pull), pull.check.conclusion) == (["unreadable-lockfile"], "failure")
    assert "more/pins.txt, which it includes, was not read" in pull.bot_comment + text_of(pull)


def test_what_was_not_shipped_before_excuses_nothing(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    broken = {"package-lock.json": "{", "package.json": "{}"}
    built = f"FROM {sound} AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM {sound}\nUSER 1000\n"
    shipped = built + "COPY --from=b /app /app\n"
    pull = changed(bot, github, broken | {"Dockerfile": built}, {"Dockerfile": shipped})
    assert (rules_of(pull), pull.check.conclusion) == (["unreadable-lockfile"], "failure")


GO = "FROM {image}\nWORKDIR /app\nCOPY go.mod go.sum ./\nRUN go mod download\nUSER 1000\n"
GO_SUM = "example.com/a v1.0.0 h1:aa=\n"


@pytest.mark.parametrize("version", ["1.16", "1.22"])
@pytest.mark.parametrize("before", ["", GO_SUM])
def test_a_changed_go_sum_is_judged_with_its_go_mod(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, sound: str, version: str, before: str
) -> None:
    advisories.add("CVE-2024-0003", package="example.com/b", fixed="1.1.0", ecosystem="Go")
    files = {"Dockerfile": GO.format(image=sound), "go.mod": f"module a\n\ngo {version}\n"}
    files |= {"go.sum": before} if before else {}
    pull = changed(bot, github, files, {"go.sum": GO_SUM + "example.com/b v1.0.0 h1:aa=\n"})
    assert "partially analysed" not in text_of(pull)
    # From Go 1.17 on go.mod names all modules; before, those of go.sum count.
    assert rules_of(pull) == (["introduced-vulnerability"] if version == "1.16" else [])


def test_a_go_sum_that_no_dockerfile_takes_is_named(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    files = {"Dockerfile": GO.format(image=sound), "go.mod": "module a\n", "tools/go.mod": "module b\n"}
    pull = changed(bot, github, files, {"tools/go.sum": GO_SUM})
    assert "go lockfile tools/go.sum: no Dockerfile is known to take it in" in text_of(pull)
