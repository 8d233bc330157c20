"""What a container runs with: the instructions of the final stage, and where they are silent its base image.

Pure. `misconfigurations` reads the instructions, the inspector the image; here both are put together. Follows
https://github.com/opencontainers/image-spec/blob/main/config.md; HEALTHCHECK is Docker's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.dockerfile.rules import (
    docker_socket,
    no_healthcheck,
    no_user,
    root_user,
    secret_in_env,
    sensitive_port,
    set_id,
)
from bot.dockerfile.rules.docker_socket import is_engine_socket
from bot.dockerfile.rules.linting import misconfiguration
from bot.dockerfile.rules.model import Rule, short
from bot.dockerfile.rules.no_user import is_named_unprivileged
from bot.dockerfile.rules.root_user import is_root
from bot.dockerfile.rules.secret_names import is_placeholder, literal, names_secret
from bot.dockerfile.rules.sensitive_port import SENSITIVE, WORSE, ports_in
from bot.finding import Finding, Ignored, Origin
from bot.inspection import Base, DockerfileState, Gap, SeenImage
from bot.inventory import ImageConfig, SetIdFile
from bot.location import Location
from bot.running import RunSettings
from bot.severity import Severity

DECIDED_HERE = frozenset({no_user.RULE.id, no_healthcheck.RULE.id})
"""Rules whose answer from the text alone is replaced by the one from here."""
MOST_FILES = 200
NOWHERE = Location("", 0, 0)
"""Of an image there is no line."""


@dataclass(frozen=True, slots=True)
class Effective:
    """What is wrong with what a container runs with, and what could not be said."""

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    gaps: tuple[Gap, ...] = ()


def with_effective(state: DockerfileState) -> DockerfileState:
    """Add to a state, whose images were looked at, what they and the instructions say together."""
    seen = effective(state)
    return replace(
        state,
        findings=(*state.findings, *seen.findings),
        ignored=(*state.ignored, *seen.ignored),
        gaps=(*state.gaps, *seen.gaps),
    )


def effective_findings(state: DockerfileState) -> list[Finding]:
    """List what is wrong with what the container runs with."""
    return list(effective(state).findings)


def effective(state: DockerfileState) -> Effective:
    """Put instructions and base image together, for each way it is built; nothing without instructions."""
    kept, ignored, gaps = dict[Finding, None](), dict[Ignored, None](), dict[Gap, None]()
    for run in state.runs:
        found = dict.fromkeys(_found(run, _bases_of(run, state)))
        heard, excused = _set_aside(list(found), run)
        kept |= dict.fromkeys(heard)
        ignored |= dict.fromkeys(excused)
        gaps |= dict.fromkeys(_gaps(run))
    return Effective(tuple(kept), tuple(ignored), tuple(gaps))


def _bases_of(run: RunSettings, state: DockerfileState) -> list[Base]:
    """The images the container is built on. One that only some of the ways share bears the name of the first."""
    bases = [base for base in state.bases if base.shipped and not base.copied]
    if run.begins:
        bases = [base for base in bases if base.location.start_line == run.begins]
    own = [base for base in bases if base.part in ("", *run.parts)]
    return own if own and run.parts else bases


def _found(run: RunSettings, bases: Sequence[Base]) -> Iterator[Finding]:
    yield from _user(run, bases)
    yield from _healthcheck(run, bases)
    for base in bases:
        yield from _inherited(base, run)


def image_findings(seen: SeenImage, base: SeenImage | None = None) -> list[Finding]:
    """List what is wrong with an image by itself, besides what it has from `base`."""
    config = seen.inventory.config
    said = (*_user_of(config), *_brought(seen, base))
    found = [_of_image(rule, subject, summary, severity) for rule, subject, summary, severity in said]
    if _lacks_check(config):
        found.append(_of_image(no_healthcheck.RULE, "health check", "The image has no HEALTHCHECK.", None))
    return found


Said = tuple[Rule, str, str, Severity | None]
"""A rule, the subject, what is there, and how bad where that is not the rule's."""


def _user(run: RunSettings, bases: Sequence[Base]) -> Iterator[Finding]:
    """Who runs. That a USER says root, the text alone has told."""
    if run.user is not None or run.user_unknown:
        return
    if run.scratch or not bases:
        yield _finding(no_user.RULE, root_user.SUBJECT, "No USER is set, and `scratch` runs as root.", run)
    for base in bases:
        if base.seen is None:
            if not is_named_unprivileged(base.written):
                why = "the base image could not be read: most run as root"
                yield _finding(no_user.RULE, root_user.SUBJECT, f"No USER is set, and {why}.", run, base)
        else:
            for rule, subject, _, _ in _user_of(base.seen.inventory.config):
                summary = f"No USER is set, and {short(base.written)} runs as root."
                yield _finding(rule, subject, summary, run, base)


def _user_of(config: ImageConfig) -> Iterator[Said]:
    if not config.user.strip():
        yield no_user.RULE, root_user.SUBJECT, "The image names no user, so it runs as root.", None
    elif is_root(config.user):
        yield root_user.RULE, root_user.SUBJECT, f"The image runs as {short(config.user)}.", None


