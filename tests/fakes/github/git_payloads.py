"""Render git objects as GitHub's bodies: commits, changed files, trees, blobs and references."""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.fakes.github.git import Commit, FileChange, GitObject, TreeEntry
from tests.fakes.github.payloads import Payloads, node
from tests.fakes.github.state import Repository

Json = dict[str, Any]
SIGNED: Json = {
    "verified": True,
    "reason": "valid",
    "signature": "-----BEGIN PGP SIGNATURE-----\n\nfake\n-----END PGP SIGNATURE-----\n",
    "payload": "tree",
    "verified_at": "2025-01-01T00:00:00Z",
}
UNSIGNED: Json = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}
#: GitHub leaves the patch of a large file out.
MAX_PATCH = 1_000_000


class GitPayloads:
    """Git bodies of one repository."""

    def __init__(self, repository: Repository, payloads: Payloads) -> None:
        self.repository = repository
        self.payloads = payloads
        self.root = f"{payloads.api}/repos/{repository.full_name}"
        self.page = f"{payloads.web}/{repository.full_name}"

    def git_commit(self, commit: Commit) -> Json:
        """Render a commit as the Git database API does."""
        date = iso(commit.seconds)
        return {
            "sha": commit.sha,
            "node_id": node("C", commit.sha),
            "url": f"{self.root}/git/commits/{commit.sha}",
            "html_url": f"{self.page}/commit/{commit.sha}",
            "author": {"name": commit.author, "email": commit.email, "date": date},
            "committer": {"name": commit.committer, "email": commit.committer_email, "date": date},
            "message": commit.message.rstrip("\n"),
            "tree": {"sha": commit.tree, "url": f"{self.root}/git/trees/{commit.tree}"},
            "parents": [self._parent(sha, "git/commits") for sha in commit.parents],
            "verification": SIGNED if commit.sha in self.repository.signed else UNSIGNED,
        }

    def commit(self, commit: Commit) -> Json:
        """Render a commit as the repository API does."""
        plain = self.git_commit(commit)
        kept = ("author", "committer", "message", "tree", "url", "verification")
        return {
            "sha": commit.sha,
            "node_id": plain["node_id"],
            "url": f"{self.root}/commits/{commit.sha}",
            "html_url": plain["html_url"],
            "comments_url": f"{self.root}/commits/{commit.sha}/comments",
            "commit": {key: plain[key] for key in kept} | {"comment_count": 0},
            "author": self._account(commit.email),
            "committer": self._account(commit.committer_email),
            "parents": [self._parent(sha, "commits") for sha in commit.parents],
        }

    def _account(self, email: str) -> Json | None:
        user = self.payloads.state.account(email)
        return self.payloads.user(user) if user else None

    def _parent(self, sha: str, kind: str) -> Json:
        return {"sha": sha, "url": f"{self.root}/{kind}/{sha}", "html_url": f"{self.page}/commit/{sha}"}

    def change(self, change: FileChange, head: str) -> Json:
        path = quote(change.path, errors="surrogateescape")
        body: Json = {
            "sha": change.sha,
            "filename": shown(change.path),
            "status": change.status,
            "additions": change.additions,
            "deletions": change.deletions,
            "changes": change.additions + change.deletions,
            "blob_url": f"{self.page}/blob/{head}/{path}",
            "raw_url": f"{self.page}/raw/{head}/{path}",
            "contents_url": f"{self.root}/contents/{path}?ref={head}",
        }
        if change.previous_path is not None:
            body["previous_filename"] = shown(change.previous_path)
        if change.patch is not None and len(change.patch) <= MAX_PATCH:
            body["patch"] = change.patch
        return body

    def tree(self, sha: str, entries: tuple[TreeEntry, ...], *, truncated: bool) -> Json:
        return {
            "sha": sha,
            "url": f"{self.root}/git/trees/{sha}",
            "tree": [self._entry(entry) for entry in entries],
            "truncated": truncated,
        }

    def _entry(self, entry: TreeEntry) -> Json:
        body: Json = {"path": shown(entry.path), "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
        if entry.size is not None:
            body["size"] = entry.size
        if entry.kind != "commit":  # a submodule has nothing to fetch here
            body["url"] = f"{self.root}/git/{entry.kind}s/{entry.sha}"
        return body

    def blob(self, blob: GitObject) -> Json:
        return {
            "sha": blob.sha,
            "node_id": node("B", blob.sha),
            "size": len(blob.data),
            "url": f"{self.root}/git/blobs/{blob.sha}",
            "content": base64.encodebytes(blob.data).decode(),
            "encoding": "base64",
        }

    def ref(self, name: str, sha: str) -> Json:
        return {
            "ref": name,
            "node_id": node("REF", name),
            "url": f"{self.root}/git/{quote(name)}",
            "object": {"type": "commit", "sha": sha, "url": f"{self.root}/git/commits/{sha}"},
        }

    def content(self, path: str, entry: TreeEntry) -> Json:
        """Render a file or a member of a folder, without its bytes."""
        kinds = {"tree": "dir", "commit": "submodule", "blob": "file"}
        url = f"{self.root}/contents/{quote(path)}"
        git_url = f"{self.root}/git/{'trees' if entry.kind == 'tree' else 'blobs'}/{entry.sha}"
        html_url = f"{self.page}/blob/{self.repository.default_branch}/{quote(path)}"
        return {
            "type": "symlink" if entry.mode == "120000" else kinds[entry.kind],
            "name": path.rsplit("/", 1)[-1],
            "path": path,
            "sha": entry.sha,
            "size": entry.size or 0,
            "url": url,
            "git_url": git_url,
            "html_url": html_url,
            "download_url": None if entry.kind != "blob" else html_url.replace("/blob/", "/raw/"),
            "_links": {"self": url, "git": git_url, "html": html_url},
        }


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(path: str) -> str:
    """Show a path that is not UTF-8 as GitHub does, with replacement characters."""
    return path.encode(errors="surrogateescape").decode(errors="replace")
