"""Paths in the repository, written relative to a file of it."""

from pathlib import PurePosixPath


def normal_path(folder: PurePosixPath, word: str) -> str | None:
    """Follow `word` from `folder`; None when it leads out of the repository."""
    parts: list[str] = []
    if word.startswith("/") or "\\" in word or "\0" in word:
        return None
    for part in (*folder.parts, *word.split("/")):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None
