"""Comments on issues and pull requests, their reactions, and who may do what.

https://docs.github.com/rest/issues/comments, https://docs.github.com/rest/reactions
"""

from tests.fakes.github.call import Answer, Call, Page, invalid, not_found, route
from tests.fakes.github.state import Comment, Issue, Pull, Reaction

READ = ("issues:read", "pull_requests:read")
WRITE = ("issues:write", "pull_requests:write")
MAX_BODY = 65_536
#: The five roles, and the older three levels that `permission` still speaks of.
LEVEL_OF_ROLE = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read", "read": "read"}


@route("issues/list-comments", *READ)
def list_comments(call: Call) -> Page:
    item = issue_or_pull(call)
    found = [comment for comment in call.repo.comments.values() if comment.number == item.number]
    if since := call.query.get("since"):
        found = [comment for comment in found if comment.updated_at >= since]
    return Page(found, lambda comment: call.payloads.comment(call.repo, comment))


@route("issues/create-comment", *WRITE)
def create_comment(call: Call) -> Answer:
    item = issue_or_pull(call)
    now = call.state.now()
    comment = Comment(
        call.state.next_id("comment"), item.number, call.state.bot, _body(call), now, now, by_app=True
    )
    call.repo.comments[comment.id] = comment
    call.webhooks.queue_comment(call.repo, item, comment)
    return Answer(201, call.payloads.comment(call.repo, comment))


@route("issues/get-comment", *READ)
def get_comment(call: Call) -> Answer:
    return Answer(200, call.payloads.comment(call.repo, _comment(call)))


@route("issues/update-comment", *WRITE)
def update_comment(call: Call) -> Answer:
    comment = _own(call)
    comment.body = _body(call)
    comment.updated_at = call.state.now()
    return Answer(200, call.payloads.comment(call.repo, comment))


@route("issues/delete-comment", *WRITE)
def delete_comment(call: Call) -> Answer:
    del call.repo.comments[_own(call).id]
    return Answer(204)


def _own(call: Call) -> Comment:
    """Return a comment for writing; the bot touches its own only, though GitHub would let it do more."""
    comment = _comment(call)
    if not comment.by_app:
        call.state.violations.append(f"the bot changed comment {comment.id} of {comment.user.login}")
    return comment


def _body(call: Call) -> str:
    body: str = call.body["body"]
    if len(body) > MAX_BODY:
        raise invalid("Validation Failed", f"Body is too long (maximum is {MAX_BODY} characters)")
    if not body.strip():
        raise invalid("Validation Failed", "Body can't be blank")
    return body


@route("reactions/list-for-issue-comment", *READ)
def list_reactions(call: Call) -> Page:
    wanted = call.query.get("content")
    found = [item for item in _comment(call).reactions if wanted in (None, item.content)]
    return Page(found, call.payloads.reaction)


@route("reactions/create-for-issue-comment", *WRITE)
def create_reaction(call: Call) -> Answer:
    comment, content = _comment(call), call.body["content"]
    for reaction in comment.reactions:
        if reaction.content == content and reaction.user == call.state.bot:
            return Answer(200, call.payloads.reaction(reaction))
    reaction = Reaction(call.state.next_id("reaction"), call.state.bot, content, call.state.now())
    comment.reactions.append(reaction)
    return Answer(201, call.payloads.reaction(reaction))


@route("repos/get-collaborator-permission-level", "metadata:read")
def permission(call: Call) -> Answer:
    login = call.params["username"]
    user = call.state.users.get(login)
    if user is None:
        raise not_found()
    default = "none" if call.repo.private else "read"
    role = "admin" if user == call.repo.owner else call.repo.permissions.get(login, default)
    level = LEVEL_OF_ROLE.get(role, "none")
    body = call.payloads.user(user) | {"role_name": role}
    return Answer(200, {"permission": level, "role_name": role, "user": body})


def issue_or_pull(call: Call) -> Pull | Issue:
    number = call.number("issue_number")
    item = call.repo.pulls.get(number) or call.repo.issues.get(number)
    if item is None:
        raise not_found()
    return item


def _comment(call: Call) -> Comment:
    comment = call.repo.comments.get(call.number("comment_id"))
    if comment is None:
        raise not_found()
    return comment
