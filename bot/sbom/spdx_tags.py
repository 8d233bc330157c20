"""SPDX 2 as tags and values, one a line, turned into what the JSON form holds.

See https://spdx.github.io/spdx-spec/v2.3/, "Tag:value format". Texts of several lines stand in `<text>…</text>`.
"""

from collections.abc import Iterator

from bot.sbom.model import MOST, Document, SbomError
from bot.sbom.spdx import read_spdx

_OPEN, _CLOSE = "<text>", "</text>"
_PACKAGE = {
    "SPDXID": "SPDXID",
    "PackageVersion": "versionInfo",
    "PackageSourceInfo": "sourceInfo",
    "PrimaryPackagePurpose": "primaryPackagePurpose",
}
#: Tags that begin something else: what follows is no longer of the package.
_OTHER = frozenset(("FileName", "SnippetSPDXID", "LicenseID", "Reviewer"))


def read_spdx_tags(data: str) -> Document:
    """Read a document that begins with `SPDXVersion:`."""
    root: dict[str, object] = {}
    packages: list[dict[str, object]] = []
    relations: list[dict[str, str]] = []
    package: dict[str, object] | None = None
    for tag, value in _pairs(data):
        if tag == "PackageName":
            package = {"name": value, "externalRefs": []}
            packages.append(package)
            if len(packages) > MOST:
                raise SbomError(f"it lists more than {MOST:,} components")
        elif tag in _OTHER:
            package = None
        elif tag == "Relationship":
            relations.extend(_relation(value))
        elif package is not None:
            _take(package, tag, value)
        elif tag in ("SPDXVersion", "DocumentName"):
            root.setdefault({"SPDXVersion": "spdxVersion", "DocumentName": "name"}[tag], value)
    return read_spdx({**root, "packages": packages, "relationships": relations})


def _take(package: dict[str, object], tag: str, value: str) -> None:
    references = package["externalRefs"]
    if tag == "ExternalRef" and isinstance(references, list) and len(references) < MOST:
        _, kind, locator = (*value.split(maxsplit=2), "", "", "")[:3]
        references.append({"referenceType": kind, "referenceLocator": locator})
    elif tag in _PACKAGE:
        package.setdefault(_PACKAGE[tag], value)


def _relation(value: str) -> Iterator[dict[str, str]]:
    parts = value.split()
    if len(parts) == 3 and parts[1] == "DESCRIBES":
        yield {"relationshipType": parts[1], "relatedSpdxElement": parts[2]}


def _pairs(data: str) -> Iterator[tuple[str, str]]:
    lines = iter(data.splitlines())
    for line in lines:
        tag, colon, value = line.partition(":")
        if not colon or tag.startswith("#"):
            continue
        value = value.strip()
        if value.startswith(_OPEN):
            value = _text(value.removeprefix(_OPEN), lines)
        yield tag.strip(), value


def _text(first: str, lines: Iterator[str]) -> str:
    parts = [first]
    while _CLOSE not in parts[-1] and (line := next(lines, None)) is not None:
        parts.append(line)
    return "\n".join(parts).partition(_CLOSE)[0]
