"""Make the inventory of an image of its layer documents: what is there in the end, and since which layer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.engine.binaries.examine import RUNTIME
from bot.engine.catalog import CATALOGS, SYSTEMS
from bot.engine.document import LayerDocument
from bot.engine.paths import parent
from bot.engine.stack import Found, Leak, Stack, Unread
from bot.engine.systems import system_package
from bot.inventory import (
    ImageConfig,
    ImageSecret,
    InstalledPackage,
    Inventory,
    Release,
    SecretPlace,
    SkipKind,
    Skipped,
)
from bot.package.language import language_package

Layer = tuple[str, int, LayerDocument]
"""(blob digest, compressed bytes, what `scan_layer` said)"""


def squash(layers: Sequence[Layer], config: ImageConfig | Skipped) -> Inventory:
    """Make the inventory of an image of its layers, lowest first, and what `parse_config` returned."""
    stack = Stack()
    for _, _, document in layers:
        stack.add(document)
    digests = [digest for digest, _, _ in layers]
    release = stack.release()
    packages = [_installed(found, release, digests[found.layer]) for found in _without_echoes(stack)]
    unread = [_place(unread, digests) for unread in stack.unread()]
    return Inventory(
        packages=tuple(sorted(packages, key=lambda installed: (installed.package, installed.evidence))),
        release=release,
        config=config if isinstance(config, ImageConfig) else ImageConfig(),
        set_id_files=stack.set_id_files(),
        secrets=tuple(_secret(leak, digests[leak.layer]) for leak in stack.secrets()),
        skipped=(*unread, *_mismatches(layers, config), *_without_packages(stack), *_not_looked_at(stack)),
        layers=tuple(digests),
        size=sum(size for _, size, _ in layers),
    )


def _without_echoes(stack: Stack) -> Iterator[Found]:
    """Leave out what SBOMs and programs in the image repeat of the system's own database, which is kept true.

    A program that a package brings is of that package's version, whatever it says of itself.
    """
    found = list(stack.packages())
    listed = {(_type(each), each.package.name) for each in found if CATALOGS[each.catalog].is_system}
    for each in found:
        if CATALOGS[each.catalog].is_system:
            yield each
        elif (_type(each), each.package.name) not in listed and not (each.catalog == RUNTIME and each.owner):
            yield each


def _type(found: Found) -> str:
    return found.package.type or CATALOGS[found.catalog].type


def _installed(found: Found, release: Release | None, digest: str) -> InstalledPackage:
    type_ = _type(found)
    package = (
        system_package(found.package, type_, release.id if release else "", release)
        if type_ in SYSTEMS
        else language_package(type_, found.package.name, found.package.version)
    )
    return InstalledPackage(package, found.layer, digest, found.path, found.owner)


def _secret(leak: Leak, digest: str) -> ImageSecret:
    found = leak.finding
    return ImageSecret(
        rule=found.rule,
        title=found.title,
        severity=found.severity,
        place=SecretPlace.FILE,
        path=found.path,
        line=found.line,
        hint=found.hint,
        fingerprint=found.fingerprint,
        layer=leak.layer,
        layer_digest=digest,
        deleted=leak.deleted,
    )


def _place(unread: Unread, digests: Sequence[str]) -> Skipped:
    layer = _layer_name(unread.layer, digests)
    what = unread.skipped.what
    return replace(unread.skipped, what=f"{what} in {layer}" if what else layer)


def _layer_name(index: int, digests: Sequence[str]) -> str:
    return f"layer {index + 1} of {len(digests)} ({digests[index][:19]})"


def _mismatches(layers: Sequence[Layer], config: ImageConfig | Skipped) -> Iterator[Skipped]:
    """Layers that are not those the configuration names: runtimes refuse them, so what we read never runs."""
    if isinstance(config, Skipped):
        yield config
        return
    if len(config.diff_ids) != len(layers):
        why = f"the manifest has {len(layers)}, the image configuration names {len(config.diff_ids)}"
        yield Skipped("layers", why)
        return
    if config.os == "windows":
        why = "this version does not look for Windows and what it updates"
        yield Skipped("operating system packages of Windows", why, SkipKind.UNCATALOGUED)
    digests = [digest for digest, _, _ in layers]
    for index, ((_, _, document), expected) in enumerate(zip(layers, config.diff_ids, strict=True)):
        if document.diff_id and document.diff_id != expected:
            why = f"its content is {document.diff_id}, the image configuration names {expected[:80]!r}"
            yield Skipped(_layer_name(index, digests), why)


def _without_packages(stack: Stack) -> Iterator[Skipped]:
    """An image that has files and lists no packages was not looked into: an empty list is not a clean one.

    What has no operating system need not have its packages, where there are others.
    """
    if stack.vanished:
        why = f"a layer deletes the package database ({', '.join(sorted(stack.vanished))}), and files may stay behind"
        yield Skipped("operating system packages", why, SkipKind.UNCATALOGUED)
        return
    found = list(stack.packages())
    release = stack.release()
    own = any(CATALOGS[each.catalog].is_system for each in found)
    if not stack.has_files or own or (found and release is None):
        return
    system = f" of {release.pretty_name or release.id}" if release else ""
    if not stack.has_system_packages:
        why = "no package database found"
        if any(_type(each) in SYSTEMS for each in found):
            why = f"{why}, only an SBOM in the image that lists some"
    elif stack.has_databases:
        why = "its package database lists none"
    else:
        return
    yield Skipped(f"operating system packages{system}", why, SkipKind.UNCATALOGUED)


def _not_looked_at(stack: Stack) -> Iterator[Skipped]:
    for label, units, more in stack.hints():
        count = f"{'more than ' if more else ''}{len(units):,}"
        place = parent(units[0]) or "the root directory"
        why = f"not looked at yet ({count}, such as {units[0]})"
        yield Skipped(f"{label} in {place}", why, SkipKind.UNCATALOGUED)
