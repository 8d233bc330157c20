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
    "manifest": [
        _BUILT.manifest,
        b'{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'
        + b"ab" * 32
        + b'","size":7,"platform":{"os":"linux","architecture":"arm64"}}]}',
    ],
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
    "dockerfile": [
        b"# syntax=docker/dockerfile:1\nARG V=3\nFROM --platform=$BUILDPLATFORM alpine:$V AS build\nRUN apk add x\n"
        b"FROM alpine@sha256:" + b"ab" * 32 + b"\nCOPY --from=build --chmod=755 /a /b\nUSER 1\n",
        b"FROM a\nRUN <<EOF\ncurl -s http://x | sh\nEOF\nONBUILD RUN sudo x \\\n  # c\n  && y\nENV A=${B:-c} D='e'\n",
    ],
    "dockerignore": [b"# c\n*\n!app/**\n**/*.md\na[b-d]?/\n"],
    "advisory": [
        b'{"id":"A-1","modified":"2026-01-01T00:00:00Z","aliases":["CVE-2026-1"],"severity":[{"type":"CVSS_V3","score":'
        b'"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"PyPI","name":"six"},'
        b'"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2"}]}],"versions":["1.0"]}]}',
    ],
    "manifest-compose": [
        b"services:\n  a: &a\n    image: alpine:${V:-3}\n    build: {context: ., target: b, args: [X=1]}\n  b: *a\n"
    ],
    "manifest-bake": [
        b'variable "V" { default = "3" }\ntarget "a" { args = { B = "${V}" }\n target = "x"\n inherits = ["b"]\n}\n'
    ],
    "manifest-devcontainer": [b'{// c\n"image": "a:1", "build": {"dockerfile": "D", "args": {"A": "b"}},}'],
    "manifest-kubernetes": [b"kind: Pod\nspec:\n  containers:\n  - image: a:1\n---\nkind: List\nitems: []\n"],
    "manifest-helm": [b"image:\n  repository: a/b\n  tag: '1'\n"],
    "manifest-workflow": [
        b"jobs:\n  a:\n    container: a:${{ matrix.v }}\n    strategy: {matrix: {v: [1]}}\n    steps: [{uses: docker://a:1}]\n"
    ],
}
