"""Read the text about modules in a Go program: `path`, `mod`, `dep`, `=>` and `build` lines, tabs between fields.

See runtime/debug, BuildInfo.String. A version nobody gave is `(devel)`; the repository's state may tell it then.
"""

import re

from bot.engine.catalog.model import RawPackage, field

MOST = 10_000
"""Lines that are read; the largest programs known have two thousand."""
_DEVEL = "(devel)"
#: The linker's way of giving the program its version; only names by which it means the program itself.
_GIVEN = re.compile(r"-X[ =]['\"]?(?:[\w./~-]{1,200}\.)?[vV]ersion=(v?[0-9]+\.[0-9][\w.+-]{0,60})")


#: A file that was named to the compiler, and Go's own tools, which are of the version of Go.
_WITHOUT = re.compile(r"path\t(?!command-line-arguments$|cmd/)", re.MULTILINE)
_MODULE = re.compile(r"^(?:mod|dep)\t", re.MULTILINE)


def is_without_modules(text: str) -> bool:
    """Whether a program was built as before there were modules, as Debian does: what it was built of is not said."""
    return _WITHOUT.match(text) is not None and _MODULE.search(text) is None


def parse_modules(text: str) -> list[RawPackage]:
    """Return the main module and the dependencies, each as it was replaced."""
    modules: list[tuple[str, str, bool]] = []
    settings: dict[str, str] = {}
    for line in text.split("\n")[:MOST]:
        kind, *fields = line.split("\t")
        match kind, fields:
            case (("mod" | "dep"), [path, version, *_]):
                modules.append((path, version, kind == "mod"))
            case "=>", [path, version, *_] if modules and path:
                modules[-1] = (path, version, modules[-1][2])
            case "build", [setting, *_]:
                name, _, value = setting.partition("=")
                settings.setdefault(name, value)
    found = (_package(path, version, main, settings) for path, version, main in modules)
    return [package for package in found if package is not None]


def _package(path: str, version: str, main: bool, settings: dict[str, str]) -> RawPackage | None:
    name = field(path.encode("utf-8", "replace"))
    if version == _DEVEL:
        version = _own_version(settings) if main else ""
    clean = field(version.encode("utf-8", "replace"))
    # A module of a local folder has no version: it is listed, and no advisory can be compared with it.
    return RawPackage(name, clean, name, clean) if name else None


def _own_version(settings: dict[str, str]) -> str:
    """What the linker was told to call it, else nothing: a commit says nothing about releases."""
    match = _GIVEN.search(settings.get("-ldflags", "")[:10_000])
    return f"v{match[1].removeprefix('v')}" if match else ""
