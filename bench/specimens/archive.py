"""Packages of a Debian release with what they need, unpacked as they are and noted as dpkg notes them.

Nothing of a package is run, so roots of any release are made in seconds; those that need no scripts are the same.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.system.root import sources

MERGED = ("bin", "lib", "lib64", "sbin")
_FIELDS = re.compile(r"^(?=\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Archive:
    """One release, with a package manager's folders of its own."""

    suite: str
    folder: Path

    def fetch(self, names: Sequence[str], *, alone: bool = False) -> list[Path]:
        """Return the packages' files, with all they need unless they are wanted `alone`."""
        self._prepare()
        place = self.folder / "wanted" / re.sub(r"\W+", "-", f"{'-'.join(names)}-{alone}")[:120]
        if not place.exists():
            (place / "partial").mkdir(parents=True)
            self._download(names, place, alone)
        return sorted(place.glob("*.deb"))

    def _download(self, names: Sequence[str], place: Path, alone: bool) -> None:
        if alone:
            self._apt("download", *names, cwd=place)
        else:
            options = (
                "--download-only",
                "--no-install-recommends",
                "--yes",
                "-o",
                f"Dir::Cache::archives={place}",
            )
            self._apt("install", *options, *names, cwd=place)

    def _prepare(self) -> None:
        if (self.folder / "ready").exists():
            return
        for name in ("lists/partial", "cache", "parts", "wanted"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        for path in sources():
            self._copy_source(path)
        self._apt("update", cwd=self.folder)
        (self.folder / "ready").touch()

    def _copy_source(self, path: Path) -> None:
        """What this machine is set up with, for another release of it."""
        here = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
        text = path.read_text()
        if here is None or (here[1] not in text and self.suite != here[1]) or "debian" not in path.name:
            return
        written = text.replace(here[1], self.suite) if here else text
        (self.folder / "parts" / path.name).write_text(written)

    def _apt(self, *words: str, cwd: Path) -> None:
        options = {
            "Dir::State": self.folder,
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": self.folder / "parts",
            "APT::Sandbox::User": "root",
        }
        given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        done = subprocess.run(["apt-get", "--quiet", *given, *words], cwd=cwd, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"apt-get {words[0]} for {self.suite} failed: {done.stderr[-600:]}")


def unpack(files: Sequence[Path], root: Path, *, noted: bool = True) -> Path:
    """Unpack packages into a root whose /bin is in /usr, and note them as installed."""
    for name in MERGED:
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if not (root / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    for file in files:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE) as content:
            subprocess.run(
                ["tar", "--extract", "--keep-directory-symlink", "--directory", root],
                stdin=content.stdout,
                check=True,
            )
    if noted:
        note(files, root)
    return root


def note(files: Sequence[Path], root: Path) -> None:
    """Write `status` and the lists of files, as dpkg does."""
    folder = root / "var/lib/dpkg"
    (folder / "info").mkdir(parents=True, exist_ok=True)
    with (folder / "status").open("a") as status:
        for file in files:
            name, stanza = control(file)
            status.write(stanza.replace("\n", "\nStatus: install ok installed\n", 1) + "\n")
            (folder / "info" / f"{name}.list").write_text(listing(file))


def control(file: Path) -> tuple[str, str]:
    """Return the name of a package and its control file."""
    stanza = subprocess.run(["dpkg-deb", "--field", file], capture_output=True, text=True, check=True).stdout
    match = re.search(r"^Package: (\S+)", stanza, re.MULTILINE)
    assert match, file
    return match[1], stanza.strip() + "\n"


def listing(file: Path) -> str:
    """Return the paths of a package, one a line, as `info/NAME.list` has them."""
    told = subprocess.run(["dpkg-deb", "--contents", file], capture_output=True, text=True, check=True).stdout
    paths = (
        line.split(maxsplit=5)[5].partition(" -> ")[0].partition(" link to ")[0] for line in told.splitlines()
    )
    return "".join(f"{path.lstrip('.').rstrip('/') or '/.'}\n" for path in paths)
