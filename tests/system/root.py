"""A real root of the distribution the tests run on, made by mmdebstrap, and what dpkg itself says is in it."""

import gzip
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.images import BuiltImage, image, layer
from tests.system.programs import run

STATUS = "var/lib/dpkg/status"
FIELDS = ("Package", "Version", "source:Package", "source:Version", "Architecture")
Entry = tuple[str, ...]
"""One package, as `FIELDS`."""


@dataclass(frozen=True)
class Root:
    """An image of one layer, and the text of its package database."""

    image: BuiltImage
    status: str
    ecosystem: str
    """As advisories name its release: `Debian:12`."""

    def with_status(self, status: str) -> BuiltImage:
        """The image with a layer on top, as an instruction makes it that installs other versions."""
        return image(os=None, base=self.image, layers=[layer({STATUS: status})], history=["RUN install"])


def bootstrap(folder: Path) -> Root:
    """Make a root from the package sources this machine is set up with; takes about 20 seconds."""
    release = _os_release()
    codename = release["VERSION_CODENAME"]
    archive = folder / "root.tar"
    run("mmdebstrap", "--quiet", "--variant=essential", "--format=tar", codename, archive, *sources())
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"./{STATUS}")
        assert member is not None
        status = member.read().decode()
    built = image(os=None, layers=[gzip.compress(archive.read_bytes(), 1, mtime=0)], history=["ADD root"])
    archive.unlink()
    return Root(built, status, f"{release['ID'].title()}:{release['VERSION_ID']}")


def _os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text().splitlines()
    return dict(line.replace('"', "").split("=", 1) for line in lines if "=" in line)


def sources() -> list[Path]:
    """The package sources this machine is set up with."""
    folder = Path("/etc/apt/sources.list.d")
    found = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*.sources")), *sorted(folder.glob("*.list"))]
    return [path for path in found if path.is_file() and path.read_text().strip()]


def dpkg_says(status: str, folder: Path) -> set[Entry]:
    """What dpkg-query reads out of a status file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "status").write_text(status)
    form = "\t".join(f"${{{field}}}" for field in FIELDS)
    printed = run("dpkg-query", f"--admindir={folder}", "--show", f"--showformat={form}\n")
    return {tuple(line.split("\t")) for line in printed.splitlines()}


def rewritten(status: str, version: Callable[[str, str, str], str]) -> str:
    """Give packages other versions: `version(package, source, old)`. The source's own version follows."""
    return "\n\n".join(_stanza(stanza, version) for stanza in status.strip().split("\n\n")) + "\n"


def _stanza(stanza: str, version: Callable[[str, str, str], str]) -> str:
    fields = dict(re.findall(r"^(Package|Version|Source): (\S+)", stanza, re.MULTILINE))
    old = fields["Version"]
    new = version(fields["Package"], fields.get("Source", fields["Package"]), old)
    if new == old:
        return stanza
    without = re.sub(r"^(Source: \S+) \(.*\)$", r"\1", stanza, flags=re.MULTILINE)
    return re.sub(r"^Version: .*$", f"Version: {new}", without, flags=re.MULTILINE)


def write_layout(folder: Path, built: BuiltImage, tag: str = "") -> Path:
    """Write an image as an OCI layout, for a program to copy."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    contents = {**built.blobs, built.digest: built.manifest}
    for digest, data in contents.items():
        (blobs / digest.removeprefix("sha256:")).write_bytes(data)
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    entry = f'"mediaType": "{built.media_type}", "digest": "{built.digest}", "size": {len(built.manifest)}'
    if tag:
        entry += f', "annotations": {{"org.opencontainers.image.ref.name": "{tag}"}}'
    (folder / "index.json").write_text(f'{{"schemaVersion": 2, "manifests": [{{{entry}}}]}}')
    return folder
