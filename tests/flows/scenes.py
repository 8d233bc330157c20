"""Scenes that several flow tests begin with: a shop whose new base image brings one critical flaw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.fakes.github.state import Comment
from tests.harness import Advisories, HeldClock, Registry, RunningBot

FLAW = "CVE-2024-0001"


@dataclass(frozen=True, slots=True)
class Shop:
    """A repository on a good base image, and a bad one to move to."""

    github: FakeGitHub
    repo: FakeRepo
    good: str
    bad: str

    def dockerfile(self, image: str, remark: str = "shop") -> dict[str, str]:
        return {"Dockerfile": f"# {remark}\nFROM {image}\n"}

    def risky_pull(self, remark: str = "shop", **more: Any) -> FakePull:
        """A pull request that fails."""
        return self.repo.open_pull(files=self.dockerfile(self.bad, remark), **more)

    def harmless_pull(self, **more: Any) -> FakePull:
        """A pull request without anything to look at."""
        return self.repo.open_pull(files={"README.md": "Hello\n"}, **more)


def open_shop(github: FakeGitHub, registry: Registry, advisories: Advisories) -> Shop:
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r0", severity="critical")
    good = registry.push_image("shop-base:1", packages={"libssl3": ("3.3.1-r0", "openssl")})
    bad = registry.push_image("shop-base:2", packages={"libssl3": ("3.3.0-r0", "openssl")})
    return Shop(github, github.repo(files={"Dockerfile": f"FROM {good}\n"}), good, bad)


def review(bot: RunningBot, github: FakeGitHub, before: str, after: str) -> FakePull:
    """Judge one changed Dockerfile."""
    pull = github.repo(files={"Dockerfile": before}).open_pull(files={"Dockerfile": after})
    bot.drain()
    return pull


def drain_later(bot: RunningBot, clock: HeldClock, hours: float = 2) -> None:
    """Let time pass and run what was put off until then."""
    bot.drain()
    clock.advance(hours=hours)
    bot.drain()


def plant_comment(pull: FakePull, body: str, author: str) -> Comment:
    """Put a comment there in silence, as the bot's own when it is the author."""
    state = pull.github.state
    with state.lock:
        by_app = author == state.bot.login
        user = state.bot if by_app else state.user(author)
        comment = Comment(
            state.next_id("comment"), pull.number, user, body, state.now(), state.now(), by_app=by_app
        )
        pull.repo.repository.comments[comment.id] = comment
    return comment


def delete_comment(pull: FakePull, number: int) -> None:
    """Delete a comment, as a maintainer may."""
    with pull.github.state.lock:
        del pull.repo.repository.comments[number]


def checks_by_attempt(pull: FakePull) -> Mapping[str, str | None]:
    """Attempt → conclusion of the check runs on the head; two for one attempt are a failure."""
    found = {check.external_id.rpartition(":")[2]: check.conclusion for check in pull.checks}
    assert len(found) == len(pull.checks), "two check runs for one attempt"
    return found
