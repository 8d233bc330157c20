"""What fuzzing begins with: a few small inputs of the right form for each target; any other starts from nothing."""

import json

from tests.engine.test_catalog_java_large import FAT, archive
from tests.fakes.images import File, Symlink, apk_installed, dpkg_status, image, layer
from tests.fakes.rpm import bdb, header, ndb, sqlite_db
from tests.lockfiles.seeds import LOCKFILES
from tests.secrets.corpus import positives

_BUILT = image(packages={"openssl": "3.3.1-r0"})
_APK = apk_installed({"openssl": ("3.3.1-r0", "ssl")})
_DPKG = dpkg_status({"openssl": ("3.0-1", "ssl", "3.0")})

SEEDS: dict[str, list[bytes]] = {
    "layer": [
        layer(
            {
                "lib/apk/db/installed": _APK,
                "var/lib/dpkg/status": _DPKG,
                "etc/os-release": Symlink("../usr/lib/os-release"),
                "app/x.dist-info/METADATA": "Name: six\nVersion: 1\n",
                "app/node_modules/left/package.json": '{"name": "left", "version": "1"}',
                "var/lib/rpm/rpmdb.sqlite": "SQLite format 3\0",
                "usr/bin/su": File(b"\x7fELF", mode=0o4755),
            },
            whiteouts=["etc/gone"],
            compression=compression,
        )
        for compression in ("gzip", "none", "zstd")
    ],
    "image-config": [_BUILT.config],
    "manifest": [_BUILT.manifest],
    "release": [b'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine"\n', b"3.20.3\n"],
    "secrets": [case.text.encode() for case in positives()],
    "config-secrets": [
        json.dumps({"config": {"Env": [f"A={case.text}"]}, "history": [{"created_by": case.text}]}).encode()
        for case in positives()
    ],
    "java-stream": [archive(FAT, piped=piped) for piped in (False, True)],
    "catalog-java": [archive(FAT)],
    "catalog-apk": [_APK.encode()],
    "catalog-dpkg": [_DPKG.encode()],
    "catalog-rpm": [write([header("bash", files=["/bin/sh"])]) for write in (sqlite_db, ndb, bdb)],
    "catalog-dpkg-files": [b"/.\n/usr\n/usr/bin/su\n"],
    "layer-document": [json.dumps({"engine": 0, "layer": {}}).encode()],
    **{f"lockfile-{name}": [text.encode()] for name, (_, text) in LOCKFILES.items()},
}
