"""What the package managers call their verbs and options. Adding one is one entry in `MANAGERS`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What a command does to packages."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    REMOVE = "remove"
    UPDATE_INDEX = "update-index"
    DROP_INDEX = "drop-index"
    HOLD = "hold"
    """It keeps packages at the version they have."""


@dataclass(frozen=True, slots=True)
class Manager:
    """The grammar of one package manager's command line."""

    verbs: dict[str, Verb]
    split: Callable[[str], tuple[str, str]]
    """Cut a package word into name and version, the latter empty when a newer one is not kept out."""
    values: frozenset[str] = frozenset()
    """Options whose value is the next word."""
    files: frozenset[str] = frozenset()
    """Of these, the ones that name a file with more packages."""
    upgrades: frozenset[str] = frozenset()
    """Options that turn an install into an upgrade of what is there."""
    mild: frozenset[str] = frozenset()
    """Options with which a verb does what it says; any other may rehearse it, aim it elsewhere or hold back."""
    prefixes: frozenset[str] = frozenset()
    """Words before the verb: `yarn global add`."""
    doubtful: frozenset[str] = frozenset()
    """Of `verbs`, the words that do not bring what they name, or not in its newest version."""

    def upgrades_by(self, options: Iterable[tuple[str, str]]) -> bool:
        """Whether an option turns the install into an upgrade: `--only-upgrade`, `-u`, `-Uu`."""
        return any(
            option in self.upgrades
            or (
                _SHORT.fullmatch(option)
                and not self.upgrades.isdisjoint(f"-{letter}" for letter in option[1:])
            )
            for option, _ in options
        )

    def is_plain(self, options: Iterable[tuple[str, str]]) -> bool:
        """Whether every option is known to leave the verb what it is: `-y`, `-Uu`, `-o Acquire::Retries=3`."""
        return all(self._is_mild(option, value) for option, value in options)

    def _is_mild(self, option: str, value: str) -> bool:
        if option in self.mild:
            return True
        if "-o" in self.values and (option[:2] == "-o" or option == "--option"):
            return _is_mild_setting(value if option in ("-o", "--option") else f"{option[2:]}={value}")
        return _SHORT.fullmatch(option) is not None and all(f"-{each}" in self.mild for each in option[1:])


_SHORT = re.compile("-[A-Za-z]+")
_ARCHITECTURES = tuple(".x86_64 .noarch .aarch64 .i686 .s390x .ppc64le .armv7hl".split())
#: Of apt's hundreds, those that honest Dockerfiles set.
_MILD_SETTINGS = ("dpkg::use-pty", "acquire::", "debug::", "apt::install-")


def _is_mild_setting(setting: str) -> bool:
    name, _, value = setting.lower().partition("=")
    forced = name.startswith("dpkg::options") and value.startswith("--force-")
    return forced or name.startswith(_MILD_SETTINGS)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _verbs(install: str, upgrade: str = "", remove: str = "", update_index: str = "") -> dict[str, Verb]:
    named = zip((install, upgrade, remove, update_index), Verb, strict=False)
    return {word: verb for words, verb in named for word in words.split()}


def _equals(word: str) -> tuple[str, str]:
    name, _, version = word.partition("=")
    return name, version


def _apk(word: str) -> tuple[str, str]:
    """`a<2` and `a~1` hold a package back like `a=1`; `a>1` and `a>=1` do not."""
    name = re.split(r"[=<>~@]", word, maxsplit=1)[0]
    rest = word[len(name) :]
    holds = re.search(r"[<~]|(?<!>)=", rest)
    return name, re.sub(r"^=(?!~)", "", rest) if holds else ""


def _rpm(word: str) -> tuple[str, str]:
    """`bash-5.1.8-6.el9.x86_64` → `bash`, `5.1.8-6.el9`; without a release, nothing tells a version from a name."""
    ending = next((each for each in _ARCHITECTURES if word.endswith(each)), "")
    name, *rest = word.removesuffix(ending).rsplit("-", 2)
    exact = len(rest) == 2 and all(part[:1].isdigit() and "*" not in part for part in rest)
    return (name, "-".join(rest)) if name and exact else (word, "")


def _colon(word: str) -> tuple[str, str]:
    name, _, version = word.replace("=", ":", 1).partition(":")
    return name, version


def _pip(word: str) -> tuple[str, str]:
    if "://" in word:
        return word, ""
    name = re.split(r"[=<>!~;\[ @]", word, maxsplit=1)[0]
    exact = re.search(r"===?\s*([^\s,;*]+)\Z", word)
    fixed = exact is not None and not re.search(r"[<>!~]", word)
    return name, exact[1] if exact and fixed else ""


def _at(word: str) -> tuple[str, str]:
    at = word.rfind("@")
    return (word[:at], word[at + 1 :]) if at > 0 else (word, "")


def _bare(word: str) -> tuple[str, str]:
    return word, ""


