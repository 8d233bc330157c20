"""Our table against what endoflife.date and distro-info-data say, read without our own code: no difference unexplained.

Needs a folder of facts that does not come with a clone; PLIMSOLL_DATA names it.
"""

import csv
import json
import lzma
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.image.lifecycle import Cycle, Lifecycle, product_of

OURS = Lifecycle.default()
Line = dict[str, Any]

#: Lines of endoflife.date that mean something else by `lts` than a long-term line among others.
OTHER_LTS = {"rhel", "phpmyadmin", "apache-flink"}
#: Builds that end early of lines that are long-term ones all the same.
JAVA_LTS = {"openjdk-builds-from-oracle": {"8", "11", "17", "21", "25"}}
#: Ours and not theirs, by product: Debian's and Ubuntu's coming ones are of distro-info-data.
OURS_ALONE = {"debian": {"14", "sid"}, "ubuntu": {"26.10"}, "azure-linux": {"1.0", "2.0", "3.0"}}
#: Releases of Ubuntu for which endoflife.date and distro-info-data give days up to two months apart.
APART = 62
#: Where endoflife.date and distro-info-data are a day apart.
RELEASED = {"jessie": "2015-04-25"}
ENDS = {"stretch": "2022-07-01"}


@pytest.fixture(scope="module")
def images() -> Path:
    folder = Path(os.environ.get("PLIMSOLL_DATA", Path(__file__).parents[4] / "shared" / "data")) / "images"
    if not (folder / "endoflife.json.xz").is_file():
        pytest.skip(f"no support dates: {folder} has no endoflife.json.xz (PLIMSOLL_DATA names its parent)")
    return folder


@pytest.fixture(scope="module")
def theirs(images: Path) -> dict[str, list[Line]]:
    products = json.loads(lzma.decompress((images / "endoflife.json.xz").read_bytes()))["products"]
    return {name: product["releases"] for name, product in products.items()}


def day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None


def expected(product: str, line: Line) -> tuple[object, ...]:
    ends = line["eoes"] if product == "debian" and isinstance(line.get("eoes"), str) else line["eol"]
    lts = line.get("lts") if product not in OTHER_LTS else None
    if product in JAVA_LTS:
        lts = line["cycle"] in JAVA_LTS[product]
    return day(line["releaseDate"]), day(ends), ends is True, bool(lts), day(lts)


def held(cycle: Cycle) -> tuple[object, ...]:
    return cycle.released, cycle.ends, cycle.ended, cycle.lts, cycle.lts_from


def test_every_line_is_as_endoflife_date_has_it(theirs: dict[str, list[Line]]) -> None:
    compared, differing, alone = 0, {}, {}
    for product, cycles in OURS.products.items():
        lines = {line["cycle"]: line for line in theirs.get(product, [])}
        for cycle in cycles:
            if cycle.name not in lines:
                alone.setdefault(product, set()).add(cycle.name)
                continue
            compared += 1
            if held(cycle) != (wanted := expected(product, lines[cycle.name])):
                differing[product, cycle.name] = (held(cycle), wanted)
    print(f"{compared} lines of {len(OURS.products)} products compared")
    assert differing == {}
    assert alone == OURS_ALONE
    assert compared > 1300


def test_no_line_that_was_supported_since_2020_is_missing(theirs: dict[str, list[Line]]) -> None:
    missing = [
        (product, line["cycle"])
        for product in OURS.products
        for line in theirs.get(product, [])
        if OURS.find(product, line["cycle"]) is None
        and (
            line["eol"] is False
            or line["releaseDate"] >= "2020"
            or (day(line["eol"]) or date.min).year >= 2020
        )
    ]
    assert missing == []


def distro_info(images: Path, name: str) -> Iterator[dict[str, str]]:
    with (images / f"distro-info-{name}.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def test_debian_is_as_distro_info_data_has_it(images: Path) -> None:
    compared = 0
    for row in distro_info(images, "debian"):
        found = OURS.find("debian", row["series"])
        if found is None:
            assert not row["release"] or (row["eol-lts"] or row["eol"]) < "2016", row
            continue
        compared += 1
        assert found.name in (row["version"].removesuffix(".0"), "sid")
        assert found.ends == day(ENDS.get(row["series"], row["eol-lts"]) or None)
        assert found.released == day(RELEASED.get(row["series"], row["release"]) or None)
    assert compared >= 9


def test_ubuntu_is_as_distro_info_data_has_it_within_two_months(images: Path) -> None:
    apart = {}
    for row in distro_info(images, "ubuntu"):
        found = OURS.find("ubuntu", row["series"])
        if found is None:
            assert row["eol"] < "2014", row
            continue
        assert found.name == row["version"].split()[0]
        assert found.released == day(row["release"])
        assert found.lts == row["version"].endswith("LTS")
        assert found.ends is not None
        days = (found.ends - date.fromisoformat(row["eol"])).days
        if days:
            apart[found.name] = days
    print(f"days of difference: {apart}")
    assert all(abs(days) <= APART for days in apart.values()), apart


def test_what_official_images_ship_is_known(images: Path, theirs: dict[str, list[Line]]) -> None:
    listed = json.loads(lzma.decompress((images / "official-tags-current.json.xz").read_bytes()))["images"]
    products = {name: product_of(name) for name in listed}
    known = {name for name, product in products.items() if product}
    print(
        f"{len(known)} of {len(listed)} official images have support dates; not: {sorted(set(listed) - known)}"
    )
    assert {product for product in products.values() if product} <= set(OURS.products)
    assert len(known) >= 69
