"""Manifests and indexes whose fields are of any type: read, or refused in words."""

import hashlib
import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.registry.documents import NotAnImage, config_platform, read_document, read_index

DIGEST = "sha256:" + "ab" * 32
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
PLATFORM = {"os": "linux", "architecture": "amd64", "variant": "v2"}
DOCUMENTS: dict[str, Any] = {
    "index": {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [
            {
                "mediaType": MANIFEST,
                "digest": DIGEST,
                "size": 7,
                "platform": PLATFORM,
                "annotations": {"org.opencontainers.image.ref.name": "latest"},
            }
        ],
    },
    "manifest": {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": DIGEST, "size": 7},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": DIGEST, "size": 7}],
    },
    "configuration": {**PLATFORM, "rootfs": {"type": "layers", "diff_ids": [DIGEST]}},
}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(DIGEST),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(sorted(DOCUMENTS)), st.data())
def test_fields_of_any_type(name: str, data: st.DataObject) -> None:
    document = json.loads(json.dumps(DOCUMENTS[name]))
    place = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(ANY)
            break
        place = place[key]
    body = json.dumps(document).encode()
    for read in (
        lambda: read_document(body, f"sha256:{hashlib.sha256(body).hexdigest()}"),
        lambda: read_index(body, lambda entry: True),
        lambda: config_platform(body),
    ):
        with suppress(NotAnImage):
            read()


def test_an_entry_without_a_media_type_is_no_image() -> None:
    for kind in ([], {}, 3, None):
        entry = DOCUMENTS["index"]["manifests"][0] | {"mediaType": kind}
        body = json.dumps(DOCUMENTS["index"] | {"manifests": [entry]}).encode()
        assert read_index(body, lambda entry: True).entries == ()
