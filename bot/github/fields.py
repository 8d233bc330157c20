"""Read the fields we use from a JSON object, strictly, and name the one that is missing or wrong.

Used for webhooks and for answers: everything else in them may change without notice.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from bot.errors import BotError

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
_TOO_LARGE = 2**63


def is_sha(text: str) -> bool:
    """Whether this is a full SHA-1 or SHA-256 object name."""
    return _SHA.match(text) is not None


def is_name(text: str) -> bool:
    """Whether this may stand in a URL as an owner or a repository."""
    return _NAME.match(text) is not None and text.strip(".") != ""


def is_full_name(text: str) -> bool:
    """Whether this is `owner/name`."""
    owner, slash, name = text.partition("/")
    return slash == "/" and is_name(owner) and is_name(name)


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object, where it was found, and the error to raise when it disappoints."""

    values: Mapping[str, Any]
    error: type[BotError]
    where: str = ""

    @classmethod
    def of(cls, value: object, error: type[BotError], where: str) -> "Fields":
        """Take a value that must be an object."""
        if not isinstance(value, Mapping):
            raise error(f"{where} is not an object")
        return cls(value, error, where)

    def text(self, key: str) -> str:
        """Read a string."""
        value = self._need(key)
        if not isinstance(value, str):
            raise self._wrong(key, "a string")
        return value

    def filled(self, key: str) -> str:
        """Read a string that is not empty."""
        return self._text_that(key, bool, "more than an empty string")

    def sha(self, key: str) -> str:
        """Read a full object name."""
        return self._text_that(key, is_sha, "a full SHA")

    def full_name(self, key: str) -> str:
        """Read `owner/name`."""
        return self._text_that(key, is_full_name, "owner/name")

    def number(self, key: str) -> int:
        """Read a positive integer; `true` is not one."""
        value = self._need(key)
        if not _is_integer(value) or not 0 < value < _TOO_LARGE:
            raise self._wrong(key, "a positive integer")
        return value

    def flag(self, key: str) -> bool:
        """Read a boolean."""
        value = self._need(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "a boolean")
        return value

    def flag_or(self, key: str, default: bool = False) -> bool:
        """Read a boolean that may be missing or null."""
        return default if self.values.get(key) is None else self.flag(key)

    def text_or(self, key: str, default: str = "") -> str:
        """Read a string that may be missing or null."""
        return default if self.values.get(key) is None else self.text(key)

    def number_or(self, key: str, default: int = 0) -> int:
        """Read a positive integer that may be missing, null or zero."""
        value = self.values.get(key)
        return default if value is None or (_is_integer(value) and value == 0) else self.number(key)

    def object(self, key: str) -> "Fields":
        """Read an object."""
        return Fields.of(self._need(key), self.error, self._path(key))

    def object_or_none(self, key: str) -> "Fields | None":
        """Read an object that may be missing or null."""
        return None if self.values.get(key) is None else self.object(key)

    def objects(self, key: str) -> Iterator["Fields"]:
        """Read a list of objects. A list that is missing is not an empty one."""
        return objects(self._need(key), self.error, self._path(key))

    def objects_or_none(self, key: str) -> Iterator["Fields"] | None:
        """Read a list of objects that may be missing or null."""
        return None if self.values.get(key) is None else self.objects(key)

    def _need(self, key: str) -> Any:
        value = self.values.get(key)
        if value is None:
            raise self.error(f"{self._path(key)} is missing")
        return value

    def _text_that(self, key: str, holds: Callable[[str], bool], kind: str) -> str:
        value = self.text(key)
        if not holds(value):
            raise self._wrong(key, kind)
        return value

    def _wrong(self, key: str, kind: str) -> BotError:
        return self.error(f"{self._path(key)} is not {kind}")

    def _path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key


def objects(values: object, error: type[BotError], where: str) -> Iterator[Fields]:
    """Take a value that must be a list of objects."""
    if not isinstance(values, list):
        raise error(f"{where} is not a list")
    return (Fields.of(value, error, f"{where}[{index}]") for index, value in enumerate(values))


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
