"""Put calls that are not written PROGRAM VERB PACKAGE… into that form, so that one table reads them all.

`npx -p a@1 b` → `npx install a@1`, `dotnet add web package A -v 1` → `dotnet add install A --version 1`.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from bot.landing.installers import NODE_RUNNERS, PYTHON_RUNNERS

MOST_WORDS = 1_000
MOST_CALLS = 50
"""Of one script that are read."""
Words = list[str]
#: Options of runners that name a package; with the first of them, the next word is none.
_PACKAGE_OPTIONS = frozenset("--package --from --spec --with".split())
_BESIDE = frozenset({"--with"})
_RUNNER_VALUES = frozenset(
    "--python --index --index-url --registry --cache --prefix -w --workspace -c --call".split()
)
_GET = re.compile(
    r"(?:org\.apache\.maven\.plugins:maven-)?dependency(?:-plugin)?(?::[0-9.]{1,20})?:(?:get|copy|unpack)"
)
_SCRIPTS = {
    "R": re.compile(
        r"install\.packages|\binstall_[a-z]{1,20}|BiocManager::install|biocLite|pkg_install|pak::pak|renv::restore"
    ),
    "julia": re.compile(r"Pkg\.(?:add|instantiate|develop)"),
    "perl": re.compile(r"\binstall\b"),
    "pwsh": re.compile(r"Install-(?:Module|Package|Script|PSResource)", re.IGNORECASE),
}
_SCRIPTED = {
    "R": "R",
    "Rscript": "R",
    "r": "R",
    "julia": "julia",
    "perl": "perl",
    "pwsh": "pwsh",
    "powershell": "pwsh",
}
#: Builders whose dependencies lie in no lockfile that is read, and the verbs with which they fetch them.
_BUILDERS = {
    "bazel": frozenset("build run fetch".split()),
    "cabal": frozenset({"build"}),
    "lein": frozenset("deps uberjar jar".split()),
    "rebar3": frozenset("get-deps compile release".split()),
    "sbt": frozenset("assembly compile dist package publishLocal stage update".split()),
    "stack": frozenset({"build"}),
    "swift": frozenset({"build"}),
}
_QUOTED = re.compile(r"""["']([A-Za-z][\w.:/@-]{0,100})["']""")
#: `repos = "…"` names no package, `name = "…"` does.
_SETTING = re.compile(r"\b(?!name|pkgs)[a-z_.]{1,30}\s{0,9}=\s{0,9}$")
_BARE = re.compile(r"[A-Za-z][\w.:-]{0,100}")


def reworded(words: Words) -> Words | None:
    """Return a call in the common form: empty where it installs nothing, None where it has that form already."""
    for length in (3, 2, 1):
        name = " ".join((words[0].rpartition("/")[2], *words[1:length]))
        if name in _WORDINGS and len(words) >= length:
            return _WORDINGS[name](name, words[length : length + MOST_WORDS])
    return None


def _runner(name: str, words: Words) -> Words | None:
    """What is fetched to be run once stays in a cache."""
    packages: Words = []
    options: Words = []
    rest = iter(words)
    named = False
    short = name in NODE_RUNNERS
    for word in rest:
        option, equals, value = word.partition("=")
        if option in _PACKAGE_OPTIONS or (short and option == "-p"):
            packages.append(value if equals else next(rest, ""))
            named = named or option not in _BESIDE
        elif word in _RUNNER_VALUES or option == "-p":
            next(rest, "")
        elif word == "--" or not word.startswith("-"):
            first = next(rest, "") if word == "--" else word
            packages += [] if named else [first]
            break
        elif word in ("-y", "--yes"):
            options.append("--yes")
    return [name, "install", *options, *filter(None, packages)] if any(packages) else []


def _pipx(name: str, words: Words) -> Words:
    """What is put beside an application: `pipx inject APP a==1`, `pipx runpip APP install a==1`."""
    plain = [word for word in words if not word.startswith("-")]
    brought = plain[2:] if name == "pipx runpip" and plain[1:2] == ["install"] else plain[1:]
    return ["pipx run", "install", *brought] if name == "pipx inject" or plain[1:2] == ["install"] else []


def _go_run(name: str, words: Words) -> Words:
    plain = next((word for word in words if not word.startswith("-")), "")
    return [name, "install", plain] if "@" in plain else []


def _dotnet(name: str, words: Words) -> Words:
    """`dotnet add [PROJECT] package NAME`, `dotnet package add NAME`."""
    if name == "dotnet add":
        at = words.index("package") + 1 if "package" in words[:2] else 0
        words = words[at:] if at else []
    return ["dotnet add", "install", *words] if words else []


def _deno(name: str, words: Words) -> Words:
    """What it takes from npm is written so; other words are scripts and addresses."""
    found = [word if word.startswith("-") or ":" in word else f"./{word}" for word in words]
    return ["deno", "install", *found]


def _maven(name: str, words: Words) -> Words | None:
    """`mvn dependency:get -Dartifact=g:a:v`."""
    if not any(_GET.fullmatch(word[:100]) for word in words):
        return None
    pairs = (word[2:].partition("=") for word in words if word.startswith("-D"))
    given = {name: value for name, _, value in pairs}
    artifact = given.get("artifact") or ":".join(
        given[each] for each in ("groupId", "artifactId", "version") if each in given
    )
    return ["mvn dependency:get", "install", artifact] if artifact else None


def _mix(name: str, words: Words) -> Words | None:
    """`mix archive.install hex plug 1.14.0`, `mix local.hex`."""
    found: Words = []
    for word in words:
        if local := re.fullmatch(r"local\.(hex|rebar)", word):
            found.append({"hex": "hex", "rebar": "rebar3"}[local[1]])
    if words[:1] in (["archive.install"], ["escript.install"]):
        plain = [word for word in words[1:] if not word.startswith("-")]
        match plain:
            case ["hex", package, *version]:
                found.append("@".join((package, *version[:1])))
            case [("github" | "git"), place, *_]:
                found.append(f"git+https://{place}")
            case [place, *_]:
                found.append(place if "://" in place else f"./{place}")
    return ["mix", "install", *found] if found else None


def _activate(name: str, words: Words) -> Words:
    """`dart pub global activate NAME [VERSION]`."""
    plain = [word for word in words if not word.startswith("-") and word != "activate"]
    if "activate" not in words or not plain:
        return []
    return ["pub global", "install", plain[-1] if "://" in plain[-1] else "@".join(plain[:2])]


def _build(name: str, words: Words) -> Words | None:
    """What builds with packages of its own file of them, which nobody reads here."""
    return None if _BUILDERS[name].isdisjoint(words) else [name, "install"]


def _script(name: str, words: Words) -> Words | None:
    """`R -e 'install.packages("x")'`: the names in quotes, if it calls what installs."""
    program = _SCRIPTED[name]
    if program == "R" and words[:1] == ["CMD"]:
        return None
    if program == "perl" and not any("CPAN" in word for word in words):
        return []
    scripts = [" ".join(words)] if program == "pwsh" else [word for word in words if not word.startswith("-")]
    found = [each for script in scripts for each in _called(script, program)]
    calls = any(_SCRIPTS[program].search(script) for script in scripts)
    return [program, "install", *dict.fromkeys(found)] if calls else []


def _called(script: str, program: str) -> Iterator[str]:
    """The packages that a script names behind its calls."""
    for call in islice(_SCRIPTS[program].finditer(script), MOST_CALLS):
        rest = script[call.end() : call.end() + 10_000]
        if rest.startswith("("):
            quoted = _QUOTED.finditer(rest.partition(";")[0])
            yield from (
                each[1]
                for each in quoted
                if not _SETTING.search(rest[max(0, each.start() - 50) : each.start()])
            )
        else:
            words = (word.strip("\"'") for word in re.split(r"[\s;,]+", rest.partition(";")[0]))
            yield from (word for word in words if _BARE.fullmatch(word))


_WORDINGS: dict[str, Callable[[str, Words], Words | None]] = {
    **dict.fromkeys((*NODE_RUNNERS, *PYTHON_RUNNERS), _runner),
    "pipx inject": _pipx,
    "pipx runpip": _pipx,
    "go run": _go_run,
    "dotnet add": _dotnet,
    "dotnet package add": _dotnet,
    "deno install": _deno,
    "deno add": _deno,
    "deno cache": _deno,
    "mvn": _maven,
    "mvnw": _maven,
    "mix": _mix,
    "pub global": _activate,
    "dart pub global": _activate,
    "flutter pub global": _activate,
    **dict.fromkeys(_SCRIPTED, _script),
    **dict.fromkeys(_BUILDERS, _build),
}
