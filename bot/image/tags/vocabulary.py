"""The words of tags: what is a distribution, a runtime, an architecture, an alias or a mark of a prerelease.

Names and numbers of releases are those of https://www.debian.org/releases/ and https://wiki.ubuntu.com/Releases.
A word that is missing here is a flavour, and a flavour has to stay as it is, so what is not known does no harm.
"""

from types import MappingProxyType
from typing import Final

DEBIAN = "debian"
UBUNTU = "ubuntu"
ALPINE = "alpine"

CODENAMES: Final = MappingProxyType(
    {
        **{
            name: (DEBIAN, (number,))
            for number, name in enumerate(
                (
                    "squeeze",
                    "wheezy",
                    "jessie",
                    "stretch",
                    "buster",
                    "bullseye",
                    "bookworm",
                    "trixie",
                    "forky",
                    "duke",
                ),
                start=6,
            )
        },
        **{
            name: (UBUNTU, (year, month))
            for name, year, month in (
                ("lucid", 10, 4),
                ("precise", 12, 4),
                ("quantal", 12, 10),
                ("raring", 13, 4),
                ("saucy", 13, 10),
                ("trusty", 14, 4),
                ("utopic", 14, 10),
                ("vivid", 15, 4),
                ("wily", 15, 10),
                ("xenial", 16, 4),
                ("yakkety", 16, 10),
                ("zesty", 17, 4),
                ("artful", 17, 10),
                ("bionic", 18, 4),
                ("cosmic", 18, 10),
                ("disco", 19, 4),
                ("eoan", 19, 10),
                ("focal", 20, 4),
                ("groovy", 20, 10),
                ("hirsute", 21, 4),
                ("impish", 21, 10),
                ("jammy", 22, 4),
                ("kinetic", 22, 10),
                ("lunar", 23, 4),
                ("mantic", 23, 10),
                ("noble", 24, 4),
                ("oracular", 24, 10),
                ("plucky", 25, 4),
                ("questing", 25, 10),
                ("resolute", 26, 4),
                ("stonking", 26, 10),
            )
        },
    }
)
"""Codename → distribution, and the number its release is ordered by."""

PRODUCTS: Final = MappingProxyType(
    {
        ALPINE: "alpine-linux",
        DEBIAN: DEBIAN,
        UBUNTU: UBUNTU,
        "ubi": "rhel",
        "al": "amazon-linux",
        "amazonlinux": "amazon-linux",
        "almalinux": "almalinux",
        "rockylinux": "rocky-linux",
        "oraclelinux": "oracle-linux",
        "ol": "oracle-linux",
        "centos": "centos",
        "stream": "centos-stream",
        "fedora": "fedora",
        "leap": "opensuse",
        "azurelinux": "azure-linux",
        "mariner": "azure-linux",
        "photon": "vmware-photon",
        "wolfi": "",
    }
)
"""Word of a distribution → endoflife.date's name of the product; empty where there is none."""

MUSL: Final = frozenset({ALPINE, "musl"})
DEFAULTS: Final = frozenset({DEBIAN, UBUNTU})
"""Distributions an image is often built on without its tags saying so."""
GLIBC: Final = frozenset({*PRODUCTS, "glibc"} - MUSL)

RUNTIMES: Final = frozenset(
    "jdk jre java openjdk temurin corretto amazoncorretto semeru graal graalvm ibmjava sapmachine zulu "
    "php python pypy node nodejs ruby go golang rust perl otp erlang elixir scala dotnet cuda".split()
)
"""A number behind one of them is the runtime's, not the image's, unless there is no other."""

RUNTIME_PRODUCTS: Final = MappingProxyType(
    {
        **dict.fromkeys(("temurin", "jdk", "jre", "java", "openjdk"), "eclipse-temurin"),
        **dict.fromkeys(("corretto", "amazoncorretto"), "amazon-corretto"),
        "semeru": "ibm-semeru",
        "sapmachine": "sapmachine",
        "zulu": "azul-zulu",
        "otp": "erlang",
        "erlang": "erlang",
        "elixir": "elixir",
        "python": "python",
        "node": "nodejs",
        "nodejs": "nodejs",
        "php": "php",
        "ruby": "ruby",
        "go": "go",
        "golang": "go",
    }
)
"""Runtime → endoflife.date's name of the product whose version stands behind it."""
JAVA: Final = frozenset({"jdk", "jre", "java", "openjdk"})
"""Anybody's Java: whose it is says the image."""

ARCHITECTURES: Final = frozenset(
    "amd64 x86_64 x64 i386 i686 386 arm32v5 arm32v6 arm32v7 arm64v8 arm64 aarch64 arm armv5 armv6 armv7 armv7l "
    "armhf armel ppc64le ppc64el s390x riscv64 mips64le loong64".split()
)

ALIASES: Final = frozenset(
    "latest stable oldstable oldoldstable testing unstable experimental sid edge rolling rawhide devel current "
    "lts lta mainline innovation production tip trunk main master head weekly daily default fresh old "
    "tumbleweed branched develop".split()
)
"""Words for "whichever is newest"."""

FLAVOURS: Final = frozenset(
    "slim minimal micro full fat alpine perl otel jdk jre headless headful fpm apache cli zts nonroot debug root "
    "rootless dind git management builder base core distroless chiseled extra aot composite runtime sdk aspnet".split()
)
"""Those that alone name whatever is newest of them; used for words to a person only."""

PRERELEASES: Final = MappingProxyType(
    {
        **dict.fromkeys(("dev", "snapshot", "nightly", "canary", "insiders"), 0),
        **dict.fromkeys(("ea", "tp", "pre", "preview", "prerelease"), 1),
        **dict.fromkeys(("alpha", "a"), 2),
        **dict.fromkeys(("milestone", "m"), 3),
        **dict.fromkeys(("beta", "b"), 4),
        **dict.fromkeys(("rc", "cr", "candidate"), 5),
    }
)
"""Mark of a prerelease → its place among the others, the earliest first."""
