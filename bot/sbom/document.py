"""Tell which form an SBOM has, by what it says of itself, and read it."""

import json

from bot.json_problem import why_no_json
from bot.sbom.cyclonedx import read_cyclonedx
from bot.sbom.cyclonedx_xml import read_cyclonedx_xml
from bot.sbom.model import Document, SbomError
from bot.sbom.spdx import read_spdx
from bot.sbom.spdx3 import read_spdx3
from bot.sbom.spdx_tags import read_spdx_tags
from bot.sbom.syft import read_syft

LARGEST = 64 << 20
"""That of a large image with all its files is about half as large."""


def read_document(data: bytes) -> Document:
    """Read an SBOM of any form; SbomError when it is none."""
    if len(data) > LARGEST:
        raise SbomError(f"it is larger than {LARGEST:,} bytes")
    body = _utf_8(data).lstrip()
    if body.startswith(b"{"):
        return _read_json(body)
    if body.startswith(b"<"):
        # XML says itself how it is written.
        return read_cyclonedx_xml(data if _is_wide(data) else body)
    if b"SPDXVersion:" in body[:4096]:
        return read_spdx_tags(body.decode("utf-8", "replace"))
    if body.startswith(b"["):
        raise SbomError("it is a JSON list, and CycloneDX, SPDX and Syft write an object")
    raise SbomError("it is neither CycloneDX, SPDX nor Syft JSON")


def _utf_8(data: bytes) -> bytes:
    """Text in UTF-16 or UTF-32, as some tools of Windows write it, as UTF-8; anything else as it is."""
    if not _is_wide(data):
        return data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode(json.detect_encoding(data)).encode()
    except UnicodeError:
        return data


def _is_wide(data: bytes) -> bool:
    return not json.detect_encoding(data).startswith("utf-8")


def _read_json(body: bytes) -> Document:
    try:
        root = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise SbomError(why_no_json(exc)) from exc
    if root.get("bomFormat") == "CycloneDX":
        return read_cyclonedx(root)
    if str(root.get("spdxVersion") or "").startswith("SPDX-2"):
        return read_spdx(root)
    if "spdx.org/rdf/3" in str(root.get("@context") or "")[:1000]:
        return read_spdx3(root)
    if isinstance(root.get("artifacts"), list) and "descriptor" in root:
        return read_syft(root)
    raise SbomError("it is JSON, but neither CycloneDX, SPDX 2 or 3, nor Syft's")
