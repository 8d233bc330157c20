"""Short ways to say what a file says."""

from textwrap import dedent

from bot.manifests import Manifest, parse_manifest

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def read(path: str, text: str) -> Manifest:
    """Read a text that is indented as the test is."""
    return parse_manifest(path, dedent(text).encode())


def uses(path: str, text: str) -> list[str]:
    """`name: reference` or `name? why` of each use."""
    manifest = read(path, text)
    assert manifest.problem == ""
    return [
        f"{use.name}: {use.reference}" if use.reference else f"{use.name}? {use.unresolved}"
        for use in manifest.uses
    ]


def builds(path: str, text: str) -> list[str]:
    """`name: Dockerfile A=1 B=2` of each build."""
    manifest = read(path, text)
    assert manifest.problem == ""
    return [
        " ".join([f"{build.name}: {build.dockerfile}", *(f"{arg.name}={arg.value}" for arg in build.args)])
        for build in manifest.builds
    ]
