"""What pyproject.toml asks for: to run and to develop.

https://packaging.python.org/en/latest/specifications/pyproject-toml/, /dependency-groups/, and the tables of Poetry and
PDM from before these.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

from bot.lockfiles.model import Ask
from bot.lockfiles.spots import listing, mapping, text
from bot.lockfiles.toml_spots import read_plain_toml

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")


@dataclass(frozen=True, slots=True)
class Asked:
    """Names in the one way Python compares them. `known` is False without a file that says anything."""

    known: bool
    main: frozenset[str] = frozenset()
    development: frozenset[str] = frozenset()
    development_groups: frozenset[str] = frozenset()
    asks: Mapping[str, Ask] = field(default_factory=dict)
    """The first group of what is in groups alone."""

    def direct(self, name: str) -> bool | None:
        """Whether the application itself asks for it; None without the file."""
        return name in self.main or name in self.development if self.known else None


def read_pyproject(source: str | None) -> Asked:
    """Read what the application asks for; of extras too, as they are there to be installed."""
    values = read_plain_toml(source)
    project, tool = mapping(values.get("project")), mapping(values.get("tool"))
    poetry, pdm, uv = (mapping(tool.get(name)) for name in ("poetry", "pdm", "uv"))
    extras = mapping(project.get("optional-dependencies"))
    always = {*_listed(project.get("dependencies")), *_named(poetry.get("dependencies"))} - {"python"}
    asks = {name: Ask(group=group) for group, each in reversed(extras.items()) for name in _listed(each)}
    main = {*always, *asks}
    groups: dict[str, set[str]] = {}
    for name, each in mapping(poetry.get("group")).items():
        kind = main if name == "main" else groups.setdefault(name, set())
        kind.update(_named(mapping(each).get("dependencies")))
    groups.setdefault("dev", set()).update(_named(poetry.get("dev-dependencies")))
    groups["dev"].update(_listed(uv.get("dev-dependencies")))
    for table in (values.get("dependency-groups"), pdm.get("dev-dependencies")):
        for name, each in mapping(table).items():
            groups.setdefault(name, set()).update(_listed(each))
    for group, names in groups.items():
        asks = {name: Ask(group=group, develops=True) for name in names} | asks
    return Asked(
        bool(project or poetry or values.get("dependency-groups")),
        frozenset(main),
        frozenset(name for each in groups.values() for name in each),
        frozenset(groups),
        {name: ask for name, ask in asks.items() if name not in always},
    )


def _listed(value: Any) -> Iterator[str]:
    """Names in a list of requirements; `{include-group = …}` brings nothing that its group does not."""
    for each in listing(value):
        if name := requirement_name(each):
            yield name


def _named(value: Any) -> Iterator[str]:
    return (canonicalize_name(name) for name in mapping(value))


def requirement_name(value: object) -> str:
    """The name at the beginning of a requirement, in the one way it is compared; empty when there is none."""
    found = _NAME.match(text(value)[:400].removeprefix("-e ").strip())
    return canonicalize_name(found[1]) if found else ""