_APT = Manager(
    _verbs(
        "install reinstall build-dep",
        "upgrade dist-upgrade full-upgrade safe-upgrade",
        "remove purge autoremove autopurge",
        "update",
    )
    | {"distclean": Verb.DROP_INDEX, "hold": Verb.HOLD, "forbid-version": Verb.HOLD},
    _equals,
    _words("-t --target-release --default-release -o --option -c --config-file -a --host-architecture"),
    upgrades=_words("--only-upgrade"),
    mild=_words(
        "-y -q -qq -V -u -f -m --yes --assume-yes --quiet --verbose-versions --show-upgraded --show-progress"
        " --no-show-progress --no-install-recommends --no-install-suggests --install-recommends"
        " --install-suggests --only-upgrade --with-new-pkgs --fix-broken --fix-missing --ignore-missing"
        " --allow-downgrades --allow-change-held-packages --allow-remove-essential --allow-unauthenticated"
        " --allow-releaseinfo-change --force-yes --auto-remove --autoremove --purge"
    ),
    doubtful=_words("build-dep reinstall"),
)
_DNF = Manager(
    _verbs(
        "install localinstall groupinstall reinstall",
        "upgrade update distro-sync upgrade-minimal update-minimal",
        "remove erase autoremove",
        "makecache check-update",
    ),
    _rpm,
    _words("-c --config -x --exclude --repo --repoid --enablerepo --disablerepo --installroot --releasever"),
)
_NPM = Manager(
    _verbs("install i add ci", "update upgrade up", "uninstall remove rm un unlink"),
    _at,
    _words("--prefix --registry -w --workspace -C --cwd --dir --filter"),
    prefixes=_words("global"),
)
_PIP = Manager(
    _verbs("install", remove="uninstall"),
    _pip,
    _words(
        "-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url"
        " -f --find-links --prefix --root --python --trusted-host --no-binary --only-binary --platform"
        " --python-version --cache-dir --timeout --retries --proxy --cert --src --log"
    ),
    files=_words("-r --requirement"),
)

MANAGERS: dict[str, Manager] = {
    "apt": _APT,
    "apt-get": _APT,
    "aptitude": _APT,
    "apk": Manager(
        _verbs("add fix", "upgrade", "del", "update"),
        _apk,
        _words(
            "-t --virtual -X --repository -p --root --keys-dir --repositories-file --cache-dir --arch --wait"
            " --cache-max-age --timeout --progress-fd"
        ),
        upgrades=_words("-u --upgrade -l --latest"),
        mild=_words(
            "-q --quiet -v --verbose -U --update --update-cache --no-cache --progress --no-progress -u --upgrade"
            " -a --available -l --latest -t --virtual -X --repository --wait --allow-untrusted --purge"
            " --prune --force-overwrite --force-refresh"
        ),
    ),
    "apt-mark": Manager({"hold": Verb.HOLD}, _equals),
    "dpkg": Manager({"--set-selections": Verb.HOLD, "-i": Verb.INSTALL, "--install": Verb.INSTALL}, _bare),
    "dnf": _DNF,
    "microdnf": _DNF,
    "tdnf": _DNF,
    "yum": _DNF,
    "zypper": Manager(
        _verbs("install in", "update up dist-upgrade dup patch", "remove rm", "refresh ref"),
        _equals,
        _words("-R --root -D --reposd-dir -r --repo --from -t --type"),
    ),
    "pip": _PIP,
    "pipx": Manager(
        _verbs("install", "upgrade upgrade-all", "uninstall"), _pip, _words("--python --pip-args")
    ),
    "npm": _NPM,
    "pnpm": _NPM,
    "yarn": _NPM,
    "gem": Manager(
        _verbs("install", "update", "uninstall"),
        lambda word: (word.partition(":")[0], word.partition(":")[2]),
        _words("-v --version -i --install-dir -n --bindir -s --source -P --trust-policy --platform"),
    ),
    "bundle": Manager(
        _verbs("install", "update"), _bare, _words("--path --gemfile --without --with -j --jobs")
    ),
    "go": Manager(_verbs("install get"), _at, _words("-C -tags -ldflags -o -mod -p")),
    "cargo": Manager(
        _verbs("install", remove="uninstall"),
        _at,
        _words("--version --vers --git --branch --tag --rev --path --root --features -F --target -j --jobs"),
    ),
    "composer": Manager(
        _verbs("install require", "update", "remove"),
        _colon,
        _words("-d --working-dir"),
        prefixes=_words("global"),
    ),
    "dotnet": Manager(
        _verbs("install", "update", "uninstall"),
        _bare,
        _words("--version --tool-path --add-source --configfile -v --verbosity --framework"),
        prefixes=_words("tool"),
    ),
}

#: Options that fix the version of the single package on the command line.
VERSION_OPTIONS = {
    "gem": _words("-v --version"),
    "cargo": _words("--version --vers"),
    "dotnet": _words("--version"),
}
