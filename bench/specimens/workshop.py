"""The folder images are made in: trees of files, and layers of them."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.specimens.archive import Archive, unpack
from tests.fakes.images import BuiltImage, compress, image, layer

SUITE = "bookworm"


@dataclass(frozen=True, slots=True)
class Workshop:
    """What makers of images share: what was fetched is kept, the trees are not."""

    folder: Path

    def tree(self, name: str) -> Path:
        """Return an empty folder."""
        place = self.folder / "trees" / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        return place

    def debs(self, suite: str, *names: str, alone: bool = False) -> list[Path]:
        """Fetch packages of a release."""
        return Archive(suite, self.folder / "apt" / suite).fetch(names, alone=alone)

    def debian(self, name: str, *packages: str, suite: str = SUITE) -> Path:
        """Return a root with packages and what they need, and the files that say which release it is."""
        return unpack(self.debs(suite, "base-files", *packages), self.tree(name))

    def unowned(self, name: str, *packages: str, suite: str = SUITE) -> Path:
        """Return the files of packages alone, with no word of them."""
        return unpack(self.debs(suite, *packages, alone=True), self.tree(name), noted=False)

    def pip(self, target: Path, *wheels: str) -> Path:
        """Install wheels into a folder."""
        words = ("install", "--quiet", "--target", str(target), "--no-compile", "--only-binary=:all:")
        self.run(sys.executable, "-m", "pip", *words, *wheels)
        return target

    def npm(self, folder: Path, dependencies: dict[str, str], *command: str) -> Path:
        """Install what a small project asks for, with npm or the manager that is named."""
        folder.mkdir(parents=True, exist_ok=True)
        project = {"name": "specimen", "version": "1.0.0", "private": True, "dependencies": dependencies}
        (folder / "package.json").write_text(json.dumps(project))
        self.run(*(command or ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund")), cwd=folder)
        return folder

    def run(self, *command: str, cwd: Path | None = None, **settings: str) -> str:
        """Run a program whose caches lie in this folder."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        env = {
            **os.environ,
            "npm_config_cache": str(home / "npm"),
            "npm_config_store_dir": str(home / "pnpm"),
        }
        env |= settings
        done = subprocess.run(command, cwd=cwd or home, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command[:4])} ended with {done.returncode}: {done.stderr[-800:]}")
        return done.stdout


def pack(root: Path, compression: str = "gzip") -> bytes:
    """Make a layer of all that is below a folder."""
    options = ("--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--format=pax")
    tar = subprocess.run(
        ["tar", "--create", *options, "--directory", root, "."], capture_output=True, check=True
    )
    return (
        gzip.compress(tar.stdout, 1, mtime=0) if compression == "gzip" else compress(tar.stdout, compression)
    )


def of(*roots: Path, compression: str = "gzip") -> BuiltImage:
    """Make an image of a layer for each folder."""
    return image(os=None, layers=[pack(root, compression) for root in roots])


def difference(before: Path, after: Path, changed: Path) -> bytes:
    """Make the layer an instruction leaves that turned one tree into the other; `changed` is an empty folder."""
    gone = []
    for path in _below(before):
        if not os.path.lexists(after / path) and os.path.lexists((after / path).parent):
            gone.append(str(path))
    for path in _below(after):
        if _differ(before / path, after / path):
            (changed / path).parent.mkdir(parents=True, exist_ok=True)
            _copy(after / path, changed / path)
    for path in gone:
        folder = changed / Path(path).parent
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f".wh.{Path(path).name}").touch()
    return pack(changed)


def _below(root: Path) -> Sequence[Path]:
    found = [Path(folder, name) for folder, names, files in os.walk(root) for name in (*names, *files)]
    return sorted(path.relative_to(root) for path in found)


def _differ(old: Path, new: Path) -> bool:
    if new.is_symlink():
        return not old.is_symlink() or os.readlink(old) != os.readlink(new)
    if new.is_dir():
        return not old.is_dir()
    return not old.is_file() or old.is_symlink() or old.read_bytes() != new.read_bytes()


def _copy(path: Path, to: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        to.mkdir(exist_ok=True)
    else:
        shutil.copy2(path, to, follow_symlinks=False)


def docker(built: BuiltImage) -> BuiltImage:
    """Write the manifest with Docker's media types."""
    types = {
        "application/vnd.oci.image.manifest.v1+json": "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.config.v1+json": "application/vnd.docker.container.image.v1+json",
        "application/vnd.oci.image.layer.v1.tar+gzip": "application/vnd.docker.image.rootfs.diff.tar.gzip",
    }
    text = built.manifest.decode()
    for old, new in types.items():
        text = text.replace(old, new)
    return replace(built, manifest=text.encode(), media_type=types[built.media_type])


__all__ = ["SUITE", "Workshop", "difference", "docker", "layer", "of", "pack"]
