"""What a verdict leaves for the next one to compare with."""

import pytest

from bot.diff import Difference, Effect, Since
from bot.earlier import of_base_side, of_head_side
from bot.inventory import SkipKind, Skipped
from bot.package import Package
from bot.review import Review
from tests.report.reviews import (
    DIGESTS,
    SNAPSHOT,
    base,
    finding,
    fixed,
    image,
    introduced,
    one_target,
    package,
    unreadable,
)

HEAD, BASE = "docker.io/library/shop-base:2", "docker.io/library/shop-base:1"


def a_review() -> Review:
    return one_target(
        introduced("openssl", "CVE-1"),
        introduced("curl", "CVE-2", since=Since.NEW_ADVISORY),
        fixed("busybox", "CVE-3"),
        Difference(finding("musl", "CVE-4"), Effect.UNCHANGED, Since.UPSTREAM_MOVED),
        Difference(finding("zlib", "CVE-5"), Effect.CLEARED),
    )


def flaws(*names: str) -> frozenset[tuple[str, str]]:
    packages = {"CVE-1": "openssl", "CVE-2": "curl", "CVE-3": "busybox", "CVE-4": "musl", "CVE-5": "zlib"}
    return frozenset((packages[name], full) for name in names for full in (name, f"ALPINE-{name}"))


def test_the_head_side_is_what_the_head_ships() -> None:
    left = of_head_side(a_review())["Dockerfile"]
    assert left.of_head
    assert left.snapshot == SNAPSHOT.id
    assert left.digests == {HEAD: DIGESTS[2]}
    assert left.flaws == flaws("CVE-1", "CVE-2", "CVE-4", "CVE-5")


def test_the_base_side_is_what_the_branch_ships() -> None:
    left = of_base_side(a_review())["Dockerfile"]
    assert not left.of_head
    assert left.digests == {BASE: DIGESTS[1]}
    assert left.flaws == flaws("CVE-3", "CVE-4")
    assert left.excused == frozenset()


def test_only_what_would_block_otherwise_needs_an_excuse() -> None:
    assert of_head_side(a_review())["Dockerfile"].excused == {
        ("curl", "CVE-2", Since.NEW_ADVISORY),
        ("curl", "ALPINE-CVE-2", Since.NEW_ADVISORY),
    }


@pytest.mark.parametrize(
    ("kind", "packages", "looked_at"),
    [
        (SkipKind.UNCOVERED, [package()], False),
        (SkipKind.UNCATALOGUED, [package()], True),
        (SkipKind.UNCATALOGUED, [], False),
    ],
)
def test_only_an_image_that_could_be_judged_is_remembered(
    kind: SkipKind, packages: list[Package], looked_at: bool
) -> None:
    seen = image(2, packages, skipped=[Skipped("what", "why", kind)])
    review = one_target(before=base("shop-base:2", seen), after=base("shop-base:2", seen))
    assert (HEAD in of_head_side(review)["Dockerfile"].digests) is looked_at


def test_a_verdict_that_could_not_look_leaves_nothing() -> None:
    assert of_head_side(unreadable()) == {}
    assert of_base_side(unreadable()) == {}
