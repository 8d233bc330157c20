"""Images of several layers: upgrades, removals, whiteouts, opaque folders, and other ways to write layers down."""

import shutil

from bench.specimens.model import Specimen
from bench.specimens.workshop import Workshop, difference, docker, layer, of, pack
from tests.fakes.images import BuiltImage, image


def _upgraded(shop: Workshop) -> BuiltImage:
    """A release's root, and the instruction that made the next release's of it."""
    old = shop.debian("upgrade-old", "libssl1.1", "zlib1g", "perl-base", suite="bullseye")
    new = shop.debian("upgrade-new", "libssl3", "zlib1g", "perl-base", suite="bookworm")
    return image(os=None, layers=[pack(old), difference(old, new, shop.tree("upgrade"))])


def _reinstalled(shop: Workshop) -> BuiltImage:
    """Wheels, newer ones in their place, and some taken away again."""
    first, second, third = (shop.tree(f"reinstalled-{number}") for number in range(3))
    site = "usr/lib/python3/dist-packages"
    shop.pip(first / site, "requests==2.25.1", "flask==2.0.3", "jinja2==3.0.3")
    shop.pip(second / site, "requests==2.32.3", "flask==3.0.3")
    shutil.copytree(second, third, dirs_exist_ok=True)
    for gone in (third / site).glob("flask*"):
        shutil.rmtree(gone)
    one = difference(first, second, shop.tree("reinstalled-a"))
    two = difference(second, third, shop.tree("reinstalled-b"))
    return image(os=None, layers=[pack(first), one, two])


def _opaque(shop: Workshop) -> BuiltImage:
    """A folder of modules that a later layer empties and fills anew."""
    first, second = shop.tree("opaque-1"), shop.tree("opaque-2")
    shop.npm(first / "app", {"express": "4.17.1", "lodash": "4.17.20"})
    shop.npm(second / "app", {"koa": "2.15.3"})
    emptied = layer({}, opaque=["app/node_modules"])
    return image(os=None, layers=[pack(first), emptied, pack(second)])


def _removed(shop: Workshop) -> BuiltImage:
    """Debian without its database: what a careless clean-up leaves."""
    root = shop.debian("removed", "python3-requests")
    return image(os=None, layers=[pack(root), layer({}, whiteouts=["var/lib/dpkg"])])


def _several(shop: Workshop) -> list[bytes]:
    system, wheels, modules = (
        shop.debian("several", "libssl3"),
        shop.tree("several-py"),
        shop.tree("several-js"),
    )
    shop.pip(wheels / "opt/app", "requests==2.32.3")
    shop.npm(modules / "app", {"koa": "2.15.3"})
    return [pack(system), pack(wheels), pack(modules)]


def _zstd(shop: Workshop) -> BuiltImage:
    system, wheels = shop.debian("zstd", "libssl3"), shop.tree("zstd-py")
    shop.pip(wheels / "opt/app", "requests==2.32.3", "flask==3.0.3")
    return of(system, wheels, compression="zstd")


def _docker(shop: Workshop) -> BuiltImage:
    return docker(image(os=None, layers=_several(shop)))


SPECIMENS = (
    Specimen("upgraded", "a release upgraded to the next in a layer", _upgraded),
    Specimen("reinstalled", "wheels upgraded and removed in layers", _reinstalled),
    Specimen("opaque", "modules in a folder that a layer empties", _opaque),
    Specimen("database-removed", "the package database deleted by a layer", _removed),
    Specimen("zstd", "layers compressed with zstd", _zstd),
    Specimen("docker-types", "three layers under Docker's media types", _docker),
)
