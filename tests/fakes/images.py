"""Container images made in Python: real package database formats, real digests, the same bytes every time.

built = image(os="alpine:3.20", packages={"openssl": "3.3.1-r0"}, layers=[layer({"app/run": "#!/bin/sh\\n"})])
push(registry, "team/shop", "1", built)
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import zstandard

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
ZSTD = b"\x28\xb5\x2f\xfd"
CREATED = "2024-01-02T03:04:05Z"


@dataclass(frozen=True)
class File:
    """A file with a mode of its own: `File("", mode=0o4755)` is set-uid."""

    content: bytes | str = b""
    mode: int = 0o644


@dataclass(frozen=True)
class Symlink:
    target: str


@dataclass(frozen=True)
class HardLink:
    target: str


@dataclass(frozen=True)
class Directory:
    pass


@dataclass(frozen=True)
class Pipe:
    pass


Content = bytes | str | File | Symlink | HardLink | Directory | Pipe
#: A version, or (version, source package), or (version, source package, source version).
Version = str | tuple[str, str] | tuple[str, str, str]


def layer(
    files: Mapping[str, Content] | None = None,
    *,
    whiteouts: Iterable[str] = (),
    opaque: Iterable[str] = (),
    compression: str = "gzip",
) -> bytes:
    """Make a layer. `whiteouts` are paths to delete, `opaque` directories to empty, both of lower layers."""
    entries = {
        **{_whiteout(path): b"" for path in whiteouts},
        **{f"{path}/.wh..wh..opq".lstrip("/"): b"" for path in opaque},
        **(files or {}),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in entries.items():
            member, data = _member(path, content)
            archive.addfile(member, io.BytesIO(data))
    return compress(buffer.getvalue(), compression)


def compress(data: bytes, compression: str) -> bytes:
    """Compress as `gzip` or `zstd`, or leave alone for `none`."""
    forms = {
        "gzip": lambda: gzip.compress(data, mtime=0),
        "zstd": lambda: zstandard.compress(data),
        "none": lambda: data,
    }
    return forms[compression]()


def _whiteout(path: str) -> str:
    directory, slash, name = path.rpartition("/")
    return f"{directory}{slash}.wh.{name}"


def _member(path: str, content: Content) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(path)
    member.mode = 0o644
    match content:
        case Symlink(target):
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
            return member, b""
        case HardLink(target):
            member.type, member.linkname = tarfile.LNKTYPE, target
            return member, b""
        case Directory():
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            return member, b""
        case Pipe():
            member.type = tarfile.FIFOTYPE
            return member, b""
        case File(inner, mode):
            member.mode = mode
            data = _bytes(inner)
        case _:
            data = _bytes(content)
    member.size = len(data)
    return member, data


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def dpkg_status(packages: Mapping[str, Version], *, arch: str = "amd64") -> str:
    """The content of `var/lib/dpkg/status`."""
    return "".join(_dpkg_stanza(name, *_version(name, written), arch) for name, written in packages.items())


def _dpkg_stanza(name: str, version: str, source: str, source_version: str, arch: str) -> str:
    lines = [
        f"Package: {name}",
        "Status: install ok installed",
        "Priority: optional",
        f"Architecture: {arch}",
    ]
    if (source, source_version) != (name, version):
        lines.append(f"Source: {source}" + (f" ({source_version})" if source_version != version else ""))
    lines += [
        f"Version: {version}",
        f"Description: {name}, made for a test",
        " Version: 0 (of the description)",
    ]
    return "\n".join(lines) + "\n\n"


def apk_installed(packages: Mapping[str, Version], *, arch: str = "x86_64") -> str:
    """The content of `lib/apk/db/installed`."""
    return "".join(
        _apk_stanza(name, *_version(name, written)[:2], arch) for name, written in packages.items()
    )


def _apk_stanza(name: str, version: str, source: str, arch: str) -> str:
    lines = ["C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=", f"P:{name}", f"V:{version}", f"A:{arch}", "S:1", "I:1"]
    lines += [
        f"T:{name}, made for a test",
        "L:MIT",
        f"o:{source}",
        "t:1704164645",
        f"F:usr/share/{name}",
        "R:x",
    ]
    return "\n".join(lines) + "\n\n"


def _version(name: str, written: Version) -> tuple[str, str, str]:
    if isinstance(written, str):
        return written, name, written
    version, source, *source_version = written
    return version, source, source_version[0] if source_version else version


_CODENAMES = {
    "debian:11": "bullseye",
    "debian:12": "bookworm",
    "debian:13": "trixie",
    "ubuntu:20.04": "focal",
    "ubuntu:22.04": "jammy",
    "ubuntu:24.04": "noble",
}


def os_release(os: str) -> str:
    """The content of `etc/os-release` for `alpine:3.20`, `debian:12`, `ubuntu:22.04` and the like."""
    system, _, version = os.partition(":")
    title = {"alpine": "Alpine Linux v", "debian": "Debian GNU/Linux ", "ubuntu": "Ubuntu "}[system]
    full = f"{version}.0" if system == "alpine" and version.count(".") == 1 else version
    lines = [f'PRETTY_NAME="{title}{version}"', f"ID={system}", f'VERSION_ID="{full}"']
    if codename := _CODENAMES.get(os):
        lines.append(f"VERSION_CODENAME={codename}")
    return "\n".join(lines) + "\n"


def database(os: str, packages: Mapping[str, Version]) -> dict[str, Content]:
    """The package database of a distribution as a file of a layer: what an installing RUN rewrites."""
    if os.startswith("alpine"):
        return {"lib/apk/db/installed": apk_installed(packages)}
    return {"var/lib/dpkg/status": dpkg_status(packages)}


def system(os: str, packages: Mapping[str, Version]) -> dict[str, Content]:
    """The files of a distribution's base layer."""
    return {
        "etc/os-release": Symlink("../usr/lib/os-release"),
        "usr/lib/os-release": os_release(os),
        "bin/sh": File("\x7fELF, not really", mode=0o755),
        **database(os, packages),
    }


