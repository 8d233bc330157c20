"""Check runs, with the rules that GitHub's schema does not state: https://docs.github.com/rest/checks/runs"""

from collections.abc import Iterator
from typing import Any

from tests.fakes.github.call import Answer, Call, Page, invalid, not_found, route
from tests.fakes.github.state import CheckRun

#: 64 KB, in bytes, for the message and the raw details of an annotation.
MAX_TEXT = 64 * 1024
MAX_TITLE = 255
MAX_ANNOTATIONS = 50
ANNOTATION_FIELDS = ("start_column", "end_column", "title", "raw_details")


def check_rules(body: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a check run beyond its schema."""
    if body.get("status") == "completed" and not body.get("conclusion"):
        yield "a completed check run needs a conclusion"
    if body.get("conclusion") == "stale":
        yield "only GitHub concludes a check run as stale"
    if body.get("conclusion") and body.get("status", "completed") != "completed":
        yield "a conclusion with a status other than completed"
    for annotation in (body.get("output") or {}).get("annotations") or ():
        yield from _annotation_rules(annotation)


def _annotation_rules(annotation: dict[str, Any]) -> Iterator[str]:
    start, end = annotation.get("start_line", 1), annotation.get("end_line", 1)
    if start < 1 or end < start:
        yield f"annotation on lines {start} to {end}"
    if start != end and {"start_column", "end_column"} & set(annotation):
        yield "columns on an annotation of several lines"
    for name in ("message", "raw_details"):
        if len(annotation.get(name, "").encode()) > MAX_TEXT:
            yield f"annotation {name} over 64 KB"
    if len(annotation.get("title", "")) > MAX_TITLE:
        yield f"annotation title over {MAX_TITLE} characters"
    if annotation.get("path", "").startswith("/") or not annotation.get("path"):
        yield "annotation path is not relative to the repository"


@route("checks/create", "checks:write")
def create(call: Call) -> Answer:
    sha = call.body["head_sha"]
    commit = call.repo.git.read(f"{sha}^{{commit}}") if len(sha) == 40 else None
    if commit is None or commit.sha != sha:
        raise invalid(f"No commit found for SHA: {sha}")
    check = CheckRun(
        id=call.state.next_id("check"),
        name=call.body["name"],
        head_sha=sha,
        status=call.body.get("status", "queued"),
        started_at=call.state.now(),
        suite_id=_suite(call, sha),
    )
    _apply(call, check)
    call.repo.checks[check.id] = check
    call.webhooks.queue_check(call.repo, check, "created")
    if check.status == "completed":
        call.webhooks.queue_check(call.repo, check, "completed")
    return Answer(201, call.payloads.check(call.repo, check))


def _suite(call: Call, sha: str) -> int:
    """Return the one suite that an App has on a commit."""
    known = (check.suite_id for check in call.repo.checks.values() if check.head_sha == sha)
    return next(known, None) or call.state.next_id("suite")


@route("checks/update", "checks:write")
def update(call: Call) -> Answer:
    check = _check(call)
    was = check.status
    _apply(call, check)
    if check.status == "completed" != was:
        call.webhooks.queue_check(call.repo, check, "completed")
    return Answer(200, call.payloads.check(call.repo, check))


def _apply(call: Call, check: CheckRun) -> None:
    body = call.body
    for name in ("name", "status", "started_at", "completed_at", "conclusion", "external_id", "details_url"):
        if name in body:
            setattr(check, name, body[name])
    if body.get("conclusion"):
        check.status = "completed"
        check.completed_at = body.get("completed_at") or call.state.now()
    elif check.status != "completed":
        check.conclusion = check.completed_at = None
    if "actions" in body:
        check.actions = body["actions"]
    if output := body.get("output"):
        check.title = output.get("title", check.title)
        check.summary = output["summary"]
        check.text = output.get("text", check.text)
        # Appended, never replaced: a second run of the same review must be a new check run.
        check.annotations.extend(output.get("annotations") or ())


@route("checks/get", "checks:read")
def get(call: Call) -> Answer:
    return Answer(200, call.payloads.check(call.repo, _check(call)))


@route("checks/list-annotations", "checks:read")
def list_annotations(call: Call) -> Page:
    check = _check(call)
    href = f"{call.git.page}/blob/{check.head_sha}"

    def render(annotation: dict[str, Any]) -> dict[str, Any]:
        empty = dict.fromkeys(ANNOTATION_FIELDS)
        return empty | annotation | {"blob_href": f"{href}/{annotation['path']}"}

    return Page(check.annotations, render)


@route("checks/list-for-ref", "checks:read")
def list_for_ref(call: Call) -> Page:
    sha = call.repo.git.commit_id(call.params["ref"].removeprefix("heads/"))
    if sha is None:
        raise invalid(f"No commit found for SHA: {call.params['ref']}")
    found = [check for check in call.repo.checks.values() if check.head_sha == sha and _asked(call, check)]
    if call.query.get("filter", "latest") == "latest":
        found = list({check.name: check for check in found}.values())
    return Page(found[::-1], lambda check: call.payloads.check(call.repo, check), key="check_runs")


def _asked(call: Call, check: CheckRun) -> bool:
    wanted = {"check_name": check.name, "status": check.status, "app_id": str(call.state.app_id)}
    return all(call.query.get(key, value) == value for key, value in wanted.items())


def _check(call: Call) -> CheckRun:
    check = call.repo.checks.get(call.number("check_run_id"))
    if check is None:
        raise not_found()
    return check
