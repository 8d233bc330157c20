"""The repository file, `.github/plimsoll.yml`, as text → the policy. Strict: a file with any problem is not used.

Every key is explained in `docs/policy.md`. Of GitHub's dependency-review-action, `fail-on-severity` may be pasted.
"""

from bot.change import FileVersion
from bot.inspection import Location
from bot.policy.bump_section import bump_policy
from bot.policy.fields import Problems, Section, Value
from bot.policy.gate import Policy, PolicyProblem
from bot.policy.rules_section import rule_policy
from bot.policy.tree import Unreadable, read
from bot.severity import Severity

PATH = ".github/plimsoll.yml"
SLIP = ".github/plimsoll.yaml"
"""A likely name for it, which is not read."""
RENAME = f"this name is not read: rename it to {PATH}"
UNLISTED = "not all files of this folder could be listed, so nobody knows whether there is a policy"
KEYS = ("fail-on-severity", "only-fixed", "unknown-severity", "development", "rules", "bump")
SEVERITIES = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "low": Severity.LOW,
}


def parse_config(content: bytes, path: str = PATH) -> tuple[Policy, tuple[PolicyProblem, ...]]:
    """Read the file; with any problem the default policy, and every problem with its line."""
    problems = Problems(path)
    policy = Policy()
    try:
        root = read(content)
    except Unreadable as exc:
        problems.add(exc.line, str(exc))
    else:
        policy = _policy(Section(root, "", KEYS, problems)) if root else policy
    return (Policy() if problems.found else policy), problems.all()


def problems_of(file: FileVersion | None) -> tuple[PolicyProblem, ...] | None:
    """What is wrong with the file as a change leaves it; None when the change does not touch it."""
    if file is None:
        return None
    if file.problem:
        return (PolicyProblem(Location(file.path, 1, 1), file.problem),)
    return parse_config(file.content or b"", file.path)[1]


def _policy(section: Section) -> Policy:
    default = Policy()
    return Policy(
        fail_on_severity=section.read("fail-on-severity", _severity, default.fail_on_severity),
        only_fixed=section.read("only-fixed", Value.flag, default.only_fixed),
        unknown_severity=section.read("unknown-severity", _severity, default.unknown_severity),
        development=section.read("development", Value.flag, default.development),
        rules=section.read("rules", rule_policy, default.rules),
        bump=section.read("bump", bump_policy, default.bump),
    )


def _severity(value: Value) -> Severity:
    return value.one_of(SEVERITIES)
