"""The check run `plimsoll`: one per head and attempt, opened first, concluded always.

Annotations are added by each request, never replaced, so every repeat first counts what is already there.
See https://docs.github.com/en/rest/checks/runs
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from typing import Any, Literal

from bot.github.annotations import (
    PER_REQUEST,
    Action,
    Annotation,
    CheckOutput,
    Level,
    actions_json,
    annotation_json,
    output_json,
)
from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.creating import find_or_create as create_once
from bot.github.errors import GitHubUnavailable, NotFound
from bot.github.fields import Fields
from bot.github.pages import PER_PAGE, every

__all__ = [
    "NAME",
    "Action",
    "Annotation",
    "CheckOutput",
    "CheckRun",
    "Conclusion",
    "Level",
    "conclude",
    "find",
    "find_or_create",
    "get",
]

NAME = "plimsoll"
_TRIES = 3
_SURPLUS = CheckOutput(
    "Superseded", "GitHub took the request for this check run twice; the other one counts."
)

Conclusion = Literal["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"]


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run as GitHub last showed it."""

    id: int
    head_sha: str
    external_id: str
    status: str
    conclusion: str | None
    app_id: int
    annotations_count: int
    html_url: str

    @property
    def is_completed(self) -> bool:
        """Whether it has a conclusion."""
        return self.status == "completed"


async def get(repo: Repository, run_id: int) -> CheckRun:
    """Read one check run."""
    return _run(fields_of(await repo.rest.checks.async_get(repo.owner, repo.name, run_id), "check run"))


async def find(
    repo: Repository, head_sha: str, external_id: str, also: tuple[CheckRun, ...] = ()
) -> CheckRun | None:
    """Find our open check run with this external id: the newest, as GitHub does, and cancel others.

    One that is completed is of an earlier life whose database was lost; its annotations would mix with ours.
    """
    runs = {run.id: run for run in (*also, *await _ours(repo, head_sha)) if run.external_id == external_id}
    unfinished = sorted((run for run in runs.values() if not run.is_completed), key=lambda run: run.id)
    for surplus in unfinished[:-1]:
        await conclude(repo, surplus, "cancelled", _SURPLUS)
    return unfinished[-1] if unfinished else None


async def _ours(repo: Repository, head_sha: str) -> list[CheckRun]:
    ours = (await repo.app.identity()).app_id
    list_page = partial(
        repo.rest.checks.async_list_for_ref,
        repo.owner,
        repo.name,
        head_sha,
        check_name=NAME,
        filter_="all",
        app_id=ours,
    )
    found = every(lambda page: list_page(per_page=PER_PAGE, page=page), "check_runs")
    runs = [_run(item) async for item in found]
    return [run for run in runs if run.app_id == ours]


async def find_or_create(
    repo: Repository, head_sha: str, external_id: str, output: CheckOutput, known_id: int | None = None
) -> CheckRun:
    """Open the check run as in progress, unless there is one: the one remembered, else one that is open."""
    if known_id is not None:
        with suppress(NotFound):
            return await get(repo, known_id)
    body = {
        "name": NAME,
        "head_sha": head_sha,
        "external_id": external_id,
        "status": "in_progress",
        "started_at": f"{repo.clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "output": output_json(output),
    }

    async def create() -> CheckRun:
        response = await repo.rest.checks.async_create(repo.owner, repo.name, data=body)
        return _run(fields_of(response, "check run"))

    return await create_once(partial(find, repo, head_sha, external_id), create, repo.pauses)


async def conclude(
    repo: Repository,
    run: CheckRun,
    conclusion: Conclusion,
    output: CheckOutput,
    annotations: tuple[Annotation, ...] = (),
    actions: tuple[Action, ...] = (),
) -> CheckRun:
    """Complete the run with its words, annotations and buttons; doing it again changes nothing.

    Sends what is missing, batch by batch; the last request completes it.
    """
    final = {
        "status": "completed",
        "conclusion": conclusion,
        "completed_at": f"{repo.clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "actions": actions_json(actions),
    }
    if annotations:
        # The caller's value may be older than annotations an earlier try has added.
        run = await get(repo, run.id)
    failures = 0
    while True:
        batch = annotations[run.annotations_count : run.annotations_count + PER_REQUEST]
        is_last = run.annotations_count + len(batch) >= len(annotations)
        try:
            updated = await _patch(repo, run, output, batch, final if is_last else {})
        except GitHubUnavailable:
            failures += 1
            if failures >= _TRIES:
                raise
            await repo.pauses.back_off(failures)
            updated = await get(repo, run.id)
            if is_last and _has_landed(updated, annotations, final):
                return updated
        else:
            # GitHub's own count may lag behind what it has just accepted.
            updated = replace(updated, annotations_count=run.annotations_count + len(batch))
            if is_last:
                return updated
        run = replace(updated, annotations_count=max(run.annotations_count, updated.annotations_count))


def _has_landed(run: CheckRun, annotations: tuple[Annotation, ...], final: dict[str, Any]) -> bool:
    return (
        run.is_completed
        and run.conclusion == final["conclusion"]
        and run.annotations_count >= len(annotations)
    )


async def _patch(
    repo: Repository, run: CheckRun, output: CheckOutput, batch: tuple[Annotation, ...], final: dict[str, Any]
) -> CheckRun:
    body = {"output": output_json(output), **final}
    if batch:
        body["output"]["annotations"] = [annotation_json(annotation) for annotation in batch]
    # Without annotations it sets a fixed state, which may be repeated; with them it adds.
    rest = repo.once if batch else repo.rest
    response = await rest.checks.async_update(repo.owner, repo.name, run.id, data=body)
    return _run(fields_of(response, "check run"))


def _run(fields: Fields) -> CheckRun:
    app, output = fields.object_or_none("app"), fields.object_or_none("output")
    return CheckRun(
        id=fields.number("id"),
        head_sha=fields.sha("head_sha"),
        external_id=fields.text_or("external_id"),
        status=fields.filled("status"),
        conclusion=fields.text_or("conclusion") or None,
        app_id=app.number("id") if app else 0,
        annotations_count=output.number_or("annotations_count") if output else 0,
        html_url=fields.text_or("html_url"),
    )
