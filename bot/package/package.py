"""A package: its identity for people (purl) and for advisories (ecosystem, source name, source version).

Follows the package URL specification, https://github.com/package-url/purl-spec.
"""

from dataclasses import dataclass

from packageurl import PackageURL


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One installed package.

    Distributions name *source* packages in their advisories, so a binary package carries both names and both
    versions; where a database names no source, they equal the binary's.
    """

    type: str
    """The purl type: `deb`, `apk`, `npm`."""
    namespace: str
    """The purl namespace: for distributions their id (`debian`), for others what their purl type says (`@babel`)."""
    name: str
    version: str
    source_name: str
    source_version: str
    arch: str = ""
    ecosystem: str = ""
    """The OSV ecosystem with its release, such as `Debian:12` or `Alpine:v3.20`; empty when unknown."""
    module: str = ""
    """The module stream of an RPM package, `nodejs:18`: its advisories speak of that stream alone."""

    @property
    def purl(self) -> str:
        """The package URL, with the qualifiers that advisories need."""
        qualifiers = {"arch": self.arch} if self.arch else {}
        if self.source_version != self.version or self.source_name not in self._names:
            qualifiers["upstream"] = f"{self.source_name}@{self.source_version}"
        return PackageURL(self.type, self.namespace or None, self.name, self.version, qualifiers).to_string()

    @property
    def _names(self) -> tuple[str, ...]:
        """What its own source may be called: languages put the namespace into the name."""
        return self.name, f"{self.namespace}/{self.name}", f"{self.namespace}:{self.name}"
