"""Collect what one file says: image uses and builds, each place once, within bounds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.dockerfile.traced import NOWHERE, Traced
from bot.dockerfile.words import Budget
from bot.image.reference import InvalidReference, Reference
from bot.manifests.errors import ManifestError
from bot.manifests.model import Build, BuildArg, ManifestKind, ManifestUse, Part, Span
from bot.manifests.paths import join
from bot.manifests.tree import Node, Scalar
from bot.manifests.values import Value

MAX_USES = 2_000
MAX_BUILDS = 500
MAX_ARGS = 200
_PREFIXES = ("docker://", "docker-image://")
_SAID = ("registry", "repository", "tag", "digest")


@dataclass(slots=True)
class Found:
    """What was found so far in one file."""

    path: str
    kind: ManifestKind
    shipped: bool = True
    uses: list[ManifestUse] = field(default_factory=list)
    builds: list[Build] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    _places: set[tuple[object, ...]] = field(default_factory=set)

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.path.rpartition("/")[0]

    def image(self, name: str, node: Scalar, value: Value, platform: str = "") -> None:
        """Note a use whose reference stands in one place."""
        text = value.text
        if text is not None:
            prefix = next((each for each in _PREFIXES if text.text.startswith(each)), "")
            text = text[len(prefix) :]
        parts = tuple(Part("whole", *stretch) for stretch in _stretches(text)) if text is not None else ()
        self._use(name, [node], Value(text, value.unresolved), parts, platform)

    def split(
        self,
        name: str,
        nodes: Sequence[Scalar],
        pieces: Sequence[tuple[str, Traced]],
        why: str,
        empty_digest: Span | None = None,
    ) -> None:
        """Note a use that is put together from several fields: (what it is, its text) pairs."""
        parts = tuple(
            Part(what, text.text, text.span) for what, text in pieces if what in _SAID and text.span
        )
        if empty_digest is not None:
            parts += (Part("digest", "", empty_digest),)
        whole = Traced.join(text for _, text in pieces)
        self._use(name, nodes, Value(None if why else whole, why), () if why else parts, "", whole.text)

    def _use(
        self,
        name: str,
        nodes: Sequence[Scalar],
        value: Value,
        parts: tuple[Part, ...],
        platform: str,
        written: str = "",
    ) -> None:
        place = (*((node.start, node.end) for node in nodes), *(part.span for part in parts))
        if place in self._places:
            return
        self._places.add(place)
        if len(self.uses) == MAX_USES:
            raise ManifestError(f"more than {MAX_USES:,} images are used", nodes[0].line)
        reference, unresolved = _reference(value)
        self.uses.append(
            ManifestUse(
                kind=self.kind,
                name=name[:200],
                written=written or nodes[0].value,
                start_line=min(node.line for node in nodes),
                end_line=max(node.end_line for node in nodes),
                span=(min(node.start for node in nodes), max(node.end for node in nodes)),
                reference=reference,
                unresolved=unresolved,
                parts=parts if reference else (),
                platform=platform,
                shipped=self.shipped,
                resolved=value.text if reference else None,
            )
        )

    def build(
        self,
        name: str,
        line: int,
        context: str,
        dockerfile: str,
        args: Iterable[BuildArg],
        *,
        folder: str | None = None,
        target: str = "",
        contexts: Iterable[str] = (),
        files: str | None = None,
    ) -> None:
        """Note a build, unless its Dockerfile lies elsewhere. `folder` is what the context is relative to.

        `files` is the context where `context` only says what the Dockerfile is relative to.
        """
        if any("$" in part or "{{" in part for part in (context, dockerfile)):
            return
        start = self.folder if folder is None else folder
        path = join(start, context, dockerfile)
        if path is None:
            return
        if len(self.builds) == MAX_BUILDS:
            raise ManifestError(f"more than {MAX_BUILDS} builds", line)
        given = tuple({arg.name: arg for arg in args}.values())
        if len(given) > MAX_ARGS:
            raise ManifestError(f"more than {MAX_ARGS} build arguments", line)
        self.builds.append(
            Build(
                self.kind,
                name[:200],
                path,
                given,
                line,
                self.path,
                target,
                _folder(start, context if files is None else files),
                tuple(contexts),
            )
        )


def _folder(*parts: str) -> str | None:
    """A folder of the repository; None for what lies elsewhere or is not known."""
    path = None if any("$" in part or "{{" in part for part in parts) else join(*parts)
    return "" if path == "." else path


def empty_place(node: Node | None) -> Span | None:
    """Where a value would stand that is written as nothing."""
    if not isinstance(node, Scalar) or node.value not in ("", "~", "null"):
        return None
    quote = len(node.style)
    return node.start + quote, node.end - quote


def build_arg(name: str, node: Scalar, value: Value) -> BuildArg:
    """A value for an `ARG`; what is not known keeps what is written."""
    if value.text is None:
        return BuildArg(name, node.value, node.line, None, value.unresolved)
    return BuildArg(name, value.text.text, node.line, _unbroken(value.text), resolved=value.text)


def _stretches(text: Traced) -> list[tuple[str, Span]]:
    """What of a text stands together in the file, and where."""
    starts = [
        at for at in range(len(text)) if at == 0 or text.at[at] != text.at[at - 1] + 1 or text.at[at] == 0
    ]
    found = []
    for start, end in pairwise([*starts, len(text)]):
        place = text.at[start]
        if place != NOWHERE:
            found.append((text.text[start:end], (place, place + end - start)))
    return found


def _unbroken(text: Traced) -> Span | None:
    """Where the text stands as it is."""
    found = _stretches(text)
    return found[0][1] if len(found) == 1 and len(found[0][0]) == len(text) else None


def _reference(value: Value) -> tuple[Reference | None, str]:
    if value.text is None:
        return None, value.unresolved
    try:
        return Reference.parse(value.text.text), ""
    except InvalidReference as exc:
        return None, str(exc)
