"""For which ecosystems OSV publishes advisories, so that "none imported" and "there are none" are told apart.

The list is https://osv-vulnerabilities.storage.googleapis.com/ecosystems.txt, of what an image can hold.
"""

PUBLISHED = frozenset(
    {
        "AlmaLinux",
        "Alpaquita",
        "Alpine",
        "Azure Linux",
        "BellSoft Hardened Containers",
        "Bioconductor",
        "Bitnami",
        "CRAN",
        "Chainguard",
        "CleanStart",
        "Debian",
        "Docker Hardened Images",
        "Echo",
        "GHC",
        "Go",
        "Hackage",
        "Hex",
        "Julia",
        "Mageia",
        "Maven",
        "MinimOS",
        "NuGet",
        "Packagist",
        "Pub",
        "PyPI",
        "Red Hat",
        "Rocky Linux",
        "Root",
        "RubyGems",
        "SUSE",
        "SwiftURL",
        "Ubuntu",
        "VSCode",
        "Wolfi",
        "crates.io",
        "npm",
        "opam",
        "openEuler",
        "openSUSE",
    }
)
#: Distributions whose packages nobody describes there, by the id of their os-release file.
UNADVISED_DISTRIBUTIONS = {
    "amzn": "Amazon Linux",
    "arch": "Arch Linux",
    "centos": "CentOS",
    "fedora": "Fedora",
    "ol": "Oracle Linux",
    "photon": "Photon OS",
}
#: Package types of distributions: their ecosystem depends on the release.
OF_DISTRIBUTIONS = frozenset({"alpm", "apk", "deb", "rpm"})
