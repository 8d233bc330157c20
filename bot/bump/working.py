"""The files of a repository while they are rewritten: moves are made one by one, each checked against the rest."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.bump.given import Change, ways_to_move
from bot.bump.sources import Used, arguments, uses_of
from bot.bump.spelling import Moved
from bot.dockerfile import DockerfileError, ImageUse, image_uses, is_dockerfile, parse, replace
from bot.errors import UserError
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.manifests import Build, Manifest, manifest_kind, parse_manifest, replace_arg, replace_use

_MOST_TURNS = 1_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """One reading of one use."""

    path: str
    index: int
    line: int
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A use that could not be moved."""

    path: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class _Site:
    """One use as it reads with the values of one build, or with those of none."""

    number: tuple[int, int]
    use: ImageUse
    index: int
    build: Build | None
    args: Mapping[str, str]


@dataclass(slots=True)
class Working:
    """Contents as they are so far, what was counted, and what was refused."""

    contents: dict[str, bytes]
    build_args: Mapping[str, str]
    platform: Platform | str | None
    counts: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    _manifests: dict[str, tuple[bytes, Manifest]] = field(default_factory=dict)

    def uses(self, path: str, name: str) -> tuple[Used, ...]:
        """What a file uses if it had another name."""
        return uses_of(name, self.contents[path], self.build_args, self.platform)

    def move(self, moved: Moved) -> None:
        """Move all uses of one image in all files."""
        for path in sorted(self.contents):
            if is_dockerfile(path):
                self._move_dockerfile(path, moved)
            elif manifest_kind(path):
                self._move_manifest(path, moved)

    def _manifest(self, path: str) -> Manifest:
        content = self.contents[path]
        known = self._manifests.get(path)
        if known is None or known[0] is not content:
            known = self._manifests[path] = content, parse_manifest(path, content)
        return known[1]

    def _move_manifest(self, path: str, moved: Moved) -> None:
        stuck: set[int] = set()
        for _ in range(_MOST_TURNS):
            uses = self._manifest(path).uses
            due = (
                index for index, use in enumerate(uses) if moved.matches(use.reference) and index not in stuck
            )
            index = next(due, None)
            if index is None:
                return
            use = uses[index]
            try:
                content = self.contents[path]
                wanted = moved.spelled(use.reference or moved.before)
                self._take({path: replace_use(content, path, use, wanted, moved.allows)}, moved)
            except UserError as exc:
                stuck.add(index)
                self._refuse(path, use.start_line, exc)

    def _move_dockerfile(self, path: str, moved: Moved) -> None:
        stuck: set[tuple[int, int]] = set()
        for _ in range(_MOST_TURNS):
            site = next(
                (
                    site
                    for site in self._sites(path)
                    if moved.matches(site.use.reference) and site.number not in stuck
                ),
                None,
            )
            if site is None:
                return
            try:
                self._move_site(path, site, moved)
            except UserError as exc:
                stuck.add(site.number)
                self._refuse(path, site.use.start_line, exc)

    def _sites(self, path: str) -> Iterator[_Site]:
        """Every use with the defaults, and then with the values of each build."""
        try:
            dockerfile = parse(self.contents[path])
            for number, build in enumerate([None, *self._builds(path)]):
                args = arguments(build, self.build_args) if build else self.build_args
                for index, use in enumerate(image_uses(dockerfile, args, self.platform)):
                    yield _Site((number, index), use, index, build, args)
        except DockerfileError:
            # What cannot be read uses nothing that could be moved; whoever surveys the files says so.
            return

    def _builds(self, path: str) -> list[Build]:
        manifests = (self._manifest(each) for each in sorted(self.contents) if _may_build(each))
        builds = (build for manifest in manifests for build in manifest.builds)
        return [build for build in builds if build.dockerfile == path and build.args]

    def _move_site(self, path: str, site: _Site, moved: Moved) -> None:
        wanted = moved.spelled(site.use.reference or moved.before)
        content = self.contents[path]
        if site.build is None:
            changed = replace(content, site.use, wanted, site.args, self.platform, moved.allows)
            self._take({path: changed}, moved)
            return
        problem: UserError | None = None
        for change in ways_to_move(content, site.index, wanted, site.args, self.platform):
            try:
                self._take(self._changes(path, change, site.build), moved)
            except UserError as exc:
                problem = problem or exc
            else:
                return
        raise problem or DockerfileError(f"the values it is built with cannot be changed to name {wanted}")

    def _changes(self, path: str, change: Change, build: Build) -> dict[str, bytes]:
        """The files a change touches: the Dockerfile, and the one that gives the values."""
        content = self.contents[build.path]
        for name, value in change.values.items():
            arg = next((each for each in build.args if each.name == name), None)
            if arg is None:
                raise DockerfileError(
                    f"the value of {name} is a setting of the operator (PLIMSOLL_BUILD_ARGS)"
                )
            content = replace_arg(content, build.path, arg, value, shared=True)
        changes = {build.path: content} if content != self.contents[build.path] else {}
        return changes | ({path: change.content} if change.content != self.contents[path] else {})

    def _take(self, changes: Mapping[str, bytes], moved: Moved) -> None:
        """Accept changed files, unless an image would change with them that is not to be moved."""
        kept, paths = dict(self.contents), self._affected(changes)
        before = self._seen(paths)
        self.contents.update(changes)
        try:
            self._check(before, self._seen(paths), moved)
        except UserError:
            self.contents = kept
            raise
        self._count(changes, before, paths)

    def _count(self, changes: Iterable[str], before: list[_Seen], paths: list[str]) -> None:
        pairs = list(zip(before, self._seen(paths), strict=True))
        for path in changes:
            places = {old.index for old, new in pairs if old.path == path and old.reference != new.reference}
            # A value that decides a use of another file counts as one.
            self.counts[path] = self.counts.get(path, 0) + max(1, len(places))

    def _affected(self, changes: Mapping[str, bytes]) -> list[str]:
        """The changed files, and the Dockerfiles that they build."""
        built = {
            build.dockerfile for path in changes if _may_build(path) for build in self._manifest(path).builds
        }
        return sorted(set(changes) | {path for path in built if path in self.contents})

    def _seen(self, paths: list[str]) -> list[_Seen]:
        seen: list[_Seen] = []
        for path in paths:
            if is_dockerfile(path):
                sites = self._sites(path)
                seen += [_Seen(path, site.index, site.use.start_line, site.use.reference) for site in sites]
            else:
                uses = enumerate(self._manifest(path).uses)
                seen += [_Seen(path, index, use.start_line, use.reference) for index, use in uses]
        return seen

    def _check(self, before: list[_Seen], after: list[_Seen], moved: Moved) -> None:
        if len(before) != len(after):
            raise DockerfileError("other images would be added or removed")
        for old, new in zip(before, after, strict=True):
            if old.reference == new.reference:
                continue
            if not (old.reference and new.reference and moved.allows(old.reference, new.reference)):
                raise DockerfileError(f"the image in {old.path} on line {old.line} would change as well")

    def _refuse(self, path: str, line: int, error: UserError) -> None:
        why = error.reason if isinstance(error, DockerfileError) else str(error)
        self.refused.append(Refusal(path, line, why))


def _may_build(path: str) -> bool:
    return manifest_kind(path) is not None and not is_dockerfile(path)
