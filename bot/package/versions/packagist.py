"""Order versions of PHP packages as Composer does, https://getcomposer.org/doc/articles/versions.md.

`1.2` is `1.2.0.0`, `1.2.x-dev` comes after every `1.2`; then PHP's version_compare decides: dev < alpha < beta < RC <
nothing < a further number < patch. A branch such as `dev-main` is no version.
"""

import re
from functools import lru_cache

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_MODIFIER = (
    r"(?:[._-]?(?P<word>stable|beta|b|rc|alpha|a|patch|pl|p)(?P<counts>(?:[.-]?[0-9]+)*))?(?P<dev>[.-]?dev)?"
)
_VERSION = re.compile(r"v?(?P<numbers>[0-9]{1,5}(?:\.[0-9]+){0,3})" + _MODIFIER)
_DATE = re.compile(r"v?(?P<numbers>[0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})" + _MODIFIER)
_BRANCH = re.compile(r"v?(?P<numbers>[0-9]+(?:\.[0-9]+){0,2})(?P<any>(?:\.[x*]){1,3})[.-]?dev")
_BUILD = re.compile(r"\+[0-9a-z.+_-]*")
_DEV, _ALPHA, _BETA, _RC, _END, _NUMBER, _PATCH = "1234567"
_RANKS = {
    "alpha": _ALPHA,
    "a": _ALPHA,
    "beta": _BETA,
    "b": _BETA,
    "rc": _RC,
    "patch": _PATCH,
    "pl": _PATCH,
    "p": _PATCH,
}
#: What Composer writes for the `x` of a branch.
_NEWEST = "9999999"


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    text = _BUILD.sub("", version.strip().lower(), count=1)
    if branch := _BRANCH.fullmatch(text):
        return _numbers(branch["numbers"].split("."), _NEWEST) + _DEV + _END
    match = _VERSION.fullmatch(text)
    parts = match["numbers"].split(".") if match else []
    if match is None and (match := _DATE.fullmatch(text)):
        return _numbers(re.split(r"[.:-]", match["numbers"]), "") + _modifier(match)
    if match is None:
        raise NotComparable(f"{version[:80]!r} is not a version Composer can order")
    return _numbers(parts, "0") + _modifier(match)


def _numbers(parts: list[str], fill: str) -> str:
    padding = [fill] * (4 - len(parts)) if fill else []
    return "".join(_NUMBER + number(part) for part in (*parts, *padding))


def _modifier(match: re.Match[str]) -> str:
    key = ""
    if match["word"] and match["word"] != "stable":
        counts = re.findall(r"[0-9]+", match["counts"])
        key = _RANKS[match["word"]] + "".join(_NUMBER + number(count) for count in counts)
    return key + (_DEV if match["dev"] else "") + _END
