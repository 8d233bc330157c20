"""Images of Debian's own packages: roots of three releases, distroless, and programs of many languages."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.specimens.archive import control, unpack
from bench.specimens.model import Specimen
from bench.specimens.workshop import SUITE, Workshop, of
from tests.fakes.images import BuiltImage, image
from tests.system.root import sources

_DISTROLESS = ("base-files", "netbase", "tzdata", "libc6", "libssl3", "ca-certificates")
_SERVERS = ("nginx", "redis-server", "postgresql-15", "apache2-bin", "haproxy", "memcached", "openssl")


def _bootstrapped(shop: Workshop) -> BuiltImage:
    archive = shop.tree("bootstrapped") / "root.tar"
    shop.run("mmdebstrap", "--quiet", "--variant=essential", "bookworm", str(archive), *map(str, sources()))
    subprocess.run(["gzip", "-1", archive], check=True)
    return image(os=None, layers=[archive.with_suffix(".tar.gz").read_bytes()])


def _root(name: str, *packages: str, suite: str = SUITE) -> Callable[[Workshop], BuiltImage]:
    return lambda shop: of(shop.debian(name, *packages, suite=suite))


def _distroless(shop: Workshop) -> BuiltImage:
    """Each package in a file of its own, with the checksums beside it."""
    root = shop.tree("distroless")
    folder = root / "var/lib/dpkg/status.d"
    folder.mkdir(parents=True)
    files = shop.debs("bookworm", *_DISTROLESS, alone=True)
    unpack(files, root, noted=False)
    for file in files:
        name, stanza = control(file)
        (folder / name).write_text(stanza)
        _control_member(file, "md5sums", folder / f"{name}.md5sums")
    return of(root)


def _control_member(file: Path, member: str, to: Path) -> None:
    with subprocess.Popen(["dpkg-deb", "--ctrl-tarfile", file], stdout=subprocess.PIPE) as content:
        command = ["tar", "--extract", "--to-stdout", f"./{member}"]
        to.write_bytes(subprocess.run(command, stdin=content.stdout, capture_output=True, check=False).stdout)


def _static(shop: Workshop) -> BuiltImage:
    """One program and nothing else, as `FROM scratch` images have it."""
    root = shop.tree("static")
    program = shop.unowned("static-source", "busybox-static") / "usr/bin/busybox"
    (root / "bin").mkdir()
    shutil.copy(program, root / "bin/busybox")
    return of(root)


def _unowned(shop: Workshop) -> BuiltImage:
    """Programs copied in, where no package manager knows of them."""
    names = (*_SERVERS, "libssl3", "nodejs", "libnode108", "busybox", "php8.2-cli", "mariadb-server-core")
    interpreters = (
        "python3.11-minimal",
        "libpython3.11",
        "libruby3.1",
        "ruby3.1",
        "perl-base",
        "openjdk-17-jre-headless",
    )
    return of(shop.unowned("unowned", *names, *interpreters))


SPECIMENS = (
    Specimen("debian-bootstrapped", "Debian 12 as mmdebstrap installs it", _bootstrapped),
    Specimen(
        "debian-11", "Debian 11, all essential packages", _root("debian-11", "?essential", suite="bullseye")
    ),
    Specimen(
        "debian-13", "Debian 13, all essential packages", _root("debian-13", "?essential", suite="trixie")
    ),
    Specimen(
        "debian-python",
        "Debian's Python packages",
        _root("debian-python", "python3-flask", "python3-requests", "python3-numpy", "python3-cryptography"),
    ),
    Specimen(
        "debian-node", "Debian's Node packages", _root("debian-node", "nodejs", "node-express", "webpack")
    ),
    Specimen("debian-ruby", "Debian's gems", _root("debian-ruby", "ruby-rails", "bundler", "ruby-sinatra")),
    Specimen(
        "debian-java",
        "Debian's Java archives",
        _root("debian-java", "libtomcat10-java", "maven", "libspring-web-java", "liblog4j2-java"),
    ),
    Specimen(
        "debian-go",
        "Debian's Go programs",
        _root("debian-go", "podman", "docker-registry", "prometheus", "skopeo"),
    ),
    Specimen("debian-php", "Debian's PHP packages", _root("debian-php", "composer", "php-cli", "php-twig")),
    Specimen(
        "debian-servers", "servers that Debian's packages own", _root("debian-servers", *_SERVERS, "busybox")
    ),
    Specimen("unowned-programs", "the same and more, owned by no package", _unowned),
    Specimen("distroless", "Debian packages in status.d", _distroless),
    Specimen("busybox-static", "one static program", _static),
)
