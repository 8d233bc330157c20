"""Maven's pom.xml, with the parents of it that lie in the repository.

https://maven.apache.org/pom.html. What these packages ask for in turn Maven finds out when it builds.
"""

from collections.abc import Iterator

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.pom_model import Pom, read_chain
from bot.lockfiles.xml_tree import Element, read_xml

_DEVELOPMENT = ("test", "provided")
_NEWEST = ("LATEST", "RELEASE")


def read_pom(source: str, found: Found) -> None:
    """Read what the application asks for, itself and through its parents."""
    root = read_xml(source)
    if root.tag != "project":
        raise LockfileError("it is no pom.xml: it does not begin with <project>", root.line)
    pom = read_chain(root, found)
    found.partial = "Maven also adds what these packages ask for in turn, and pom.xml does not name that"
    seen: set[str] = set()
    for path, element in _dependencies(pom):
        key = pom.key(element)
        if key not in seen:
            seen.add(key)
            _take(element, path, pom, found)
    for path, project in pom.projects:
        for profile in project.get("profiles").all("profile"):
            _read_profile(profile, path, pom, found)


def _read_profile(profile: Element, path: str, pom: Pom, found: Found) -> None:
    active = pom.value(profile.word("activation", "activeByDefault")) == "true"
    for element in profile.get("dependencies").all("dependency"):
        if active:
            _take(element, path, pom, found)
        else:
            why = f"only the profile {profile.word('id')!r} asks for it"
            found.leave_open(
                pom.name(element), pom.value(element.word("version")), element.line, why, path=path
            )


def _dependencies(pom: Pom) -> Iterator[tuple[str, Element]]:
    """Those of the file itself, then of its parents, each with the path of its file."""
    for path, project in pom.projects:
        for element in project.get("dependencies").all("dependency"):
            yield path, element


def _take(element: Element, path: str, pom: Pom, found: Found) -> None:
    managed = pom.managed.get(pom.key(element))
    name = pom.name(element)
    scope = pom.value(element.word("scope") or (managed.word("scope") if managed else ""))
    if scope == "system":
        return  # A file of the machine that builds.
    written = element.word("version") or (managed.word("version") if managed else "")
    version = pom.value(written)
    if version.startswith("[") and version.endswith("]") and "," not in version:
        version = version[1:-1].strip()
    if why := _open_because(version, pom):
        found.leave_open(name, version or written, element.line, why, path=path)
        return
    found.add(
        name,
        version,
        element.line,
        element.end_line,
        development=scope in _DEVELOPMENT,
        direct=True,
        path=path,
    )


def _open_because(version: str, pom: Pom) -> str:
    if not version:
        outside = pom.outside or "no pom.xml in the repository"
        return f"its version is managed by {outside}" if pom.outside else f"{outside} gives its version"
    if "${" in version:
        return "its version has a property whose value no pom.xml in the repository gives"
    if version[:1] in "[(" or "," in version:
        return "its version is a range"
    return "whatever is newest is taken" if version in _NEWEST else ""
