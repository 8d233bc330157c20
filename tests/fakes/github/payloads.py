"""Render the fake's state as GitHub's bodies: one place for REST answers and webhooks, so that they agree.

Each big body starts from the description's own example, with names and numbers put in and our state on top.
"""

import base64
import json
from functools import cache
from typing import Any
from urllib.parse import quote

from tests.fakes.github import schema
from tests.fakes.github.state import CheckRun, Comment, Issue, Note, Pull, Reaction, Repository, State, User

Json = dict[str, Any]

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
#: Parts of the examples that speak of things the fake does not have.
LEFT_OUT = {
    "repository": ("parent", "source", "organization", "template_repository", "temp_clone_token", "license"),
    "pull": ("head", "base", "user", "requested_reviewers", "requested_teams", "labels"),
    "issue": ("labels", "user", "closed_by", "type", "issue_field_values", "pinned_comment", "repository"),
    "note": ("in_reply_to_id", "position", "original_position", "user", "start_line", "start_side"),
}
EXAMPLE_SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"


class Payloads:
    """Bodies for one server: `api` is the root of its REST API, `web` that of its pages."""

    def __init__(self, state: State, api: str, web: str) -> None:
        self.state = state
        self.api = api
        self.web = web

    def _start(self, template: str, login: str, name: str = "", number: int = 0, sha: str = "") -> Json:
        replacements = {
            "https://api.github.com": self.api,
            "https://github.com": self.web,
            "octocat/Hello-World": f"{quote(login)}/{name}",
            "octocat": quote(login),
            "/1347": f"/{number}",
            EXAMPLE_SHA: sha,
        }
        text = _template(template)
        for old, new in replacements.items():
            text = text.replace(old, new)
        body: Json = json.loads(text)
        return body

    def user(self, user: User) -> Json:
        body = self._start("user", user.login)
        return body | {"login": user.login, "id": user.id, "node_id": node("U", user.id), "type": user.type}

    def app(self) -> Json:
        state = self.state
        body = self._start("app", "plimsoll-owner")
        return body | {
            "id": state.app_id,
            "slug": state.slug,
            "name": state.slug.title(),
            "client_id": f"Iv23li{state.app_id}",
            "node_id": node("A", state.app_id),
            "owner": self.user(state.user("plimsoll-owner")),
            "html_url": f"{self.web}/apps/{state.slug}",
            "permissions": state.permissions,
            "events": ["pull_request", "issue_comment", "push", "merge_group", "check_run"],
        }

    def installation(self) -> Json:
        state = self.state
        account = next((repository.owner for repository in state.installed()), state.user("octo"))
        body = self._start("installation", account.login)
        return body | {
            "id": state.installation_id,
            "app_id": state.app_id,
            "app_slug": state.slug,
            "target_id": account.id,
            "target_type": account.type,
            "account": self.user(account),
            "permissions": state.permissions,
            "access_tokens_url": f"{self.api}/app/installations/{state.installation_id}/access_tokens",
            "single_file_name": None,
            "single_file_paths": [],
            "has_multiple_single_files": False,
            "suspended_at": state.suspended_at,
            "suspended_by": self.user(account) if state.suspended_at else None,
        }

    def repository(self, repository: Repository) -> Json:
        body = self._start("repository", repository.owner.login, repository.name)
        return body | {
            "id": repository.id,
            "node_id": node("R", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "owner": self.user(repository.owner),
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "fork": repository.parent is not None,
            "default_branch": repository.default_branch,
            "created_at": repository.created_at,
            "archived": repository.archived,
            "has_issues": repository.has_issues,
            "license": None,
            "mirror_url": None,
            "has_discussions": False,
        }

    def pull(self, repository: Repository, pull: Pull) -> Json:
        body = self._start("pull", repository.owner.login, repository.name, pull.number, pull.head_sha)
        diff = repository.git.changes(self.merge_base(repository, pull), pull.head_sha)
        return (
            body
            | PULL_WITHOUT
            | {
                "id": pull.id,
                "node_id": node("PR", pull.id),
                "number": pull.number,
                "state": pull.state,
                "title": pull.title,
                "body": pull.body,
                "draft": pull.draft,
                "user": self.user(pull.user),
                "head": self._end(pull.head_repo, pull.head_ref, pull.head_sha),
                "base": self._end(repository, pull.base_ref, repository.base_sha(pull)),
                "merged": pull.merged,
                "mergeable": True,
                "mergeable_state": "clean",
                "author_association": self.association(repository, pull.user),
                "created_at": pull.created_at,
                "updated_at": pull.updated_at or pull.created_at,
                "closed_at": pull.closed_at,
                "changed_files": len(diff),
                "additions": sum(change.additions for change in diff),
                "deletions": sum(change.deletions for change in diff),
                "comments": sum(comment.number == pull.number for comment in repository.comments.values()),
                "commits": len(repository.git.log(repository.base_sha(pull), pull.head_sha)),
                "labels": [self.label(repository, name) for name in pull.labels],
                "merged_at": pull.closed_at if pull.merged else None,
                "merged_by": self.user(pull.closed_by) if pull.merged and pull.closed_by else None,
                "merge_commit_sha": pull.merge_commit,
                "review_comments": sum(note.number == pull.number for note in repository.notes.values()),
            }
        )

    def merge_base(self, repository: Repository, pull: Pull) -> str:
        base = repository.base_sha(pull)
        return repository.git.merge_base(base, pull.head_sha) or base

    def _end(self, repository: Repository, ref: str, sha: str) -> Json:
        return {
            "label": f"{repository.owner.login}:{ref}",
            "ref": ref,
            "sha": sha,
            "user": self.user(repository.owner),
            "repo": self.repository(repository),
        }

    def association(self, repository: Repository, user: User) -> str:
        if user == repository.owner:
            return "OWNER"
        return "COLLABORATOR" if repository.permissions.get(user.login, "none") != "none" else "NONE"

    def issue(self, repository: Repository, item: Pull | Issue) -> Json:
        """Render an issue, or a pull request as the issue that it also is."""
        body = self._start("issue", repository.owner.login, repository.name, item.number)
        if isinstance(item, Issue):
            del body["pull_request"]
            body["html_url"] = body["html_url"].replace("/pull/", "/issues/")
            more = {
                "state_reason": item.state_reason,
                "performed_via_github_app": self.app() if item.by_app else None,
            }
        else:
            more = {"state_reason": None, "draft": item.draft}
        return (
            body
            | ISSUE_WITHOUT
            | {
                "id": item.id,
                "node_id": node("I", item.id),
                "number": item.number,
                "title": item.title,
                "body": item.body,
                "state": item.state,
                "user": self.user(item.user),
                "labels": [self.label(repository, name) for name in item.labels],
                "created_at": item.created_at,
                "updated_at": item.updated_at or item.created_at,
                "closed_at": item.closed_at,
                "author_association": self.association(repository, item.user),
                "reactions": self._reactions(f"{body['url']}/reactions", []),
            }
            | more
        )

    def issue_alone(self, repository: Repository, item: Pull | Issue) -> Json:
        """Render it as the answer for one issue, which alone says who closed it."""
        closer = self.user(item.closed_by) if item.closed_by else None
        return self.issue(repository, item) | {"closed_by": closer}

    def label(self, repository: Repository, name: str) -> Json:
        number = repository.labels[name]
        url = f"{self.api}/repos/{repository.full_name}/labels/{quote(name)}"
        body = self._start("label", repository.owner.login, repository.name)
        known = {"id": number, "node_id": node("L", number), "url": url, "name": name}
        return body | known | {"default": False, "description": None}

    def note(self, repository: Repository, note: Note, lines: tuple[int | None, int | None]) -> Json:
        """Render a review comment; `lines` are where it stands now, None once it is outdated."""
        pull = repository.pulls[note.number]
        root, page = f"{self.api}/repos/{repository.full_name}", f"{self.web}/{repository.full_name}"
        url, html = f"{root}/pulls/comments/{note.id}", f"{page}/pull/{note.number}#discussion_r{note.id}"
        pull_url = f"{root}/pulls/{note.number}"
        start, line = lines
        body = self._start("note", repository.owner.login, repository.name, note.number)
        body |= {
            "id": note.id,
            "node_id": node("PRRC", note.id),
            "url": url,
            "html_url": html,
            "pull_request_url": pull_url,
            "_links": {
                "self": {"href": url},
                "html": {"href": html},
                "pull_request": {"href": pull_url},
            },
            "user": self.user(note.user),
            "body": note.body,
            "path": note.path,
            "diff_hunk": note.hunk,
            "commit_id": pull.head_sha if line else note.commit_sha,
            "original_commit_id": note.commit_sha,
            "start_line": start,
            "start_side": "RIGHT" if start else None,
            "line": line,
            "side": "RIGHT",
            "original_start_line": note.start_line,
            "original_line": note.line,
            "created_at": note.created_at,
            "updated_at": note.updated_at,
            "author_association": self.association(repository, note.user),
            "reactions": self._reactions(f"{url}/reactions", []),
        }
        if line is None:
            # GitHub is known to send null here, which its own description forbids.
            del body["line"]
        return body if note.in_reply_to is None else body | {"in_reply_to_id": note.in_reply_to}

    def comment(self, repository: Repository, comment: Comment) -> Json:
        root, page = f"{self.api}/repos/{repository.full_name}", f"{self.web}/{repository.full_name}"
        return {
            "id": comment.id,
            "node_id": node("IC", comment.id),
            "url": f"{root}/issues/comments/{comment.id}",
            "html_url": f"{page}/pull/{comment.number}#issuecomment-{comment.id}",
            "issue_url": f"{root}/issues/{comment.number}",
            "user": self.user(comment.user),
            "body": comment.body,
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
            "author_association": self.association(repository, comment.user),
            "performed_via_github_app": self.app() if comment.by_app else None,
            "reactions": self._reactions(f"{root}/issues/comments/{comment.id}/reactions", comment.reactions),
        }

    def reaction(self, reaction: Reaction) -> Json:
        return {
            "id": reaction.id,
            "node_id": node("RE", reaction.id),
            "user": self.user(reaction.user),
            "content": reaction.content,
            "created_at": reaction.created_at,
        }

    def _reactions(self, url: str, reactions: list[Reaction]) -> Json:
        counts = {name: sum(item.content == name for item in reactions) for name in REACTIONS}
        return {"url": url, "total_count": len(reactions)} | counts

    def check(self, repository: Repository, check: CheckRun) -> Json:
        root = f"{self.api}/repos/{repository.full_name}"
        pulls = [
            pull for pull in repository.open_pulls_with_head(check.head_sha) if pull.head_repo is repository
        ]
        return {
            "id": check.id,
            "node_id": node("CR", check.id),
            "name": check.name,
            "head_sha": check.head_sha,
            "external_id": check.external_id,
            "url": f"{root}/check-runs/{check.id}",
            "html_url": f"{self.web}/{repository.full_name}/runs/{check.id}",
            "details_url": check.details_url or f"{self.web}/apps/{self.state.slug}",
            "status": check.status,
            "conclusion": check.conclusion,
            "started_at": check.started_at,
            "completed_at": check.completed_at,
            "output": {
                "title": check.title,
                "summary": check.summary,
                "text": check.text,
                "annotations_count": len(check.annotations),
                "annotations_url": f"{root}/check-runs/{check.id}/annotations",
            },
            "check_suite": {"id": check.suite_id},
            "app": self.app(),
            # Empty for a fork: GitHub looks for pushes in the repository of the check run only.
            "pull_requests": [self._minimal_pull(repository, pull) for pull in pulls],
        }

    def _minimal_pull(self, repository: Repository, pull: Pull) -> Json:
        url = f"{self.api}/repos/{repository.full_name}"
        repo = {"id": repository.id, "name": repository.name, "url": url}
        return {
            "id": pull.id,
            "number": pull.number,
            "url": f"{url}/pulls/{pull.number}",
            "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": repo},
            "base": {"ref": pull.base_ref, "sha": repository.base_sha(pull), "repo": repo},
        }


PULL_WITHOUT: Json = {
    "assignee": None,
    "assignees": [],
    "requested_reviewers": [],
    "requested_teams": [],
    "labels": [],
    "milestone": None,
    "auto_merge": None,
    "merged_at": None,
    "merged_by": None,
    "merge_commit_sha": None,
    "rebaseable": True,
    "review_comments": 0,
    "maintainer_can_modify": False,
    "locked": False,
    "active_lock_reason": None,
}
ISSUE_WITHOUT: Json = {
    "assignee": None,
    "assignees": [],
    "labels": [],
    "milestone": None,
    "locked": False,
    "active_lock_reason": None,
    "performed_via_github_app": None,
}


@cache
def _template(name: str) -> str:
    templates = schema.rest().templates
    body = templates["comment"]["user"] if name == "user" else templates[name]
    return json.dumps({key: value for key, value in body.items() if key not in LEFT_OUT.get(name, ())})


def node(kind: str, number: int | str) -> str:
    """Make a GraphQL node id, which only has to be opaque and different for each thing."""
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"