@dataclass(frozen=True)
class BuiltImage:
    """An image ready to be pushed."""

    manifest: bytes
    media_type: str
    config: bytes
    blobs: Mapping[str, bytes] = field(repr=False)
    """Digest → bytes, the configuration's included."""

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)

    @property
    def layers(self) -> list[tuple[str, bytes]]:
        """(digest, blob) of each layer, lowest first."""
        return [(item["digest"], self.blobs[item["digest"]]) for item in json.loads(self.manifest)["layers"]]


@dataclass(frozen=True)
class BuiltIndex:
    """Several images under one name, one for each platform."""

    manifest: bytes
    media_type: str
    images: Sequence[BuiltImage]

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)


def image(
    os: str | None = "alpine:3.20",
    packages: Mapping[str, Version] | None = None,
    layers: Iterable[bytes | Mapping[str, Content]] = (),
    config: Mapping[str, Any] | None = None,
    *,
    base: BuiltImage | None = None,
    platform: str = "linux/amd64",
    history: Sequence[str] = (),
) -> BuiltImage:
    """Make an image: the base layer of `os` (or all of `base`; nothing for neither), then `layers`.

    `config` holds what docker keeps under `config`: `{"User": "app", "OnBuild": ["RUN true"]}`. `history`
    names the instructions of the added layers.
    """
    inherited = _inherited(base)
    first = [layer(system(os, packages or {}))] if base is None and os else []
    added = [item if isinstance(item, bytes) else layer(item) for item in layers]
    names = [*(f"ADD rootfs of {os}" for _ in first), *history]
    for number, blob in enumerate([*first, *added]):
        inherited.append((blob, names[number] if number < len(names) else f"RUN step {number}"))
    settings = {**(_config(base) if base else {"Env": ["PATH=/usr/bin:/bin"]}), **(config or {})}
    return _assemble(inherited, settings, platform)


