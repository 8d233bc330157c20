"""Compilers and headers in what is shipped."""

import re
from collections.abc import Iterator

from bot.dockerfile.managers import Verb
from bot.dockerfile.packages import PackageCommand
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

_SYSTEM = frozenset("apt apt-get aptitude apk dnf microdnf tdnf yum zypper".split())
_TOOL = re.compile(
    r"(build-essential|build-base|alpine-sdk|gcc|g\+\+|gfortran|clang|llvm|make|cmake|ninja-build|meson|bison|flex"
    r"|autoconf|automake|libtool|pkg-?conf(ig)?|gdb|git|subversion|mercurial|golang|go|rust|rustc|cargo|maven|gradle"
    r"|openjdk-?[0-9]+-jdk(-headless)?|openjdk[0-9]+|default-jdk(-headless)?|java-[0-9.]+-openjdk-devel"
    r"|@?development[ -]tools)(-[0-9][0-9.]*)?|[a-z0-9+._-]+-(dev|devel|headers)",
    re.IGNORECASE,
)
_LONGEST = 200


def _check(facts: Facts) -> Iterator[Hit]:
    removed = {
        word for step in facts.runs() if step.shipped for _, each in step.packages for word in _removed(each)
    }
    for step in facts.runs():
        if not step.shipped:
            continue
        for call, command in step.installs():
            if command.manager not in _SYSTEM or removed.intersection(_groups(command)):
                continue
            for word in command.packages:
                if word.name not in removed and _TOOL.fullmatch(word.name[:_LONGEST]):
                    summary = f"{word.name} is installed into what is shipped."
                    yield Hit(step, f"package {word.name}", summary, lines=(call.line, call.line))


def _removed(command: PackageCommand) -> Iterator[str]:
    if command.verb is Verb.REMOVE:
        yield from (word.name for word in command.packages)


def _groups(command: PackageCommand) -> set[str]:
    """`apk add --virtual .deps …`: the name by which all of them are removed."""
    return {value for option, value in command.options if option in ("-t", "--virtual")}


RULE = Rule(
    id="build-tools",
    severity=Severity.LOW,
    title="Build tools in what is shipped",
    explanation="Compilers, headers and clients for sources are not needed to run, bring flaws of their own, and help"
    " whoever breaks in to build the next tool.",
    remedy="Build in a stage of its own and `COPY --from` what came out, or remove them in the same RUN.",
    check=_check,
)
