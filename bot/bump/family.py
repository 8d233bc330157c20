"""A base family: all references to one image repository. One bump pull request serves a family in a target branch.

The name of its branch is derived, so that whoever looks for it finds the one there may be. What git forbids in a
branch: https://git-scm.com/docs/git-check-ref-format
"""

import hashlib
import re
from collections.abc import Iterable
from typing import TypeVar

from bot.image.reference import Reference

T = TypeVar("T")

PREFIX = "plimsoll/bump/"
LONGEST_PART = 60
_UNFIT = re.compile(r"[^a-z0-9._-]+")
_HUB = ("docker.io/library/", "docker.io/")


def family_of(reference: Reference) -> str:
    """`python:3.12-slim` → `docker.io/library/python`."""
    return reference.name


def short_name(family: str) -> str:
    """The family as people write it: `docker.io/library/python` → `python`."""
    prefix = next((prefix for prefix in _HUB if family.startswith(prefix)), "")
    return family.removeprefix(prefix)


def is_named(family: str, image: str) -> bool:
    """Whether a person who writes `image` means a family: with its registry this one, else one that ends so."""
    if not image:
        return True
    reference = Reference.parse(image)
    loosely = reference.registry is None and f"/{family}".endswith("/" + short_name(reference.name))
    return family == reference.name or loosely


def branch_name(base_ref: str, family: str) -> str:
    """Derive the branch of a family's bump into `base_ref`: readable, a valid ref, and nobody else's."""
    digest = hashlib.sha256(f"{base_ref}\0{family}".encode(errors="surrogatepass")).hexdigest()[:10]
    return f"{PREFIX}{_slug(base_ref)}/{_slug(short_name(family))}-{digest}"


def is_bump_branch(branch: str) -> bool:
    """Whether a branch bears a name that only we give."""
    return branch.startswith(PREFIX)


def by_family(items: Iterable[tuple[Reference, T]]) -> dict[str, list[T]]:
    """Sort what belongs to references into families, each in the order given."""
    families: dict[str, list[T]] = {}
    for reference, item in items:
        families.setdefault(family_of(reference), []).append(item)
    return families


def _slug(text: str) -> str:
    """Only what a part of a ref may hold anywhere in it: no `..`, no dot at its ends, no `.lock` at its end."""
    words = _UNFIT.sub("-", text.lower())[:LONGEST_PART].replace(".lock", "-lock")
    while ".." in words:
        words = words.replace("..", ".")
    return words.strip("-.") or "x"
