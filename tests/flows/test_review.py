"""From a signed webhook to what a person sees on the pull request."""

from tests.fakes.github.fake import FakeGitHub
from tests.harness import Advisories, Registry, RunningBot


def test_a_new_flaw_blocks_the_merge(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    advisories.add("CVE-2024-0001", package="openssl", fixed="3.3.1-r0", severity="critical")
    good = registry.push_image("shop-base:1", packages={"libssl3": ("3.3.1-r0", "openssl")})
    bad = registry.push_image("shop-base:2", packages={"libssl3": ("3.3.0-r0", "openssl")})
    repo = github.repo(files={"Dockerfile": f"FROM {good}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"# shop\nFROM {bad}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert [note["start_line"] for note in pull.check.annotations] == [2]
    assert "CVE-2024-0001" in pull.bot_comment
