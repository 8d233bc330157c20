"""Dependabot and Renovate, by their configuration."""

from bot.lockfiles import Manager
from bot.lockfiles.updaters import DEPENDABOT, RENOVATE, covers, updaters

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


def test_what_dependabot_covers() -> None:
    read = {".github/dependabot.yml": CONFIG}.get
    assert covers(DEPENDABOT, Manager.YARN, "web", read)
    assert not covers(DEPENDABOT, Manager.NPM, "", read)
    assert covers(DEPENDABOT, Manager.POETRY, "", read)
    assert covers(DEPENDABOT, Manager.PIP, "services/cart", read)
    assert not covers(DEPENDABOT, Manager.CARGO, "", read)
    assert covers(RENOVATE, Manager.CARGO, "anywhere", read)
    assert not covers(DEPENDABOT, Manager.NPM, "web", {".github/dependabot.yml": b"a: ["}.get)
    assert not covers(DEPENDABOT, Manager.NPM, "web", {}.get)
