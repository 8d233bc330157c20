"""A key is fetched and trusted without comparing its fingerprint."""

import re
from collections.abc import Iterator, Sequence

from bot.dockerfile.calls import Call
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import DOWNLOADERS, fed_by_download, program, source
from bot.severity import Severity

_KEY_FOLDERS = (
    "/etc/apt/keyrings",
    "/usr/share/keyrings",
    "/etc/apt/trusted.gpg.d",
    "/etc/apk/keys",
    "/etc/pki/rpm-gpg",
)
_KEY_FOLDER = re.compile(r".*(?:%s)/.*" % "|".join(map(re.escape, _KEY_FOLDERS)), re.DOTALL)  # noqa: UP031
_COMPARING = frozenset({"--fingerprint", "--show-keys", "--list-keys", "--with-fingerprint", "--with-colons"})


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        if any(
            program(call.words) in ("gpg", "gpg2") and _COMPARING & set(call.words) for call in step.calls
        ):
            continue
        for call in step.calls:
            if words := _trusted(call):
                where = source(words)
                summary = f"The key that {where} sends is trusted unseen."
                yield Hit(step, f"key from {where}", summary, lines=(call.line, call.line))


def _trusted(call: Call) -> Sequence[str]:
    """The download of a key that a call makes trusted; empty when there is none."""
    name, words = program(call.words), call.words
    if name == "apt-key" and "add" in words:
        return fed_by_download(call) or words
    if name in ("gpg", "gpg2") and {"--dearmor", "--import", "--no-default-keyring"} & set(words):
        return fed_by_download(call)
    if name == "rpm" and "--import" in words and any("://" in word for word in words):
        return words
    if name == "tee" and any(map(_KEY_FOLDER.fullmatch, words)):
        return fed_by_download(call)
    if name in DOWNLOADERS and any(map(_KEY_FOLDER.fullmatch, words)):
        return words
    return ()


RULE = Rule(
    id="unverified-key",
    severity=Severity.LOW,
    title="A key is trusted unseen",
    explanation="The signatures of a repository are worth as much as the key they are checked with. A key that comes"
    " from the same place as the packages proves nothing the first time; with `apt-key` it even counts for all others.",
    remedy="COPY the key from your repository, or compare its fingerprint with `gpg --show-keys` before it is used, and"
    " name it with `signed-by=`.",
    check=_check,
)
