"""A repository whose default branch ships a base image with a flaw that a newer tag does not have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.handlers import rounds
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.git import Content
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.harness import Advisories, HeldClock, Registry, RunningBot

OS, ECOSYSTEM = "alpine:3.22", "Alpine:v3.22"
FLAW = "CVE-2026-0001"
WORSE = "CVE-2026-0002"
FLAWED = {"libssl3": ("3.3.0-r0", "openssl"), "musl": ("1.2.5-r0", "musl")}
MENDED = {"libssl3": ("3.3.1-r0", "openssl"), "musl": ("1.2.5-r0", "musl")}
BETTER = {"libssl3": ("3.3.2-r0", "openssl"), "musl": ("1.2.5-r1", "musl")}


@dataclass(frozen=True, slots=True)
class Yard:
    """The repository, and what there is to move to."""

    bot: RunningBot
    github: FakeGitHub
    registry: Registry
    advisories: Advisories
    clock: HeldClock

    @property
    def host(self) -> str:
        return self.registry.host

    def digest(self, name: str) -> str:
        """What a tag means now."""
        repository, _, tag = name.partition(":")
        return self.registry.tags(repository)[tag]

    def image(self, name: str, packages: Mapping[str, Any]) -> str:
        """Push an image, old enough for any cool-down."""
        return self.registry.push_image(name, os=OS, packages=dict(packages))

    def know(self, flaw: str, fixed: str, severity: str = "high", package: str = "openssl") -> None:
        """Let the next import bring an advisory."""
        self.advisories.add(flaw, package=package, fixed=fixed, severity=severity, ecosystem=ECOSYSTEM)

    def repo(self, files: Mapping[str, Content], **more: Any) -> FakeRepo:
        return self.github.repo(files=dict(files), **more)

    def push(self, repo: FakeRepo, remark: str = "a remark", **files: Content) -> None:
        """Push to the default branch, and let the bot work."""
        repo.commit(files={"REMARK": remark, **files})
        self.work()

    def work(self) -> None:
        """Let the bot work, on what its own work causes too."""
        for _ in range(20):
            ran, echo = self.bot.drain(), bool(self.github.webhooks.waiting)
            self.github.flush()
            if not ran and not echo:
                return
        raise AssertionError("the bot never ends to answer itself")

    def rounds(self) -> list[str]:
        """Do what is done every minute, and let the bot work; return the surveys that were owed."""
        self.advisories.import_now()
        self.bot.call(rounds.owe_surveys(self.bot.context))
        owed = [job for job in self.bot.waiting() if job.startswith("survey:")]
        self.work()
        return owed

    def later(self, hours: float = 1) -> None:
        """Let time pass: long enough for lists of tags to be asked for again."""
        self.clock.advance(hours=hours)

    def only_bump(self, repo: FakeRepo) -> FakePull:
        """The one pull request that the bot opened."""
        pulls = repo.bot_pulls
        assert len(pulls) == 1, [pull.title for pull in pulls]
        return pulls[0]
