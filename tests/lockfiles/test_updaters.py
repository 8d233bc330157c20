"""Dependabot and Renovate, by their configuration."""

import pytest

from bot.lockfiles import Manager
from bot.lockfiles.updaters import DEPENDABOT, RENOVATE, keeper, updaters

CONFIG = b"""\
version: 2
updates:
  - package-ecosystem: npm
    directory: /web
  - package-ecosystem: pip
    directories: [/, "/services/*"]
  - package-ecosystem: cargo
    directory: /
    open-pull-requests-limit: 0
"""


def test_who_is_configured() -> None:
    files = {
        ".github/dependabot.yml": CONFIG,
        "package.json": b'{"renovate": {"extends": []}}',
        "renovate.json": b'{"enabled": false}',
    }
    assert updaters(files, files.get) == (DEPENDABOT, RENOVATE)
    assert updaters(["renovate.json"], files.get) == ()
    assert updaters(["renovate.json5"], {"renovate.json5": b"{a: 1}"}.get) == (RENOVATE,)
    assert updaters(["package.json"], {"package.json": b"{}"}.get) == ()
    assert updaters(["README.md"], files.get) == ()


YML = ".github/dependabot.yml"


@pytest.mark.parametrize(
    ("manager", "folder", "kept"),
    [
        (Manager.YARN, "web", True),
        (Manager.NPM, "", False),
        (Manager.NPM, "web/inner", False),
        (Manager.POETRY, "", True),
        (Manager.PIP, "services/cart", True),
        (Manager.PIP, "services/cart/requirements", True),  # It looks one folder deeper.
        (Manager.POETRY, "services/cart/inner", False),
        (Manager.CARGO, "", False),
        (Manager.CONAN, "", False),
    ],
)
def test_what_dependabot_keeps(manager: Manager, folder: str, kept: bool) -> None:
    assert keeper([YML], {YML: CONFIG}.get)(manager, folder) == (DEPENDABOT if kept else "")


def test_a_configuration_that_is_not_there_or_cannot_be_read_keeps_nothing() -> None:
    assert not keeper([YML], {YML: b"a: ["}.get)(Manager.NPM, "web")
    assert not keeper([], {}.get)(Manager.NPM, "web")


def test_what_renovate_keeps() -> None:
    files = {"renovate.json": b"{}", YML: CONFIG}
    assert keeper(files, files.get)(Manager.CARGO, "anywhere") == RENOVATE
    assert keeper(files, files.get)(Manager.NPM, "web") == DEPENDABOT
    files = {"renovate.json": b'{"enabledManagers": ["dockerfile", "cargo"]}'}
    assert keeper(files, files.get)(Manager.CARGO, "a") == RENOVATE
    assert keeper(files, files.get)(Manager.NPM, "web") == ""
