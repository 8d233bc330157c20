"""A pom.xml and its parents, put together: properties, and the versions they manage."""

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.paths import normal_path
from bot.lockfiles.xml_tree import Element, read_xml

MAX_PARENTS = 10
MAX_ROUNDS = 10
MAX_VALUE = 1_000
_PROPERTY = re.compile(r"\$\{([^${}]{1,200})\}")


@dataclass(slots=True)
class Pom:
    """`projects` are the file and its parents, each with its path; that of the file itself is empty."""

    projects: list[tuple[str, Element]]
    properties: dict[str, str] = field(default_factory=dict)
    managed: dict[str, Element] = field(default_factory=dict)
    outside: str = ""
    """The parent, or list of versions, that is not in the repository and may manage versions."""

    def value(self, text: str) -> str:
        """Fill in properties, as far as they are known."""
        text = text[:MAX_VALUE]
        for _ in range(MAX_ROUNDS):
            filled = _PROPERTY.sub(self._property, text)
            if filled == text or len(filled) > MAX_VALUE:
                break
            text = filled
        return text

    def _property(self, found: re.Match[str]) -> str:
        return self.properties.get(found[1].strip(), found[0])[:MAX_VALUE]

    def name(self, element: Element) -> str:
        """`group:artifact`."""
        return f"{self.value(element.word('groupId'))}:{self.value(element.word('artifactId'))}"

    def key(self, element: Element) -> str:
        """What tells one dependency from another."""
        kind = self.value(element.word("type")) or "jar"
        return f"{self.name(element)}:{kind}:{self.value(element.word('classifier'))}"


def read_chain(root: Element, found: Found) -> Pom:
    """Read the parents that lie in the repository, and put all together; the nearest counts."""
    pom = Pom([("", root)])
    path, project = found.path, root
    for _ in range(MAX_PARENTS):
        parent = project.get("parent")
        if not parent.tag:
            break
        read = _parent(parent, path, found)
        if read is None:
            pom.outside = (
                f"the parent {parent.word('groupId')}:{parent.word('artifactId')}, not in the repository"
            )
            break
        path, project = read
        if any(path == known for known, _ in pom.projects):
            break
        pom.projects.append((path, project))
        if path not in found.includes:
            found.includes.append(path)
    _fill(pom)
    return pom


def _parent(parent: Element, path: str, found: Found) -> tuple[str, Element] | None:
    """The file where the parent lies, `../pom.xml` if nothing is said, if it is that parent indeed."""
    relative = parent.get("relativePath")
    word = relative.text.strip() if relative.tag else "../pom.xml"
    target = normal_path(PurePosixPath(path).parent, word) if word else None
    if target is None:
        return None
    if not target.endswith(".xml"):
        target += "/pom.xml"
    source = found.text_of(target)
    if source is None:
        return None
    try:
        project = read_xml(source)
    except LockfileError:
        return None
    if project.tag != "project" or project.word("artifactId") != parent.word("artifactId"):
        return None
    return target, project


def _fill(pom: Pom) -> None:
    for _, project in reversed(pom.projects):
        for each in project.get("properties").children:
            pom.properties[each.tag] = each.text.strip()
    own, parent = pom.projects[0][1], pom.projects[0][1].get("parent")
    for name in ("groupId", "artifactId", "version"):
        value = own.word(name) or parent.word(name)
        pom.properties |= {
            f"project.{name}": value,
            f"pom.{name}": value,
            f"project.parent.{name}": parent.word(name),
        }
    for _, project in reversed(pom.projects):
        for each in project.get("dependencyManagement", "dependencies").all("dependency"):
            if pom.value(each.word("scope")) == "import":
                pom.outside = pom.outside or f"the list of versions {pom.name(each)}, not in the repository"
            else:
                pom.managed[pom.key(each)] = each
