"""Compare a whole document with the one in `tests/golden/`; PLIMSOLL_UPDATE_GOLDEN=1 writes it anew."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, text: str) -> None:
    """Compare, byte for byte."""
    file = FOLDER / name
    if os.environ.get("PLIMSOLL_UPDATE_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8", newline="")
    assert file.exists(), (
        f"{file} is missing: run the test with PLIMSOLL_UPDATE_GOLDEN=1 and read what it wrote"
    )
    assert text == file.read_text(encoding="utf-8")
