"""Review comments on lines of a pull request: https://docs.github.com/rest/pulls/comments"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from tests.fakes.github.call import Answer, Call, Page, invalid, not_found, route
from tests.fakes.github.routes.comments import MAX_BODY
from tests.fakes.github.state import Note, Pull, Repository

WRITE = "pull_requests:write"
HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")
THREAD = "pull_request_review_thread"


@route("pulls/list-review-comments", "pull_requests:read")
def list_notes(call: Call) -> Page:
    pull = _pull(call)
    found = [note for note in call.repo.notes.values() if note.number == pull.number]
    return Page(found, lambda note: call.payloads.note(call.repo, note, stands_at(call.repo, note)))


@route("pulls/create-review-comment", WRITE)
def create_note(call: Call) -> Answer:
    pull, body = _pull(call), call.body
    if "in_reply_to" in body or body.get("subject_type") == "file" or body.get("side", "RIGHT") != "RIGHT":
        call.state.violations.append("a kind of review comment that the fake does not play yet")
    start, line = body.get("start_line"), body.get("line")
    if line is None:
        raise invalid("Validation Failed", _wrong("line", "must be given"))
    hunk = _place(call, pull, body["path"], start, line)
    now = call.state.now()
    note = Note(
        id=call.state.next_id("note"),
        number=pull.number,
        user=call.state.bot,
        body=_body(call),
        path=body["path"],
        commit_sha=body["commit_id"],
        start_line=start,
        line=line,
        hunk=hunk,
        created_at=now,
        updated_at=now,
        by_app=True,
    )
    call.repo.notes[note.id] = note
    return Answer(201, call.payloads.note(call.repo, note, (start, line)))


@route("pulls/update-review-comment", WRITE)
def update_note(call: Call) -> Answer:
    note = _own(call)
    note.body, note.updated_at = _body(call), call.state.now()
    return Answer(200, call.payloads.note(call.repo, note, stands_at(call.repo, note)))


@route("pulls/delete-review-comment", WRITE)
def delete_note(call: Call) -> Answer:
    del call.repo.notes[_own(call).id]
    return Answer(204)


def stands_at(repository: Repository, note: Note) -> tuple[int | None, int | None]:
    """Follow a comment's lines to the head; once one of them changed, it is outdated and stands nowhere."""
    head = repository.pulls[note.number].head_sha
    if note.commit_sha == head:
        return note.start_line, note.line
    old, new = (_lines(repository, sha, note.path) for sha in (note.commit_sha, head))
    first, last = (note.start_line or note.line) - 1, note.line
    for start, there, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        if start <= first and last <= start + size:
            moved = there - start
            return note.start_line and note.start_line + moved, note.line + moved
    return None, None


def _lines(repository: Repository, sha: str, path: str) -> list[bytes]:
    found = repository.git.read(f"{sha}:{path}")
    return found.data.splitlines() if found else []


def _place(call: Call, pull: Pull, path: str, start: int | None, line: int) -> str:
    """Return the hunk that the lines lie in, or refuse as GitHub does."""
    git, sha = call.repo.git, call.body["commit_id"]
    base = call.payloads.merge_base(call.repo, pull)
    if sha != pull.head_sha and sha not in [commit.sha for commit in git.log(base, pull.head_sha)]:
        raise invalid("Validation Failed", _wrong("commit_id", "is not part of the pull request"))
    patch = next((change.patch for change in git.changes(base, sha) if change.path == path), None)
    if patch is None:
        wrong = {"resource": "PullRequestReviewComment", "code": "invalid", "field": f"{THREAD}.path"}
        raise invalid("Validation Failed", wrong)
    hunks = list(_hunks(patch))
    hunk = next((text for text, lines in hunks if line in lines), None)
    if hunk is None:
        raise invalid(
            "Validation Failed",
            _wrong("line", "must be part of the diff"),
            _wrong("diff_hunk", "can't be blank"),
        )
    if start is not None and start >= line:
        raise invalid("Validation Failed", _wrong("start_line", "must precede the end line."))
    if start is not None and not any(start in lines and line in lines for _, lines in hunks):
        raise invalid("Validation Failed", _wrong("start_line", "must be part of the same hunk as the line."))
    return hunk


def _hunks(patch: str) -> Iterator[tuple[str, set[int]]]:
    """Yield each hunk with its lines on the new side."""
    for text in re.split(r"^(?=@@ )", patch, flags=re.MULTILINE):
        if found := HUNK.match(text):
            body = [line for line in text.split("\n")[1:] if line[:1] in (" ", "+")]
            yield text, {int(found[1]) + index for index in range(len(body))}


def _wrong(field: str, said: str) -> dict[str, str]:
    name = f"{THREAD}.{field}"
    return {
        "resource": "PullRequestReviewComment",
        "code": "custom",
        "field": name,
        "message": f"{name} {said}",
    }


def _body(call: Call) -> str:
    body: str = call.body["body"]
    if len(body) > MAX_BODY or not body.strip():
        raise invalid("Validation Failed", f"body is too long (maximum is {MAX_BODY} characters)")
    return body


def _own(call: Call) -> Note:
    note = call.repo.notes.get(call.number("comment_id"))
    if note is None:
        raise not_found()
    if not note.by_app:
        call.state.violations.append(f"the bot changed review comment {note.id} of {note.user.login}")
    return note


def _pull(call: Call) -> Pull:
    pull = call.repo.pulls.get(call.number("pull_number"))
    if pull is None:
        raise not_found()
    return pull
