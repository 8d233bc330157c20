"""Gradle's lockfiles, https://docs.gradle.org/current/userguide/dependency_locking.html."""

from pathlib import PurePosixPath

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found


def read_gradle_lockfile(source: str, found: Found) -> None:
    """Read `group:name:version=configurations`; what only tests or the build script itself use is for development."""
    build_script = PurePosixPath(found.path).name.lower().startswith("buildscript")
    for number, raw in enumerate(source.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith(("#", "empty=")):
            continue
        coordinates, equals, configurations = line.partition("=")
        group, _, rest = coordinates.partition(":")
        name, colon, version = rest.partition(":")
        if not (equals and group and name and colon):
            raise LockfileError("it is no lockfile of Gradle: the line is not group:name:version=…", number)
        development = build_script or all(_is_test(each) for each in configurations.split(","))
        found.add(f"{group}:{name}", version, number, development=development)


def _is_test(configuration: str) -> bool:
    """`testRuntimeClasspath`, `integrationTestCompileClasspath`."""
    return configuration.strip().startswith("test") or "Test" in configuration
