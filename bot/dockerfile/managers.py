"""What the package managers call their verbs and options. Adding one is one entry in `MANAGERS`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.dockerfile.splits import apk, at_sign, colon, equals, npm, requirement, rpm, whole


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
    """An empty word stands for a program that is told none."""
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
    versions: frozenset[str] = frozenset()
    """Options that fix the version of the single package on the command line."""
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
#: Of apt's hundreds, those that honest Dockerfiles set.
_MILD_SETTINGS = ("dpkg::use-pty", "acquire::", "debug::", "apt::install-")


def _is_mild_setting(setting: str) -> bool:
    name, _, value = setting.lower().partition("=")
    forced = name.startswith("dpkg::options") and value.startswith("--force-")
    return forced or name.startswith(_MILD_SETTINGS)


def words(text: str) -> frozenset[str]:
    """The words of a text, as tables here are written."""
    return frozenset(text.split())


def verbs_of(install: str, upgrade: str = "", remove: str = "", update_index: str = "") -> dict[str, Verb]:
    """Tell the words for each verb apart."""
    named = zip((install, upgrade, remove, update_index), Verb, strict=False)
    return {word: verb for words, verb in named for word in words.split()}


_APT = Manager(
    verbs_of(
        "install reinstall build-dep",
        "upgrade dist-upgrade full-upgrade safe-upgrade",
        "remove purge autoremove autopurge",
        "update",
    )
    | {"distclean": Verb.DROP_INDEX, "hold": Verb.HOLD, "forbid-version": Verb.HOLD},
    equals,
    words("-t --target-release --default-release -o --option -c --config-file -a --host-architecture"),
    upgrades=words("--only-upgrade"),
    mild=words(
        "-y -q -qq -V -u -f -m --yes --assume-yes --quiet --verbose-versions --show-upgraded --show-progress"
        " --no-show-progress --no-install-recommends --no-install-suggests --install-recommends"
        " --install-suggests --only-upgrade --with-new-pkgs --fix-broken --fix-missing --ignore-missing"
        " --allow-downgrades --allow-change-held-packages --allow-remove-essential --allow-unauthenticated"
        " --allow-releaseinfo-change --force-yes --auto-remove --autoremove --purge"
    ),
    doubtful=words("build-dep reinstall"),
)
_DNF = Manager(
    verbs_of(
        "install localinstall groupinstall reinstall",
        "upgrade update distro-sync upgrade-minimal update-minimal",
        "remove erase autoremove",
        "makecache check-update",
    ),
    rpm,
    words("-c --config -x --exclude --repo --repoid --enablerepo --disablerepo --installroot --releasever"),
)
_NPM = Manager(
    verbs_of(
        "install i add ci in ins inst insta instal isnt isnta isntal isntall install-test it",
        "update upgrade up",
        "uninstall remove rm un unlink",
    ),
    npm,
    words(
        "--prefix --registry -w --workspace -C --cwd --dir --filter --omit --include --only --loglevel --cache"
        " --userconfig --globalconfig --tag --reporter --store-dir --cache-folder --modules-folder --network-timeout"
        " --mutex --fetch-retries --fetch-timeout --script-shell --before --cpu --os --libc --install-strategy"
    ),
    prefixes=words("global"),
)
_PIP = Manager(
    verbs_of("install", remove="uninstall"),
    requirement,
    words(
        "-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url"
        " -f --find-links --prefix --root --python --trusted-host --no-binary --only-binary --platform"
        " --python-version --cache-dir --timeout --retries --proxy --cert --src --log"
    ),
    files=words("-r --requirement"),
)

MANAGERS: dict[str, Manager] = {
    "apt": _APT,
    "apt-get": _APT,
    "aptitude": _APT,
    "apk": Manager(
        verbs_of("add fix", "upgrade", "del", "update"),
        apk,
        words(
            "-t --virtual -X --repository -p --root --keys-dir --repositories-file --cache-dir --arch --wait"
            " --cache-max-age --timeout --progress-fd"
        ),
        upgrades=words("-u --upgrade -l --latest"),
        mild=words(
            "-q --quiet -v --verbose -U --update --update-cache --no-cache --progress --no-progress -u --upgrade"
            " -a --available -l --latest -t --virtual -X --repository --wait --allow-untrusted --purge"
            " --prune --force-overwrite --force-refresh"
        ),
    ),
    "apt-mark": Manager({"hold": Verb.HOLD}, equals),
    "dpkg": Manager({"--set-selections": Verb.HOLD, "-i": Verb.INSTALL, "--install": Verb.INSTALL}, whole),
    "dnf": _DNF,
    "microdnf": _DNF,
    "tdnf": _DNF,
    "yum": _DNF,
    "zypper": Manager(
        verbs_of("install in", "update up dist-upgrade dup patch", "remove rm", "refresh ref"),
        equals,
        words("-R --root -D --reposd-dir -r --repo --from -t --type"),
    ),
    "pip": _PIP,
    "pipx": Manager(
        verbs_of("install", "upgrade upgrade-all", "uninstall"), requirement, words("--python --pip-args")
    ),
    "npm": _NPM,
    "pnpm": _NPM,
    "yarn": _NPM,
    "gem": Manager(
        verbs_of("install i", "update", "uninstall"),
        lambda word: (word.partition(":")[0], word.partition(":")[2]),
        words("-v --version -i --install-dir -n --bindir -s --source -P --trust-policy --platform"),
        versions=words("-v --version"),
    ),
    "bundle": Manager(
        verbs_of("install", "update"), whole, words("--path --gemfile --without --with -j --jobs")
    ),
    "go": Manager(verbs_of("install get"), at_sign, words("-C -tags -ldflags -o -mod -p")),
    "cargo": Manager(
        verbs_of("install", remove="uninstall"),
        at_sign,
        words("--version --vers --git --branch --tag --rev --path --root --features -F --target -j --jobs"),
        versions=words("--version --vers"),
    ),
    "composer": Manager(
        verbs_of("install require", "update", "remove"),
        colon,
        words("-d --working-dir"),
        prefixes=words("global"),
    ),
    "dotnet": Manager(
        verbs_of("install", "update", "uninstall"),
        whole,
        words("--version --tool-path --add-source --configfile -v --verbosity --framework"),
        versions=words("--version"),
        prefixes=words("tool"),
    ),
}
