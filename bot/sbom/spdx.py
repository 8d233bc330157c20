"""SPDX 2.2 and 2.3 as JSON, https://spdx.github.io/spdx-spec/v2.3/, with what Trivy and Syft write into free text."""

import re

from bot.inventory import Release
from bot.sbom.model import Component, Document, Json, listed, objects, place, text

VERSIONS = frozenset(("2.2", "2.3"))
#: Purposes of entries that are not software with a version of its own.
_NOT_SOFTWARE = frozenset(("CONTAINER", "FILE", "OPERATING-SYSTEM", "SOURCE", "ARCHIVE", "DEVICE"))
_BUILT_FROM = re.compile(r"built package from: (\S{1,200} \S{1,200})")
_ACQUIRED_FROM = re.compile(r"acquired package info from [^:]{1,100}: ([^,\n]{1,1000})")
_LAYER = re.compile(r"LayerDiffID: (sha256:[0-9a-f]{64})")


def read_spdx(root: Json) -> Document:
    """Read a document that says it is SPDX 2."""
    entries = listed(root, "packages")
    version = text(root.get("spdxVersion"), 20).removeprefix("SPDX-")
    described = _described(root)
    return Document(
        form=f"SPDX {version}",
        name=text(root.get("name")),
        components=tuple(_component(item, text(item.get("SPDXID")) in described) for item in entries),
        release=next((release for item in entries if (release := _release(item))), None),
        version="" if version in VERSIONS else version,
    )


def _described(root: Json) -> frozenset[str]:
    """What the document is about: the image itself, which is no package of it."""
    named = root.get("documentDescribes")
    found = [text(item) for item in named] if isinstance(named, list) else []
    # There are many more relationships than packages, and no more than a few of this kind.
    relations = root.get("relationships")
    for relation in relations if isinstance(relations, list) else ():
        if isinstance(relation, dict) and relation.get("relationshipType") == "DESCRIBES":
            found.append(text(relation.get("relatedSpdxElement")))
    return frozenset(found) - {""}


def _component(item: Json, described: bool) -> Component:
    purl = _purl(item)
    version, info = text(item.get("versionInfo")), text(item.get("sourceInfo"), 4096)
    purpose = text(item.get("primaryPackagePurpose"))
    built, acquired = _BUILT_FROM.search(info), _ACQUIRED_FROM.search(info)
    software = purpose not in _NOT_SOFTWARE and not (described and purpose)
    return Component(
        name=text(item.get("name")),
        version="" if version == "NOASSERTION" else version,
        purl=purl,
        source=built[1] if built else "",
        path=place(acquired[1]) if acquired else "",
        layer=_layer(item),
        is_package=bool(purl or version) and (software or bool(purl and not described)),
    )


def _purl(item: Json) -> str:
    for reference in objects(item.get("externalRefs")):
        if reference.get("referenceType") == "purl":
            return text(reference.get("referenceLocator"))
    return ""


def _layer(item: Json) -> str:
    notes = [text(each.get("comment")) for each in objects(item.get("annotations"))]
    listed = item.get("attributionTexts")
    notes += [text(each) for each in listed[:100]] if isinstance(listed, list) else []
    return next((match[1] for note in notes if (match := _LAYER.search(note))), "")


def _release(item: Json) -> Release | None:
    id_ = text(item.get("name")).lower()
    if item.get("primaryPackagePurpose") != "OPERATING-SYSTEM" or id_ in ("", "none"):
        return None
    return Release(id_, text(item.get("versionInfo")))
