"""What the package manager commands of a Dockerfile add: a package where the version is written, else a name that
stays unresolved, with the reason. Never nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.dockerfile.copies import Command
from bot.dockerfile.managers import Verb
from bot.dockerfile.packages import PackageCommand, PackageWord, package_command
from bot.dockerfile.splits import requirement_at, unaliased
from bot.inspection import Location, PredictedPackage, Unresolved
from bot.landing.installers import GRAMMARS, INSTALLERS, LOCAL_FIRST
from bot.landing.installs import read_install
from bot.landing.wordings import reworded
from bot.landing.wrappers import behind
from bot.package import Package
from bot.package.language import canonical_name, language_package

SYSTEMS = {
    "apt-get": "deb",
    "apt": "deb",
    "apt-fast": "deb",
    "aptitude": "deb",
    "dpkg": "deb",
    "gdebi": "deb",
    "install_packages": "deb",
    "nala": "deb",
    "apk": "apk",
    "dnf": "rpm",
    "microdnf": "rpm",
    "rpm": "rpm",
    "tdnf": "rpm",
    "yum": "rpm",
    "zypper": "rpm",
}
"""Managers of a distribution, by purl type: which release it is, the base image tells."""
LANGUAGES = {
    "pip": "pypi",
    "pipx": "pypi",
    "npm": "npm",
    "pnpm": "npm",
    "yarn": "npm",
    "gem": "gem",
    "go": "golang",
    "cargo": "cargo",
    "composer": "composer",
    "dotnet": "nuget",
}
MOST_WORDS = 500
"""Packages of one command that are listed one by one."""

NEWEST = "no version is given, so the newest there is comes"
RANGE = "which version fits is only known when it is built"
VARIABLE = "it depends on a value that is only known when it is built"
LOCAL = "what lies there is only known when it is built"
ELSEWHERE = "what this address holds is only known when it is built"
#: Options with which nothing is installed, and those that are all a call is about.
_REHEARSED = frozenset("--help -h --dry-run --pretend --search --info --query --unmerge --depclean".split())
_TOLD = frozenset("--version -V -v --list -l --sync".split())
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}(?:://|@git)|git@|[a-z]{1,9}\+[a-z]")
_PROTOCOL = re.compile(r"[a-z]{1,20}:")
_ARCHIVE = re.compile(r"\.(?:whl|tgz|tar\.[a-z0-9]{1,4}|zip|deb|rpm|gem|apk|nupkg)$")
#: What each ecosystem takes for one version and no range.
_EXACT = {
    "pypi": re.compile(r"[0-9][0-9A-Za-z.!+_-]*"),
    "npm": re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "gem": re.compile(r"=? ?[0-9][0-9A-Za-z.-]*"),
    "hex": re.compile(r"[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "maven": re.compile(r"(?!.*SNAPSHOT)[0-9][0-9A-Za-z._+-]*"),
    "pub": re.compile(r"[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "golang": re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "cargo": re.compile(r"=?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "composer": re.compile(r"v?[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "nuget": re.compile(r"[0-9]+\.[0-9]+[0-9A-Za-z.+-]*"),
    "deb": re.compile(r"[0-9][0-9A-Za-z.+~:-]*"),
    "apk": re.compile(r"[0-9][0-9A-Za-z._-]*"),
    "rpm": re.compile(r"[0-9][0-9A-Za-z.+~:_^-]*-[0-9A-Za-z.+~_^-]+"),
}
_SHOWN = 200
_MODULE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org")


@dataclass(frozen=True, slots=True)
class Added:
    """What one command adds."""

    command: PackageCommand
    type: str
    """The purl type."""
    packages: tuple[PredictedPackage, ...]
    unresolved: tuple[Unresolved, ...]

    @property
    def program(self) -> str:
        """What brings it: of `uv tool`, `uv`."""
        return program_of(self.command)

    @property
    def group(self) -> str:
        """The name under which apk removes all of it again."""
        return self.command.option("-t", "--virtual")


def read_command(command: Command) -> PackageCommand | None:
    """Recognise a package manager's command, or that of another program that installs."""
    if not command.call.words:
        return None
    words = behind(command.call.words)
    # In another environment, what it removes is not what was installed here.
    certain = command.call.certain and words == command.call.words
    call = replace(command.call, words=words, certain=certain)
    known = package_command(call)
    common = reworded(call.words) if known is None else None
    if known is not None or common == []:
        return known
    found = package_command(replace(call, words=common or call.words), GRAMMARS)
    if found is None or _is_idle(found):
        return None
    # What it takes from a lockfile is followed as such.
    return found if found.packages or read_install(command) is None else None


def _is_idle(command: PackageCommand) -> bool:
    told = {option for option, _ in command.options}
    return bool(told & _REHEARSED or (not command.packages and told & _TOLD))


def program_of(command: PackageCommand) -> str:
    """The program that is called, whatever of its verbs has a grammar of its own."""
    return command.manager.partition(" ")[0]