def _healthcheck(run: RunSettings, bases: Sequence[Base]) -> Iterator[Finding]:
    if run.healthcheck:
        return
    inherits = run.healthcheck is None and bases
    if inherits and all(base.seen and not _lacks_check(base.seen.inventory.config) for base in bases):
        return
    yield _finding(no_healthcheck.RULE, "health check", "No HEALTHCHECK is set.", run)


def _lacks_check(config: ImageConfig) -> bool:
    return config.healthcheck[:1] in ((), ("NONE",), ("",))


def _inherited(base: Base, run: RunSettings) -> Iterator[Finding]:
    """What the base image brings, and no instruction takes back."""
    for rule, subject, summary, severity in _brought(base.seen) if base.seen else ():
        text = f"{short(base.written)}: {summary}"
        found = _finding(rule, subject, text, run, base, remedy="Build on an image without it.")
        yield found if severity is None else replace(found, severity=severity)


def used_findings(base: Base, target: str) -> Iterator[Finding]:
    """Yield what is wrong with an image that runs as it is. Who runs it, and on which ports, is for its user to say."""
    if base.seen is None:
        return
    for rule, subject, summary, severity in (*_names_of(base.seen.inventory.config), *_set_id(base.seen)):
        yield replace(
            _of_image(rule, subject, f"{short(base.written)}: {summary}", severity),
            target=target,
            shipped=base.shipped,
            location=base.location,
            image=base.written,
            remedy="Use an image without it.",
        )


def _brought(seen: SeenImage, base: SeenImage | None = None) -> Iterator[Said]:
    """What is in an image whoever runs it, besides what `base` has."""
    config = seen.inventory.config
    yield from _settings_of(config)
    yield from _names_of(config)
    yield from _set_id(seen, base)


def _settings_of(config: ImageConfig) -> Iterator[Said]:
    for port in sorted(
        {port for word in config.exposed_ports for port in SENSITIVE if port in ports_in(word)}
    ):
        severity = Severity.HIGH if port in WORSE else None
        yield sensitive_port.RULE, f"port {port}", f"Port {port} is exposed: {SENSITIVE[port]}.", severity
    for path in config.volumes:
        if is_engine_socket(path):
            yield docker_socket.RULE, f"volume {short(path)}", f"{short(path)} is declared as a volume.", None


def _names_of(config: ImageConfig) -> Iterator[Said]:
    for pair in config.env:
        name, _, value = pair.partition("=")
        if names_secret(name) and (text := literal(value)):
            severity = Severity.LOW if is_placeholder(text) else None
            summary = f"The variable {short(name)} has its value in the image."
            yield secret_in_env.RULE, f"ENV {short(name)}", summary, severity


def _set_id(seen: SeenImage, base: SeenImage | None = None) -> Iterator[Said]:
    """Files that run as their owner, that no package claims and the base image does not have."""
    known = {(file.path, file.mode) for file in base.inventory.set_id_files} if base else set()
    files = [
        each for each in seen.inventory.set_id_files if not each.owner and (each.path, each.mode) not in known
    ]
    for file in files[:MOST_FILES]:
        severity = None if file.mode & 0o4000 else Severity.LOW
        yield set_id.RULE, f"set-id of /{short(file.path)}", _runs_as(file), severity
    if len(files) > MOST_FILES:
        rest = f"{len(files) - MOST_FILES} more files run as their owner or group, which are not listed."
        yield set_id.RULE, "set-id of many more files", rest, None


def _runs_as(file: SetIdFile) -> str:
    who = "owner" if file.mode & 0o4000 else "group"
    return f"/{short(file.path)} runs as its {who} (mode {file.mode & 0o7777:04o}), and no package claims it."


def _of_image(rule: Rule, subject: str, summary: str, severity: Severity | None) -> Finding:
    found = misconfiguration(
        ids=rule.ids,
        package=f"image: {subject}",
        rule=rule,
        summary=summary,
        shipped=True,
        location=NOWHERE,
        origin=Origin.BASE,
    )
    return found if severity is None else replace(found, severity=severity)


def _finding(
    rule: Rule, subject: str, summary: str, run: RunSettings, base: Base | None = None, remedy: str = ""
) -> Finding:
    found = misconfiguration(
        ids=rule.ids,
        # As the rules that read the text alone name it, so that a setting may move into the base image.
        package=f"{run.place}: {subject}",
        rule=rule,
        summary=summary,
        shipped=True,
        location=base.location if base is not None and remedy else run.location,
        origin=Origin.BASE if remedy else Origin.INSTRUCTION,
        image=base.written if base is not None and remedy else "",
    )
    return replace(found, remedy=remedy) if remedy else found


def _set_aside(found: Sequence[Finding], run: RunSettings) -> tuple[list[Finding], list[Ignored]]:
    kept, ignored = list[Finding](), list[Ignored]()
    for each in found:
        excuse = next((one for one in run.excuses if not set(one.ids).isdisjoint(each.ids)), None)
        if excuse is None:
            kept.append(each)
        else:
            ignored.append(Ignored(each, excuse.reason, excuse.location))
    return kept, ignored


def _gaps(run: RunSettings) -> Iterator[Gap]:
    if run.user_unknown:
        what = f"who the container runs as: USER {short(run.user_unknown)}"
        yield Gap(what, "its value is only known when it is built", run.user_at or run.location)
