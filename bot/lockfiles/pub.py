"""Dart's pubspec.lock, https://dart.dev/tools/pub/glossary#lockfile.

It does not say which package asks for a transitive one, so one that only development needs is not told apart.
"""

from collections.abc import Collection

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.yaml_spots import read_yaml

_LOCAL = ("path", "sdk")


def read_pubspec_lock(source: str, found: Found) -> None:
    """Read the packages; what comes with the SDK or lies in the repository is left out."""
    root = read_yaml(source)
    packages = root.get("packages")
    if not isinstance(packages.value, dict):
        raise LockfileError("it is no pubspec.lock: it has no map of packages", root.line)
    asked = _asked_to_run(found.sibling("pubspec.yaml"))
    for name, spot in packages.fields().items():
        kind = spot.get("dependency").text
        if spot.get("source").text in _LOCAL:
            continue
        found.add(
            spot.get("description", "name").text or name,
            spot.get("version").text,
            spot.line,
            spot.end_line,
            development=kind == "direct dev" and name not in asked,
            direct=kind.startswith("direct"),
        )


def _asked_to_run(pubspec: str | None) -> Collection[str]:
    """What pubspec.yaml asks for to run, which no word in the lockfile makes a matter of development."""
    try:
        return read_yaml(pubspec).get("dependencies").fields() if pubspec is not None else ()
    except LockfileError:
        return ()
