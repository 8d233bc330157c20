"""Small questions about command lines that several rules ask: options, addresses, what is downloaded and run."""

import re
from collections.abc import Iterator, Sequence

from bot.dockerfile.calls import Call, is_shell, program_of, substitutions
from bot.dockerfile.shell import read_script

DOWNLOADERS = frozenset({"curl", "wget"})
_INTERPRETERS = re.compile(r"python[0-9.]*|perl|ruby|node|php|lua")
_URL = re.compile(r"(https?|ftp)://([^/\s\"']+)", re.IGNORECASE)
_SHORT = re.compile(r"-[A-Za-z0-9#]+")
#: Options of curl whose value may follow in the same word: `-ofile`.
_CURL_VALUES = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"
_LOCAL = re.compile(r"localhost|127(\.[0-9]+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal", re.IGNORECASE)
#: Programs that compare what was fetched with what was expected.
_CHECKERS = re.compile(
    r"(sha[0-9]+|md5|b2|cksum|shasum|md5)sum|shasum|sha[0-9]+|cosign|minisign|signify|gpgv|rekor-cli|slsa-verifier"
)
_VERIFYING = frozenset({"--verify", "-verify", "verify", "dgst", "verify-blob", "verify-attestation"})


def program(words: Sequence[str]) -> str:
    """`/usr/bin/curl -f` → `curl`."""
    return words[0].rpartition("/")[2] if words else ""


def short_options(words: Sequence[str], values: str = "") -> set[str]:
    """`-fsSLk -o x` → the letters; of a letter in `values` the rest of the word is its value."""
    letters: set[str] = set()
    for word in words[1:]:
        if _SHORT.fullmatch(word):
            for letter in word[1:]:
                letters.add(letter)
                if letter in values:
                    break
    return letters


def curl_options(words: Sequence[str]) -> set[str]:
    """The one-letter options of a curl call."""
    return short_options(words, _CURL_VALUES)


def is_download(words: Sequence[str]) -> bool:
    """Whether a command line fetches something, behind whatever wrappers."""
    return program(program_of(words)) in DOWNLOADERS


def source(words: Sequence[str]) -> str:
    """Where a command fetches from, by host: what follows it changes with every version."""
    for word in words:
        if found := _URL.search(word):
            return "a variable address" if "$" in found[2] else found[2].rpartition("@")[2].lower()
    return "a variable address"


def plain_http(words: Sequence[str]) -> str:
    """The host of the first address that anybody on the way can answer for; empty when there is none."""
    for word in words:
        for found in _URL.finditer(word):
            host = found[2].rpartition("@")[2]
            if found[1].lower() != "https" and not _LOCAL.match(host) and "$" not in host[:1]:
                return host.lower()
    return ""


def fed_by_download(call: Call) -> Sequence[str]:
    """The download whose output a call reads; empty when there is none."""
    return next((words for words in reversed(call.before) if is_download(words)), ())


def runs_input(words: Sequence[str]) -> bool:
    """Whether a shell or interpreter runs what comes in: `bash -s -- x`, `python3 -`, but not `bash file`."""
    name = program(words)
    shell = is_shell(name)
    if not shell and not _INTERPRETERS.fullmatch(name):
        return False
    rest = list(words[1:])
    for index, word in enumerate(rest):
        if word in ("-", "/dev/stdin", "-s", "--"):
            return True
        if shell and word.startswith("-") and not word.startswith("--") and "s" in word[1:]:
            return True
        if not word.startswith(("-", "+")):
            # What follows `-o` is its value: `bash -o pipefail`.
            if index and rest[index - 1] in ("-o", "-eo", "-euo", "-exo", "-euxo"):
                continue
            return False
        if word in ("-c", "-e", "-m") and not shell:
            return False
    return True


def runs_file(words: Sequence[str]) -> bool:
    """Whether a shell or interpreter runs the file that is its first word, also one that `<(…)` makes."""
    name = program(words)
    return name in (".", "source") or is_shell(name) or _INTERPRETERS.fullmatch(name) is not None


def downloads_within(word: str) -> Sequence[str]:
    """The download in `$(curl …)`; empty when the word has none."""
    for script in substitutions(word):
        for command, _ in read_script(script):
            words = [each.text for each in command]
            if is_download(words):
                return words
    return ()


def checks(call: Call) -> bool:
    """Whether a call verifies a checksum or a signature."""
    name = program(call.words)
    if _CHECKERS.fullmatch(name):
        return True
    return name in ("gpg", "gpg2", "openssl", "gh") and not _VERIFYING.isdisjoint(call.words)


def verifies(calls: Sequence[Call]) -> bool:
    """Whether one of these calls does."""
    return any(map(checks, calls))


def assignments(call: Call) -> Iterator[tuple[str, str]]:
    """Variables that a call sets for itself or, as `export` does, for those behind it."""
    words = [*call.dropped]
    if program(call.words) == "export":
        words += call.words[1:]
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            yield name, value
