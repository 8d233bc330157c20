"""A rich console that writes to a string, the same on every machine: no environment, no markup."""

import re
from collections.abc import Iterable, Sequence
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bot.report.escaping import clean

STYLES = {
    "pass": "green",
    "warn": "yellow",
    "fail": "bold red",
    "error": "bold red",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
}
MIN_WIDTH = 40
_BLANK_LINES = re.compile(r"\n{3,}")


def printed(parts: Iterable[RenderableType], *, colour: bool, width: int) -> str:
    """Print to a string, without trailing blanks."""
    console = Console(
        file=StringIO(),
        width=max(MIN_WIDTH, width),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
        _environ={},
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    text = "\n".join(line.rstrip() for line in capture.get().splitlines())
    return _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"


def styled(text: str, word: str = "") -> Text:
    """A piece of text in the style of a verdict or a severity."""
    return Text(text, style=STYLES.get(word, ""))


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A plain table; long cells fold, nothing is lost."""
    made = Table(box=box.SIMPLE, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row))
    return made
