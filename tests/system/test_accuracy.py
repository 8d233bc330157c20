"""Three images of `bench.accuracy`, where Trivy and Syft are installed: nothing differs without a reason.

And what the comparison itself does with a difference that has none, wherever it is run.
"""

import shutil
from pathlib import Path

import pytest

from bench.accuracy import Compared, grouped, made
from bench.differences import REASONS
from bench.inventories import Listed, program, tools

NEEDS = {"composer": "tar", "wolfi": "tar", "rpm-rhel": "rpmbuild"}


@pytest.mark.skipif(not program("trivy") or not program("syft"), reason="Trivy and Syft are not installed")
@pytest.mark.parametrize("name", NEEDS)
def test_an_image_is_listed_as_trivy_and_syft_do(name: str, tmp_path: Path) -> None:
    if shutil.which(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    layout = made(tmp_path, name)
    listed = {tool: ask(layout) for tool, ask in tools(tmp_path).items()}
    assert listed["ours"].packages
    assert [group for group in grouped(name, listed) if not group.why] == []


OPENSSL = ("generic", "openssl", "3.0.22")


@pytest.mark.parametrize(
    ("image", "key", "place", "unexplained"),
    [
        ("debian-php", OPENSSL, "binary-classifier-cataloger usr/bin/openssl", 0),
        ("debian-php", OPENSSL, "binary-classifier-cataloger opt/shop/openssl", 1),
        ("debian-php", OPENSSL, "some-other-cataloger usr/bin/openssl", 1),
        ("alpine-3.20", OPENSSL, "binary-classifier-cataloger usr/bin/openssl", 1),
        ("debian-php", ("generic", "curl", "8.1.0"), "binary-classifier-cataloger usr/bin/curl", 1),
    ],
)
def test_a_reason_explains_what_it_was_checked_for(image, key, place, unexplained):
    listed = {"ours": Listed({}), "Syft": Listed({key: (place,)})}
    assert Compared(image, listed, tuple(grouped(image, listed))).unexplained == unexplained


def test_all_places_of_a_difference_have_to_fit():
    places = ("binary-classifier-cataloger usr/bin/openssl", "binary-classifier-cataloger app/openssl")
    listed = {"ours": Listed({}), "Syft": Listed({OPENSSL: places})}
    assert [group.why for group in grouped("debian-php", listed)] == [""]


def test_no_reason_is_about_everything():
    assert not [each for each in REASONS if each.explains("Syft", "more", "new npm x 1", ("x",))]