def _inherited(base: BuiltImage | None) -> list[tuple[bytes, str]]:
    if base is None:
        return []
    lines = [line["created_by"] for line in json.loads(base.config)["history"] if not line.get("empty_layer")]
    return [(blob, line) for (_, blob), line in zip(base.layers, lines, strict=True)]


def _config(base: BuiltImage) -> Mapping[str, Any]:
    return json.loads(base.config)["config"]


def _assemble(layers: Sequence[tuple[bytes, str]], settings: Mapping[str, Any], platform: str) -> BuiltImage:
    system_name, architecture, *variant = platform.split("/")
    config = _json(
        {
            "created": CREATED,
            "architecture": architecture,
            "os": system_name,
            **({"variant": variant[0]} if variant else {}),
            "config": settings,
            "rootfs": {"type": "layers", "diff_ids": [diff_id(blob) for blob, _ in layers]},
            "history": [
                *({"created": CREATED, "created_by": line} for _, line in layers),
                {"created": CREATED, "created_by": 'CMD ["/bin/sh"]', "empty_layer": True},
            ],
        }
    )
    body = _json(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(config, OCI_CONFIG),
            "layers": [descriptor(blob, layer_type(blob)) for blob, _ in layers],
        }
    )
    blobs = {digest_of(blob): blob for blob in (config, *(blob for blob, _ in layers))}
    return BuiltImage(body, OCI_MANIFEST, config, blobs)


def index(images: Mapping[str, BuiltImage]) -> BuiltIndex:
    """Make an index of images by platform: `{"linux/amd64": …, "linux/arm64/v8": …}`."""
    entries = [
        {**descriptor(built.manifest, built.media_type), "platform": _platform(written)}
        for written, built in images.items()
    ]
    body = _json({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries})
    return BuiltIndex(body, OCI_INDEX, tuple(images.values()))


def _platform(written: str) -> dict[str, str]:
    return dict(zip(("os", "architecture", "variant"), written.split("/"), strict=False))


class Registry(Protocol):
    """What `push` needs of the registry fake."""

    def put_blob(self, repository: str, data: bytes) -> object: ...

    def put_manifest(self, repository: str, reference: str, body: bytes, media_type: str) -> object: ...


def push(registry: Registry, repository: str, tag: str, built: BuiltImage | BuiltIndex) -> str:
    """Put an image or index into a registry under a tag and its digest; return the digest."""
    for part in _images(built):
        for blob in part.blobs.values():
            registry.put_blob(repository, blob)
        registry.put_manifest(repository, part.digest, part.manifest, part.media_type)
    for reference in (built.digest, tag):
        registry.put_manifest(repository, reference, built.manifest, built.media_type)
    return built.digest


def _images(built: BuiltImage | BuiltIndex) -> Iterator[BuiltImage]:
    if isinstance(built, BuiltImage):
        yield built
    else:
        yield from built.images


def digest_of(data: bytes) -> str:
    """The digest of a blob or manifest."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def diff_id(blob: bytes) -> str:
    """The digest of a layer's uncompressed tar."""
    if blob.startswith(ZSTD):
        return digest_of(zstandard.ZstdDecompressor().decompress(blob))
    return digest_of(gzip.decompress(blob) if blob.startswith(b"\x1f\x8b") else blob)


def layer_type(blob: bytes) -> str:
    """The media type of a layer."""
    if blob.startswith(ZSTD):
        return f"{OCI_LAYER}+zstd"
    return f"{OCI_LAYER}+gzip" if blob.startswith(b"\x1f\x8b") else OCI_LAYER


def descriptor(data: bytes, media_type: str) -> dict[str, Any]:
    """Point to content by digest."""
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
