""".NET packages: `NAME.deps.json` beside a program, which lists what it was published with.

See https://github.com/dotnet/sdk, documentation/specs/runtime-configuration-file.md. The shared frameworks in an image
have such a file too, in a folder that is named by their version.
"""

from collections.abc import Mapping
from typing import Any

from bot.engine.catalog.jsonfile import MOST, read_object, text
from bot.engine.catalog.model import Catalog, CatalogError, CatalogLimitError, RawPackage

_RUNTIME_PACK = "runtimepack."
#: Kinds of files a package brings along. What brings none was there to build the program, such as an analyser.
_BRINGS = ("runtime", "runtimeTargets", "native", "resources")


def claims(path: str) -> bool:
    """Any list of dependencies."""
    return path.endswith(".deps.json")


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the packages, the runtime of a self-contained program and the shared framework."""
    root = read_object(data)
    libraries = root.get("libraries")
    if not isinstance(libraries, dict):
        raise CatalogError("it has no list of libraries")
    if len(libraries) > MOST:
        raise CatalogLimitError(f"it lists more than {MOST:,} libraries")
    target = _target(root)
    found = [
        _package(key, item)
        for key, item in libraries.items()
        if isinstance(item, dict) and _is_there(target.get(key))
    ]
    return [package for package in (*found, _framework(path)) if package is not None]


def _target(root: Mapping[str, Any]) -> Mapping[str, Any]:
    """What each library brings to the target the program was built for; older files name it without an object."""
    named, targets = root.get("runtimeTarget"), root.get("targets")
    name = named.get("name") if isinstance(named, dict) else named
    target = targets.get(name) if isinstance(targets, dict) and isinstance(name, str) else None
    return target if isinstance(target, dict) else {}


def _is_there(brings: object) -> bool:
    """Whether a library has files in the image, or is not said to have none."""
    return not isinstance(brings, dict) or any(brings.get(kind) for kind in _BRINGS)


def _package(key: str, item: dict[str, object]) -> RawPackage | None:
    """`Newtonsoft.Json/13.0.3`. The program itself is a `project`, an assembly without a package a `reference`."""
    name, _, version = (text(part) for part in key.partition("/"))
    kind = text(item.get("type")).lower()
    if kind == "runtimepack":
        name = name.removeprefix(_RUNTIME_PACK)
    elif kind != "package":
        return None
    return RawPackage(name, version, name, version) if name and version else None


def _framework(path: str) -> RawPackage | None:
    """`shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json`"""
    folder, _, file = path.rpartition("/")
    parts = folder.split("/")
    if len(parts) < 3 or parts[-3] != "shared" or file != f"{parts[-2]}.deps.json":
        return None
    name, version = text(parts[-2]), text(parts[-1])
    return RawPackage(name, version, name, version) if name and version[:1].isdigit() else None


CATALOG = Catalog(name="dotnet", type="nuget", extensions=frozenset(("json",)), claims=claims, parse=parse)
