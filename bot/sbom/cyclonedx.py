"""CycloneDX 1.2 to 1.7 as JSON, https://cyclonedx.org/docs/, with the properties Trivy and Syft add."""

from bot.inventory import Release
from bot.sbom.model import (
    MOST,
    Component,
    Document,
    Json,
    SbomError,
    child,
    listed,
    objects,
    pairs,
    place,
    text,
)

_TRIVY, _SYFT = "aquasecurity:trivy:", "syft:"
VERSIONS = frozenset(("", *(f"1.{minor}" for minor in range(2, 8))))
#: Types of components that are software somebody released.
_SOFTWARE = frozenset(
    ("", "library", "framework", "application", "platform", "firmware", "machine-learning-model")
)


def read_cyclonedx(root: Json) -> Document:
    """Read a document that says it is CycloneDX."""
    subject = child(child(root, "metadata"), "component")
    entries = _flat(root)
    version = text(root.get("specVersion"), 20)
    properties = pairs(subject.get("properties"))
    return Document(
        form=f"CycloneDX {version}".strip(),
        name=text(subject.get("name")),
        components=tuple(_component(item) for item in entries),
        release=next((release for item in entries if (release := _release(item))), None),
        layers=tuple(_several(subject.get("properties"), f"{_TRIVY}DiffID"))
        or tuple(part for part in [properties.get(f"{_TRIVY}DiffID", "")] if part),
        version="" if version in VERSIONS else version,
    )


def _flat(root: Json) -> list[Json]:
    """Components may hold components: a list of what waits, as no document decides how deep we call ourselves."""
    found: list[Json] = []
    waiting = listed(root, "components")[::-1]
    while waiting:
        item = waiting.pop()
        found.append(item)
        waiting.extend(listed(item, "components")[::-1])
        if len(found) + len(waiting) > MOST:
            raise SbomError(f"it lists more than {MOST:,} components")
    return found


def _component(item: Json) -> Component:
    properties = pairs(item.get("properties"))
    group, name = text(item.get("group")), text(item.get("name"))
    kind, version, purl = text(item.get("type")), text(item.get("version")), text(item.get("purl"))
    return Component(
        name=f"{group}/{name}" if group else name,
        version=version,
        purl=purl,
        source=_source(properties),
        path=_path(item, properties),
        layer=properties.get(f"{_TRIVY}LayerDiffID") or properties.get(f"{_SYFT}location:0:layerID", ""),
        is_package=kind in _SOFTWARE and bool(purl or version),
    )


def _source(properties: dict[str, str]) -> str:
    if name := properties.get(f"{_TRIVY}SrcName"):
        version = properties.get(f"{_TRIVY}SrcVersion", "")
        release, epoch = (properties.get(f"{_TRIVY}Src{part}", "") for part in ("Release", "Epoch"))
        version = f"{version}-{release}" if release else version
        return f"{name} {epoch}:{version}" if epoch not in ("", "0") else f"{name} {version}".strip()
    name, version = (properties.get(f"{_SYFT}metadata:source{part}", "") for part in ("", "Version"))
    return f"{name} {version}".strip()


def _path(item: Json, properties: dict[str, str]) -> str:
    for key in (f"{_TRIVY}FilePath", f"{_SYFT}location:0:path"):
        if path := properties.get(key):
            return place(path)
    occurrences = objects(child(item, "evidence").get("occurrences"))
    return place(occurrences[0].get("location")) if occurrences else ""


def _release(item: Json) -> Release | None:
    if item.get("type") != "operating-system":
        return None
    properties = pairs(item.get("properties"))
    id_ = text(item.get("name")).lower()
    # Trivy calls a system it does not know so.
    if not id_ or id_ == "none":
        return None
    return Release(
        id=id_,
        version_id=text(item.get("version")),
        pretty_name=properties.get(f"{_SYFT}distro:prettyName", ""),
        codename=properties.get(f"{_SYFT}distro:versionCodename", ""),
    )


def _several(value: object, name: str) -> list[str]:
    return [text(item.get("value")) for item in objects(value) if item.get("name") == name]
