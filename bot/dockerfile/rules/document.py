"""The part of docs/rules.md that is generated: `python -m bot.dockerfile.rules.document`, run by `make docs`."""

import sys
from collections.abc import Iterator

from bot.dockerfile.rules import RULES
from bot.dockerfile.rules.model import Rule

HEADING = "## Rules"


def document() -> str:
    """A table of all rules, then one section each, whose heading is the anchor of `Finding.url`."""
    return "\n".join([HEADING, "", *_table(), *(line for rule in RULES for line in _section(rule))]) + "\n"


def _table() -> Iterator[str]:
    yield "| rule | severity | hadolint | Trivy |"
    yield "| --- | --- | --- | --- |"
    for rule in RULES:
        names = f"[`{rule.id}`](#{rule.id})", rule.severity.word, _aliases(rule, "DL"), _aliases(rule, "DS")
        yield f"| {' | '.join(names)} |"


def _aliases(rule: Rule, prefix: str) -> str:
    return ", ".join(name for name in rule.aliases if name.startswith(prefix)) or "–"


def _section(rule: Rule) -> Iterator[str]:
    yield from ("", f"### {rule.id}", "")
    yield f"**{rule.title}** · {rule.severity.word}" + (
        f" · {', '.join(rule.aliases)}" if rule.aliases else ""
    )
    yield from ("", f"{rule.explanation}", "", f"**Instead:** {rule.remedy}")


if __name__ == "__main__":
    sys.stdout.write(document())
