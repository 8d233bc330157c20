"""Packages of programming languages: what their package manager calls them, as advisories and as a purl name them.

Names in advisories follow https://ossf.github.io/osv-schema/#affectedpackage-field, purls
https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst.
"""

import re

from bot.package.package import Package

#: purl type → OSV ecosystem.
ECOSYSTEMS = {
    "bitnami": "Bitnami",
    "cargo": "crates.io",
    "composer": "Packagist",
    "conan": "ConanCenter",
    "gem": "RubyGems",
    "golang": "Go",
    "hex": "Hex",
    "maven": "Maven",
    "npm": "npm",
    "nuget": "NuGet",
    "pub": "Pub",
    "pypi": "PyPI",
}
#: Software that is recognised without a package manager, where Bitnami publishes advisories for it.
_BITNAMI = frozenset(
    "consul dotnet envoy etcd git grafana haproxy helm java mariadb memcached mongodb nginx node openresty php "
    "postgresql prometheus python rabbitmq redis ruby sqlite tomcat valkey vault".split()
)
#: Its name there, where that is another.
_BITNAMI_NAMES = {
    "go": "golang",
    "httpd": "apache",
    "nodejs": "node",
    "openjdk": "java",
    "postgres": "postgresql",
}
_RUN = re.compile(r"[-_.]+")
_FOLDERS = frozenset(("composer", "golang", "npm"))


def language_package(type_: str, name: str, version: str) -> Package:
    """Name a package as its own manager does: `@babel/core`, `org.slf4j:slf4j-api`, `golang.org/x/net`.

    `generic` and other types without an ecosystem have none: they are listed, and no advisory speaks of them. Only
    well-known software has those that Bitnami publishes for its own builds of it.
    """
    name = canonical_name(type_, name)
    namespace, short = _split(type_, name)
    known = _BITNAMI_NAMES.get(name, name)
    if type_ == "generic" and (known in _BITNAMI or name in _BITNAMI_NAMES):
        return Package(type_, "", name, version, known, version, ecosystem=ECOSYSTEMS["bitnami"])
    return Package(
        type=type_,
        namespace=namespace,
        name=short,
        version=version,
        source_name=name,
        source_version=version,
        ecosystem=ECOSYSTEMS.get(type_, ""),
    )


def canonical_name(type_: str, name: str) -> str:
    """Write a name the one way its ecosystem compares it: `Flask_Login` → `flask-login` (PEP 503)."""
    match type_:
        case "pypi":
            return _RUN.sub("-", name).lower()
        case "composer":
            return name.lower()
        case _:
            return name


def _split(type_: str, name: str) -> tuple[str, str]:
    if type_ == "maven":
        group, colon, artifact = name.partition(":")
        return (group, artifact) if colon else ("", name)
    if type_ in _FOLDERS:
        namespace, _, short = name.rpartition("/")
        return namespace, short
    return "", name
