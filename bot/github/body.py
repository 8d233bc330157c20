"""Read the JSON of an answer into Fields."""

from typing import Any

from githubkit.response import Response

from bot.github.errors import UnexpectedAnswer
from bot.github.fields import Fields


def json_of(response: Response[Any]) -> Any:
    """Read the body, whatever it holds."""
    try:
        return response.json()
    except (ValueError, RecursionError) as exc:
        raise UnexpectedAnswer(f"the answer to {response.url} is not JSON") from exc


def fields_of(response: Response[Any], what: str) -> Fields:
    """Read a body that must be one object."""
    return Fields.of(json_of(response), UnexpectedAnswer, what)
