"""Render the fake's state as GitHub's bodies: one place for REST answers and webhooks, so that they agree.

Each big body starts from the description's own example, with names and numbers put in and our state on top.
"""

import base64
import json
from functools import cache
from typing import Any
from urllib.parse import quote

from tests.fakes.github import schema
from tests.fakes.github.state import CheckRun, Comment, Pull, Reaction, Repository, State, User

Json = dict[str, Any]

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
#: Parts of the examples that speak of things the fake does not have.
LEFT_OUT = {
    "repository": ("parent", "source", "organization", "template_repository", "temp_clone_token", "license"),
    "pull": ("head", "base", "user", "requested_reviewers", "requested_teams", "labels"),
    "issue": ("labels", "user", "closed_by", "type", "issue_field_values", "pinned_comment", "repository"),
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
            "license": None,
            "mirror_url": None,
            "has_discussions": False,
        }

    def pull(self, repository: Repository, pull: Pull) -> Json:
        body = self._start("pull", repository.owner.login, repository.name, pull.number, pull.head_sha)
        diff = repository.git.changes(self.merge_base(repository, pull), pull.head_sha)
        return (
            body
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
            }
            | PULL_WITHOUT
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

    def issue(self, repository: Repository, pull: Pull) -> Json:
        """Render a pull request as the issue that it also is."""
        body = self._start("issue", repository.owner.login, repository.name, pull.number)
        return (
            body
            | {
                "id": pull.id,
                "node_id": node("I", pull.id),
                "number": pull.number,
                "title": pull.title,
                "body": pull.body,
                "state": pull.state,
                "state_reason": None,
                "draft": pull.draft,
                "user": self.user(pull.user),
                "created_at": pull.created_at,
                "updated_at": pull.updated_at or pull.created_at,
                "closed_at": pull.closed_at,
                "author_association": self.association(repository, pull.user),
                "reactions": self._reactions(f"{body['url']}/reactions", []),
            }
            | ISSUE_WITHOUT
        )

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
