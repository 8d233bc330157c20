"""Images from files: an OCI layout, an OCI archive, `docker save`, and hostile ones."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.image import Platform
from bot.inventory import Skipped
from bot.registry import Descriptor, Limits, Manifest, ResolvedImage
from bot.registry.oci_archive import open_archive
from bot.registry.oci_layout import LOCAL_IMAGE, OciLayout, parse_layout
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST
from tests.registry.conftest import CONFIG_TYPE, LAYER_TYPE, LOCAL, descriptor

REF_NAME = "org.opencontainers.image.ref.name"


def blob_files(*blobs: bytes) -> dict[str, bytes]:
    return {f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}": blob for blob in blobs}


def image(architecture: str = "amd64", layer: bytes = b"layer") -> tuple[bytes, dict[str, bytes]]:
    """Return a manifest and the files of an image."""
    config = json.dumps({"os": "linux", "architecture": architecture}).encode()
    manifest = {"config": descriptor(CONFIG_TYPE, config), "layers": [descriptor(LAYER_TYPE, layer)]}
    body = json.dumps(manifest).encode()
    return body, blob_files(body, config, layer)


def layout_files(*entries: dict, **files: bytes) -> dict[str, bytes]:
    return {"index.json": json.dumps({"manifests": entries}).encode(), **files}


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def tar(path: Path, files: dict[str, bytes], links: dict[str, str] | None = None) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return path


async def read_all(source: OciLayout, platform: Platform | None = None) -> tuple[ResolvedImage, list[bytes]]:
    found = await source.resolve(LOCAL_IMAGE, platform, LOCAL)
    assert isinstance(found, ResolvedImage), found
    manifest = await source.manifest(found, LOCAL)
    assert isinstance(manifest, Manifest), manifest
    assert isinstance(await source.config(LOCAL_IMAGE, manifest, LOCAL), bytes)
    paths = [await source.blob(LOCAL_IMAGE, layer, LOCAL) for layer in manifest.layers]
    return found, [path.read_bytes() for path in paths if isinstance(path, Path)]


async def why(source: OciLayout, platform: Platform | None = None) -> str:
    found = await source.resolve(LOCAL_IMAGE, platform, LOCAL)
    assert isinstance(found, Skipped)
    return found.why


async def test_a_layout_is_read(tmp_path):
    body, files = image()
    write(tmp_path, layout_files(descriptor(OCI_MANIFEST, body), **files))
    found, layers = await read_all(OciLayout(tmp_path))
    assert (layers, str(found.platform)) == ([b"layer"], "linux/amd64")


async def test_a_tag_chooses(tmp_path):
    (one, files1), (two, files2) = image(layer=b"1"), image(layer=b"2")
    first = descriptor(OCI_MANIFEST, one, annotations={REF_NAME: "1"})
    second = descriptor(OCI_MANIFEST, two, annotations={REF_NAME: "docker.io/acme/shop:2"})
    write(tmp_path, layout_files(first, second, **{**files1, **files2}))
    assert (await read_all(OciLayout(tmp_path, "1")))[1] == [b"1"]
    assert (await read_all(OciLayout(tmp_path, "2")))[1] == [b"2"]
    assert "no such image" in await why(OciLayout(tmp_path, "3"))
    assert "several images" in await why(OciLayout(tmp_path))


@pytest.mark.parametrize("nested", [False, True])
async def test_a_platform_chooses(tmp_path, nested):
    (amd, files1), (arm, files2) = image("amd64", b"amd"), image("arm64", b"arm")
    entries = [
        descriptor(OCI_MANIFEST, body, platform={"os": "linux", "architecture": architecture})
        for body, architecture in ((amd, "amd64"), (arm, "arm64"))
    ]
    files = {**files1, **files2}
    if nested:
        index = json.dumps({"manifests": entries}).encode()
        files |= blob_files(index)
        entries = [descriptor(OCI_INDEX, index)]
    write(tmp_path, layout_files(*entries, **files))
    assert (await read_all(OciLayout(tmp_path)))[1] == [b"amd"]
    assert (await read_all(OciLayout(tmp_path), Platform("linux", "arm64")))[1] == [b"arm"]
    assert "no image for linux/s390x" in await why(OciLayout(tmp_path), Platform("linux", "s390x"))


async def test_content_with_another_digest_is_refused(tmp_path):
    body, files = image()
    layer = f"blobs/sha256/{hashlib.sha256(b'layer').hexdigest()}"
    write(tmp_path, layout_files(descriptor(OCI_MANIFEST, body), **{**files, layer: b"other"}))
    assert (await read_all(OciLayout(tmp_path)))[1] == []


async def test_a_link_out_of_the_layout_is_not_followed(tmp_path):
    secret = write(tmp_path, {"outside/secret": b"secret"}) / "outside/secret"
    root = write(tmp_path / "layout", layout_files())
    place = root / "blobs/sha256" / hashlib.sha256(b"secret").hexdigest()
    place.parent.mkdir(parents=True)
    place.symlink_to(secret)
    layer = Descriptor(LAYER_TYPE, f"sha256:{place.name}", 6)
    assert isinstance(await OciLayout(root).blob(LOCAL_IMAGE, layer, LOCAL), Skipped)


@pytest.mark.parametrize("index", [b"", b"[]", b"{}", b'{"manifests": [1]}', b"[" * 99_999, b" " * 200])
async def test_an_index_that_is_none(tmp_path, index):
    write(tmp_path, {"index.json": index})
    assert await why(OciLayout(tmp_path, limits=Limits(manifest=100_000 if index[:1] == b"[" else 100)))


async def test_a_folder_that_is_no_layout(tmp_path):
    assert await why(OciLayout(tmp_path)) == "the layout has no file index.json"


def test_the_tag_after_a_folder(tmp_path):
    odd = tmp_path / "a:b"
    odd.mkdir()
    assert parse_layout(str(tmp_path)) == (tmp_path, None)
    assert parse_layout(f"{tmp_path}:1") == (tmp_path, "1")
    assert parse_layout(str(odd)) == (odd, None)
    with pytest.raises(ConfigError, match="no such folder"):
        parse_layout(str(tmp_path / "missing"))


async def test_an_oci_archive_is_read(tmp_path):
    body, files = image()
    archive = tar(tmp_path / "image.tar", layout_files(descriptor(OCI_MANIFEST, body), **files))
    with open_archive(archive) as source:
        assert (await read_all(source))[1] == [b"layer"]


async def test_what_docker_save_wrote_is_read(tmp_path):
    config = json.dumps({"os": "linux", "architecture": "arm64"}).encode()
    listed = [{"Config": "config.json", "RepoTags": ["a:1"], "Layers": ["1/layer.tar", "2/layer.tar"]}]
    files = {"manifest.json": json.dumps(listed).encode(), "config.json": config, "1/layer.tar": b"one"}
    with open_archive(tar(tmp_path / "image.tar", files, {"2/layer.tar": "../1/layer.tar"})) as source:
        found, layers = await read_all(source)
    assert (layers, str(found.platform)) == ([b"one", b"one"], "linux/arm64")


async def test_hostile_paths_are_inert(tmp_path):
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    body, files = image()
    hostile = {"../../escaped": b"x", "/" + str(tmp_path / "escaped").lstrip("/"): b"x"}
    named = layout_files(descriptor(OCI_MANIFEST, body), **files, **hostile)
    archive = tar(folder / "image.tar", named, {"index": "/etc/passwd", "blobs": "/etc"})
    with open_archive(archive) as source:
        assert (await read_all(source))[1] == [b"layer"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "folder", "image.tar"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"file": b""}, "neither"),
        ({"manifest.json": b"{}"}, "docker save"),
        ({"manifest.json": b"[{}]"}, "docker save"),
        ({"manifest.json": b"[" * 99_999}, "docker save"),
        ({"manifest.json": b'[{"Config": 1, "Layers": []}]'}, "docker save"),
        ({"manifest.json": b'[{"Config": "c", "Layers": ["/etc/passwd"]}]'}, "not in it"),
        ({"big": b"x" * 300}, "more than 200 bytes"),
        ({"index.json": b"x" * 60}, "more than the limit of 50"),
    ],
)
def test_an_archive_that_is_none(tmp_path, files, reason):
    limits = Limits(
        blob=100 if "big" in files else 200_000, manifest=50 if "index.json" in files else 200_000
    )
    with pytest.raises(ConfigError, match=reason), open_archive(tar(tmp_path / "image.tar", files), limits):
        pass


@pytest.mark.parametrize("data", [b"", b"no tar", b"\x1f\x8b\x08" + b"\0" * 600])
def test_a_file_that_is_no_archive(tmp_path, data):
    path = tmp_path / "image.tar"
    path.write_bytes(data)
    with pytest.raises(ConfigError), open_archive(path):
        pass


def test_links_that_turn_in_a_circle_end(tmp_path):
    listed = json.dumps([{"Config": "a", "Layers": []}]).encode()
    archive = tar(tmp_path / "image.tar", {"manifest.json": listed}, {"a": "b", "b": "a"})
    with pytest.raises(ConfigError, match="not in it"), open_archive(archive):
        pass
