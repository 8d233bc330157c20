"""Programs besides those in `bot.dockerfile.managers` that install: what they bring, and how they are called.

Adding one is one line: in `_KNOWN` where advisories speak of what it brings, else in `_UNREAD`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.dockerfile.managers import MANAGERS, Manager, Verb, verbs_of, words
from bot.dockerfile.splits import artifact, at_sign, colon, equals, npm, requirement, requirement_at, whole

ANY_GROUP = "what is in this group is only known when it is built"
LOCAL_FIRST = frozenset({"npx", "npm exec", "npm x", "bunx", "bun x"})
"""They run what lies in node_modules, and only fetch what does not."""
NODE_RUNNERS = (*sorted(LOCAL_FIRST), "pnpx", "pnpm dlx", "yarn dlx")
PYTHON_RUNNERS = ("uvx", "uv tool run", "pipx run")


@dataclass(frozen=True, slots=True)
class Installer:
    """What a program brings."""

    manager: Manager
    type: str = ""
    """The purl type; empty for what no version can be told of here."""
    why: str = ""
    """Why not, then."""
    exact: re.Pattern[str] | None = None
    """What it takes for one version, where others of the type take less."""
    pair: bool = False
    """The second word is the version of the first."""


_PYTHON_VALUES = words(
    "-p --python --group -G --optional --extra -E --extras --index -i --index-url --extra-index-url"
    " --default-index --directory --project --package --source -C -P --branch --tag --rev --platform"
    " --cache-dir --categories --pypi-mirror -c --constraint --script --from --with"
)
_PIP = MANAGERS["pip"]
_CARGO_VALUES = words(
    "--version --vers -F --features --path --git --branch --tag --rev --rename --target --registry -p"
    " --package --manifest-path --install-path --root --targets --pkg-url --strategies"
)
_GEM_VALUES = words("--version -v --group -g --source -s --git --github --branch --ref --path --require -r")
_NUGET_VALUES = words(
    "--version -v -Version --framework -f --source -s --package-directory --project -Source -OutputDirectory"
    " -Framework -ConfigFile"
)
_INSTALL = verbs_of("install")
_WHATEVER = {"": Verb.INSTALL}


def _python(verbs: str) -> Installer:
    files = words("-r --requirement --requirements")
    return Installer(Manager(verbs_of(verbs), requirement_at, _PYTHON_VALUES | files, files), "pypi")


#: What they bring has advisories. A name of two words comes before one of one.
_KNOWN: dict[str, Installer] = {
    "uv": _python("add"),
    "uv tool": _python("install upgrade"),
    "poetry": _python("add"),
    "poetry self": _python("add"),
    "pdm": _python("add"),
    "pipenv": _python("install"),
    "rye": _python("add install"),
    "easy_install": Installer(Manager(_WHATEVER, requirement, words("-d -i -f -s -x")), "pypi"),
    "pip": Installer(
        replace(
            _PIP, verbs=verbs_of("download wheel"), values=_PIP.values | words("-d --dest -w --wheel-dir")
        ),
        "pypi",
    ),
    "bun": Installer(
        Manager(verbs_of("install i add a"), npm, words("--cwd --registry -c --config --backend")), "npm"
    ),
    "deno": Installer(
        Manager(_INSTALL, npm, words("-n --name --root -c --config --import-map --lock")), "npm"
    ),
    "corepack": Installer(Manager(verbs_of("prepare use install"), npm), "npm"),
    "go run": Installer(Manager(_INSTALL, at_sign), "golang"),
    "bundle add": Installer(Manager(_WHATEVER, whole, _GEM_VALUES, versions=words("--version -v")), "gem"),
    # A bare version is the lowest that is taken.
    "cargo add": Installer(
        Manager(_WHATEVER, at_sign, _CARGO_VALUES), "cargo", exact=re.compile(r"=[0-9]+\.[0-9]+\.[0-9]\S*")
    ),
    "cargo binstall": Installer(
        Manager(_WHATEVER, at_sign, _CARGO_VALUES, versions=words("--version")), "cargo"
    ),
    "dotnet add": Installer(
        Manager(_INSTALL, at_sign, _NUGET_VALUES, versions=words("--version -v")), "nuget"
    ),
    "nuget": Installer(Manager(_INSTALL, whole, _NUGET_VALUES, versions=words("-Version")), "nuget"),
    "mix": Installer(Manager(_INSTALL, at_sign), "hex"),
    "mvn dependency:get": Installer(Manager(_INSTALL, artifact), "maven"),
    "dart pub": Installer(Manager(verbs_of("add"), colon), "pub"),
    "flutter pub": Installer(Manager(verbs_of("add"), colon), "pub"),
    "pub global": Installer(Manager(_INSTALL, at_sign), "pub"),
}


def _unread(
    name: str,
    verbs: str = "install",
    upgrades: str = "",
    values: str = "",
    *,
    files: str = "",
    pair: bool = False,
    why: str = "",
) -> tuple[str, Installer]:
    kinds = verbs_of(verbs, upgrades) if verbs else dict(_WHATEVER)
    grammar = Manager(kinds, equals, words(values) | words(files), words(files))
    return name, Installer(grammar, why=why or f"packages of {name} are not looked into", pair=pair)


def _runtime(
    name: str, verbs: str = "install", values: str = "", *, pair: bool = False
) -> tuple[str, Installer]:
    why = f"what {name} brings is not looked into"
    return _unread(name, verbs, values=values, pair=pair, why=why)


_CONDA = "-n --name -p --prefix -c --channel --solver -r --root-prefix"
_PACMAN = ("-S --sync -U --upgrade", "-Sy -Syy -Su -Syu -Syyu -Suy -Syuu -Syyuu")
_RPM_MODES = (
    "-i -U -F -ih -iv -ivh -ihv -hi -vi -hiv -vih -Uh -Uv -Uvh -Uhv -vU -hU -vhU -vUh -Fvh --install --upgrade"
    " --freshen"
)
#: One line for a program whose packages nobody looks into here.
_UNREAD: tuple[tuple[str, Installer], ...] = (
    # distributions
    _unread("pacman", *_PACMAN, values="-r --root -b --dbpath --cachedir --config"),
    _unread("yay", *_PACMAN),
    _unread("paru", *_PACMAN),
    _unread("emerge", "", values="-j --jobs --exclude --backtrack --with-bdeps"),
    _unread("nix-env", "-i -iA -iE --install", "-u --upgrade", "-f --file -p --profile -I --arg --argstr"),
    _unread("nix profile", "install add", values="--profile -I --option"),
    _unread("nix", "build run shell develop", values="-I --option -o --out-link"),
    _unread("guix", "install package", values="-m -p --profile"),
    _unread("opkg", values="-d --dest -f --conf -o --offline-root"),
    _unread("xbps-install", "", values="-R --repository -r --rootdir -C -c"),
    _unread("eopkg", "install it"),
    _unread("swupd", "bundle-add"),
    _unread("urpmi", ""),
    _unread("pkg", "install add"),
    _unread("brew", "install reinstall", "upgrade"),
    _unread("port"),
    _unread("snap", values="--channel"),
    _unread("flatpak"),
    _unread("choco", "install", "upgrade", "--version -s --source"),
    _unread("scoop"),
    _unread("winget", "install", values="--id -e --version -v -s --source"),
    _unread("dnf module", "install enable", why=ANY_GROUP),
    _unread("yum module", "install enable", why=ANY_GROUP),
    _unread("microdnf module", "install enable", why=ANY_GROUP),
    _unread("dnf group", why=ANY_GROUP),
    _unread("yum group", why=ANY_GROUP),
    # several languages at once
    _unread("conda", "install create", "update upgrade", _CONDA, files="-f --file"),
    _unread("mamba", "install create", "update upgrade", _CONDA, files="-f --file"),
    _unread("micromamba", "install create", "update upgrade", _CONDA, files="-f --file"),
    _unread("conda env", "create", "update", _CONDA, files="-f --file"),
    _unread("mamba env", "create", "update", _CONDA, files="-f --file"),
    _unread("micromamba env", "create", "update", _CONDA, files="-f --file"),
    _unread("pixi", "add install"),
    _unread("pixi global"),
    _unread("spack"),
    _unread("vcpkg"),
    # languages
    _unread("luarocks", pair=True, values="--tree --server --lua-version --lua-dir"),
    _unread("cpan", "", values="-M -j"),
    _unread("cpanm", "", values="-l -L --local-lib --local-lib-contained -M --from --mirror --cpanfile"),
    _unread("cpm", values="-L -w --workers"),
    _unread("pecl", values="-D --configureoptions"),
    _unread("pear", values="-D --configureoptions"),
    _unread("install-php-extensions", ""),
    _unread("R"),
    _unread("R CMD", "INSTALL", values="-l --library"),
    _unread("install2.r", "", values="-n --ncpus -r --repos -l --libloc"),
    _unread("installGithub.r", ""),
    _unread("julia"),
    _unread("perl"),
    _unread("pwsh"),
    _unread("bazel"),
    _unread("cabal"),
    _unread("lein"),
    _unread("rebar3"),
    _unread("sbt"),
    _unread("stack"),
    _unread("swift"),
    _unread("opam"),
    _unread("raco pkg"),
    _unread("nimble"),
    _unread("shards"),
    _unread("tlmgr"),
    _unread("Install-Module", ""),
    _unread("Install-Package", ""),
    # languages themselves, and what comes with them
    _runtime("nvm"),
    _runtime("fnm"),
    _runtime("n", "", values="-a --arch"),
    _runtime("volta"),
    _runtime("pyenv"),
    _runtime("rbenv"),
    _runtime("goenv"),
    _runtime("tfenv"),
    _runtime("ghcup", values="-i"),
    _runtime("asdf", pair=True),
    _runtime("mise", "install use"),
    _runtime("sdk", pair=True),
    _runtime("rustup", "install default"),
    _runtime("rustup-init", "", values="--default-toolchain --profile -c -t"),
    _runtime("rustup toolchain", values="--profile -c --component -t --target"),
    _runtime("rustup component", "add", values="--toolchain --target"),
    _runtime("rustup target", "add", values="--toolchain"),
    _runtime("uv python", values="-i --install-dir"),
    _runtime("dotnet workload"),
    _runtime("dotnet new"),
    _runtime("playwright"),
    # what belongs to other programs
    _unread("ansible-galaxy", files="-r --role-file"),
    _unread("ansible-galaxy collection", files="-r --requirements-file"),
    _unread("ansible-galaxy role", files="-r --role-file"),
    _unread("helm plugin", values="--version"),
    _unread("wp plugin", values="--version"),
    _unread("wp theme", values="--version"),
)
_SYSTEMS: dict[str, Installer] = {
    "rpm": Installer(Manager(verbs_of(_RPM_MODES), whole, words("--root -r --dbpath --prefix")), "rpm"),
    "nala": Installer(MANAGERS["apt-get"], "deb"),
    "apt-fast": Installer(MANAGERS["apt-get"], "deb"),
    "gdebi": Installer(Manager(_WHATEVER, whole), "deb"),
    "install_packages": Installer(Manager(_WHATEVER, equals), "deb"),
}

_RUN: dict[str, Installer] = {
    **dict.fromkeys(NODE_RUNNERS, Installer(Manager(_INSTALL, npm), "npm")),
    **dict.fromkeys(PYTHON_RUNNERS, Installer(Manager(_INSTALL, requirement_at), "pypi")),
}

INSTALLERS: Mapping[str, Installer] = {**_SYSTEMS, **_KNOWN, **_RUN, **dict(_UNREAD)}
GRAMMARS: Mapping[str, Manager] = {name: each.manager for name, each in INSTALLERS.items()}
