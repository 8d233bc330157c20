"""What a call runs that runs another program: `conda run -n base pip install a` → `pip install a`."""

import re
import shlex

from bot.dockerfile.calls import is_shell
from bot.dockerfile.managers import MANAGERS
from bot.landing.installers import GRAMMARS

Words = list[str]
#: Programs and the words with which they run others, in an environment, as a user or by a chosen version.
_VERBS = {
    **dict.fromkeys(
        ("conda", "mamba", "micromamba", "pdm", "pipenv", "poetry", "rye", "hatch", "pixi"), "run"
    ),
    **dict.fromkeys(("asdf", "rbenv", "pyenv", "nvm", "direnv", "bundle"), "exec"),
    "mise": "exec",
    "uv": "run",
    "volta": "run",
}
#: Those that run whatever follows their own options.
_PLAIN = frozenset("gosu su-exec runuser setpriv chpst".split())
_VALUES = frozenset(
    "-n --name -p --prefix --cwd -r --root-prefix -C --directory --project --python --extra --group --env-file"
    " --package --with --index --index-url --config-file --cache-dir -m --manifest-path -e --environment -u -g -G"
    " --user --reuid --regid --node --npm --yarn".split()
)
_CARRIED = {"uv": ("pip",), "corepack": ("npm", "pnpm", "yarn")}
_PROGRAMS = frozenset(name.partition(" ")[0] for name in (*MANAGERS, *GRAMMARS))
_NAMED_BY_VERSION = re.compile(r"(?:pip|python)[0-9.]*")
_MORE_THAN_WORDS = re.compile(r"[;&|<>`$(){}\n]")
_MOST_WRAPPERS = 8
_MOST_OPTIONS = 30
_LONGEST_SCRIPT = 10_000


def behind(words: Words) -> Words:
    """What is run in the end; other calls as they are."""
    for _ in range(_MOST_WRAPPERS):
        inner = _inner(words)
        if not inner:
            break
        words = inner
    return words


def _inner(words: Words) -> Words:
    name = words[0].rpartition("/")[2]
    if name == "cargo" and words[1:2] and words[1].startswith("+"):
        return [words[0], *words[2:]]
    if _NAMED_BY_VERSION.fullmatch(name):
        return _module(words)
    if words[1:2] and words[1] in _CARRIED.get(name, ()):
        return words[1:]
    if is_shell(name):
        return _script(words)
    if name in _PLAIN:
        return _program_in(words[1:])
    verb = _VERBS.get(name)
    # `poetry add run` is none.
    if verb is None or not words[1:] or not (words[1] == verb or words[1].startswith("-")):
        return []
    options = words[1:_MOST_OPTIONS]
    return _program_in(words[options.index(verb) + 2 :]) if verb in options else []


def _program_in(words: Words) -> Words:
    """Begin with the first word that is a program known here, else with the first that is no option."""
    first, at = None, 0
    while at < min(len(words), _MOST_OPTIONS):
        word = words[at]
        if word.startswith("-"):
            at += 2 if word in _VALUES else 1
            continue
        if _is_program(word.rpartition("/")[2]):
            return words[at:]
        first = at if first is None else first
        at += 1
    return words[first:] if first is not None else []


def _is_program(name: str) -> bool:
    wraps = name in _VERBS or name in _PLAIN or is_shell(name)
    return wraps or name in _PROGRAMS or _NAMED_BY_VERSION.fullmatch(name) is not None


def _module(words: Words) -> Words:
    """`python -u -m pip install a` → `pip install a`: options of its own stand before the module."""
    at = next((at for at, word in enumerate(words[1:_MOST_OPTIONS], 1) if not word.startswith("-")), 0)
    return words[at:] if at > 1 and words[at - 1] == "-m" else []


def _script(words: Words) -> Words:
    """`bash -c "pip install a"`, where the script is one plain command."""
    at = next((at for at, word in enumerate(words[1:], 1) if re.fullmatch(r"-[a-z]*c", word)), 0)
    script = words[at + 1] if at and at + 1 < len(words) else ""
    if not script or len(script) > _LONGEST_SCRIPT or _MORE_THAN_WORDS.search(script):
        return []
    try:
        return shlex.split(script)
    except ValueError:
        return []
