"""Three images of `bench.accuracy`, where Trivy and Syft are installed: nothing differs without a reason."""

import shutil
from pathlib import Path

import pytest

from bench.accuracy import grouped, made
from bench.inventories import program, tools

NEEDS = {"composer": "tar", "wolfi": "tar", "rpm-rhel": "rpmbuild"}


@pytest.mark.skipif(not program("trivy") or not program("syft"), reason="Trivy and Syft are not installed")
@pytest.mark.parametrize("name", NEEDS)
def test_an_image_is_listed_as_trivy_and_syft_do(name: str, tmp_path: Path) -> None:
    if shutil.which(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    layout = made(tmp_path, name)
    listed = {tool: ask(layout) for tool, ask in tools(tmp_path).items()}
    assert listed["ours"].packages
    assert [group for group in grouped(name, listed) if not group.why] == []
