"""Names of files in a layer, made comparable: relative to the root, printable, without dots."""

from collections.abc import Iterator


def normalise(name: bytes, *, length: int, depth: int) -> str | None:
    """Return the path a name stands for, `` for the root, or None when it leaves the root or is too long.

    `./usr//bin/` becomes `usr/bin`. Bytes that are not text, and what would not print, are escaped.
    """
    if len(name) > length:
        return None
    path = name.decode("utf-8", "backslashreplace").strip("/")
    if path.startswith("./"):
        path = path[2:]
    if "//" in path or "/." in path or path.startswith((".", "/")):
        clean = _clean(path.split("/"))
        if clean is None:
            return None
        path = clean
    if path.count("/") >= depth:
        return None
    return path if path.isprintable() else printable(path)


def _clean(parts: list[str]) -> str | None:
    kept: list[str] = []
    for part in parts:
        if part == "..":
            if not kept:
                return None
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept)


def printable(text: str) -> str:
    """Escape what would not print, so that no name can move a cursor or turn the direction of a line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def parent(path: str) -> str:
    """Return the directory of a path; `` for the root."""
    return path.rpartition("/")[0]


def ancestors(path: str) -> Iterator[str]:
    """Yield the directories above a path, nearest first, without the root."""
    while path := parent(path):
        yield path


def link_target(path: str, target: str) -> str:
    """Return where a symbolic link at `path` leads. `..` of the root is the root: see path_resolution(7)."""
    kept = [] if target.startswith("/") else path.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept)
