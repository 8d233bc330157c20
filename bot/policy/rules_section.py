"""The `rules:` section of the repository file: which rules for Dockerfiles are switched off or weigh otherwise."""

import re

from bot.policy import tree
from bot.policy.fields import Value, shown
from bot.policy.rules import RulePolicy
from bot.severity import Severity

OFF = "off"
WEIGHTS = {severity.word: severity for severity in Severity if severity is not Severity.UNKNOWN}
MOST_RULES = 200
_NAME = re.compile(r"[a-z][a-z0-9-]{1,60}|(?:DL|SC)[0-9]{4}")


def rule_policy(value: Value) -> RulePolicy:
    """Read `rule: off` and `rule: severity` lines."""
    if not isinstance(value.node, tree.Mapping):
        raise ValueError("must be a mapping from rules to `off` or a severity")
    if len(value.node.entries) > MOST_RULES:
        raise ValueError(f"must be at most {MOST_RULES} rules")
    words: dict[str, Severity | None] = {}
    for key, node in value.node.entries:
        if not _NAME.fullmatch(key.text):
            value.problems.add(key.line, f"{shown(key.text)} is no rule: they are listed in docs/rules.md")
        elif key.text in words:
            value.problems.add(key.line, f"the rule {shown(key.text)} stands here twice")
        else:
            place = f"{value.place}.{key.text}"
            words[key.text] = Value(node, place, value.problems).read(_weight, None)
    return RulePolicy(
        off=tuple(name for name, weight in words.items() if weight is None),
        severity=tuple((name, weight) for name, weight in words.items() if weight is not None),
    )


def _weight(value: Value) -> Severity | None:
    return value.one_of({OFF: None, **WEIGHTS})
