"""GitHub's own OpenAPI description as routing table and as judge of each request and response.

Cut by `cut_openapi.py`. Templates are matched on the percent-encoded path, so an encoded slash stays put.
"""

import json
import lzma
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator, Registry

DATA = Path(__file__).parents[2] / "data" / "github"
#: Path parameters that may hold slashes written as such.
WITH_SLASHES = frozenset({"path", "ref", "basehead", "branch"})
#: Most operations list few errors, 401 and 429 almost never.
ANY_ERROR = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the REST API."""

    id: str
    method: str
    path: str
    query: Mapping[str, Any]
    has_body: bool
    body_required: bool
    responses: Mapping[str, Any]
    pattern: re.Pattern[str]


class Description:
    """The operations we use, with a lazily compiled validator for each body."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.version: str = document["version"]
        self.templates: dict[str, Any] = document["templates"]
        self._registry = Registry([("urn:rest", document)])
        self._validator = cache(self._compile)
        operations = [_operation(key, item) for key, item in document["operations"].items()]
        # The more literal a template, the earlier it is tried: `/commits/{ref}` would swallow its children.
        self.operations = sorted(operations, key=lambda op: -len(re.sub(r"\{\w+\}", "", op.path)))

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation a raw path belongs to, and its decoded parameters."""
        for operation in self.operations:
            if operation.method == method and (match := operation.pattern.fullmatch(path)):
                return operation, {name: unquote(value) for name, value in match.groupdict().items()}
        return None

    def request_errors(self, operation: Operation, query: Mapping[str, str], body: Any) -> Iterator[str]:
        """Yield what GitHub's description has against a request."""
        for name, text in query.items():
            if name not in operation.query:
                yield f"unknown query parameter {name!r}"
            else:
                yield from self._query_errors(operation, name, text)
        if body is None:
            if operation.body_required:
                yield "the body is missing"
        elif not operation.has_body:
            yield "a body where none is described"
        else:
            yield from self._errors(operation.id, "body", body)

    def response_errors(self, operation: Operation, status: int, body: Any) -> Iterator[str]:
        """Yield what GitHub's description has against a response of the fake."""
        described = operation.responses.get(str(status))
        if status >= 400 and described is None:
            yield from _messages(_any_error(), body)
        elif str(status) not in operation.responses:
            yield f"status {status} is not described"
        elif described is None and body is not None:
            yield f"a body where status {status} has none"
        elif described is not None:
            yield from self._errors(operation.id, f"responses/{status}", body)

    def _query_errors(self, operation: Operation, name: str, text: str) -> Iterator[str]:
        validator = self._validator(operation.id, f"query/{_escape(name)}")
        if not validator.is_valid(text):
            yield from (f"query {name} {problem}" for problem in _messages(validator, _from_query(text)))

    def _errors(self, operation: str, part: str, value: Any) -> Iterator[str]:
        return _messages(self._validator(operation, part), value)

    def _compile(self, operation: str, part: str) -> Draft202012Validator:
        target = f"urn:rest#/operations/{_escape(operation)}/{part}"
        return Draft202012Validator({"$ref": target}, registry=self._registry, validate_formats=True)


class WebhookSchemas:
    """GitHub's schemas of the payloads the fake sends."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.names = frozenset(document["webhooks"])
        self._registry = Registry([("urn:webhooks", document)])
        self._validator = cache(self._compile)

    def errors(self, event: str, payload: dict[str, Any]) -> list[str]:
        """Return what is wrong with a payload of an event, such as `pull_request`."""
        words = [event, *([payload["action"]] if "action" in payload else [])]
        name = "/".join(words).replace("_", "-")
        if name not in self.names:
            return [f"no such webhook: {name}"]
        return list(_messages(self._validator(name), payload))

    def _compile(self, name: str) -> Draft202012Validator:
        target = f"urn:webhooks#/webhooks/{_escape(name)}"
        return Draft202012Validator({"$ref": target}, registry=self._registry)


def _operation(key: str, item: dict[str, Any]) -> Operation:
    return Operation(
        id=key,
        method=item["method"],
        path=item["path"],
        query=item["query"],
        has_body=item["body"] is not None,
        body_required=item["body_required"],
        responses=item["responses"],
        pattern=_pattern(item["path"]),
    )


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    literal = [re.escape(part) for part in parts[::2]]
    groups = [f"(?P<{name}>{'.+' if name in WITH_SLASHES else '[^/]+'})" for name in parts[1::2]]
    return re.compile("".join(text for pair in zip(literal, [*groups, ""], strict=True) for text in pair))


def _messages(validator: Draft202012Validator, value: Any) -> Iterator[str]:
    for error in validator.iter_errors(value):
        place = "/".join(str(step) for step in error.instance_path)
        yield f"{place or 'body'}: {error.message[:300]}"


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _from_query(text: str) -> Any:
    """Read a query value as its schema sees it: numbers and booleans are not strings."""
    if re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text)


@cache
def _any_error() -> Draft202012Validator:
    return Draft202012Validator(ANY_ERROR)


def _load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(lzma.decompress((DATA / name).read_bytes()))
    return document


@cache
def rest() -> Description:
    """Return GitHub's REST description, read once."""
    return Description(_load("rest.json.xz"))


@cache
def webhooks() -> WebhookSchemas:
    """Return GitHub's webhook schemas, read once."""
    return WebhookSchemas(_load("webhooks.json.xz"))
