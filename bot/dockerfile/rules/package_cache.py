"""Package managers leave lists and archives behind that nobody needs any more."""

from collections.abc import Iterator

from bot.dockerfile.calls import mounts_below
from bot.dockerfile.managers import Verb
from bot.dockerfile.packages import PackageCommand
from bot.dockerfile.rules.facts import Facts, Step
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import assignments
from bot.severity import Severity

_APT = frozenset({"apt", "apt-get", "aptitude"})
_RPM = {
    "yum": ("DL3032", "DS-0015"),
    "dnf": ("DL3040", "DS-0019"),
    "microdnf": ("DL3040",),
    "tdnf": (),
    "zypper": ("DL3036", "DS-0020"),
}


def _check(facts: Facts) -> Iterator[Hit]:
    quiet_pip: set[int] = set()
    for step in facts.steps:
        parent = facts.resolved.bases[step.stage.index].parent
        if step.cmd == "FROM" and parent in quiet_pip:
            quiet_pip.add(step.stage.index)
        if step.cmd == "ENV" and any(map(_silences_pip, step.instruction.args)):
            quiet_pip.add(step.stage.index)
        if step.cmd == "RUN" and step.shipped:
            yield from _left(step, step.stage.index in quiet_pip)


def _silences_pip(pair: str) -> bool:
    name, _, value = pair.partition("=")
    # pip reads any value but an empty one, and `off` and `0` mean the same here.
    return name == "PIP_NO_CACHE_DIR" and bool(value.strip("'\""))


def _left(step: Step, pip_is_quiet: bool) -> Iterator[Hit]:
    seen: set[str] = set()
    for call, command in step.installs():
        manager = command.manager
        if manager in seen or (found := _leaves(step, command, pip_is_quiet)) is None:
            continue
        if manager == "pip" and any(name == "PIP_NO_CACHE_DIR" for name, _ in assignments(call)):
            continue
        seen.add(manager)
        remedy, aliases = found
        summary = f"{manager} leaves its lists or archives in the layer."
        lines = call.line, call.line
        yield Hit(step, f"cache of {manager}", summary, lines=lines, remedy=remedy, aliases=aliases)


def _leaves(step: Step, command: PackageCommand, pip_is_quiet: bool) -> tuple[str, tuple[str, ...]] | None:
    """What to write, and what others call it; None when nothing is left."""
    manager = command.manager
    options = {option for option, _ in command.options}
    if manager in _APT:
        if _removes(step, "/var/lib/apt") or _mounted(step, "/var/lib/apt") or _calls(step, "distclean"):
            return None
        return "End the RUN with `rm -rf /var/lib/apt/lists/*`.", ("DL3009",)
    if manager == "apk":
        clean = (
            "--no-cache" in options or _removes(step, "/var/cache/apk") or _mounted(step, "/var/cache/apk")
        )
        return None if clean else ("Write `apk add --no-cache`.", ("DL3019", "DS-0025"))
    if manager in _RPM:
        cache = f"/var/cache/{'zypp' if manager == 'zypper' else 'yum' if manager == 'yum' else 'dnf'}"
        if (
            _calls(step, "clean")
            or _calls(step, "cc")
            or _removes(step, "/var/cache")
            or _mounted(step, cache)
        ):
            return None
        return f"End the RUN with `{manager} clean all`.", _RPM[manager]
    if manager == "pip" and command.verb is Verb.INSTALL:
        clean = pip_is_quiet or "--no-cache-dir" in options or _mounted(step, "/root/.cache")
        clean = clean or _removes(step, "/root/.cache") or _removes(step, "~/.cache") or _calls(step, "purge")
        return None if clean else ("Write `pip install --no-cache-dir`.", ("DL3042",))
    if manager in ("npm", "yarn", "pnpm"):
        clean = (
            _calls(step, "clean")
            or _calls(step, "prune")
            or _removes(step, "/root/.npm")
            or _mounted_cache(step)
        )
        alias = ("DL3060",) if manager == "yarn" else ()
        tidy = "pnpm store prune" if manager == "pnpm" else f"{manager} cache clean --force"
        return None if clean else (f"End the RUN with `{tidy}`, or mount a cache.", alias)
    return None


def _removes(step: Step, folder: str) -> bool:
    return any(
        call.words[0] == "rm" and any(word.startswith(folder) for word in call.words)
        for call in step.calls
        if call.words
    )


def _calls(step: Step, verb: str) -> bool:
    return any(verb in call.words[1:] for call in step.calls)


def _mounted(step: Step, folder: str) -> bool:
    return mounts_below(step.instruction, folder)


def _mounted_cache(step: Step) -> bool:
    return any("type=cache" in mount.text for mount in step.instruction.flag_values("mount"))


RULE = Rule(
    id="package-cache",
    severity=Severity.NEGLIGIBLE,
    title="A package manager's cache is shipped",
    explanation="Lists and archives make the image larger, and a later instruction does not make it smaller again.",
    remedy="Clean up in the same RUN, or keep the cache out of it with `--mount=type=cache`.",
    aliases=tuple("DL3009 DL3019 DL3032 DL3036 DL3040 DL3042 DL3060 DS-0015 DS-0019 DS-0020 DS-0025".split()),
    check=_check,
)
