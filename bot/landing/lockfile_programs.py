"""How the programs are called that install an application's dependencies. Adding one is one entry in `PROGRAMS`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.lockfiles import Manager


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Program:
    """How one program is called."""

    manager: Manager
    """Whose lockfiles it installs from."""
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
    constraints: frozenset[str] = frozenset()
    """Options that name a file which only tells versions."""
    never: bool = False
    """What is only needed to develop never gets into what is built."""
    default: bool = True
    """Whether it installs that without being told."""
    deep: bool = False
    prunes: frozenset[str] = frozenset()
    """Verbs that install nothing."""


def _compiler(
    manager: Manager, verbs: str, *, folders: str = "", values: str = "", deep: bool = False
) -> Program:
    """A program that compiles: what is only needed to develop never gets into what it builds."""
    return Program(
        manager, _words(verbs), folders=_words(folders), values=_words(values), never=True, deep=deep
    )


_NODE_ENV = {"NODE_ENV": "production"}
_NPM_ENV = _NODE_ENV | {"NPM_CONFIG_OMIT": r"(?:.*\W)?dev(?:\W.*)?", "NPM_CONFIG_PRODUCTION": "true"}
_TRUE = "1|true|yes|on"
_POETRY_DROPS = _words(
    "--no-dev --only --only=main --without=dev --without=dev,test --without=test,dev --only-main"
)

PROGRAMS: dict[str, Program] = {
    "npm": Program(
        Manager.NPM,
        _words(
            "ci clean-install ic install-clean install i in ins inst insta instal isnt isnta isntal isntall add"
            " install-ci-test cit install-test it"
        ),
        _words("--omit=dev --production --production=true --only=prod --only=production --prod"),
        _words("--include=dev --production=false --also=dev"),
        _NPM_ENV,
        _words("--prefix -C"),
        _words("--omit --include --only --registry -w --workspace --cache --loglevel"),
        prunes=_words("prune"),
    ),
    "yarn": Program(
        Manager.YARN,
        frozenset({"", "install", "add", "focus"}),
        _words("--production --prod --production=true"),
        _words("--production=false"),
        _NODE_ENV,
        _words("--cwd"),
        _words("--cache-folder --network-timeout --modules-folder --mode --registry"),
    ),
    "pnpm": Program(
        Manager.PNPM,
        _words("install i add fetch deploy"),
        _words("--prod -P --production"),
        _words("--prod=false --production=false --dev -D"),
        _NODE_ENV,
        _words("-C --dir"),
        _words("--filter -F --store-dir --reporter"),
        prunes=_words("prune"),
    ),
    "pip": Program(
        Manager.PIP,
        _words("install sync wheel download"),
        values=_words(
            "-t --target -i --index-url --extra-index-url -f --find-links --prefix --root -w"
            " --wheel-dir -d --dest --python --trusted-host --no-binary --only-binary --platform --cache-dir"
        ),
        files=_words("-r --requirement --requirements"),
        constraints=_words("-c --constraint --constraints"),
    ),
    "pip-sync": Program(Manager.PIP, frozenset({""})),
    "pipenv": Program(
        Manager.PIPENV,
        _words("install sync requirements lock"),
        keeps=_words("--dev -d"),
        default=False,
    ),
    "poetry": Program(
        Manager.POETRY,
        _words("install sync export build"),
        _POETRY_DROPS,
        _words("--with=dev --dev"),
        folders=_words("-C --directory -P --project"),
        values=_words("--with --without --only -E --extras -f --format -o --output"),
    ),
    "uv": Program(
        Manager.UV,
        _words("sync run export"),
        _words("--no-dev --no-group=dev --no-default-groups"),
        _words("--dev --all-groups --group=dev"),
        {"UV_NO_DEV": _TRUE},
        _words("--directory --project"),
        _words("--group --no-group --only-group --extra --python -p --package -o --output-file --format"),
    ),
    "pdm": Program(
        Manager.PDM,
        _words("install sync export"),
        _words("--prod --production --no-dev"),
        _words("--dev -d"),
        folders=_words("-p --project"),
        values=_words("-G --group -o --output -f --format"),
    ),
    "go": _compiler(
        Manager.GO,
        "build install run test get generate list mod vet",
        folders="-C",
        values="-o -ldflags -tags -gcflags -mod -p -asmflags -modfile",
    ),
    "cargo": _compiler(
        Manager.CARGO,
        "build b install fetch run r chef cook auditable zigbuild rustc vendor",
        folders="--manifest-path --path",
        values="--target -p --package --bin --features -F --profile -j --jobs --target-dir --recipe-path",
    ),
    "bundle": Program(
        Manager.BUNDLER,
        frozenset({"", "install", "package", "cache"}),
        env={"BUNDLE_WITHOUT": r"(?:.*\W)?development(?:\W.*)?"},
        folders=_words("--gemfile"),
        values=_words("-j --jobs --path --with -r --retry"),
    ),
    "composer": Program(
        Manager.COMPOSER,
        _words("install i update require create-project"),
        _words("--no-dev"),
        _words("--dev"),
        {"COMPOSER_NO_DEV": _TRUE},
        _words("-d --working-dir"),
    ),
    "mvn": _compiler(
        Manager.MAVEN,
        "package install verify compile deploy dependency:go-offline dependency:resolve"
        " dependency:copy-dependencies spring-boot:build-image spring-boot:repackage quarkus:build",
        folders="-f --file",
        values="-P -pl -s --settings -D -T",
        deep=True,
    ),
    "gradle": _compiler(
        Manager.GRADLE,
        "build assemble jar bootJar shadowJar installDist dependencies war bootWar distTar nativeCompile",
        folders="-p --project-dir",
        values="-x --exclude-task -b",
        deep=True,
    ),
    "dotnet": _compiler(
        Manager.NUGET,
        "restore build publish run pack test",
        values="-c --configuration -o --output -r --runtime -f --framework -a --arch --os -v",
        deep=True,
    ),
    "mix": Program(
        Manager.MIX,
        _words("deps.get compile release deps.compile do"),
        _words("--only=prod"),
        env={"MIX_ENV": "prod"},
        values=_words("--only"),
    ),
    "dart": Program(Manager.PUB, _words("pub compile build"), _words("--no-dev")),
    "flutter": Program(Manager.PUB, _words("pub build")),
    "conan": Program(Manager.CONAN, _words("install build create"), deep=True),
}
