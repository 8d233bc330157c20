"""Read XML into elements that know their lines. Entities of a document's own are refused, so nothing grows.

Follows https://www.w3.org/TR/xml/ as expat reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax import ContentHandler, SAXException, SAXParseException
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException, sax

from bot.lockfiles.errors import LockfileError

MAX_ELEMENTS = 500_000
MAX_DEPTH = 100


@dataclass(slots=True)
class Element:
    """An element without its namespace and attributes."""

    tag: str
    line: int
    end_line: int = 0
    text: str = ""
    children: "list[Element]" = field(default_factory=list)

    def get(self, *path: str) -> "Element":
        """Follow tags down; an empty element where there is no such way."""
        element = self
        for tag in path:
            element = next((each for each in element.children if each.tag == tag), Element("", 1))
        return element

    def all(self, tag: str) -> "Iterator[Element]":
        """The children of that name."""
        return (each for each in self.children if each.tag == tag)

    def word(self, *path: str) -> str:
        """The text of an element, without the white space around it."""
        return self.get(*path).text.strip()


def read_xml(source: str) -> Element:
    """Read one document; raises LockfileError."""
    parser = sax.make_parser()
    handler = _Handler(parser)
    parser.setContentHandler(handler)
    try:
        parser.feed(source)
        parser.close()
    except SAXParseException as exc:
        raise LockfileError(f"it is not XML: {exc.getMessage()}", exc.getLineNumber() or 1) from None
    except DefusedXmlException:
        raise LockfileError("it declares entities, which are not looked into", handler.line()) from None
    except (SAXException, ValueError):
        raise LockfileError("it is not XML that can be read", handler.line()) from None
    return handler.root


class _Handler(ContentHandler):
    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.root = Element("", 1)
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0
        self._locator = locator

    def line(self) -> int:
        return self._locator.getLineNumber() or 1

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise LockfileError("it has too many elements, or is nested too deep", self.line())
        element = Element(name.rpartition(":")[2], self.line())
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def characters(self, content: str) -> None:
        self._texts[-1].append(content)

    def endElement(self, name: str) -> None:
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        element.end_line = self.line()
