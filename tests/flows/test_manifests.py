"""Files other than Dockerfiles that use images: judged on their own lines, each use for itself."""

from typing import Any

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import counts_of, know_flaw, rules_of, text_of
from tests.harness import Advisories, RunningBot


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


COMPOSE = "services:\n  web:\n    image: {}\n  db:\n    image: {}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: shop}}
spec:
  template:
    spec:
      containers:
        - name: app
          image: {}
"""
WORKFLOW = """\
jobs:
  test:
    runs-on: ubuntu-latest
    container: {}
    steps: [run: make]
"""
BAKE = """\
target "app" {{
  contexts = {{ base = "docker-image://{}" }}
}}
"""
SHIPPED = {
    "compose.yaml": ("services:\n  web:\n    image: {}\n", 3),
    "docker-compose.prod.yml": ("services:\n  web:\n    image: {}\n", 3),
    "deploy/shop.yaml": (DEPLOYMENT, 9),
    "docker-bake.hcl": (BAKE, 2),
}


def judge(bot: RunningBot, github: FakeGitHub, path: str, before: str, after: str, **more: Any) -> FakePull:
    pull = github.repo(files={path: before}).open_pull(files={path: after}, **more)
    bot.drain()
    return pull


@pytest.mark.parametrize("fork", [False, True], ids=["branch", "fork"])
@pytest.mark.parametrize("path", SHIPPED)
def test_a_new_flaw_in_what_a_file_ships_fails_on_its_line(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, path: str, fork: bool
) -> None:
    text, line = SHIPPED[path]
    pull = judge(bot, github, path, text.format(sound), text.format(flawed), fork=fork)
    assert pull.check.conclusion == "failure"
    assert [(note["path"], note["start_line"]) for note in pull.check.annotations] == [(path, line)]
    assert counts_of(pull, path)["introduced"] == "1"
    assert "CVE-2024-0001" in (pull.bot_comment or "")


def test_what_continuous_integration_runs_in_never_gates(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    path = ".github/workflows/test.yml"
    pull = judge(bot, github, path, WORKFLOW.format(sound), WORKFLOW.format(flawed))
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == []
    assert "1 in images that are not shipped" in text_of(pull)


def test_an_image_of_continuous_integration_that_cannot_be_read_only_warns(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    path = ".github/workflows/test.yml"
    pull = judge(bot, github, path, WORKFLOW.format(sound), WORKFLOW.format(f"{sound}-gone"))
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == ["unreadable-image"]


def test_a_flaw_of_one_service_does_not_hide_that_another_gets_it(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    pull = judge(bot, github, "compose.yaml", COMPOSE.format(sound, flawed), COMPOSE.format(flawed, flawed))
    assert pull.check.conclusion == "failure"
    assert [note["start_line"] for note in pull.check.annotations] == [3]
    counts = counts_of(pull, "compose.yaml")
    assert (counts["introduced"], counts["unchanged"]) == ("1", "1")
    assert "service web on line 3: keep" in text_of(pull)


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the other way round"])
def test_uses_of_one_name_are_told_apart(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, turned: bool
) -> None:
    """The same deployment for two namespaces: a flaw of one is new in the other."""
    old = [DEPLOYMENT.format(flawed), DEPLOYMENT.format(sound)]
    new = [DEPLOYMENT.format(flawed), DEPLOYMENT.format(f"{flawed}  # now here too")]
    before, after = ("---\n".join(side[::-1] if turned else side) for side in (old, new))
    pull = judge(bot, github, "deploy/shop.yaml", before, after)
    assert pull.check.conclusion == "failure"
    assert counts_of(pull, "deploy/shop.yaml")["introduced"] == "1"


def test_one_more_use_of_a_name_takes_nothing_from_the_others(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    after = f"{DEPLOYMENT.format(sound)}---\n{DEPLOYMENT.format(flawed)}"
    pull = judge(bot, github, "deploy/shop.yaml", DEPLOYMENT.format(flawed), after)
    assert pull.check.conclusion == "success"
    assert counts_of(pull, "deploy/shop.yaml")["unchanged"] == "1"


def test_a_renamed_service_is_still_itself(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    before = COMPOSE.format(sound, flawed)
    pull = judge(bot, github, "compose.yaml", before, before.replace("db:", "database:"))
    assert pull.check.conclusion == "success"
    assert counts_of(pull, "compose.yaml")["unchanged"] == "1"


def test_a_new_service_brings_its_flaws(bot: RunningBot, github: FakeGitHub, sound: str, flawed: str) -> None:
    before = f"services:\n  web:\n    image: {sound}\n"
    pull = judge(bot, github, "compose.yaml", before, COMPOSE.format(sound, flawed))
    assert [note["start_line"] for note in pull.check.annotations] == [5]
    assert pull.check.conclusion == "failure"


def test_files_that_stop_naming_images_fix_what_was_there(
    bot: RunningBot, github: FakeGitHub, flawed: str
) -> None:
    pull = judge(bot, github, "deploy/shop.yaml", DEPLOYMENT.format(flawed), "a: b\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull, "deploy/shop.yaml")["fixed"] == "1"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("config/values.yaml", "replicas: 2\n"),
        ("data/list.yml", "- image\n- word\n"),
        ("broken.yaml", "a: [b\n image: c"),
        ("chart/templates/app.yaml", "{{- if .Values.on }}\nimage: {{ .Values.image }}\n"),
        (".github/workflows/lint.yml", "jobs:\n  lint:\n    steps: [run: make]\n"),
        (".github/dependabot.yml", "version: 2\n"),
        ("compose.yaml", "services:\n  web:\n    build: .\n"),
    ],
)
def test_yaml_that_names_no_image_is_nothing_to_judge(
    bot: RunningBot, github: FakeGitHub, path: str, content: str
) -> None:
    pull = judge(bot, github, path, "a: 1\n", content)
    assert pull.check.title == "No image changes"
    assert pull.bot_comment is None


@pytest.mark.parametrize("path", ["compose.yaml", ".github/workflows/a.yml"])
def test_a_file_that_must_be_understood_and_is_not_is_an_error(
    bot: RunningBot, github: FakeGitHub, sound: str, path: str
) -> None:
    pull = judge(bot, github, path, SHIPPED["compose.yaml"][0].format(sound), "services: [\n")
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["dockerfile-syntax"]
    assert f"could not understand {path}" in pull.check.title


def test_a_manifest_that_cannot_be_read_any_more_is_an_error(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    before = DEPLOYMENT.format(sound)
    pull = judge(bot, github, "deploy/shop.yaml", before, before + "  bad: [\n")
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["dockerfile-syntax"]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("deploy/shop.yaml", DEPLOYMENT, DEPLOYMENT + "# {{{{\n---\na: [\n"),
        ("values.yaml", "web: {{image: {}}}\n", "web: {{image: {}}}\na: [\n"),
        ("deploy/shop.yaml", DEPLOYMENT, "a: [image: {}\n"),
    ],
    ids=["like a template", "values", "like anything else"],
)
def test_nothing_hides_an_image_by_breaking_its_file(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, path: str, before: str, after: str
) -> None:
    pull = judge(bot, github, path, before.format(sound), after.format(flawed))
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["dockerfile-syntax"]


def test_a_manifest_beyond_a_limit_is_named_though_it_looks_like_a_template(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    content = DEPLOYMENT.format("x" * 20_001) + "# {{\n"
    pull = github.repo(files={"a": "b"}).open_pull(files={"deploy/shop.yaml": content})
    bot.drain()
    assert "longer than 20,000 characters" in text_of(pull)


def test_a_new_manifest_that_cannot_be_read_is_named(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    text = DEPLOYMENT.format(sound) + "  bad: [\n"
    pull = github.repo(files={"a": "b"}).open_pull(files={"deploy/shop.yaml": text})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert pull.check.title == "No image changes, 1 changed file not looked at"
    assert [note["path"] for note in pull.check.annotations] == ["deploy/shop.yaml"]


@pytest.mark.parametrize(
    ("before", "conclusion"), [("alpine-like", "failure"), (None, "success"), ("${TAG}", "success")]
)
def test_a_variable_only_its_user_knows_warns_unless_an_image_stood_there(
    bot: RunningBot, github: FakeGitHub, sound: str, before: str | None, conclusion: str
) -> None:
    text = "services:\n  web:\n    image: {}\n"
    old = {None: "services: {}\n", "${TAG}": text.format("shop:${TAG}")}.get(before, text.format(sound))
    pull = judge(bot, github, "compose.yaml", old, text.format("shop:${TAG} # here"))
    assert pull.check.conclusion == conclusion
    assert rules_of(pull) == ["unresolved-reference"]
    assert "give what it is put together from a default" in text_of(pull)


@pytest.mark.parametrize(("touched", "conclusion"), [(2, "success"), (5, "failure")])
def test_images_beyond_the_limit_block_only_where_the_change_is(
    bot: RunningBot,
    github: FakeGitHub,
    sound: str,
    flawed: str,
    monkeypatch: pytest.MonkeyPatch,
    touched: int,
    conclusion: str,
) -> None:
    """One word changed in a file of many services must not turn the check red."""
    monkeypatch.setattr("bot.looking.MAX_IMAGES", 5)
    registry = sound.partition("/")[0]
    names = [f"{registry}/gone-{number}:1" for number in range(8)]
    services = [f"  s{number}:\n    image: {{}}\n" for number in range(8)]
    before = "services:\n" + "".join(map(str.format, services, names))
    after = before + "x-note: here\n"
    for number in range(touched):
        after = after.replace(names[-1 - number], sound)
    pull = judge(bot, github, "compose.yaml", before, after)
    assert pull.check.conclusion == conclusion
    assert ("incomplete-change" in rules_of(pull)) is (conclusion == "failure")


def test_more_yaml_than_is_read_is_named_and_blocks_nothing(bot: RunningBot, github: FakeGitHub) -> None:
    many = {f"data/{number:03}.yaml": f"a: {number}\n" for number in range(310)}
    pull = github.repo(files={"a": "b"}).open_pull(files=many)
    bot.drain()
    assert pull.check.conclusion == "success"
    assert "10 more changed YAML files: more than are read" in text_of(pull)


def test_a_changed_yaml_file_costs_two_trees_and_its_blobs(bot: RunningBot, github: FakeGitHub) -> None:
    repo = github.repo(files={"a.yaml": "a: 1\n"})

    def requests_for(path: str) -> int:
        asked = len(github.requests)
        repo.open_pull(files={path: "a: 2\n"})
        bot.drain()
        return len(github.requests) - asked

    requests_for("first.md")
    assert requests_for("a.yaml") <= requests_for("README.md") + 4
