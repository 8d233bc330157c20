"""The `rules:` section of the repository file: which rules for Dockerfiles are switched off or weigh otherwise."""

import difflib
import re

from bot.conditions import END_OF_LIFE
from bot.dockerfile.rules import RULES
from bot.policy import tree
from bot.policy.fields import SHOWN, Value, shown
from bot.policy.rules import RulePolicy
from bot.severity import Severity

OFF = "off"
WEIGHTS = {severity.word: severity for severity in Severity if severity is not Severity.UNKNOWN}
MOST_RULES = 200
KNOWN = {name.lower(): name for name in (*(name for rule in RULES for name in rule.ids), END_OF_LIFE)}
"""What a rule may be called: by its own id, or as another linter calls the same point."""
_HADOLINT = re.compile(r"(?:DL|SC)[0-9]{4}")


def rule_policy(value: Value) -> RulePolicy:
    """Read `rule: off` and `rule: severity` lines."""
    if not isinstance(value.node, tree.Mapping):
        raise ValueError("must be a mapping from rules to `off` or a severity")
    if len(value.node.entries) > MOST_RULES:
        raise ValueError(f"must be at most {MOST_RULES} rules")
    words: dict[str, Severity | None] = {}
    for key, node in value.node.entries:
        name = _name(key.text)
        if not name:
            value.problems.add(key.line, f"{shown(key.text)} is no rule{_nearest(key.text)}")
        elif name in words:
            value.problems.add(key.line, f"the rule {shown(key.text)} stands here twice")
        else:
            place = f"{value.place}.{key.text}"
            words[name] = Value(node, place, value.problems).read(_weight, None)
    return RulePolicy(
        off=tuple(name for name, weight in words.items() if weight is None),
        severity=tuple((name, weight) for name, weight in words.items() if weight is not None),
    )


def _name(written: str) -> str:
    """The name of a rule as findings have it; empty when there is none of that name."""
    upper = written.upper()
    # hadolint has more than ours have names for.
    return upper if _HADOLINT.fullmatch(upper) else KNOWN.get(written.lower(), "")


def _nearest(written: str) -> str:
    found = difflib.get_close_matches(written[:SHOWN].lower().replace("_", "-"), KNOWN, n=1, cutoff=0.6)
    return f"; did you mean {KNOWN[found[0]]!r}?" if found else ": they are listed in docs/rules.md"


def _weight(value: Value) -> Severity | None:
    return value.one_of({OFF: None, **WEIGHTS})
