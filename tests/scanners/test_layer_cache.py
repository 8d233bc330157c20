"""A layer document is found again by what it depends on, and by nothing less."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine import LayerDocument
from bot.registry.model import Descriptor
from bot.scanners.layers import LayerCache

LAYER = Descriptor("application/vnd.oci.image.layer.v1.tar", "sha256:" + "a" * 64, 3)
DOCUMENT = LayerDocument(diff_id="sha256:" + "b" * 64, size=3)


@pytest.mark.parametrize(
    ("scope", "layer", "found"),
    [
        ("anonymous", LAYER, True),
        ("ada", LAYER, False),  # who may read it with a credential says nothing about others
        ("anonymous", replace(LAYER, size=4), False),
        ("anonymous", replace(LAYER, media_type=LAYER.media_type + "+gzip"), False),
        ("anonymous", replace(LAYER, digest="sha256:" + "c" * 64), False),
    ],
)
def test_a_document_is_found_only_by_the_same_scope_and_descriptor(
    tmp_path: Path, scope: str, layer: Descriptor, found: bool
) -> None:
    cache = LayerCache(tmp_path)
    cache.keep("anonymous", LAYER, DOCUMENT)
    assert cache.find(scope, layer) == (DOCUMENT if found else None)
