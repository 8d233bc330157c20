"""Packages are installed without checking who signed them."""

import re
from collections.abc import Iterator

from bot.dockerfile.calls import Call
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import program
from bot.severity import Severity

_OPTIONS = {
    "apt-get": {"--allow-unauthenticated", "--force-yes", "--allow-insecure-repositories"},
    "apk": {"--allow-untrusted"},
    "dnf": {"--nogpgcheck", "--no-gpgchecks"},
    "zypper": {"--no-gpg-checks", "--allow-unsigned-rpm"},
    "rpm": {"--nosignature", "--nodigest", "--nogpg"},
}
_SAME = {"apt": "apt-get", "aptitude": "apt-get", "yum": "dnf", "microdnf": "dnf", "tdnf": "dnf"}
_APT_SETTING = re.compile(
    r"(apt::get::allowunauthenticated|acquire::allow(insecure|weak|downgradetoinsecure)repositories)=?\"?(1|true|yes)\"?",
    re.IGNORECASE,
)
_GPGCHECK = re.compile(r"(repo_)?gpgcheck=(0|false|no)|.*\.gpgcheck=(0|false|no)", re.IGNORECASE)
_LOCAL = re.compile(r"[^:]*\.(apk|rpm|deb)")


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        for call in step.every_call():
            if what := _unsigned(call):
                summary = f"{what} takes packages whatever their signature."
                mild = Severity.MEDIUM if _is_local(call) else None
                yield Hit(step, what, summary, lines=(call.line, call.line), severity=mild)


def _unsigned(call: Call) -> str:
    name = program(call.words)
    manager = _SAME.get(name, name)
    words = call.words[1:]
    if not _OPTIONS.get(manager, set()).isdisjoint(words):
        return name
    if manager == "apt-get" and any(_APT_SETTING.search(word) for word in words):
        return name
    if manager in ("dnf", "zypper") and any(
        _GPGCHECK.fullmatch(word.partition("--setopt=")[2] or word) for word in words
    ):
        return name
    if name in ("echo", "printf", "add-apt-repository", "apt-add-repository", "tee"):
        line = " ".join(words)[:2000]
        if "deb" in line and "trusted=yes" in line:
            return "source with trusted=yes"
    return ""


def _is_local(call: Call) -> bool:
    """Whether only files are named, which may have been compared with a checksum."""
    names = [word for word in call.words[1:] if not word.startswith("-")][1:]
    return bool(names) and all(_LOCAL.fullmatch(word) for word in names)


RULE = Rule(
    id="unsigned-packages",
    severity=Severity.HIGH,
    title="Packages are installed whatever their signature",
    explanation="The signature is what tells a distribution's packages from those that somebody put in their place."
    " Installing a package runs its scripts as root.",
    remedy="Take the option out, and add the key of the repository, with its fingerprint compared.",
    check=_check,
)
