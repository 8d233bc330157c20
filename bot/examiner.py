"""What is said of a Dockerfile itself: by our rules, by hadolint where it is installed, by the search for secrets."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.change import Contents, FileVersion
from bot.engine.secrets import Search
from bot.engine.secrets.text import dockerfile_secrets
from bot.finding import Finding
from bot.inspection import DockerfileState
from bot.inventory import Skipped
from bot.landing.ignore import ignore_paths
from bot.landing.ways import Way
from bot.linting.hadolint import Hadolint
from bot.linting.report import Report
from bot.misconfigurations import Misconfigurations, Setup, dockerfile_findings, with_rules

MOST_KEPT = 512
"""Dockerfiles whose reports are kept: the base side of a review was mostly the head of an earlier one."""

Reports = tuple[Report, ...] | Skipped


@dataclass(frozen=True, slots=True)
class Examined:
    """What was said of one version of a Dockerfile."""

    rules: Misconfigurations | None = None
    secrets: tuple[Finding, ...] = ()

    def into(self, state: DockerfileState) -> DockerfileState:
        """Put it into the state of that Dockerfile."""
        state = replace(state, findings=(*state.findings, *self.secrets))
        return with_rules(state, self.rules) if self.rules else state


@dataclass(slots=True)
class Examiner:
    """Asks all of them; without a search or hadolint, those that are left."""

    search: Search | None = None
    hadolint: Hadolint | None = None
    _known: OrderedDict[str, Reports] = field(default_factory=OrderedDict)

    async def examine(self, version: FileVersion, ways: Sequence[Way], contents: Contents) -> Examined:
        """Look at one version of a Dockerfile; `ways` are empty for one that cannot be read."""
        if not ways or version.content is None:
            return Examined()
        reports = await self._reports(version.content)
        return await asyncio.to_thread(partial(self._examined, version, ways, contents, reports))

    def _examined(
        self, version: FileVersion, ways: Sequence[Way], contents: Contents, reports: Reports
    ) -> Examined:
        dockerfile = ways[0].resolved.dockerfile
        secrets = dockerfile_secrets(dockerfile, version.path, self.search) if self.search else []
        setups = [_setup(version.path, way, contents) for way in ways]
        return Examined(dockerfile_findings(version, setups, reports=reports), tuple(secrets))

    async def _reports(self, content: bytes) -> Reports:
        """Ask hadolint, once for each content. Where it is not installed, nothing is missing: our rules are."""
        if self.hadolint is None:
            return ()
        key = hashlib.sha256(content).hexdigest()
        if key not in self._known:
            reports = await self.hadolint.lint(content)
            if isinstance(reports, Skipped) and reports.transient:
                return reports
            self._known[key] = reports
        self._known.move_to_end(key)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return self._known[key]


def _setup(path: str, way: Way, contents: Contents) -> Setup:
    variant = way.variant
    return Setup(
        way.resolved.dockerfile,
        variant.build_args,
        _has_dockerignore(path, variant.context, contents),
        variant.given.label if variant.given else "",
        way.target,
    )


def _has_dockerignore(path: str, context: str | None, contents: Contents) -> bool | None:
    """Whether something is kept out of the build; None where the tree was not listed."""
    if not contents.paths:
        return None
    # Where nobody says what the context is, it is the Dockerfile's folder or the whole repository.
    folders = ("", path.rpartition("/")[0]) if context is None else (context,)
    return any(contents.has(each) for folder in folders for each in ignore_paths(path, folder))
