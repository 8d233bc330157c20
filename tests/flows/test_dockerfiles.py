"""Dockerfiles of every kind, place and number in one pull request."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.images import image, index
from tests.flows.reading import FLAWED, SOUND, counts_of, know_flaw, rules_of, text_of
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


BAD_SYNTAX = {
    "unknown instruction": ("FROM {image}\nUSER a\nFRMO b\n", 3, "FRMO"),
    "no FROM": ("RUN true\n", 1, "FROM"),
    "unended heredoc": ("FROM {image}\nRUN <<END\ntrue\n", 2, "END"),
    "empty": ("# nothing\n", 1, ""),
}


@pytest.mark.parametrize(("text", "line", "reason"), BAD_SYNTAX.values(), ids=BAD_SYNTAX)
def test_bad_syntax_is_marked_on_its_line_and_the_rest_is_judged(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, text: str, line: int, reason: str
) -> None:
    repo = github.repo(files={"a/Dockerfile": f"FROM {sound}\n", "b/Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(
        files={"a/Dockerfile": text.format(image=sound), "b/Dockerfile": f"FROM {flawed}\n"}
    )
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["dockerfile-syntax", "introduced-vulnerability"]
    notes = {note["path"]: note for note in pull.check.annotations}
    assert notes["a/Dockerfile"]["start_line"] == line
    assert reason in notes["a/Dockerfile"]["message"]
    assert notes["b/Dockerfile"]["start_line"] == 1


def test_syntax_that_was_as_bad_before_warns(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\nFRMO b\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {sound}\nFRMO b\nUSER a\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert pull.check.title.startswith("Warning: could not understand Dockerfile")
    assert "Not caused by this change." in text_of(pull)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (("120000", b"other/Dockerfile"), "it is a symbolic link, which is not followed"),
        ("FROM scratch\n" + "# x\n" * 300_000, "it is larger than 1,000,000 bytes"),
        (("160000", b"1" * 40), "it is not a file"),
    ],
    ids=["symbolic link", "oversized", "submodule"],
)
def test_a_dockerfile_that_is_not_read_is_an_error(
    bot: RunningBot, github: FakeGitHub, sound: str, content: str | tuple[str, bytes], reason: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": content})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["dockerfile-syntax"]
    assert reason in text_of(pull)
    assert "no new vulnerabilities" not in text_of(pull).lower()


def test_a_changed_default_is_marked_on_its_arg(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str, flawed: str
) -> None:
    text = "# shop\nARG TAG={tag}\nARG BASE={host}/shop:$TAG\nFROM $BASE\n"
    repo = github.repo(files={"Dockerfile": text.format(tag=1, host=registry.host)})
    pull = repo.open_pull(files={"Dockerfile": text.format(tag=2, host=registry.host)})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert [note["start_line"] for note in pull.check.annotations] == [2]
    assert "ARG TAG on line 2" in text_of(pull)


@pytest.mark.parametrize(("platform", "conclusion"), [("linux/amd64", "success"), ("linux/arm64", "failure")])
def test_the_platform_that_is_named_is_looked_at(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str, platform: str, conclusion: str
) -> None:
    images = {
        "linux/amd64": image(packages=SOUND),
        "linux/arm64": image(packages=FLAWED, platform="linux/arm64"),
    }
    both = registry.push_built("both:1", index(images))
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM --platform={platform} {both}\n"})
    bot.drain()
    assert pull.check.conclusion == conclusion
    assert f"`{both}`: {platform}" in text_of(pull)


def test_the_only_platform_of_an_image_is_looked_at_and_named(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str
) -> None:
    only = registry.push_built("arm:1", image(packages=FLAWED, platform="linux/arm64"))
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {only}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert f"`{only}`: linux/arm64" in text_of(pull)


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile",
        "dockerfile",
        "DOCKERFILE.dev",
        "Dockerfile.d/x/Dockerfile",
        "deploy/api.dockerfile",
        "deploy/API.Dockerfile",
        "Containerfile",
        "containerfile.prod",
        "a folder/Dockerfile with spaces/Dockerfile.x y",
        "größe/Dockerfile",
    ],
)
def test_a_dockerfile_is_known_by_its_name(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, path: str
) -> None:
    repo = github.repo(files={path: f"FROM {sound}\n"})
    pull = repo.open_pull(files={path: f"FROM {flawed}\n"})
    bot.drain()
    assert [note["path"] for note in pull.check.annotations] == [path]
    assert counts_of(pull, path)["introduced"] == "1"


@pytest.mark.parametrize("path", ["Dockerfile.dockerignore", "README.md", "docs/dockerfiles.md", "Makefile"])
def test_other_files_have_nothing_to_judge(
    bot: RunningBot, github: FakeGitHub, flawed: str, path: str
) -> None:
    pull = github.repo(files={"a": "b"}).open_pull(files={path: f"FROM {flawed}\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert pull.check.title == "No image changes"
    assert pull.bot_comment is None


def test_several_dockerfiles_share_one_check_and_one_comment(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    paths = ["api/Dockerfile", "web/Dockerfile", "worker/Dockerfile"]
    repo = github.repo(files=dict.fromkeys(paths, f"FROM {sound}\n"))
    pull = repo.open_pull(files=dict.fromkeys(paths, f"FROM {flawed}\n"))
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert [note["path"] for note in pull.check.annotations] == paths
    assert [path for path in paths if f"**`{path}`**" not in (pull.bot_comment or "")] == []


def test_nothing_is_known_of_scratch_and_nothing_is_wrong_with_it(
    bot: RunningBot, github: FakeGitHub, flawed: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {flawed}\n"})
    pull = repo.open_pull(files={"Dockerfile": "FROM scratch\nCOPY app /\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["fixed"] == "1"


def test_a_digest_decides_over_a_tag(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str
) -> None:
    pinned = image(packages=FLAWED)
    registry.push_built("shop:2", pinned)
    registry.push_image("shop:2", packages=SOUND)
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {registry.host}/shop:2@{pinned.digest}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert counts_of(pull)["introduced"] == "1"


def test_a_dockerfile_behind_three_hundred_other_files_is_found(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    many = {f"a/{number:03}.txt": "x" for number in range(301)}
    repo = github.repo(files={"z/Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={**many, "z/Dockerfile": f"FROM {flawed}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert counts_of(pull, "z/Dockerfile")["introduced"] == "1"


def test_three_hundred_other_files_alone_are_nothing_to_judge(bot: RunningBot, github: FakeGitHub) -> None:
    pull = github.repo(files={"a": "b"}).open_pull(files={f"a/{number:03}.txt": "x" for number in range(301)})
    bot.drain()
    assert pull.check.title == "No image changes"


def test_more_dockerfiles_than_are_looked_at_is_an_error(bot: RunningBot, github: FakeGitHub) -> None:
    many = {f"{number:03}/Dockerfile": "FROM scratch\n" for number in range(301)}
    pull = github.repo(files={"a": "b"}).open_pull(files=many)
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["incomplete-change"]
    assert "only the first 300 were looked at" in text_of(pull)


def test_a_repository_with_more_files_than_github_lists_is_an_error(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n", **{f"z/{n}": "x" for n in range(9)}})
    repo.repository.trees_truncated = True
    pull = repo.open_pull(files={"Dockerfile": f"FROM {sound}\nUSER a\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert "incomplete-change" in rules_of(pull)
    assert pull.check.title.startswith("Error: could not see all changed files")
