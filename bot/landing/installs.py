"""Recognise the commands that install an application's dependencies from its lockfile, and whether they leave out
what is only needed to develop. Adding a program is one entry in `PROGRAMS`.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dockerfile.copies import Command
from bot.lockfiles import Manager


@dataclass(frozen=True, slots=True)
class Install:
    """One command that serves lockfiles of some managers."""

    managers: frozenset[Manager]
    folder: str
    """Where it looks for the lockfile, in the stage."""
    line: int
    shown: str
    """The command in short."""
    development: bool = True
    """It installs what is only needed to develop as well."""
    files: tuple[str, ...] = ()
    """The files it reads, where the command names them."""
    only_drops: bool = False
    """It installs nothing, and takes or keeps out what is only needed to develop."""
    deep: bool = False
    """It may read lockfiles in folders below as well."""

    def serves(self, manager: Manager, place: str) -> bool:
        """Whether it installs from a lockfile at a place in the stage."""
        if manager not in self.managers:
            return False
        if self.files:
            return any(_is_same(file, place) for file in self.files)
        folder = posixpath.dirname(place)
        return lies_below(self.folder, folder) or (self.deep and lies_below(folder, self.folder))


def _is_same(file: str, place: str) -> bool:
    """A file whose path is not known is known by its name."""
    return file == place or ("$" in file and posixpath.basename(file) == posixpath.basename(place))


def lies_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Program:
    """How one program is called."""

    managers: frozenset[Manager]
    verbs: frozenset[str]
    """An empty one stands for a call without any."""
    drops: frozenset[str] = frozenset()
    """Options that leave out what is only needed to develop, as `--omit=dev`."""
    keeps: frozenset[str] = frozenset()
    """Options that install it, against a variable or a default."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables that leave it out, with a pattern of their values."""
    folders: frozenset[str] = frozenset()
    """Options that name the folder, or a file in it."""
    values: frozenset[str] = frozenset()
    """Other options whose value is the next word."""
    files: frozenset[str] = frozenset()
    """Options that name the lockfile itself."""
    never: bool = False
    """What is only needed to develop never gets into what is built."""
    default: bool = True
    """Whether it installs that without being told."""
    deep: bool = False
    prunes: frozenset[str] = frozenset()
    """Verbs that install nothing."""


_NODE_ENV = {"NODE_ENV": "production"}
_NPM_ENV = _NODE_ENV | {"NPM_CONFIG_OMIT": r"(?:.*\W)?dev(?:\W.*)?", "NPM_CONFIG_PRODUCTION": "true"}
_TRUE = "1|true|yes|on"
_POETRY_DROPS = _words(
    "--no-dev --only --only=main --without=dev --without=dev,test --without=test,dev --only-main"
)

