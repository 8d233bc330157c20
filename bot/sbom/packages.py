"""From an SBOM to packages as the engine finds them: the same identity, so the same advisories speak of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.engine.systems import system_package
from bot.inventory import InstalledPackage, Release, SkipKind, Skipped
from bot.package import Package
from bot.package.language import language_package
from bot.sbom.document import read_document
from bot.sbom.model import Component, Document
from bot.sbom.purls import SYSTEM_TYPES, Named, parse_purl


@dataclass(frozen=True, slots=True)
class Sbom:
    """What a document lists, and what of it could not be told."""

    name: str
    form: str
    packages: tuple[InstalledPackage, ...] = ()
    release: Release | None = None
    layers: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def parse_sbom(data: bytes) -> Sbom:
    """Read an SBOM of any form; SbomError when it is none."""
    return _sbom(read_document(data))


def _sbom(document: Document) -> Sbom:
    found: dict[InstalledPackage, None] = {}
    unnamed: list[Component] = []
    release = document.release
    for component in document.components:
        named = parse_purl(component.purl, component.source) if component.purl else None
        if named is not None and component.is_package:
            release = release or named.release
            found[_installed(named, component, document)] = None
        elif component.is_package:
            unnamed.append(component)
    return Sbom(
        name=document.name,
        form=document.form,
        packages=tuple(sorted(found, key=lambda installed: (installed.package, installed.evidence))),
        release=release,
        layers=document.layers,
        skipped=(*_unknown_version(document), *_skipped(unnamed, empty=not found)),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A package as a scanner lists it, whatever its own form."""

    purl: str
    name: str
    source: str = ""
    path: str = ""
    layer: str = ""


def packages_of(listed: Iterable[Listed], release_id: str, release_version: str) -> Sbom:
    """Make packages of a scanner's list, in the release it says."""
    release = Release(release_id, release_version) if release_id else None
    components = tuple(
        Component(each.name, "", each.purl, each.source, each.path.lstrip("/"), each.layer) for each in listed
    )
    return _sbom(Document("list", "", components, release))


def package_of(purl: str, release: Release | None = None) -> Package | None:
    """The package a scanner's package URL means; None when it means none that is installed."""
    named = parse_purl(purl)
    return _package(named, release) if named else None


def _installed(named: Named, component: Component, document: Document) -> InstalledPackage:
    index = document.layers.index(component.layer) if component.layer in document.layers else 0
    return InstalledPackage(_package(named, document.release), index, component.layer, component.path)


def _package(named: Named, of_document: Release | None) -> Package:
    raw = named.raw
    if raw.type not in SYSTEM_TYPES:
        return language_package(raw.type, raw.name, raw.version)
    return system_package(raw, raw.type, named.namespace, named.release or of_document)


def _unknown_version(document: Document) -> Iterator[Skipped]:
    if document.version:
        form = document.form.partition(" ")[0]
        why = f"{form} {document.version} is not a version that is known here; it was read as those that are"
        yield Skipped("what only that version of the SBOM says", why, SkipKind.UNCATALOGUED)


def _skipped(unnamed: list[Component], *, empty: bool) -> Iterator[Skipped]:
    kinds = Counter(component.purl.partition("/")[0] for component in unnamed)
    for kind, count in sorted(kinds.items()):
        example = next(each.name for each in unnamed if each.purl.partition("/")[0] == kind)
        why = f"of a kind that is not known ({kind[:40]})" if kind else "without a package URL"
        yield Skipped(
            f"{count:,} {'component' if count == 1 else 'components'} of the SBOM",
            f"{why}, such as {example[:100]}",
            SkipKind.UNCATALOGUED,
        )
    if empty:
        yield Skipped("packages", "the SBOM lists none", SkipKind.UNCATALOGUED)
