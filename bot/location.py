"""A place in a file of the repository."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Lines of a repository file, 1-based and inclusive."""

    path: str
    start_line: int
    end_line: int