PROGRAMS: dict[str, Program] = {
    "npm": Program(
        frozenset({Manager.NPM}),
        _words("ci clean-install ic install-clean install i in ins add install-ci-test cit install-test it"),
        _words("--omit=dev --production --production=true --only=prod --only=production --prod"),
        _words("--include=dev --production=false --also=dev"),
        _NPM_ENV,
        _words("--prefix -C"),
        _words("--omit --include --only --registry -w --workspace --cache --loglevel"),
        prunes=_words("prune"),
    ),
    "yarn": Program(
        frozenset({Manager.YARN}),
        frozenset({"", "install", "add", "focus"}),
        _words("--production --prod --production=true"),
        _words("--production=false"),
        _NODE_ENV,
        _words("--cwd"),
        _words("--cache-folder --network-timeout --modules-folder --mode --registry"),
    ),
    "pnpm": Program(
        frozenset({Manager.PNPM}),
        _words("install i add fetch deploy"),
        _words("--prod -P --production"),
        _words("--prod=false --production=false --dev -D"),
        _NODE_ENV,
        _words("-C --dir"),
        _words("--filter -F --store-dir --reporter"),
        prunes=_words("prune"),
    ),
    "pip": Program(
        frozenset({Manager.PIP}),
        _words("install sync wheel download"),
        values=_words(
            "-c --constraint -t --target -i --index-url --extra-index-url -f --find-links --prefix --root -w"
            " --wheel-dir -d --dest --python --trusted-host --no-binary --only-binary --platform --cache-dir"
        ),
        files=_words("-r --requirement --requirements"),
    ),
    "pip-sync": Program(frozenset({Manager.PIP}), frozenset({""})),
    "pipenv": Program(
        frozenset({Manager.PIPENV}),
        _words("install sync requirements lock"),
        keeps=_words("--dev -d"),
        default=False,
    ),
    "poetry": Program(
        frozenset({Manager.POETRY}),
        _words("install sync export build"),
        _POETRY_DROPS,
        _words("--with=dev --dev"),
        folders=_words("-C --directory -P --project"),
        values=_words("--with --without --only -E --extras -f --format -o --output"),
    ),
    "uv": Program(
        frozenset({Manager.UV}),
        _words("sync run export"),
        _words("--no-dev --no-group=dev --no-default-groups"),
        _words("--dev --all-groups --group=dev"),
        {"UV_NO_DEV": _TRUE},
        _words("--directory --project"),
        _words("--group --no-group --only-group --extra --python -p --package -o --output-file --format"),
    ),
    "pdm": Program(
        frozenset({Manager.PDM}),
        _words("install sync export"),
        _words("--prod --production --no-dev"),
        _words("--dev -d"),
        folders=_words("-p --project"),
        values=_words("-G --group -o --output -f --format"),
    ),
    "go": Program(
        frozenset({Manager.GO}),
        _words("build install run test get generate list mod vet"),
        folders=_words("-C"),
        values=_words("-o -ldflags -tags -gcflags -mod -p -asmflags -modfile"),
        never=True,
    ),
    "cargo": Program(
        frozenset({Manager.CARGO}),
        _words("build b install fetch run r chef cook auditable zigbuild rustc vendor"),
        folders=_words("--manifest-path --path"),
        values=_words(
            "--target -p --package --bin --features -F --profile -j --jobs --target-dir --recipe-path"
        ),
        never=True,
    ),
    "bundle": Program(
        frozenset({Manager.BUNDLER}),
        frozenset({"", "install", "package", "cache"}),
        env={"BUNDLE_WITHOUT": r"(?:.*\W)?development(?:\W.*)?"},
        folders=_words("--gemfile"),
        values=_words("-j --jobs --path --with -r --retry"),
    ),
    "composer": Program(
        frozenset({Manager.COMPOSER}),
        _words("install i update require create-project"),
        _words("--no-dev"),
        _words("--dev"),
        {"COMPOSER_NO_DEV": _TRUE},
        _words("-d --working-dir"),
    ),
    "mvn": Program(
        frozenset({Manager.MAVEN}),
        _words(
            "package install verify compile deploy dependency:go-offline dependency:resolve"
            " dependency:copy-dependencies spring-boot:build-image spring-boot:repackage quarkus:build"
        ),
        folders=_words("-f --file"),
        values=_words("-P -pl -s --settings -D -T"),
        never=True,
        deep=True,
    ),
    "gradle": Program(
        frozenset({Manager.GRADLE}),
        _words(
            "build assemble jar bootJar shadowJar installDist dependencies war bootWar distTar nativeCompile"
        ),
        folders=_words("-p --project-dir"),
        values=_words("-x --exclude-task -b"),
        never=True,
        deep=True,
    ),
    "dotnet": Program(
        frozenset({Manager.NUGET}),
        _words("restore build publish run pack test"),
        values=_words("-c --configuration -o --output -r --runtime -f --framework -a --arch --os -v"),
        never=True,
        deep=True,
    ),
    "mix": Program(
        frozenset({Manager.MIX}),
        _words("deps.get compile release deps.compile do"),
        _words("--only=prod"),
        env={"MIX_ENV": "prod"},
        values=_words("--only"),
    ),
    "dart": Program(frozenset({Manager.PUB}), _words("pub compile build"), _words("--no-dev")),
    "flutter": Program(frozenset({Manager.PUB}), _words("pub build")),
    "conan": Program(frozenset({Manager.CONAN}), _words("install build create"), deep=True),
}
_SAME = {"mvnw": "mvn", "gradlew": "gradle", "bundler": "bundle", "pip-sync": "pip-sync"}
_PIP = re.compile(r"pip[0-9.]*")
_PYTHON = re.compile(r"python[0-9.]*")
_MODULES = ("pip", "pipenv", "poetry", "pdm", "uv")
#: Options whose value is better read together with them.
_JOINED = _words("--omit --include --only --without --with --group --no-group")


