"""An OCI registry on loopback: real HTTP, state instead of a script, faults by rule.

Serves the pull half of https://github.com/opencontainers/distribution-spec/blob/main/spec.md; content is put
by method calls. What was asked is only counted, for tests that measure.
"""

import base64
import hashlib
import json
import re
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"

_BLOB = re.compile(r"/v2/(?P<repository>.+)/blobs/(?P<reference>[^/]+)")
_MANIFEST = re.compile(r"/v2/(?P<repository>.+)/manifests/(?P<reference>[^/]+)")
_TAGS = re.compile(r"/v2/(?P<repository>.+)/tags/list")
_REFERRERS = re.compile(r"/v2/(?P<repository>.+)/referrers/(?P<reference>[^/]+)")


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass(slots=True)
class Fault:
    """What goes wrong with the requests whose path matches; unset fields leave that part alone."""

    path: str
    """A regular expression, searched in the path with its query."""
    times: int | None = None
    """How many requests suffer it; None for all."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    truncate: int | None = None
    """Send only so many bytes of the body the headers promise, then hang up."""
    drop: bool = False
    """Hang up instead of answering."""
    delay: float = 0
    """Wait so many seconds (or until the registry stops) before answering."""
    redirect: str | None = None
    """Answer 307 to this location; `{path}` in it is replaced."""


@dataclass(slots=True)
class Lock:
    """Who may read a repository, and how they prove it."""

    username: str
    password: str
    scheme: Literal["bearer", "basic"]


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    path: str
    query: dict[str, list[str]]
    authorization: str
    none_match: str = ""


def _error(status: int, code: str, **headers: str) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode()
    return Answer(status, body, {"Content-Type": "application/json", **headers})


class FakeRegistry:
    """The state of the registry and the thread that serves it; use it as a context manager."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        #: Every (host header, path, Authorization) received, to show where a credential did not go.
        self.received: list[tuple[str, str, str]] = []
        self.faults: list[Fault] = []
        #: Bytes of all bodies sent.
        self.bytes_sent = 0
        #: Ask for a token even where no credentials are needed, as public registries do.
        self.anonymous_tokens = False
        #: Where the challenge sends clients; None for this registry's own `/token`.
        self.realm: str | None = None
        self.token_seconds = 300
        #: Give pages of tags an ETag, and answer 304 to who has it.
        self.etags = False
        #: Most tags on a page, whatever is asked for.
        self.page_size = 1000
        self._blobs: dict[tuple[str, str], bytes] = {}
        self._manifests: dict[tuple[str, str], tuple[str, bytes]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._oddities: dict[str, list[Any]] = {}
        self._published: dict[tuple[str, str], datetime] = {}
        self._referrers: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._locks: dict[str, Lock] = {}
        self._tokens: dict[str, str] = {}
        self._stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # What a person who pushes, or an administrator, could do.

    def put_blob(self, repository: str, data: bytes) -> str:
        digest = digest_of(data)
        self._blobs[repository, digest] = data
        return digest

    def put_manifest(
        self, repository: str, reference: str, body: bytes | Mapping[str, Any], media_type: str = OCI_MANIFEST
    ) -> str:
        """Store a manifest under its digest and, unless `reference` is that digest, under the tag."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        digest = digest_of(data)
        self._manifests[repository, digest] = (media_type, data)
        if reference != digest:
            self._tags.setdefault(repository, {})[reference] = digest
        return digest

    def put_tags(self, repository: str, tags: Iterable[str], digest: str) -> None:
        """Let many tags mean one manifest."""
        self._tags.setdefault(repository, {}).update(dict.fromkeys(tags, digest))

    def list_also(self, repository: str, *oddities: Any) -> None:
        """Let the list of tags end with things that are none."""
        self._tags.setdefault(repository, {})
        self._oddities.setdefault(repository, []).extend(oddities)

    def date(self, repository: str, reference: str, published: datetime) -> None:
        """Say from now on when a manifest was last changed."""
        digest = self._tags.get(repository, {}).get(reference, reference)
        self._published[repository, digest] = published

    def refer(self, repository: str, digest: str, referrer: Mapping[str, Any]) -> None:
        """List an artifact's descriptor among those that refer to a manifest."""
        self._referrers.setdefault((repository, digest), []).append(dict(referrer))

    def delete_blob(self, repository: str, digest: str) -> None:
        del self._blobs[repository, digest]

    def delete_manifest(self, repository: str, reference: str) -> None:
        """Remove a tag, or a manifest with every tag that points to it."""
        tags = self._tags.get(repository, {})
        if tags.pop(reference, None) is None:
            del self._manifests[repository, reference]
            self._tags[repository] = {tag: digest for tag, digest in tags.items() if digest != reference}

    def tags(self, repository: str) -> dict[str, str]:
        return dict(self._tags.get(repository, {}))

    def protect(
        self, repository: str, username: str, password: str, scheme: Literal["bearer", "basic"] = "bearer"
    ) -> None:
        """Let only this user read the repository."""
        self._locks[repository] = Lock(username, password, scheme)

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    def fail(self, path: str, **what: Any) -> Fault:
        """Add a fault for requests whose path matches; see Fault."""
        fault = Fault(path, **what)
        self.faults.append(fault)
        return fault

    def heal(self) -> None:
        self.faults.clear()

    def count(self, method: str, path: str) -> int:
        """How many requests of this method had a path that matches the expression."""
        return sum(n for (m, p), n in self.requests.items() if m == method and re.search(path, p))

    # What the network sees.

    def answer(self, request: Request) -> Answer:
        if request.path == "/token":
            return self._token(request)
        if request.path in ("/v2", "/v2/"):
            return Answer(200, b"{}", {"Content-Type": "application/json"})
        for pattern, serve in (
            (_BLOB, self._blob),
            (_MANIFEST, self._manifest),
            (_TAGS, self._tag_list),
            (_REFERRERS, self._referrer_list),
        ):
            if found := pattern.fullmatch(request.path):
                parts = found.groupdict()
                refused = self._refusal(parts["repository"], request)
                return refused or serve(request, **parts)
        return _error(404, "NOT_FOUND")

    def take_fault(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times != 0 and re.search(fault.path, path):
                fault.times = None if fault.times is None else fault.times - 1
                return fault
        return None

    def pause(self, seconds: float) -> None:
        self._stopped.wait(seconds)

    def _refusal(self, repository: str, request: Request) -> Answer | None:
        lock = self._locks.get(repository)
        if lock is None and not self.anonymous_tokens:
            return None
        if lock is not None and lock.scheme == "basic":
            if request.authorization == _basic(lock):
                return None
            return _error(401, "UNAUTHORIZED", **{"WWW-Authenticate": 'Basic realm="fake"'})
        token = request.authorization.removeprefix("Bearer ")
        if self._tokens.get(token) in ((lock.username,) if lock else ("", *self._usernames())):
            return None
        realm = self.realm or f"{self.url}/token"
        challenge = f'Bearer realm="{realm}",service="fake",scope="repository:{repository}:pull"'
        return _error(401, "UNAUTHORIZED", **{"WWW-Authenticate": challenge})

    def _usernames(self) -> set[str]:
        return {lock.username for lock in self._locks.values()}

    def _token(self, request: Request) -> Answer:
        username = ""
        if request.authorization:
            known = {_basic(lock): lock.username for lock in self._locks.values()}
            if request.authorization not in known:
                return _error(401, "UNAUTHORIZED")
            username = known[request.authorization]
        token = secrets.token_hex(16)
        self._tokens[token] = username
        body = json.dumps({"token": token, "expires_in": self.token_seconds}).encode()
        return Answer(200, body, {"Content-Type": "application/json"})

    def _blob(self, request: Request, repository: str, reference: str) -> Answer:
        data = self._blobs.get((repository, reference))
        if data is None:
            return _error(404, "BLOB_UNKNOWN")
        return Answer(200, data, {"Content-Type": "application/octet-stream"})

    def _manifest(self, request: Request, repository: str, reference: str) -> Answer:
        digest = self._tags.get(repository, {}).get(reference, reference)
        if (repository, digest) not in self._manifests:
            return _error(404, "MANIFEST_UNKNOWN")
        media_type, data = self._manifests[repository, digest]
        headers = {"Content-Type": media_type, "Docker-Content-Digest": digest}
        if published := self._published.get((repository, digest)):
            headers["Last-Modified"] = format_datetime(published.astimezone(UTC), usegmt=True)
        return Answer(200, data, headers)

    def _referrer_list(self, request: Request, repository: str, reference: str) -> Answer:
        """Answer as registries that know no referrers do, unless there are some."""
        if (repository, reference) not in self._referrers:
            return _error(404, "NOT_FOUND")
        body = {
            "schemaVersion": 2,
            "mediaType": OCI_INDEX,
            "manifests": self._referrers[repository, reference],
        }
        return Answer(200, json.dumps(body).encode(), {"Content-Type": OCI_INDEX})

    def _tag_list(self, request: Request, repository: str) -> Answer:
        if repository not in self._tags:
            return _error(404, "NAME_UNKNOWN")
        last = request.query.get("last", [""])[0]
        count = min(int(request.query.get("n", ["1000"])[0]), self.page_size)
        rest = sorted(tag for tag in self._tags[repository] if tag > last)
        page, headers = rest[:count], {"Content-Type": "application/json"}
        if len(rest) > count:
            headers["Link"] = f'</v2/{repository}/tags/list?n={count}&last={page[-1]}>; rel="next"'
        listed = [*page, *(() if len(rest) > count else self._oddities.get(repository, ()))]
        body = json.dumps({"name": repository, "tags": listed}).encode()
        if self.etags:
            headers["ETag"] = f'"{digest_of(body)[7:39]}"'
            if request.none_match == headers["ETag"]:
                return Answer(304, b"", headers)
        return Answer(200, body, headers)


def _basic(lock: Lock) -> str:
    return "Basic " + base64.b64encode(f"{lock.username}:{lock.password}".encode()).decode()


class _Server(ThreadingHTTPServer):
    """A server that closes its kept-alive connections when it stops."""

    daemon_threads = True
    block_on_close = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the game."""


def _handler(registry: FakeRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            self._serve()

        def do_HEAD(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

        def _serve(self) -> None:
            url = urlsplit(self.path)
            authorization = self.headers.get("Authorization", "")
            registry.requests[self.command, url.path] += 1
            registry.received.append((self.headers.get("Host", ""), self.path, authorization))
            fault = registry.take_fault(self.path)
            if fault and fault.delay:
                registry.pause(fault.delay)
            if fault and fault.drop:
                self.close_connection = True
                return
            none_match = self.headers.get("If-None-Match", "")
            answer = registry.answer(Request(url.path, parse_qs(url.query), authorization, none_match))
            self._send(_spoiled(answer, fault, self.path), None if fault is None else fault.truncate)

        def _send(self, answer: Answer, truncate: int | None) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[:truncate])
                registry.bytes_sent += len(answer.body[:truncate])
            if truncate is not None:
                self.close_connection = True

    return Handler


def _spoiled(answer: Answer, fault: Fault | None, path: str) -> Answer:
    if fault is None:
        return answer
    if fault.redirect is not None:
        return Answer(307, b"", {"Location": fault.redirect.replace("{path}", path), **fault.headers})
    if fault.status is not None and fault.body is None:
        answer = _error(fault.status, "FAULT")
    return Answer(
        fault.status or answer.status,
        answer.body if fault.body is None else fault.body,
        {**answer.headers, **fault.headers},
    )
