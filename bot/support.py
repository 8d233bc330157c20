"""Until when what is in an image is supported: its distribution, what its name promises, the runtimes it carries."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from bot.image.lifecycle.model import Cycle
from bot.image.reference import Reference
from bot.image.supported import Support
from bot.image.tags import parse_tag
from bot.inventory import Inventory, Release

_PRODUCT_OF_RELEASE = {"rocky": "rockylinux", "ol": "oraclelinux", "amzn": "amazonlinux", "photon": "photon"}
"""Where os-release names a distribution otherwise than its image is named."""
_PRODUCT_OF_VARIABLE = {
    "ASPNET_VERSION": "dotnet",
    "DOTNET_VERSION": "dotnet",
    "GOLANG_VERSION": "go",
    "HTTPD_VERSION": "apache-http-server",
    "MARIADB_VERSION": "mariadb",
    "MONGO_VERSION": "mongodb",
    "MYSQL_VERSION": "mysql",
    "NGINX_VERSION": "nginx",
    "NODE_VERSION": "nodejs",
    "PG_VERSION": "postgresql",
    "PHP_VERSION": "php",
    "PYTHON_VERSION": "python",
    "REDIS_VERSION": "redis",
    "RUBY_VERSION": "ruby",
    "TOMCAT_VERSION": "tomcat",
    "VALKEY_VERSION": "valkey",
}
"""Official images note the version of what they carry in their environment."""


class SupportDates(Protocol):
    """A table of support dates."""

    def find(self, product: str, word: str, day: date | None = None) -> Cycle | None:
        """Return the line that a version, tag or codename belongs to."""
        ...

    def product_of(self, image: str) -> str | None:
        """Return the product an image ships, if the table has it."""
        ...


def lines_of(reference: Reference, release: Release | None, dates: SupportDates, day: date) -> list[Cycle]:
    """Return the line its name and tag promise, and that of the distribution it says it is."""
    lines = (_of_name(reference, dates, day), _of_release(release, dates, day))
    return [line for line in lines if line is not None]


def support_in(
    reference: Reference, inventory: Inventory, dates: SupportDates, day: date
) -> tuple[Support, ...]:
    """Return every line an image depends on, each product once, in the order of their names."""
    lines = [*lines_of(reference, inventory.release, dates, day), *_of_environment(inventory, dates, day)]
    found = {line.product: line for line in reversed(lines)}
    return tuple(
        Support(line.product, line.name, line.ends.isoformat() if line.ends else "", line.ended)
        for _, line in sorted(found.items())
    )


def _of_name(reference: Reference, dates: SupportDates, day: date) -> Cycle | None:
    product = dates.product_of(reference.name)
    if not product or not reference.tag:
        return None
    return dates.find(product, parse_tag(reference.tag).version_text or reference.tag, day)


def _of_release(release: Release | None, dates: SupportDates, day: date) -> Cycle | None:
    if release is None:
        return None
    name = _PRODUCT_OF_RELEASE.get(release.id, release.id)
    product = dates.product_of(name) or name
    words = (word for word in (release.version_id, release.codename) if word)
    return next((line for word in words if (line := dates.find(product, word, day))), None)


def _of_environment(inventory: Inventory, dates: SupportDates, day: date) -> Iterator[Cycle]:
    for entry in inventory.config.env:
        name, _, version = entry.partition("=")
        product = _PRODUCT_OF_VARIABLE.get(name)
        if product and (line := dates.find(product, version, day)):
            yield line