def read_install(command: Command) -> Install | None:
    """Recognise one command; None for one that installs nothing from a lockfile."""
    words = _program(command.call.words)
    program = PROGRAMS.get(words[0]) if words else None
    if program is None:
        return None
    if words[0] == "bundle" and words[1:2] == ["config"]:
        return _bundle_config(command, words, program)
    options, others = _options(words[1:], program)
    verb = next((word for word in others if word in program.verbs or word in program.prunes), None)
    if verb is None and ("" not in program.verbs or others):
        return None
    if words[0] == "yarn" and verb == "add" and others[:1] == ["global"]:
        return None
    if words[0] in ("npm", "pnpm") and any(
        option in ("-g", "--global", "--location") for option, _ in options
    ):
        return None
    # Neither a package by its name nor a tool takes anything from the lockfile.
    if words[0] in ("go", "cargo") and verb == "install" and _is_tool(words[0], options, others):
        return None
    files = tuple(value for option, value in options if option in program.files)
    if words[0] == "pip-sync" or (words[0] == "pip" and verb == "sync"):
        files = tuple(word for word in others if word != verb) or ("requirements.txt",)
    if words[0] == "pip" and not files:
        return None
    return Install(
        program.managers,
        _folder(command.folder, options, program),
        command.call.line,
        " ".join(words)[:80],
        _brings_development(command, options, program),
        tuple(_joined(command.folder, file) for file in files),
        only_drops=verb in program.prunes,
        deep=program.deep,
    )


def _program(words: list[str]) -> list[str]:
    """`/usr/bin/python3 -m poetry install` → `poetry install`."""
    if not words:
        return []
    name = posixpath.basename(words[0])
    if _PYTHON.fullmatch(name) and words[1:2] == ["-m"] and words[2:3] and words[2] in _MODULES:
        return words[2:]
    return ["pip" if _PIP.fullmatch(name) else _SAME.get(name, name), *words[1:]]


def _options(words: list[str], program: Program) -> tuple[list[tuple[str, str]], list[str]]:
    options: list[tuple[str, str]] = []
    others: list[str] = []
    takes = program.values | program.folders | program.files
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            others.append(word)
            continue
        option, equals, value = word.partition("=")
        if not equals and option in takes:
            value = next(rest, "")
        options.append((option, value))
    return options, others


def _brings_development(command: Command, options: list[tuple[str, str]], program: Program) -> bool:
    if program.never:
        return False
    said = {f"{option}={value}" if value else option for option, value in options}
    said |= {option for option, _ in options if option not in _JOINED}
    # Several groups in one option: `--without dev,docs`, `--without="development test"`.
    for option, value in options:
        said |= {f"{option}={part}" for part in re.split(r"[\s,:]+", value) if part}
    if program.managers == {Manager.POETRY} and any(option == "--only" for option, _ in options):
        return "--only=dev" in said
    if said & program.keeps:
        return True
    without = {part for each in said if each.startswith("--without=") for part in [each[len("--without=") :]]}
    if said & program.drops or without & {"dev", "development"}:
        return False
    if any(
        re.fullmatch(value, command.env.get(name, ""), re.IGNORECASE) for name, value in program.env.items()
    ):
        return False
    return program.default


def _folder(folder: str, options: list[tuple[str, str]], program: Program) -> str:
    for option, value in options:
        if option in program.folders and value:
            place = _joined(folder, value)
            # `-f web/pom.xml` and `--manifest-path web/Cargo.toml` name a file in it.
            return posixpath.dirname(place) if re.search(r"\.(xml|toml)$|Gemfile$", value) else place
    return folder


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _is_tool(name: str, options: list[tuple[str, str]], others: list[str]) -> bool:
    if name == "go":
        return any("@" in word for word in others)
    return not any(option == "--path" for option, _ in options)


def _bundle_config(command: Command, words: list[str], program: Program) -> Install | None:
    """`bundle config set --local without 'development test'`."""
    others = [word for word in words[2:] if not word.startswith("-") and word != "set"]
    if others[:1] != ["without"] or "development" not in re.split(r"[\s:,]+", " ".join(others[1:])):
        return None
    return Install(
        program.managers,
        command.folder,
        command.call.line,
        " ".join(words)[:80],
        development=False,
        only_drops=True,
    )
