"""What is too large ends as "not looked at", in bounded time."""

from datetime import date
from types import MappingProxyType

import pytest

from bot.advisory import Matches
from bot.change import Change, ChangedFile, FileStatus, FileVersion
from bot.examiner import Examiner
from bot.image.platform import DEFAULT_PLATFORM
from bot.inspection import Inspection
from bot.inspector import MAX_MATCHES, inspect
from bot.policy.gate import Policy
from bot.review import judge
from bot.states import MAX_COMMANDS, dockerfile_state
from tests.report.reviews import SNAPSHOT, image, package


class Reader:
    """Sees the same flaws in every image."""

    build_args = MappingProxyType({})
    platform = DEFAULT_PLATFORM
    examiner = Examiner()

    def __init__(self, matches) -> None:
        self._seen = image(1, [package()], matches)

    async def see(self, reference, platform):
        return self._seen

    async def recall(self, reference, platform):
        return None

    async def match(self, packages):
        return Matches()

    async def spoken_of(self, packages):
        return frozenset(packages)

    async def safe_versions(self, packages):
        return {}

    def snapshot(self, images, packages=()):
        return SNAPSHOT


@pytest.mark.parametrize("separator", [";", "\nRUN "])
def test_package_commands_are_counted_in_the_whole_file(separator: str) -> None:
    text = f"FROM alpine\nRUN {'apk add x' + separator}" + f"apk add x{separator}" * MAX_COMMANDS + "true"
    state = dockerfile_state(FileVersion("Dockerfile", "b", text.encode()), {})
    assert state.problem is not None
    assert str(MAX_COMMANDS) in state.problem.reason


async def test_a_flood_of_flaws_is_an_error() -> None:
    flood = [None] * (MAX_MATCHES // 2)
    files = tuple(_new_file(f"{number}/Dockerfile", number) for number in range(3))
    inspection = await inspect(Change("acme/shop", "1" * 40, "2" * 40, files), Reader(flood))
    assert [pair.path for pair in inspection.pairs] == ["0/Dockerfile", "1/Dockerfile"]
    assert "2/Dockerfile" in inspection.incomplete


def test_an_incomplete_inspection_is_an_error() -> None:
    nothing = Inspection("acme/shop", "1" * 40, "2" * 40, incomplete="too much")
    assert judge(nothing, Policy(), today=date(2026, 11, 21)).verdict.status.word == "error"


def _new_file(path: str, number: int) -> ChangedFile:
    return ChangedFile(FileStatus.ADDED, None, FileVersion(path, str(number), b"FROM alpine\n"))
