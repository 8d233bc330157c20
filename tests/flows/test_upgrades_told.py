"""What a person is told to do about a flaw of a lockfile: the command, what is in its way, and who does it anyway."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import text_of
from tests.harness import Advisories, RunningBot

NPM = "FROM {image}\nWORKDIR /app\nCOPY npm ./\nRUN npm ci\nUSER 1000\n"
PIP = "FROM {image}\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nUSER 1000\n"
BUNDLER = "FROM {image}\nWORKDIR /app\nCOPY . .\nRUN bundle install\nUSER 1000\n"
LOCK = """{{"lockfileVersion": 3, "packages": {{
  "": {{"dependencies": {{"lodash": "4"}}}}, "node_modules/lodash": {{"version": "{}"}}
}}}}"""
GEMS = "GEM\n  remote: https://gems.example.org/\n  specs:\n    rack ({})\n\nDEPENDENCIES\n  rack (= {})\n"
DEPENDABOT = (
    "version: 2\nupdates:\n  - {{package-ecosystem: {}, directory: {}, schedule: {{interval: daily}}}}\n"
)


@pytest.fixture(autouse=True)
def _flaws(advisories: Advisories) -> None:
    advisories.add("CVE-2021-1", package="lodash", fixed="4.17.21", ecosystem="npm")
    advisories.add("CVE-2021-2", package="rack", fixed="2.2.8", ecosystem="RubyGems")
    advisories.add("CVE-2021-3", package="requests", fixed="2.32.0", ecosystem="PyPI")


def changed(bot: RunningBot, github: FakeGitHub, before: dict[str, str], after: dict[str, str]) -> FakePull:
    pull = github.repo(files=before).open_pull(files=after)
    bot.drain()
    return pull


def test_what_is_in_the_way_of_a_command_stands_beside_it(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    before = {"Dockerfile": BUNDLER.format(image=sound), "Gemfile.lock": GEMS.format("2.2.8", "2.2.8")}
    pull = changed(bot, github, before, {"Gemfile.lock": GEMS.format("2.2.3", "2.2.3")})
    said = "`bundle update rack --conservative` (the Gemfile has to allow 2.2.8)."
    assert said in pull.bot_comment
    assert said in text_of(pull)


def test_where_there_is_no_command_the_edit_is_told(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    before = {"Dockerfile": PIP.format(image=sound), "requirements.txt": "requests==2.32.0\n"}
    pull = changed(bot, github, before, {"requirements.txt": "requests==2.31.0\n"})
    assert "**Next step:** change the line to `requests==2.32.0`" in pull.bot_comment


@pytest.mark.parametrize(
    ("ecosystem", "folder", "told"),
    [("npm", "/npm", True), ("npm", "/other", False), ("github-actions", "/", False)],
)
def test_dependabot_is_pointed_at_where_it_looks(
    bot: RunningBot, github: FakeGitHub, sound: str, ecosystem: str, folder: str, told: bool
) -> None:
    before = {
        "Dockerfile": NPM.format(image=sound),
        "npm/package.json": "{}",
        "npm/package-lock.json": LOCK.format("4.17.21"),
        ".github/dependabot.yml": DEPENDABOT.format(ecosystem, folder),
    }
    pull = changed(bot, github, before, {"npm/package-lock.json": LOCK.format("4.17.20")})
    assert "`npm install lodash@4.17.21`" in pull.bot_comment
    assert ("Dependabot keeps" in pull.bot_comment) is told
