"""The bump pull request in words: title, body with the proof, and what is said when it is closed.

https://docs.github.com/en/rest/pulls/pulls; a body has at most 65,536 characters, a title 256.
"""

from dataclasses import dataclass, replace

from bot.bump.evidence import evidence
from bot.bump.model import Advice, Candidate, Flaw, PackageChange
from bot.report.advice import AdviceView, CandidateRow, advice_view, image_name, row_of, tag_of
from bot.report.escaping import cut
from bot.report.fit import LONGEST_TEXT, fit
from bot.report.listing import Listing
from bot.report.templating import macro, render_markdown

MAX_TITLE = 200
MAX_REMARKS = 10
# (flaws or packages in the folds of one kind, rejected tags, files and lines, moves), from generous to tight.
Step = tuple[int, int, int, int]
_STEPS: tuple[Step, ...] = (
    (100, 40, 100, 20),
    (50, 40, 50, 10),
    (20, 20, 30, 10),
    (10, 10, 20, 5),
    (3, 3, 10, 3),
    (0, 0, 5, 1),
)


@dataclass(frozen=True, slots=True)
class BumpMove:
    """One reference and what stands in its place; without a candidate the same image is only pinned."""

    before: str
    """Normalised, as used now."""
    after: str
    advice: Advice | None = None
    candidate: Candidate | None = None


@dataclass(frozen=True, slots=True)
class EditRow:
    """A file that is changed."""

    path: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A place that could not be changed, and why."""

    path: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class HandRow:
    """A line for a person to change, in a file that an App must not touch."""

    path: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BumpText:
    """Everything that title and body are made from."""

    moves: tuple[BumpMove, ...]
    edits: tuple[EditRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    by_hand: tuple[HandRow, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else the owner should know, a sentence each: files that were not looked at, commits of others."""


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move as shown."""

    move: BumpMove
    image: str
    before: str
    """As people write it: `python:3.12.1-slim`."""
    after: str
    tag_before: str
    tag_after: str
    pins: bool
    """The same tag, at a digest it did not have or at a newer one."""
    view: AdviceView | None
    row: CandidateRow | None
    evidence: str
    fixes: Listing[Flaw]
    adds: Listing[Flaw]
    packages: Listing[PackageChange]

    def cut(self, rows: int, rejected: int) -> "MoveView":
        """Show fewer rows."""
        return replace(
            self,
            view=self.view.cut(rejected=rejected) if self.view else None,
            fixes=self.fixes.cut(rows),
            adds=self.adds.cut(rows),
            packages=self.packages.cut(rows),
        )


def render_title(text: BumpText) -> str:
    """One line, such as `Bump python from 3.12.1-slim to 3.12.8-slim: clears 12 severe vulnerabilities`."""
    moves = [_view(move) for move in text.moves]
    return cut(macro("bump/title.txt.j2", "title", moves, *_cleared(text.moves)), MAX_TITLE)


def render_body(text: BumpText) -> str:
    """The body: what is changed, before and after, what goes and comes, and what it rests on."""
    moves = [_view(move) for move in text.moves]

    def render(step: Step) -> str:
        rows, rejected, places, shown = step
        # Shared by the moves, so that many of them take no longer to write than one.
        each = max(1, min(shown, len(moves)))
        return render_markdown(
            "bump/body.md.j2",
            moves=Listing.of([move.cut(rows // each, rejected // each) for move in moves]).cut(shown),
            edits=Listing.of(text.edits).cut(places),
            refused=Listing.of(text.refused).cut(places),
            by_hand=Listing.of(text.by_hand).cut(places),
            remarks=Listing.of(text.remarks).cut(MAX_REMARKS),
        )

    return fit(render, _STEPS, LONGEST_TEXT, lambda: render_markdown("bump/short.md.j2", moves=moves[:3]))


def render_closing(reason: str) -> str:
    """What is said on a pull request that is closed because it is of no use any more."""
    return render_markdown("bump/closing.md.j2", reason=reason.removesuffix("."))


def hand_rows(path: str, before: bytes, after: bytes) -> tuple[HandRow, ...]:
    """The lines that differ between two contents of one file. An edit of references keeps their number."""
    pairs = zip(_lines(before), _lines(after), strict=False)
    return tuple(
        HandRow(path, number, old.strip(), new.strip())
        for number, (old, new) in enumerate(pairs, start=1)
        if old != new
    )


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").split("\n")


def _cleared(moves: tuple[BumpMove, ...]) -> tuple[int, int]:
    """How many flaws go in all and how many of them are severe, each counted once."""
    flaws = {
        (flaw.package, flaw.id): flaw.severe
        for move in moves
        if move.candidate
        for flaw in move.candidate.fixes
    }
    return len(flaws), sum(flaws.values())


def _view(move: BumpMove) -> MoveView:
    advice, candidate = move.advice, move.candidate
    tag_before, tag_after = tag_of(move.before), tag_of(move.after)
    return MoveView(
        move=move,
        image=image_name(move.before),
        before=_short(move.before),
        after=_short(move.after),
        tag_before=tag_before,
        tag_after=tag_after,
        pins=tag_before == tag_after,
        view=advice_view(advice) if advice else None,
        row=row_of(advice, candidate) if advice and candidate else None,
        evidence=evidence(advice, candidate) if advice and candidate else "",
        fixes=Listing.of(candidate.fixes if candidate else ()),
        adds=Listing.of(candidate.adds if candidate else ()),
        packages=Listing.of(candidate.packages if candidate else ()),
    )


def _short(reference: str) -> str:
    digest = reference.partition("@")[2]
    tag = tag_of(reference)
    name = image_name(reference)
    return f"{name}@{digest}" if tag == digest else f"{name}:{tag}" + (f"@{digest}" if digest else "")
