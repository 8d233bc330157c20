"""SPDX 3 as JSON-LD in the form its own schema fixes: a flat `@graph` of elements.

See https://spdx.github.io/spdx-spec/v3.0.1/, "Serialization". Only what SPDX itself names is read, no other context.
"""

import re

from bot.sbom.model import Component, Document, Json, SbomError, objects, text

_VERSION = re.compile(r"spdx\.org/rdf/(3[0-9.]{0,18}[0-9])")
_NOT_SOFTWARE = frozenset(("container", "file", "operatingSystem", "source", "archive", "device"))
#: Elements of every kind; relationships are many more than packages.
_MOST_ELEMENTS = 1_000_000


def read_spdx3(root: Json) -> Document:
    """Read a document with the context of SPDX 3."""
    graph = root.get("@graph")
    if not isinstance(graph, list):
        raise SbomError("it is SPDX 3 without a list of elements")
    if len(graph) > _MOST_ELEMENTS:
        raise SbomError(f"it lists more than {_MOST_ELEMENTS:,} elements")
    elements = [item for item in graph if isinstance(item, dict)]
    packages = objects([item for item in elements if item.get("type") == "software_Package"])
    document = next((item for item in elements if item.get("type") == "SpdxDocument"), {})
    return Document(
        form="SPDX 3",
        version=_unknown_version(root),
        name=text(document.get("name")),
        components=tuple(_component(item) for item in packages),
    )


def _unknown_version(root: Json) -> str:
    """The version in `https://spdx.org/rdf/3.0.1/spdx-context.jsonld`, where it is not one of 3.0."""
    found = _VERSION.search(str(root.get("@context"))[:1000])
    return found[1] if found and not f"{found[1]}.".startswith("3.0.") else ""


def _component(item: Json) -> Component:
    version, purl = text(item.get("software_packageVersion")), text(item.get("software_packageUrl"))
    for identifier in objects(item.get("externalIdentifier")):
        if not purl and identifier.get("externalIdentifierType") in ("packageUrl", "purl"):
            purl = text(identifier.get("identifier"))
    software = text(item.get("software_primaryPurpose")) not in _NOT_SOFTWARE
    return Component(
        name=text(item.get("name")),
        version=version,
        purl=purl,
        is_package=bool(purl) or (software and bool(version)),
    )
