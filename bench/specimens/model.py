"""What an image to compare is: its name, what kind of content it stands for, and who makes it."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.specimens.workshop import Workshop
from tests.fakes.images import BuiltImage


@dataclass(frozen=True, slots=True)
class Specimen:
    """One image."""

    name: str
    kind: str
    make: Callable[[Workshop], BuiltImage]
