"""CycloneDX as XML, turned into what the JSON form holds: elements of the same names."""

import io
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bot.sbom.cyclonedx import read_cyclonedx
from bot.sbom.model import MOST, Document, SbomError

_LARGEST = 32 << 20
"""As a tree it takes several times as much memory as JSON."""
_DEEPEST = 64
_NAMESPACE = "http://cyclonedx.org/schema/bom/"
_FIELDS = ("group", "name", "version", "purl")


def read_cyclonedx_xml(data: bytes) -> Document:
    """Read a document that begins as XML does; entities and external references are refused."""
    if len(data) > _LARGEST:
        raise SbomError(f"as XML it is larger than {_LARGEST:,} bytes")
    reading = _Reading()
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            reading.start(element) if event == "start" else reading.end(element)
    except DefusedXmlException as exc:
        raise SbomError("it is XML with a document type (DTD) or entities, which are not read") from exc
    except ParseError as exc:
        line, column = exc.position
        why = f"from line {line:,}, column {column + 1:,} on"
        raise SbomError(f"it is not XML that can be read, {why}") from exc
    except (ValueError, LookupError) as exc:
        raise SbomError("it is not XML that can be read: its encoding is not known") from exc
    if not reading.version:
        raise SbomError("it is XML, but not CycloneDX")
    subject = {"component": reading.subject} if reading.subject else {}
    return read_cyclonedx(
        {"specVersion": reading.version, "metadata": subject, "components": reading.components}
    )


class _Reading:
    """Takes elements as they begin and end; what was read is dropped at once."""

    def __init__(self) -> None:
        self.version = ""
        self.components: list[dict[str, object]] = []
        self.subject: dict[str, object] = {}
        self._path: list[str] = []
        self._open: list[dict[str, object]] = []

    def start(self, element: Element) -> None:
        """Note where we are, and each component as it begins."""
        namespace, _, name = element.tag.lstrip("{").rpartition("}")
        if not self._path:
            if name != "bom" or not namespace.startswith(_NAMESPACE):
                raise SbomError("it is XML, but not CycloneDX")
            self.version = namespace.removeprefix(_NAMESPACE)
        self._path.append(name)
        if len(self._path) > _DEEPEST:
            raise SbomError(f"its elements are nested more than {_DEEPEST} deep")
        if name == "component":
            self._begin({"type": element.get("type", ""), "properties": []})

    def end(self, element: Element) -> None:
        """Take what an element said into the component it is of."""
        name, parent = self._path.pop(), self._path[-1] if self._path else ""
        if name == "component":
            self._open.pop()
        elif self._open and parent == "component" and name in _FIELDS:
            self._open[-1][name] = element.text or ""
        elif self._open and parent == "properties" and name == "property":
            entry = {"name": element.get("name", ""), "value": element.text or ""}
            properties = self._open[-1]["properties"]
            if isinstance(properties, list) and len(properties) < MOST:
                properties.append(entry)
        elif self._open and name == "location" and parent == "occurrence":
            self._open[-1].setdefault("evidence", {"occurrences": [{"location": element.text or ""}]})
        element.clear()

    def _begin(self, component: dict[str, object]) -> None:
        if self._path[:-1] == ["bom", "metadata"]:
            self.subject = component
        elif "components" in self._path and "metadata" not in self._path:
            self.components.append(component)
            if len(self.components) > MOST:
                raise SbomError(f"it lists more than {MOST:,} components")
        self._open.append(component)
