"""A stateful fake GitHub: the bot changes it over HTTP only, a test by verbs only.

with FakeGitHub.start() as github:
    pull = github.repo(files={"Dockerfile": "FROM a\\n"}).open_pull(files={"Dockerfile": "FROM b\\n"})
    ...
    assert pull.check.conclusion == "success"
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tests.fakes.github.api import Api, Exchange
from tests.fakes.github.events import Events
from tests.fakes.github.faults import Fault, Faults, primary_limit, secondary_limit
from tests.fakes.github.git import Content, GitRepository
from tests.fakes.github.http import Server
from tests.fakes.github.keys import PRIVATE_KEY
from tests.fakes.github.moves import Told
from tests.fakes.github.payloads import Payloads
from tests.fakes.github.repo_verbs import FakeRepo
from tests.fakes.github.state import Repository, State, utc_now
from tests.fakes.github.webhooks import Deliver, Delivery, Post, Webhooks

APP_ID = 424_242


class FakeGitHub:
    """One GitHub host with one App, installed once."""

    private_key = PRIVATE_KEY
    webhook_secret = "It's a Secret to Everybody"

    def __init__(
        self,
        *,
        prefix: str = "",
        echo: bool = False,
        deliver: Deliver | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.webhook_url: str | None = None
        self.state = State(APP_ID, clock)
        self.faults = Faults()
        self._server = Server()
        self.url = self._server.url + prefix
        self._folder = Path(tempfile.mkdtemp(prefix="fake-github-"))
        payloads = Payloads(self.state, self.url, self._server.url)
        self._post = Post(lambda: self.webhook_url)
        self.webhooks = Webhooks(Events(payloads), self.webhook_secret, deliver or self._post)
        self._api = Api(self.state, payloads, self.webhooks, self.faults)
        self._api.prefix = prefix
        self._api.echo = echo

    @classmethod
    def start(cls, **settings: Any) -> Self:
        """Start on a free port.

        `prefix="/api/v3"` plays an Enterprise Server, `deliver` replaces the POST, `echo` sends the webhooks
        that the bot itself causes, and redeliveries, at once instead of before the next verb.
        """
        fake = cls(**settings)
        fake._server.start(fake._api)
        return fake

    def stop(self) -> None:
        self._server.stop()
        self._post.close()
        for repository in self.state.repositories.values():
            repository.git.close()
        shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def app_id(self) -> int:
        return self.state.app_id

    @property
    def installation_id(self) -> int:
        return self.state.installation_id

    @property
    def bot_login(self) -> str:
        return self.state.bot.login

    @property
    def requests(self) -> list[Exchange]:
        """What was asked, for counting only."""
        return self._api.requests

    @property
    def violations(self) -> list[str]:
        return self.state.violations

    @property
    def deliveries(self) -> list[Delivery]:
        return self.webhooks.deliveries

    def check_house(self) -> None:
        """Fail on anything the bot did that GitHub forbids, and on any fault of the fake itself."""
        problems = [*self.violations, *self._api.errors]
        if problems:
            told = ["The conversation:", *self.conversation(), "", "What was wrong:", *problems]
            raise AssertionError("\n".join(told))

    def conversation(self) -> list[str]:
        return [f"{item.status} {item.method} {item.path}  {item.operation}" for item in self.requests]

    def repo(
        self,
        name: str = "octo/shop",
        files: Mapping[str, Content] | None = None,
        *,
        private: bool = False,
        default_branch: str = "main",
        installed: bool = True,
    ) -> FakeRepo:
        """Create a repository with one commit; alice may write to it."""
        owner, _, short = name.partition("/")
        with self.state.lock:
            repository = self._add(owner, short, private=private, default_branch=default_branch)
            repository.installed = installed
            repository.git.commit(default_branch, files=files, message="Begin")
            repository.permissions[self.state.user("alice").login] = "write"
        return FakeRepo(self, repository)

    def fork(self, parent: Repository, owner: str) -> Repository:
        """Return the owner's fork, made on first use. The App is not installed there."""
        if owner == parent.owner.login:
            owner = f"{owner}-fork"
        with self.state.lock:
            known = self.state.repository(owner, parent.name)
            if known is not None:
                return known
            fork = self._add(owner, parent.name, private=parent.private, parent=parent)
            fork.installed = False
            return fork

    def _add(
        self,
        owner: str,
        name: str,
        *,
        private: bool,
        default_branch: str = "main",
        parent: Repository | None = None,
    ) -> Repository:
        number = self.state.next_id("repository")
        git = GitRepository(self._folder / f"{number}.git", objects_of=parent.git if parent else None)
        repository = Repository(
            id=number,
            owner=self.state.user(owner),
            name=name,
            private=private,
            default_branch=parent.default_branch if parent else default_branch,
            git=git,
            created_at=self.state.now(),
            parent=parent,
        )
        self.state.repositories[number] = repository
        return repository

    @contextmanager
    def silently(self) -> Iterator[None]:
        """Change the state without webhooks: for races and lost deliveries."""
        self.webhooks.silent = True
        try:
            yield
        finally:
            self.webhooks.silent = False

    def flush(self) -> None:
        """Deliver what the bot itself caused, as GitHub's echo."""
        self.webhooks.flush()

    def fault(self, **rule: Any) -> Fault:
        """Let the next matching request fail; see `Fault` for the ways."""
        return self.faults.add(Fault(**rule))

    def primary_limit(self, reset: int | None = None, **where: Any) -> Fault:
        moment = int(self.state.clock().timestamp()) + 3600 if reset is None else reset
        return self.faults.add(primary_limit(moment, **where))

    def secondary_limit(self, retry_after: int | None = 60, **where: Any) -> Fault:
        return self.faults.add(secondary_limit(retry_after, **where))

    def lag_tokens(self, requests: int) -> None:
        """Answer 401 to the first requests of each fresh token."""
        self._api.lag = requests

    def revoke_tokens(self) -> None:
        with self.state.lock:
            self.state.tokens.clear()

    def suspend(self) -> None:
        self.state.suspended_at = self.state.now()
        self.install_event("suspend")

    def unsuspend(self) -> None:
        self.state.suspended_at = None
        self.install_event("unsuspend")

    def grant(self, permissions: Mapping[str, str]) -> None:
        """Change what the installation has granted, "none" for a permission taken away."""
        with self.state.lock:
            now = {**self.state.permissions, **permissions}
            self.state.permissions = {name: level for name, level in now.items() if level != "none"}
            # GitHub ends the tokens whose permissions are not granted any more.
            self.state.tokens.clear()
        self.install_event("new_permissions_accepted")

    def tell(self, told: list[Told], repository: Repository) -> None:
        """Deliver what GitHub tells of one thing a person did."""
        for event, payload in told:
            self.webhooks.send(event, payload, repository)

    def install_event(self, action: str) -> None:
        """Deliver an `installation` webhook: "created", "deleted", "suspend", "unsuspend" …"""
        with self.state.lock:
            payload = self.webhooks.events.installation(action, self.state.installed())
        self.webhooks.send("installation", payload)

    def ping(self) -> None:
        self.webhooks.send("ping", self.webhooks.events.ping())

    def state_json(self) -> dict[str, Any]:
        """Return what a person would see, for a machine to read."""
        with self.state.lock:
            return {"repositories": [self._seen(item) for item in self.state.installed()]}

    def _seen(self, repository: Repository) -> dict[str, Any]:
        payloads = self.webhooks.events.payloads
        return {
            "full_name": repository.full_name,
            "pulls": [payloads.pull(repository, pull) for pull in repository.pulls.values()],
            "check_runs": [
                payloads.check(repository, check)
                | {"annotations": check.annotations, "actions": check.actions}
                for check in repository.checks.values()
            ],
            "comments": [
                payloads.comment(repository, comment)
                | {"reaction_list": [payloads.reaction(item) for item in comment.reactions]}
                for comment in repository.comments.values()
            ],
            "issues": [payloads.issue_alone(repository, issue) for issue in repository.issues.values()],
        }
