"""Which files are Dockerfiles, by their name alone."""

import re

_NAME = re.compile(r"(?:dockerfile|containerfile)(?:[._-].+)?|.*\.(?:dockerfile|containerfile)", re.DOTALL)


def is_dockerfile(path: str) -> bool:
    """Say whether a path names a Dockerfile: `Dockerfile-dev`, `api.dockerfile`, `Containerfile` …"""
    name = path.rpartition("/")[2].lower()
    return not name.endswith(".dockerignore") and _NAME.fullmatch(name) is not None
