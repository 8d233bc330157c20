"""An image built so that something flawed in it is not seen, although it is there when the image runs."""

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.images import (
    BuiltImage,
    BuiltIndex,
    Content,
    Symlink,
    apk_installed,
    dpkg_status,
    image,
    index,
    layer,
)
from tests.flows.reading import FLAWED, SOUND, know_flaw, rules_of, text_of
from tests.harness import Advisories, Registry, RunningBot

APK = "lib/apk/db/installed"
END = bytes(1024)
Review = Callable[[BuiltImage | BuiltIndex], FakePull]


@pytest.fixture
def review(bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories) -> Review:
    """Change from a sound image, `shop:1`, to this one, `shop:2`."""

    def change(built: BuiltImage | BuiltIndex) -> FakePull:
        know_flaw(advisories)
        sound = registry.push_image("shop:1", packages=SOUND)
        repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
        pull = repo.open_pull(files={"Dockerfile": f"FROM {registry.push_built('shop:2', built)}\n"})
        bot.drain()
        return pull

    return change


def behind_a_directory_of_old() -> bytes:
    """Its size field says that the database is the directory's content, and directories have none."""
    database = layer({APK: apk_installed(FLAWED)}, compression="none")
    directory = tarfile.TarInfo("x/")
    directory.type, directory.size = tarfile.AREGTYPE, len(database)
    return directory.tobuf(tarfile.USTAR_FORMAT) + database + END


def under_the_name_of_a_sparse_file() -> bytes:
    """Without a version of the sparse format, nobody gives the file that name."""
    content = apk_installed(FLAWED).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo(APK)
        member.size, member.pax_headers = len(content), {"GNU.sparse.name": "tmp/x"}
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def in_a_prefix_where_others_keep_times() -> bytes:
    directory, _, name = APK.rpartition("/")
    content = apk_installed(FLAWED).encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    block = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    block[345 : 345 + len(directory)] = directory.encode()
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + content + bytes(-len(content) % 512) + END


@pytest.mark.parametrize(
    "archive",
    [behind_a_directory_of_old, under_the_name_of_a_sparse_file, in_a_prefix_where_others_keep_times],
)
def test_a_database_that_only_the_runtime_finds_in_the_archive(
    review: Review, archive: Callable[[], bytes]
) -> None:
    pull = review(image(packages=SOUND, layers=[archive()]))
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


@pytest.mark.parametrize(
    ("link", "files"),
    [
        ("var/lib/dpkg/status.d/x", {"var/lib/dpkg/status.d/x": Symlink("/opt/x")}),
        (
            "var/lib",
            {"var/lib": Symlink("/data/lib"), "data/lib/dpkg/status": dpkg_status({"openssl": "1.0"})},
        ),
        ("lib/apk", {"lib/apk": Symlink("/data/apk"), "data/apk/db/installed": apk_installed(FLAWED)}),
    ],
    ids=["a file", "a directory on the way", "a directory below one that may be merged"],
)
def test_a_database_behind_a_link(review: Review, link: str, files: dict[str, Content]) -> None:
    beside = {"usr/lib/apk/db/installed": apk_installed(SOUND)}
    pull = review(image(packages=SOUND, layers=[{**files, **beside}]))
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unreadable-image"]
    assert f"{link} in layer 2 of 2" in text_of(pull)


def test_a_second_database_that_names_another_source(review: Review) -> None:
    sources = {APK: ("3.3.0-r0", "harmless"), f"usr/{APK}": ("3.3.0-r0", "openssl")}
    databases = {path: apk_installed({"libssl3": version}) for path, version in sources.items()}
    pull = review(image(layers=[databases]))
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_a_manifest_that_names_other_layers_to_the_runtime(review: Review) -> None:
    shown, run = image(packages=SOUND), image(packages=FLAWED)
    manifest = {**json.loads(shown.manifest), "LAYERS": json.loads(run.manifest)["layers"]}
    pull = review(replace(shown, manifest=json.dumps(manifest).encode(), blobs={**shown.blobs, **run.blobs}))
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unreadable-image"]
    assert "the manifest spells a field 'LAYERS'" in text_of(pull)


def test_an_image_that_is_called_an_attestation(review: Review) -> None:
    shown, run = image(packages=SOUND), image(packages=FLAWED)
    built = index({"linux/amd64": run, "linux/amd64/": shown})
    document = json.loads(built.manifest)
    document["manifests"][0]["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    pull = review(replace(built, manifest=json.dumps(document).encode()))
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]
