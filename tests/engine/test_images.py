"""The images other tests are built on."""

import json

import pytest

from bot.engine import parse_config
from tests.fakes.images import BuiltImage, digest_of, image, index, push


class Shelf:
    """As much of a registry as `push` uses."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, tuple[str, bytes]] = {}

    def put_blob(self, repository: str, data: bytes) -> None:
        self.blobs[digest_of(data)] = data

    def put_manifest(self, repository: str, reference: str, body: bytes, media_type: str) -> None:
        self.manifests[reference] = (media_type, body)


def build(platform: str = "linux/amd64") -> BuiltImage:
    return image(packages={"musl": "1"}, layers=[{"a": "b"}], config={"User": "x"}, platform=platform)


def test_the_same_image_every_time():
    assert build() == build()


def test_an_image_on_another_shares_its_layers():
    base = build()
    built = image(base=base, layers=[{"c": "d"}], config={"Env": ["A=b"]}, history=["COPY c /c"])
    assert built.layers[:2] == base.layers
    config = parse_config(built.config)
    assert (config.user, config.env) == ("x", ("A=b",))
    assert [line.layer for line in config.history] == [0, 1, 2, None]


@pytest.mark.parametrize("platforms", [["linux/amd64"], ["linux/amd64", "linux/arm64/v8"]])
def test_everything_an_index_names_is_pushed(platforms):
    shelf, built = Shelf(), index({platform: build(platform) for platform in platforms})
    assert push(shelf, "team/shop", "1", built) == built.digest
    media_type, body = shelf.manifests["1"]
    assert media_type == "application/vnd.oci.image.index.v1+json"
    for entry in json.loads(body)["manifests"]:
        manifest = json.loads(shelf.manifests[entry["digest"]][1])
        for item in (manifest["config"], *manifest["layers"]):
            assert len(shelf.blobs[item["digest"]]) == item["size"]
