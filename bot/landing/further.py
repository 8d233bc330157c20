"""Ways to build a Dockerfile beyond those that are looked at: what tells whether they are what they were.

They are the same while their builders say the same, their images are the same, and no stage and no lockfile that only
they take in has changed.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

from bot.builds import Variant, deciding_arg_names, source_arg_names
from bot.change import Contents, FileVersion
from bot.dockerfile import DockerfileError
from bot.dockerfile.uses import find_uses
from bot.image.platform import Platform
from bot.landing.ignore import ignore_paths
from bot.landing.ways import Way, read_way

MOST_INSTRUCTIONS = 20_000
"""Instructions that are followed to tell their images, all ways together. Beyond that the file itself has to be as it
was."""


def content_of_further(
    version: FileVersion,
    ways: Sequence[Way],
    beyond: Sequence[Variant],
    platform: Platform,
    contents: Contents,
) -> str:
    """A name for the ways beyond those that are looked at, the same while nothing of them changes; empty for none."""
    further = _Further(version, ways, platform, contents)
    told = sorted(repr(tuple(further.about(variant, len(beyond)))) for variant in beyond)
    return hashlib.sha256("\0".join(told).encode(errors="surrogatepass")).hexdigest() if told else ""


class _Further:
    """One Dockerfile and the ways of it that are looked at, which speak for what they share with others."""

    def __init__(
        self, version: FileVersion, ways: Sequence[Way], platform: Platform, contents: Contents
    ) -> None:
        self._version = version
        self._dockerfile = ways[0].resolved.dockerfile
        self._platform = platform
        self._contents = contents
        self._names = deciding_arg_names(self._dockerfile)
        self._sources = source_arg_names(self._dockerfile)
        self._stages = {stage.index for way in ways for stage in way.shipped.stages}
        self._places = {self._place(way.variant) for way in ways}
        self._files: dict[str | None, str] = {}

    def about(self, variant: Variant, count: int) -> Iterator[object]:
        """Everything that has to be as it was for this way to be the same; `count` are followed in all."""
        yield variant.context, variant.target, variant.values(self._names)
        whole = count * len(self._dockerfile.instructions) > MOST_INSTRUCTIONS
        yield self._version.blob if whole else self._images(variant)
        if self._place(variant) not in self._places:
            yield self._taken_in(variant.context)

    def _place(self, variant: Variant) -> tuple[object, ...]:
        """What decides which files of the context are taken in."""
        return variant.context, variant.target.lower(), variant.values(self._sources)

    def _images(self, variant: Variant) -> object:
        """The images it is made of, and the other stages where it has one that no way has which is looked at."""
        try:
            way = read_way(self._dockerfile, variant, self._platform)
        except DockerfileError:
            return self._version.blob
        shared = self._stages.issuperset(stage.index for stage in way.shipped.stages)
        images = [
            (str(use.reference or use.written), use.unresolved, use.platform or use.unknown_platform)
            for use in find_uses(self._dockerfile, way.resolved, way.sources)
            if way.shipped.has(use.stage)
        ]
        return images, "" if shared else self._other_stages

    @cached_property
    def _other_stages(self) -> str:
        """What the stages say that no way has which is looked at."""
        return "\n".join(
            each.text
            for stage in self._dockerfile.stages
            if stage.index not in self._stages
            for each in stage.instructions
        )

    def _taken_in(self, context: str | None) -> str:
        """A name for all that builds from a folder may take in; of the whole repository where no file tells which."""
        if context not in self._files:
            folder = context or ""
            paths = [*ignore_paths(self._version.path, folder), *_below(self._contents.paths, folder)]
            self._files[context] = self._contents.state(paths)
        return self._files[context]


def _below(paths: Sequence[str], folder: str) -> Sequence[str]:
    """Those of sorted paths that lie in a folder."""
    if not folder:
        return paths
    first, last = (bisect_left(paths, folder + end) for end in "/0")
    return paths[first:last]
