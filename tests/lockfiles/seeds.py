"""One small file of each form, to begin fuzzing with and to see that all of it is read."""

from tests.lockfiles import (
    test_lock_go,
    test_lock_maven,
    test_lock_node,
    test_lock_npm,
    test_lock_requirements,
)
from tests.lockfiles import test_lock_others as others
from tests.lockfiles import test_lock_python as python

#: Name of the form → path and text.
LOCKFILES: dict[str, tuple[str, str]] = {
    "npm-3": ("package-lock.json", test_lock_npm.V3),
    "npm-1": ("npm-shrinkwrap.json", test_lock_npm.V1),
    "yarn": ("yarn.lock", test_lock_node.YARN_1),
    "berry": ("yarn.lock", test_lock_node.BERRY),
    "pnpm-9": ("pnpm-lock.yaml", test_lock_node.PNPM_9),
    "pnpm-5": ("pnpm-lock.yaml", test_lock_node.PNPM_5),
    "requirements": ("requirements.txt", test_lock_requirements.TEXT),
    "poetry": ("poetry.lock", python.POETRY % ("", "")),
    "uv": ("uv.lock", python.UV),
    "pdm": ("pdm.lock", python.PDM),
    "pipenv": ("Pipfile.lock", '{"default": {"a": {"version": "==1"}}}'),
    "go": ("go.mod", test_lock_go.MOD),
    "cargo": ("Cargo.lock", others.CARGO),
    "bundler": ("Gemfile.lock", others.GEMFILE_LOCK),
    "composer": (
        "composer.lock",
        '{"packages": [{"name": "a/b", "version": "v1", "require": {"php": "*"}}]}',
    ),
    "nuget": (
        "packages.lock.json",
        '{"dependencies": {"net6.0": {"A": {"type": "Direct", "resolved": "1"}}}}',
    ),
    "gradle": ("gradle.lockfile", "a:b:1=testRuntimeClasspath\nempty=\n"),
    "maven": ("pom.xml", test_lock_maven.POM),
    "mix": ("mix.lock", others.MIX),
    "pub": (
        "pubspec.lock",
        'packages:\n  a:\n    dependency: "direct main"\n    source: hosted\n    version: "1"\n',
    ),
    "conan": ("conan.lock", '{"version": "0.5", "requires": ["zlib/1.2#0%1"]}'),
}