def is_local(command: PackageCommand) -> bool:
    """Whether it runs what an earlier install put there, if that did: `npx tsc`, but not `npx -y tsc`, `npx tsc@5`."""
    told = any(option == "--yes" for option, _ in command.options)
    return command.manager in LOCAL_FIRST and not told and not any(each.version for each in command.packages)


def type_of(command: PackageCommand) -> str | None:
    """The purl type of what it brings; empty where that is not looked into, None where it brings nothing itself."""
    kind = SYSTEMS.get(command.manager) or LANGUAGES.get(command.manager)
    other = INSTALLERS.get(command.manager)
    return kind or (other.type if other is not None else None)


def added_by(path: str, command: PackageCommand) -> Added | None:
    """Tell what an install adds; None where it names nothing, and takes from a lockfile or from elsewhere."""
    kind = type_of(command)
    if kind is None or command.verb not in (Verb.INSTALL, Verb.UPGRADE):
        return None
    words = [*_paired(command), *_other_words(command)]
    if not words or (command.verb is Verb.UPGRADE and kind in SYSTEMS.values()):
        return None
    where = Location(path, command.line, command.line)
    packages: list[PredictedPackage] = []
    unresolved: list[Unresolved] = []
    for word in words[:MOST_WORDS]:
        found = _read(word, kind, command, where)
        if isinstance(found, PredictedPackage):
            packages.append(found)
        else:
            unresolved.append(found)
    if more := len(words[MOST_WORDS:]):
        unresolved.append(Unresolved(f"{more} more packages", "", "too many to list", where))
    return Added(command, kind, tuple(packages), tuple(unresolved))


def _paired(command: PackageCommand) -> tuple[PackageWord, ...]:
    """`luarocks install a 1.0` → `a` in that version."""
    found = command.packages
    pairs = command.manager in INSTALLERS and INSTALLERS[command.manager].pair
    if not pairs or len(found) != 2:
        return found
    name, version = found
    return (replace(name, version=version.name, written=f"{name.written} {version.written}"),)


def _other_words(command: PackageCommand) -> Iterator[PackageWord]:
    """What options name: `pip install -e .`, `cargo install --git URL`."""
    for option, value in command.options:
        if value and option in ("-e", "--editable", "--git", "--path"):
            yield PackageWord(value, "", "$" in value, value)
        elif value and option == "--with" and type_of(command) == "pypi":
            yield PackageWord(*requirement_at(value), "$" in value, value)


def _read(
    word: PackageWord, kind: str, command: PackageCommand, where: Location
) -> PredictedPackage | Unresolved:
    if kind == "npm":
        word = replace(word, written=unaliased(word.written))
    written = word.written or word.name
    name, version = word.name, word.version
    if kind == "deb":
        name, _, release = name.partition("/")
        name = name.partition(":")[0]
        version = "" if release else version
    if why := _why_not(word, kind, name, version, command):
        requirement = written[len(word.name) :] if written.startswith(word.name) else written
        unclear = why in (LOCAL, ELSEWHERE) or any(char in word.name for char in "$`")
        name = written if _is_place(written) else word.name
        name = name if unclear else canonical_name(kind, name)
        return Unresolved(_cut(name), _cut(requirement.strip()), why, where, unclear)
    version = version.lstrip("= ")
    if kind in SYSTEMS.values():
        package = Package(kind, "", name, version, name, version)
    else:
        version = version.removeprefix("v") if kind == "npm" else version
        package = language_package(kind, _module(name) if kind == "golang" else name, version)
    return PredictedPackage(package, where, direct=True)


def _why_not(word: PackageWord, kind: str, name: str, version: str, command: PackageCommand) -> str:
    """Why which version comes is not known; empty where it is."""
    written = word.written or word.name
    if command.word == "build-dep":
        return "what it takes to build this is only known when it is built"
    other = INSTALLERS.get(command.manager)
    if other is not None and other.why:
        return other.why
    if word.unresolved or "$" in written or "`" in written:
        return VARIABLE
    if _ADDRESS.match(written) or (kind == "npm" and _PROTOCOL.match(written)):
        return ELSEWHERE
    if _is_place(written) or (kind == "npm" and "/" in name and not name.startswith("@")):
        return LOCAL
    if kind == "rpm" and (name.startswith("@") or command.word == "groupinstall"):
        return "what is in this group is only known when it is built"
    exact = (other.exact if other is not None else None) or _EXACT[kind]
    if version and exact.fullmatch(version) and len(version) <= _SHOWN:
        return ""
    return RANGE if written != word.name or version else NEWEST


def _is_place(written: str) -> bool:
    return written.startswith((".", "/", "~")) or _ARCHIVE.search(written[-20:]) is not None


def _module(path: str) -> str:
    """The module a Go command most likely belongs to: its path up to `/cmd/`, or its repository's."""
    path = path.partition("/cmd/")[0]
    parts = path.split("/")
    if parts[0] in _MODULE_HOSTS and len(parts) > 3:
        kept = 4 if re.fullmatch(r"v[0-9]{1,3}", parts[3]) else 3
        return "/".join(parts[:kept])
    return path


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
