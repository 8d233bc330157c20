"""What is shipped is built in the stage that is shipped."""

from collections.abc import Iterator, Sequence

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import program
from bot.severity import Severity

#: Programs that build, and with which words; none given: always.
_BUILDING: dict[str, frozenset[str]] = {
    "go": frozenset({"build", "install"}),
    "cargo": frozenset({"build", "install"}),
    "dotnet": frozenset({"build", "publish"}),
    "mvn": frozenset({"package", "install", "verify", "deploy"}),
    "mvnw": frozenset({"package", "install", "verify", "deploy"}),
    "gradle": frozenset({"build", "assemble", "bootJar", "installDist", "shadowJar"}),
    "gradlew": frozenset({"build", "assemble", "bootJar", "installDist", "shadowJar"}),
    "npm": frozenset({"build"}),
    "yarn": frozenset({"build"}),
    "pnpm": frozenset({"build"}),
    "make": frozenset(),
    "cmake": frozenset(),
    "gcc": frozenset(),
    "g++": frozenset(),
    "ninja": frozenset(),
    "stack": frozenset({"build", "install"}),
    "mix": frozenset({"release"}),
    "sbt": frozenset({"assembly", "stage"}),
    "configure": frozenset(),
}


def _check(facts: Facts) -> Iterator[Hit]:
    final = [step for step in facts.steps if step.shipped]
    if any(step.cmd == "COPY" and step.instruction.flag("from") for step in final):
        return
    for step in final:
        for call in step.calls:
            if _builds(call.words):
                summary = f"`{program(call.words)}` builds in the stage that is shipped."
                yield Hit(step, "builds in place", summary, lines=(call.line, call.line))
                return


def _builds(words: Sequence[str]) -> bool:
    name = program(words)
    if name not in _BUILDING:
        return False
    return not _BUILDING[name] or not _BUILDING[name].isdisjoint(words[1:])


RULE = Rule(
    id="single-stage",
    severity=Severity.LOW,
    title="What is shipped is built where it is shipped",
    explanation="Sources, compilers and caches of the build stay in the image: more to download, more flaws, more to"
    " read for whoever breaks in.",
    remedy="Name this stage `AS build`, add a second one on a small base, and `COPY --from=build` what came out.",
    check=_check,
)
