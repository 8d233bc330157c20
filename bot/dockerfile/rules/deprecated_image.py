"""Repositories whose publishers say that they are given up, with what they name instead.

Only what is documented: https://github.com/docker-library/docs (`deprecated.md` of each image),
https://kubernetes.io/blog/2023/03/10/image-registry-redirect/, https://github.com/bitnami/containers/issues/83267.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.image.reference import Reference
from bot.severity import Severity

_HUB = "docker.io/library/"
_EARLY_ACCESS = re.compile(r"(^|-)ea(-|$)")


@dataclass(frozen=True, slots=True)
class _Given:
    """A repository that gets no updates any more."""

    since: str
    instead: str


_OFFICIAL = {
    "adoptopenjdk": _Given("2021-08-01", "eclipse-temurin"),
    "celery": _Given("2017-06-01", "python"),
    "centos": _Given("2024-06-30", "almalinux, rockylinux or quay.io/centos/centos"),
    "consul": _Given("version 1.16", "hashicorp/consul"),
    "django": _Given("2016-12-31", "python"),
    "fsharp": _Given("its removal", "mcr.microsoft.com/dotnet/sdk"),
    "glassfish": _Given("its removal", "an image of the Glassfish project"),
    "iojs": _Given("its merge with Node.js", "node"),
    "java": _Given("2016-12-31", "eclipse-temurin"),
    "jenkins": _Given("version 2.60", "jenkins/jenkins:lts"),
    "openjdk": _Given("July 2022, early access builds apart", "eclipse-temurin or amazoncorretto"),
    "opensuse": _Given("version 42.3", "opensuse/leap or opensuse/tumbleweed"),
    "owncloud": _Given("2018-12-31", "owncloud/server"),
    "piwik": _Given("2018-09-30", "matomo"),
    "rails": _Given("2016-12-31", "ruby"),
    "sl": _Given("2024-06-30", "almalinux or rockylinux"),
    "vault": _Given("version 1.14", "hashicorp/vault"),
}
_PREFIXES = {
    "docker.io/bitnamilegacy/": _Given("2025-08-28", "a maintained image of the same software"),
    "k8s.gcr.io/": _Given("2023-04-03", "registry.k8s.io"),
}


def _check(facts: Facts) -> Iterator[Hit]:
    for step, use in facts.images():
        if use.reference is None or (given := _given_up(use.reference)) is None:
            continue
        yield Hit(
            step,
            use.reference.name,
            f"{use.reference.name} has had no updates since {given.since}.",
            remedy=f"Build on {given.instead}.",
        )


def _given_up(reference: Reference) -> _Given | None:
    name = reference.normalized().name
    if name.startswith(_HUB):
        found = _OFFICIAL.get(name[len(_HUB) :])
        ongoing = name == f"{_HUB}openjdk" and _EARLY_ACCESS.search(reference.tag or "")
        return None if ongoing else found
    return next((given for prefix, given in _PREFIXES.items() if name.startswith(prefix)), None)


RULE = Rule(
    id="deprecated-image",
    severity=Severity.MEDIUM,
    title="The image is given up by its publisher",
    explanation="The repository can still be pulled from, but gets no updates, so flaws found since stay in it.",
    remedy="Build on the image that its publisher names instead.",
    check=_check,
)
