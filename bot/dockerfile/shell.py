"""Cut a shell script into simple commands, well enough to recognise package managers; nothing is evaluated.

Follows https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html for quoting and operators.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from bot.dockerfile.certainty import CLOSING, Tail, surely_run

MOST_COMMANDS = 10_000
"""In a longer script nothing is taken for certain."""
_BLANK = " \t\r"
_SEPARATORS = ";&|()\n"
_WORD_END = _BLANK + _SEPARATORS + "<>"
#: Where words and commands may end otherwise than they are cut here: substitutions, C strings, documents.
_DOUBTFUL = re.compile(r"\$\(|`|\$['\"]|\$\{[^}]*[\\$'\"{]|<<")
_ALWAYS_OPEN = {(">", "/dev/null"), ("<", "/dev/null"), (">&", "1"), (">&", "2")}
_BACKGROUND = re.compile(r"(?<![&>|])&(?![&>])")


@dataclass(frozen=True, slots=True)
class ShellWord:
    """A word without its quotes, variables as written, and where it starts in the script."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One simple command, never without words."""

    words: list[ShellWord]
    certain: bool
    """It surely runs when the script succeeds."""
    joint: str
    """The signs between it and the command before: `|`, `&&`, `(`; empty for the first."""

    @property
    def is_piped(self) -> bool:
        """Whether its input is what the command before says."""
        return self.joint.startswith("|") and not self.joint.startswith("||")


def read_script(script: str) -> list[tuple[list[ShellWord], bool]]:
    """Split into commands, and say of each whether it surely runs when the script succeeds.

    `a x && b "y z"; c` → the words of `a x`, `b y z` and `c`; redirections and comments are left out.
    """
    return [(command.words, command.certain) for command in read_commands(script)]


def read_commands(script: str) -> list[ShellCommand]:
    """Split into commands as `read_script` does, with the signs that join them."""
    splitter = _Splitter(script)
    splitter.split()
    found: list[ShellCommand] = []
    joint: list[str] = []
    ends = [*splitter.separators, ""]
    for words, certain, end in zip(splitter.commands, _surely_run(splitter), ends, strict=True):
        if words:
            found.append(ShellCommand(words, certain, "".join(joint)))
            joint = []
        joint.append(end)
    return found


def _surely_run(splitter: "_Splitter") -> list[bool]:
    """Judge the commands that end before the first doubtful place; from there on nothing is certain."""
    commands = splitter.commands
    if len(commands) > MOST_COMMANDS:
        return [False] * len(commands)
    script, tail = splitter.script, None
    known = len(splitter.separators)
    words = [[_visible(script, word) for word in command] for command in commands]
    for index in splitter.redirections:
        # A redirection alone is a command too: the signs beside it are two.
        words[index] = words[index] or [">"]
    if any(words[index][0] in (">", *CLOSING) for index in splitter.redirected):
        # A redirection by itself may be that of a whole group, of which nothing runs when it fails.
        return [False] * len(commands)
    if doubtful := _DOUBTFUL.search(script):
        known = bisect_left(splitter.ends, doubtful.start())
        rest = script[doubtful.start() :]
        tail = Tail("||" in rest, _BACKGROUND.search(rest) is not None)
        words[known:] = [[]]
    sure = surely_run(words, splitter.separators[:known], splitter.redirected, tail)
    return sure if tail is None else sure[:known] + [False] * (len(commands) - known)


def _visible(script: str, word: ShellWord) -> str:
    """A word as the shell takes it: `\\fi` closes nothing."""
    quoted = word.text in CLOSING and not script.startswith(word.text, word.at)
    return f"'{word.text}'" if quoted else word.text


