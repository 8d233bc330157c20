"""Syft's own JSON, https://github.com/anchore/syft, schema/json."""

from bot.inventory import Release
from bot.sbom.model import Component, Document, Json, child, listed, objects, place, text


def read_syft(root: Json) -> Document:
    """Read a document that has `artifacts` and names Syft as its writer."""
    source = child(root, "source")
    metadata = child(source, "metadata") or child(source, "target")
    return Document(
        form=f"Syft {text(child(root, 'schema').get('version'), 20)}".strip(),
        name=text(metadata.get("userInput")) or text(source.get("name")),
        components=tuple(_component(item) for item in listed(root, "artifacts")),
        release=_release(child(root, "distro")),
        layers=tuple(text(layer.get("digest")) for layer in objects(metadata.get("layers"))),
    )


def _component(item: Json) -> Component:
    metadata = child(item, "metadata")
    name, version = text(metadata.get("source")), text(metadata.get("sourceVersion"))
    locations = objects(item.get("locations"))
    first = locations[0] if locations else {}
    return Component(
        name=text(item.get("name")),
        version=text(item.get("version")),
        purl=text(item.get("purl")),
        source=f"{name} {version}".strip(),
        path=place(first.get("path")),
        layer=text(first.get("layerID")),
    )


def _release(distro: Json) -> Release | None:
    id_ = text(distro.get("id")).lower()
    if not id_:
        return None
    return Release(
        id=id_,
        version_id=text(distro.get("versionID")),
        pretty_name=text(distro.get("prettyName")),
        codename=text(distro.get("versionCodename")),
    )
