"""Secrets in an image's configuration: variables, labels, and the commands of its history.

Variables are judged by value and by name, everything else by value. Build arguments stand in the history of each RUN
that had them (`RUN |1 TOKEN=… /bin/sh -c …`), though nothing else of the image names them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.engine.limits import Allowance
from bot.engine.secrets.matching import Match
from bot.engine.secrets.rules.files import VARIABLE
from bot.engine.secrets.search import Search
from bot.engine.secrets.words import is_set_secret
from bot.inventory import HistoryEntry, ImageConfig, ImageSecret, SecretPlace, SkipKind, Skipped

#: What the texts are: every rule of commands and assignments applies.
_AS = "Dockerfile"
_NOTHING_RUN = re.compile(r"^/bin/sh -c #\(nop\)\s{0,4}")
_ARGUMENTS = re.compile(r"^(?:RUN )?\|[0-9]{1,4} (.*?)(?= /bin/(?:ba|a|da)?sh |$)", re.DOTALL)
_DEFINITIONS = re.compile(r"^(?:ENV|ARG)\s+(.*)", re.DOTALL)
_MOST_DEFINED = 50_000
"""Definitions in the history that are judged: a hundred commands may each repeat a hundred build arguments."""
_NAME = re.compile(r"(?:^|(?<=\s))([A-Za-z_][A-Za-z0-9_.-]{0,100})=")


@dataclass(frozen=True, slots=True)
class ConfigSecrets:
    """The secrets of a configuration, and what of it was not searched to its end."""

    found: tuple[ImageSecret, ...]
    """The layer's digest is for the caller to add."""
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """The search of one configuration, with what is left of its limits."""

    search: Search
    given_up: list[str] = field(default_factory=list)
    definitions: Allowance = field(default_factory=lambda: Allowance(_MOST_DEFINED))


def config_secrets(config: ImageConfig, search: Search) -> ConfigSecrets:
    """Find the secrets of a configuration."""
    run = _Run(search)
    found = _found(config, run)
    rules = ", ".join(sorted(set(run.given_up)))
    why = f"it has more places that look like secrets than are judged ({rules})"
    skipped = Skipped("image configuration", why, SkipKind.UNCATALOGUED)
    return ConfigSecrets(found, (skipped,) if rules else ())


def _found(config: ImageConfig, run: _Run) -> tuple[ImageSecret, ...]:
    variables = [secret for item in config.env for secret in _variable(item, run)]
    labels = [secret for name, value in config.labels for secret in _label(name, value, run)]
    known = {(secret.rule, secret.fingerprint) for secret in (*variables, *labels)}
    # What the instruction of a variable says again is the variable's own.
    history = [
        secret
        for secret in _distinct(_history(config, run))
        if secret.layer is not None or (secret.rule, secret.fingerprint) not in known
    ]
    return (*variables, *labels, *history)


def _variable(item: str, run: _Run) -> Iterator[ImageSecret]:
    name, _, value = item.partition("=")
    for match in named_matches(name, value, run.search, run.given_up):
        yield _secret(match, run.search, SecretPlace.ENV, name)


def _label(name: str, value: str, run: _Run) -> Iterator[ImageSecret]:
    text = f"{name}={value}".encode("utf-8", "replace")
    for match in run.search.matches(_AS, text, run.given_up):
        yield _secret(match, run.search, SecretPlace.LABEL, name)


def named_matches(name: str, value: str, search: Search, given_up: list[str] | None = None) -> list[Match]:
    """Find secrets in a variable's value, or take the value as a whole for one where its name says so."""
    text, head = f"{name}={value}".encode("utf-8", "replace"), len(name.encode("utf-8", "replace")) + 1
    found = [match for match in search.matches(_AS, text, given_up) if match.span[1] > head]
    if not found and is_set_secret(name, text[head:]):
        found = [Match(VARIABLE, (head, len(text)), 0, text[head:])]
    return found


def _history(config: ImageConfig, run: _Run) -> Iterator[ImageSecret]:
    entries = (*config.history, *(HistoryEntry(trigger, None) for trigger in config.on_build))
    for entry in entries:
        text = _NOTHING_RUN.sub("", entry.created_by)
        found = run.search.matches(_AS, text.encode("utf-8", "replace"), run.given_up)
        yield from (_secret(match, run.search, SecretPlace.HISTORY, "", entry.layer) for match in found)
        known = {match.secret for match in found}
        for match in _defined(text, run):
            if match.secret not in known:
                yield _secret(match, run.search, SecretPlace.HISTORY, "", entry.layer)


def _defined(text: str, run: _Run) -> Iterator[Match]:
    """Find what build arguments and variables of the history hold by their names."""
    said = _ARGUMENTS.match(text) or _DEFINITIONS.match(text)
    names = list(_NAME.finditer(said[1])) if said else []
    for index, name in enumerate(names):
        if not run.definitions.take(1):
            run.given_up.append(VARIABLE.id)
            return
        end = names[index + 1].start() if index + 1 < len(names) else len(said[1]) if said else 0
        value = said[1][name.end() : end].strip() if said else ""
        yield from named_matches(name[1], value.strip("\"'"), run.search, run.given_up)


def _distinct(secrets: Iterator[ImageSecret]) -> Iterator[ImageSecret]:
    """A build argument stands in every command after it; once is enough."""
    seen = set()
    for secret in secrets:
        if (secret.rule, secret.fingerprint) not in seen:
            seen.add((secret.rule, secret.fingerprint))
            yield secret


def _secret(
    match: Match, search: Search, place: SecretPlace, path: str, layer: int | None = None
) -> ImageSecret:
    found = search.finding(match, path, 0)
    return ImageSecret(
        rule=found.rule,
        title=found.title,
        severity=found.severity,
        place=place,
        path=path,
        line=0,
        hint=found.hint,
        fingerprint=found.fingerprint,
        layer=layer,
    )
