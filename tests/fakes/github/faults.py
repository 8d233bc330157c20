"""Faults by rule: before the work, or after it, which is how duplicate comments are found.

Rate limits as in https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, Literal

When = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` requests that match; `skip` lets some pass first."""

    method: str = "*"
    path: str = "*"
    operation: str = "*"
    times: int = 1
    skip: int = 0
    status: int = 502
    drop: bool = False
    delay: float = 0.0
    when: When = "before"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    hits: int = 0

    @property
    def only_slow(self) -> bool:
        """A delay without another symptom: the request is answered, late."""
        return self.delay > 0 and not self.drop and self.status < 400

    def matches(self, method: str, path: str, operation: str) -> bool:
        pairs = ((method, self.method), (path, self.path), (operation, self.operation))
        return all(fnmatchcase(text, pattern) for text, pattern in pairs)


class Faults:
    """The rules in force, tried in the order they were given."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: list[Fault] = []

    def add(self, rule: Fault) -> Fault:
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def take(self, method: str, path: str, operation: str) -> Fault | None:
        """Return the rule that hits this request, and count the hit."""
        with self._lock:
            for rule in self._rules:
                if rule.times > rule.hits and rule.matches(method, path, operation):
                    if rule.skip:
                        rule.skip -= 1
                        continue
                    rule.hits += 1
                    return rule
        return None


def primary_limit(reset: int, **where: Any) -> Fault:
    """The hour's requests are used up; `reset` is the Unix time of the next hour."""
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    body = {"message": "API rate limit exceeded for installation ID 4000001.", "documentation_url": DOCS}
    return Fault(status=403, headers=headers, body=body, **where)


def secondary_limit(retry_after: int | None = 60, *, status: int = 403, **where: Any) -> Fault:
    """Too much at once. GitHub does not always say for how long."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Fault(
        status=status, headers=headers, body={"message": message, "documentation_url": DOCS}, **where
    )


DOCS = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
