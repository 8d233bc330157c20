"""The mark of tests over all published tags, which a fresh clone does not have."""

import pytest

from tests.image.tags import published

wide = pytest.mark.skipif(
    not published.folder().is_dir(),
    reason=f"no published tags: {published.folder()} is missing (PLIMSOLL_DATA names the folder that has images/)",
)
