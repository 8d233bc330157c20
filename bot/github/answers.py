"""Tell what an answer of GitHub's means: fine, or which of our errors.

See https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.errors import BotError
from bot.github.errors import (
    Archived,
    Forbidden,
    GitHubUnavailable,
    NotFound,
    PermissionMissing,
    Protected,
    RateLimited,
    Suspended,
    Unauthorized,
    UnexpectedAnswer,
    Unprocessable,
)

_UNSAID_WAIT = timedelta(seconds=60)
"""GitHub's own advice for a secondary limit that names no time."""
_LONGEST_WAIT = timedelta(hours=2)
"""Limits renew hourly; whatever claims more is a broken clock."""
_LONGEST_QUOTE = 300
_RULES = (
    "repository rule violations",
    "protected branch",
    "protected ref",
    "changes must be made through a pull request",
    "cannot create ref due to",
)
"""How GitHub words the refusal of a ruleset or a branch protection; its status is 403, 409 or 422."""
_ABOUT_RULES = ("about-protected-branches", "about-rulesets")
_RULES_ADVICE = (
    "; a ruleset or branch protection forbids it: let the app bypass it, or leave out the branches under "
    "`plimsoll/`"
)


def fault(response: httpx.Response, now: datetime) -> BotError | None:
    """Return what is wrong with this answer, or None."""
    if response.is_success:
        return None
    status, said = response.status_code, _message(response)
    text = f"GitHub answered {status} to {response.request.method} {response.request.url.path}: {said}"
    again_at = _again_at(response, said, now) if status in (403, 429) else None
    if again_at is not None:
        return RateLimited(f"{text}; again at {again_at:%H:%M:%S} UTC", again_at=again_at, now=now)
    if status >= 500 or status == 408:
        return GitHubUnavailable(text)
    if status == 401:
        return Unauthorized(f"{text}; check the app's id and private key", server_time=_date(response))
    if status in (403, 409, 422) and _is_rule(response, said):
        return Protected(text + _RULES_ADVICE)
    if status == 403:
        return _forbidden(response, said, text)
    if status in (404, 410, 451):
        return NotFound(text)
    return Unprocessable(text) if status >= 400 else UnexpectedAnswer(text)


def _forbidden(response: httpx.Response, said: str, text: str) -> BotError:
    if "suspended" in said.lower():
        return Suspended(f"{text}; the owner of the installation can lift the suspension")
    if "archived" in said.lower():
        return Archived(f"{text}; the repository's owner can unarchive it, or take the app off it")
    needs = response.headers.get("x-accepted-github-permissions", "")[:_LONGEST_QUOTE]
    if not needs and "not accessible by integration" not in said.lower():
        return Forbidden(text)
    wanted = needs or "a permission that GitHub does not name"
    return PermissionMissing(
        f"{text}; the app needs {wanted}, set in its settings and accepted by the installation", needs=needs
    )


def _is_rule(response: httpx.Response, said: str) -> bool:
    """Whether a ruleset or a branch protection refuses, which only words and the page they name tell."""
    told, page = said.lower(), _body(response).get("documentation_url")
    return any(words in told for words in _RULES) or (
        isinstance(page, str) and any(words in page for words in _ABOUT_RULES)
    )


def _again_at(response: httpx.Response, said: str, now: datetime) -> datetime | None:
    """Return when to come back, or None when this is no rate limit at all."""
    headers = response.headers
    if "retry-after" in headers:
        return _bounded(_after(headers["retry-after"], now), now)
    if "secondary rate" in said.lower() or "abuse detection" in said.lower():
        return now + _UNSAID_WAIT
    if headers.get("x-ratelimit-remaining") == "0":
        return _bounded(_epoch(headers.get("x-ratelimit-reset", "")), now)
    return now + _UNSAID_WAIT if response.status_code == 429 else None


def _bounded(moment: datetime | None, now: datetime) -> datetime:
    if moment is None:
        return now + _UNSAID_WAIT
    return min(max(moment, now + timedelta(seconds=1)), now + _LONGEST_WAIT)


def _after(text: str, now: datetime) -> datetime | None:
    """Read Retry-After, which is seconds or a date (RFC 9110, 10.2.3)."""
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=int(text[:9]))
    return _http_date(text)


def _epoch(text: str) -> datetime | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), tz=UTC)


def _date(response: httpx.Response) -> datetime | None:
    return _http_date(response.headers.get("date", ""))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _message(response: httpx.Response) -> str:
    """Quote GitHub's own words, shortened: the body may be any proxy's error page."""
    body = _body(response)
    if not isinstance(body.get("message"), str):
        return response.reason_phrase or "no reason given"
    return "; ".join([body["message"], *_details(body.get("errors"))])[:_LONGEST_QUOTE]


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body: Any = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _details(errors: Any) -> list[str]:
    """Quote the reasons of a validation error: texts, objects with one, or a field and a code."""
    found = [_reason(error) if isinstance(error, dict) else error for error in _first(errors)]
    return [text for text in found if isinstance(text, str)]


def _reason(error: dict[str, Any]) -> Any:
    return error.get("message") or f"{error.get('field')} {error.get('code')}"


def _first(errors: Any) -> list[Any]:
    return errors[:3] if isinstance(errors, list) else []
