"""The lines a suggestion changes: the block that names the image, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bump.model import Advice
from bot.change import FileVersion
from bot.image.platform import DEFAULT_PLATFORM
from bot.inspection import DockerfileState
from bot.report.suggestion import render_suggestion
from bot.states import dockerfile_state
from bot.suggestion import LineEdit, line_edit
from bot.uses import manifest_state
from tests.report.advices import advice

OLD, NEW = "python:3.12.1-slim-bookworm", "python:3.12.8-slim-bookworm"
CASES = {
    "plain": ("Dockerfile", f"FROM {OLD}\n", 1, f"FROM {NEW}"),
    "behind a comment": ("Dockerfile", f"# é\n\nFROM {OLD} AS a\nRUN x\n", 3, f"FROM {NEW} AS a"),
    "in an ARG": ("Dockerfile", "ARG V=3.12.1\nFROM python:$V-slim-bookworm\n", 1, "ARG V=3.12.8"),
    "continued": ("Dockerfile", f"FROM \\\n  {OLD}\n", 2, f"  {NEW}"),
    "without line end": ("Dockerfile", f"FROM {OLD}", 1, f"FROM {NEW}"),
    "compose": ("compose.yaml", f"services:\n  a:\n    image: '{OLD}'\n", 3, f"    image: '{NEW}'"),
    "carriage returns": ("Dockerfile", f"FROM {OLD}\r\nRUN x\r\n", None, ""),
    "not UTF-8": ("Dockerfile", f"FROM {OLD}\n# \udcff\n", None, ""),
    "a line too long": ("Dockerfile", f"FROM {OLD} AS {'a' * 1000}\n", None, ""),
}


def state_of(path: str, content: bytes) -> DockerfileState:
    version = FileVersion(path, "b", content)
    state = manifest_state(version) if path.endswith(".yaml") else dockerfile_state(version, {})
    assert state is not None
    return state


@pytest.mark.parametrize(("path", "text", "line", "wanted"), CASES.values(), ids=CASES)
def test_edit(path: str, text: str, line: int | None, wanted: str) -> None:
    content = text.encode(errors="surrogateescape")
    state = state_of(path, content)
    edit = line_edit(content, state, state.bases[0], advice(), {}, DEFAULT_PLATFORM)
    assert edit == (None if line is None else LineEdit(path, line, line, (wanted,)))


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=40))
def test_no_line_ends_the_block_early(line: str) -> None:
    body = render_suggestion(advice(), [line])
    *_, opened, kept, closed = body.split("\n")
    assert kept == line
    assert opened == f"{closed}suggestion"
    assert set(closed) == {"`"}
    assert closed not in line


def test_without_a_recommendation_there_is_none() -> None:
    content = f"FROM {OLD}\n".encode()
    state = state_of("Dockerfile", content)
    nothing: Advice = advice(candidates=())
    assert line_edit(content, state, state.bases[0], nothing, {}, DEFAULT_PLATFORM) is None
