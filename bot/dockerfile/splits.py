"""Cut the word that names a package on a command line into name and version, as each package manager writes it."""

import re

_ARCHITECTURES = tuple(".x86_64 .noarch .aarch64 .i686 .s390x .ppc64le .armv7hl".split())
_ALIAS = re.compile(r"(?:@?[^@:]+@)?npm:(?=.)")


def equals(word: str) -> tuple[str, str]:
    """`curl=7.88` → `curl`, `7.88`."""
    name, _, version = word.partition("=")
    return name, version


def apk(word: str) -> tuple[str, str]:
    """`a<2` and `a~1` hold a package back like `a=1`; `a>1` and `a>=1` do not."""
    name = re.split(r"[=<>~@]", word, maxsplit=1)[0]
    rest = word[len(name) :]
    holds = re.search(r"[<~]|(?<!>)=", rest)
    return name, re.sub(r"^=(?!~)", "", rest) if holds else ""


def rpm(word: str) -> tuple[str, str]:
    """`bash-5.1.8-6.el9.x86_64` → `bash`, `5.1.8-6.el9`; without a release, nothing tells a version from a name."""
    ending = next((each for each in _ARCHITECTURES if word.endswith(each)), "")
    name, *rest = word.removesuffix(ending).rsplit("-", 2)
    exact = len(rest) == 2 and all(part[:1].isdigit() and "*" not in part for part in rest)
    return (name, "-".join(rest)) if name and exact else (word, "")


def colon(word: str) -> tuple[str, str]:
    """`a/b:1.2` and `a/b=1.2` → `a/b`, `1.2`."""
    name, _, version = word.replace("=", ":", 1).partition(":")
    return name, version


def requirement(word: str) -> tuple[str, str]:
    """`a[x]==1` → `a`, `1`; a range fixes nothing."""
    if "://" in word:
        return word, ""
    name = re.split(r"[=<>!~;\[ @]", word, maxsplit=1)[0]
    exact = re.search(r"===?\s*([^\s,;*]+)\Z", word)
    fixed = exact is not None and not re.search(r"[<>!~]", word)
    return name, exact[1] if exact and fixed else ""


def at_sign(word: str) -> tuple[str, str]:
    """`@a/b@1.2` → `@a/b`, `1.2`."""
    at = word.rfind("@")
    return (word[:at], word[at + 1 :]) if at > 0 else (word, "")


def whole(word: str) -> tuple[str, str]:
    """`a` → `a`: the word has no version."""
    return word, ""


def unaliased(word: str) -> str:
    """`old@npm:lodash@4.17.15` → `lodash@4.17.15`: what npm installs under another name."""
    return _ALIAS.sub("", word, count=1) if _ALIAS.match(word) else word


def npm(word: str) -> tuple[str, str]:
    """`@a/b@1.2` → `@a/b`, `1.2`, also behind an alias."""
    return at_sign(unaliased(word))


def requirement_at(word: str) -> tuple[str, str]:
    """`a[x]@1` and `a[x]==1` → `a`, `1`, as Poetry and uv write it besides."""
    name, at, version = word.partition("@")
    if not at or "://" in word or re.search(r"[=<>!~; ]", name):
        return requirement(word)
    return name.partition("[")[0], version


def artifact(word: str) -> tuple[str, str]:
    """`g:a:1:jar` → `g:a`, `1`, as Maven writes it."""
    parts = word.split(":")
    return ":".join(parts[:2]), parts[2] if len(parts) > 2 else ""
