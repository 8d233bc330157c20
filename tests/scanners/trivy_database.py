"""A database of Trivy's own kind with a few flaws in it, written by hand: a bbolt file of one page each.

See https://github.com/etcd-io/bbolt (`internal/common/page.go`) and https://github.com/aquasecurity/trivy-db.
"""

import json
import struct
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

PAGE = 65536
_LEAF, _META, _FREELIST = 2, 4, 16
Tree = Mapping[str, Any]


def write_database(cache: Path, flaws: Mapping[tuple[str, str, str], str], built: datetime) -> Path:
    """Write a cache folder; `flaws` are (release, source package, CVE) → fixed version."""
    tree: dict[str, Any] = {"vulnerability": {}, "data-source": {}}
    for (release, package, flaw), fixed in flaws.items():
        tree.setdefault(release, {}).setdefault(package, {})[flaw] = json.dumps({"FixedVersion": fixed})
        tree["vulnerability"][flaw] = json.dumps({"Title": "made for a test", "Severity": "CRITICAL"})
        tree["data-source"][release] = json.dumps({"ID": "debian", "Name": "a", "URL": "https://a.example"})
    (cache / "db").mkdir(parents=True)
    (cache / "db" / "trivy.db").write_bytes(_file(tree))
    moments = dict.fromkeys(("UpdatedAt", "NextUpdate", "DownloadedAt"), built.isoformat())
    (cache / "db" / "metadata.json").write_text(json.dumps({"Version": 2, **moments}))
    return cache


def _file(tree: Tree) -> bytes:
    pages = [_meta(0), _meta(1), _page(2, _FREELIST, 0, b""), _page(3, _LEAF, len(tree), _leaf(tree))]
    return b"".join(page.ljust(PAGE, b"\0") for page in pages)


def _meta(number: int) -> bytes:
    root = struct.pack("<QQ", 3, 0)
    body = struct.pack("<IIII", 0xED0CDAED, 2, PAGE, 0) + root + struct.pack("<QQQ", 2, 4, number)
    return _page(number, _META, 0, body + struct.pack("<Q", _fnv(body)))


def _fnv(data: bytes) -> int:
    """FNV-1a with 64 bits."""
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 % (1 << 64)
    return found


def _page(number: int, flags: int, count: int, body: bytes) -> bytes:
    return struct.pack("<QHHI", number, flags, count, 0) + body


def _leaf(tree: Tree) -> bytes:
    """Elements, then their keys and values; each says how far from itself its own begin."""
    entries = sorted((key.encode(), _value(value), isinstance(value, Mapping)) for key, value in tree.items())
    heads, contents = b"", b""
    for at, (key, value, nested) in enumerate(entries):
        away = 16 * (len(entries) - at) + len(contents)
        heads += struct.pack("<IIII", nested, away, len(key), len(value))
        contents += key + value
    return heads + contents


def _value(value: Any) -> bytes:
    """A text, or a bucket that lies in its parent."""
    if isinstance(value, str):
        return value.encode()
    return struct.pack("<QQ", 0, 0) + _page(0, _LEAF, len(value), _leaf(value))
