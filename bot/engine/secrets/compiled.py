"""Hyperscan's database of the rules, kept where Python keeps what it compiles of our source.

To compile it takes as long as to search a small image, and each call of the command line would do it anew.
"""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

hyperscan: Any
try:
    import hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None


def database(expressions: Sequence[bytes], flags: Sequence[int]) -> Any:
    """Load the database of these expressions, numbered from 0, or compile it and keep it if that can be done."""
    path = _place(expressions, flags)
    with suppress(OSError, hyperscan.error):
        return hyperscan.loadb(path.read_bytes(), mode=hyperscan.HS_MODE_BLOCK)
    compiled = _compile(expressions, flags)
    if not sys.dont_write_bytecode:
        with suppress(OSError, hyperscan.error):
            _keep(path, hyperscan.dumpb(compiled))
    return compiled


def _place(expressions: Sequence[bytes], flags: Sequence[int]) -> Path:
    """Name the file after all it is made of; Hyperscan itself refuses one of another version or processor."""
    digest = hashlib.sha256(repr((hyperscan.__version__, expressions, flags)).encode()).hexdigest()
    return Path(importlib.util.cache_from_source(__file__)).with_name(f"rules-{digest[:16]}.hs")


def _compile(expressions: Sequence[bytes], flags: Sequence[int]) -> Any:
    compiled = hyperscan.Database()
    numbers = list(range(len(expressions)))
    compiled.compile(expressions=list(expressions), ids=numbers, elements=len(numbers), flags=list(flags))
    return compiled


def _keep(path: Path, data: bytes) -> None:
    """Put it in its place as a whole, whoever else does the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.close()
            os.replace(file.name, path)
        except OSError:
            os.unlink(file.name)
            raise
