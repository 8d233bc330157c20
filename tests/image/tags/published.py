"""Tags of official images with the days they were listed on, and support dates, from a folder a clone does not have."""

import csv
import json
import lzma
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).parents[4] / "shared" / "data"


@dataclass(frozen=True)
class History:
    """The tags of an image: the day each was first listed, and the day it was last taken off, if it was."""

    days: Mapping[str, list[str]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.days)

    def __len__(self) -> int:
        return len(self.days)

    def first_listed(self) -> dict[str, str]:
        """Every tag with the day it was first listed on; it stays where it is when it is no longer built."""
        return {tag: days[0] for tag, days in self.days.items()}

    def in_use(self, day: date) -> list[str]:
        """The tags that were listed on a day."""
        on = day.isoformat()
        return [tag for tag, days in self.days.items() if days[0] <= on and (len(days) == 1 or days[1] > on)]


def histories() -> dict[str, History]:
    """By image."""
    return {image: History(days) for image, days in _read("official-tags-history.json.xz")["images"].items()}


def current() -> dict[str, list[str]]:
    """The tags that are listed now, of official images and distroless ones."""
    official: dict[str, list[str]] = _read("official-tags-current.json.xz")["images"]
    distroless = _read("distroless-tags.json")["images"]
    return official | {image: each["tags"] for image, each in distroless.items()}


def ends() -> dict[str, dict[str, tuple[str, bool]]]:
    """By product and line: the last day of free support, empty when not known, and whether it is a long-term one."""
    found = {
        name: {
            word: (line["eol"] if isinstance(line.get("eol"), str) else "", bool(line.get("lts")))
            for line in product["releases"]
            for word in (line["cycle"], *line.get("codename", "").lower().split()[:1])
        }
        for name, product in _read("endoflife.json.xz")["products"].items()
    }
    # What volunteers support after the first years is free for everybody too.
    for row in csv.DictReader(_text("distro-info-debian.csv").splitlines()):
        if last := row.get("eol-lts"):
            found["debian"][row["series"]] = found["debian"][row["version"]] = (last, False)
    return found


def folder() -> Path:
    """Where the data is, or would be."""
    return Path(os.environ.get("PLIMSOLL_DATA", DEFAULT)) / "images"


def _read(name: str) -> Any:
    return json.loads(_text(name))


def _text(name: str) -> str:
    packed = (folder() / name).read_bytes()
    return (lzma.decompress(packed) if name.endswith(".xz") else packed).decode()
