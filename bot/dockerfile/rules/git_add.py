"""ADD of a git repository without a commit takes whatever the branch has that day.

Follows https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository.
"""

import re
from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule, short
from bot.dockerfile.rules.reading import source
from bot.dockerfile.rules.remote_add import added, is_git
from bot.severity import Severity

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?(:.*)?", re.IGNORECASE)
_QUERY_COMMIT = re.compile(r"[?&](checksum|commit)=[0-9a-f]{40}", re.IGNORECASE)


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("ADD"):
        for address in added(step):
            if not is_git(address) or step.instruction.flag("checksum") or _QUERY_COMMIT.search(address):
                continue
            name, _, reference = address.partition("#")
            if not _COMMIT.fullmatch(reference):
                where = source([name]) if "://" in name else name.partition(":")[0]
                yield Hit(step, f"git from {where}", f"ADD clones {short(address)} at no fixed commit.")


RULE = Rule(
    id="git-add",
    severity=Severity.LOW,
    title="ADD of a git repository without a commit",
    explanation="A branch and a tag may be moved, so the same Dockerfile brings other files tomorrow.",
    remedy="Name the commit: `ADD https://HOST/NAME.git#<40 digits> DESTINATION`.",
    check=_check,
)
