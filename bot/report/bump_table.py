"""What `plimsoll bump IMAGE:TAG` prints: a table for people, `plimsoll.bump/1` for machines."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from bot.bump.choice import varied
from bot.bump.model import Advice
from bot.image.tags.model import Candidates, Rejection
from bot.inspection import SnapshotSeen
from bot.report.advice import How, advice_view
from bot.report.advice_json import advice_fields
from bot.report.advice_text import advice_parts
from bot.report.console import printed, styled, table
from bot.report.fields import dumps, snapshot_fields
from bot.report.listing import Listing
from bot.report.templating import macro

SCHEMA = "plimsoll.bump/1"
MAX_REJECTED = 100
"""Of tags that were not looked into, the ones a table shows; JSON has all."""
_WORDS = "terminal/bump.txt.j2"


def render_advice_table(
    advice: Advice, snapshot: SnapshotSeen | None, *, colour: bool = False, width: int = 100
) -> str:
    """The candidates beside the image in use, and why not the others."""
    parts = [*advice_parts(advice_view(advice, how=How.EDIT))]
    tail = Text("\n" + macro("terminal/scan.txt.j2", "tail", snapshot))
    return printed([*parts, tail], colour=colour, width=width)


def render_advice_json(advice: Advice, snapshot: SnapshotSeen | None) -> str:
    """The same with every flaw and package."""
    return dumps(
        {
            "schema": SCHEMA,
            "scanned": True,
            "image": advice.written,
            "snapshot": snapshot_fields(snapshot),
            "advice": advice_fields(advice_view(advice, how=How.EDIT)),
            "proposals": None,
            "rejected": None,
        }
    )


def render_choice_table(image: str, choice: Candidates, *, colour: bool = False, width: int = 100) -> str:
    """What the tags alone say, which is no proof."""
    return printed(_choice_parts(image, choice), colour=colour, width=width)


def render_choice_json(image: str, choice: Candidates) -> str:
    """The same with every tag."""
    proposals = [
        {"tag": each.tag, "track": each.track.value, "note": each.note or None} for each in choice.proposals
    ]
    return dumps(
        {
            "schema": SCHEMA,
            "scanned": False,
            "image": image,
            "snapshot": None,
            "advice": None,
            "proposals": proposals,
            "rejected": [{"tag": each.tag, "reason": each.reason} for each in choice.rejected],
        }
    )


def _choice_parts(image: str, choice: Candidates) -> Iterator[RenderableType]:
    yield styled(macro(_WORDS, "unscanned_head", image), "warn")
    if choice.proposals:
        rows = ((each.tag, each.track.value, each.note) for each in choice.proposals)
        yield table(macro(_WORDS, "unscanned_columns").split("|"), rows)
    else:
        yield Text("\n" + macro(_WORDS, "unscanned_none"))
    if choice.rejected:
        rejected: Listing[Rejection] = Listing.of(varied(choice.rejected))
        yield Text("\n" + macro(_WORDS, "rejected", rejected.cut(MAX_REJECTED)))