class _Splitter:
    """One walk over a script."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.at = 0
        self.commands: list[list[ShellWord]] = [[]]
        self.separators: list[str] = []
        self.ends: list[int] = []
        """Where each separator stands."""
        self.redirections: set[int] = set()
        """Commands with a redirection."""
        self.redirected: set[int] = set()
        """Of these, the ones that do not run when a file cannot be opened."""
        self.delimiters: list[tuple[str, bool]] = []
        """Of the documents that are open, and whether tabs before them are left out."""

    def split(self) -> None:
        """Read all commands."""
        while self.at < len(self.script):
            self._step(self.script[self.at])

    def _step(self, char: str) -> None:
        if char in _BLANK:
            self.at += 1
        elif char == "\\" and self.script.startswith(("\\\n", "\\\r\n"), self.at):
            self.at = self.script.index("\n", self.at) + 1
        elif char == "#":
            end = self.script.find("\n", self.at)
            self.at = len(self.script) if end < 0 else end
        elif char in _SEPARATORS:
            self.commands.append([])
            self.separators.append(char)
            self.ends.append(self.at)
            self.at += 1
            if char == "\n":
                self._skip_documents()
        elif char in "<>":
            self._skip_redirection()
        else:
            word = self._word()
            # Digits right before a redirection are the descriptor it is for.
            if not (word.text.isdecimal() and self._peek() in ("<", ">")):
                self.commands[-1].append(word)

    def _peek(self) -> str:
        return self.script[self.at : self.at + 1]

    def _skip_redirection(self) -> None:
        start, index = self.at, len(self.commands) - 1
        self.redirections.add(index)
        document = self.script.startswith("<<", self.at) and not self.script.startswith("<<<", self.at)
        while self._peek() and self._peek() in "<>&|":
            self.at += 1
        operator, target = self.script[start : self.at], ""
        indented = document and self._peek() == "-"
        self.at += indented
        while self._peek() and self._peek() in _BLANK:
            self.at += 1
        if self._peek() and self._peek() not in _WORD_END:
            target = self._word().text
            self.delimiters += [(target, indented)] if document else []
        if (operator, target) not in _ALWAYS_OPEN:
            self.redirected.add(index)

    def _skip_documents(self) -> None:
        """Pass over the heredocs that the line before has opened."""
        for delimiter, indented in self.delimiters:
            while self.at < len(self.script):
                end = self.script.find("\n", self.at)
                end = len(self.script) if end < 0 else end
                line = self.script[self.at : end].rstrip("\r")
                self.at = end + 1
                if delimiter == (line.lstrip("\t") if indented else line):
                    break
        self.delimiters = []

    def _word(self) -> ShellWord:
        start = self.at
        parts: list[str] = []
        while self.at < len(self.script) and self.script[self.at] not in _WORD_END:
            parts.append(self._part(self.script[self.at]))
        return ShellWord("".join(parts), start)

    def _part(self, char: str) -> str:
        match char:
            case "'":
                return self._through("'", 1)[1:].removesuffix("'")
            case '"':
                return self._double_quoted()
            case "\\":
                self.at += 2
                return self.script[self.at - 1 : self.at].replace("\n", "")
            case "`":
                return self._through("`", 1)
            case "$" if self.script.startswith("${", self.at):
                return self._through("}", 2)
            case "$" if self.script.startswith("$(", self.at):
                return self._substitution()
            case _:
                self.at += 1
                return char

    def _through(self, end: str, skip: int) -> str:
        """Take everything up to and including the next `end`."""
        start = self.at
        found = self.script.find(end, start + skip)
        self.at = len(self.script) if found < 0 else found + 1
        return self.script[start : self.at]

    def _double_quoted(self) -> str:
        self.at += 1
        parts: list[str] = []
        while (char := self._peek()) and char != '"':
            if char == "\\":
                escaped = self.script[self.at + 1 : self.at + 2]
                parts.append("" if escaped == "\n" else escaped if escaped in '"$`\\' else char + escaped)
                self.at += 2
            else:
                parts.append(char)
                self.at += 1
        self.at += 1
        return "".join(parts)

    def _substitution(self) -> str:
        start, depth = self.at, 0
        while char := self._peek():
            self.at += 1
            depth += (char == "(") - (char == ")")
            if char == ")" and depth == 0:
                break
        return self.script[start : self.at]
