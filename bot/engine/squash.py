"""Make the inventory of an image of its layer documents: what is there in the end, and since which layer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.engine.catalog import CATALOGS
from bot.engine.document import LayerDocument
from bot.engine.ecosystem import ecosystem
from bot.engine.paths import parent
from bot.engine.stack import Found, Stack, Unread
from bot.inventory import ImageConfig, InstalledPackage, Inventory, Release, SkipKind, Skipped
from bot.package import Package

Layer = tuple[str, int, LayerDocument]
"""(blob digest, compressed bytes, what `scan_layer` said)"""


def squash(layers: Sequence[Layer], config: ImageConfig | Skipped) -> Inventory:
    """Make the inventory of an image of its layers, lowest first, and what `parse_config` returned."""
    stack = Stack()
    for _, _, document in layers:
        stack.add(document)
    digests = [digest for digest, _, _ in layers]
    release = stack.release()
    packages = [_installed(found, release, digests[found.layer]) for found in stack.packages()]
    unread = [_place(unread, digests) for unread in stack.unread()]
    return Inventory(
        packages=tuple(sorted(packages, key=lambda installed: (installed.package, installed.evidence))),
        release=release,
        config=config if isinstance(config, ImageConfig) else ImageConfig(),
        set_id_files=stack.set_id_files(),
        skipped=(*unread, *_mismatches(layers, config), *_without_packages(stack), *_not_looked_at(stack)),
        layers=tuple(digests),
        size=sum(size for _, size, _ in layers),
    )


def _installed(found: Found, release: Release | None, digest: str) -> InstalledPackage:
    raw, catalog = found.package, CATALOGS[found.catalog]
    fits = release is not None and release.id in catalog.distributions
    package = Package(
        type=catalog.type,
        namespace=release.id if release else "",
        name=raw.name,
        version=raw.version,
        source_name=raw.source_name,
        source_version=raw.source_version,
        arch=raw.arch,
        ecosystem=ecosystem(release) if fits else "",
    )
    return InstalledPackage(package, found.layer, digest, found.path)


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
    digests = [digest for digest, _, _ in layers]
    for index, ((_, _, document), expected) in enumerate(zip(layers, config.diff_ids, strict=True)):
        if document.diff_id and document.diff_id != expected:
            why = f"its content is {document.diff_id}, the image configuration names {expected[:80]!r}"
            yield Skipped(_layer_name(index, digests), why)


def _without_packages(stack: Stack) -> Iterator[Skipped]:
    """An image that has files and lists no packages was not looked into: an empty list is not a clean one."""
    if not stack.has_files or any(True for _ in stack.packages()):
        return
    release = stack.release()
    system = f" of {release.pretty_name or release.id}" if release else ""
    if not stack.has_system_packages:
        why = "no package database found"
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
