"""What a review keeps of the images it reads is all that it matches of them."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.advisory import match, matchable
from bot.clock import SystemClock
from bot.handlers.memory import Remembered
from bot.image import Platform, Reference
from bot.inventory import InstalledPackage, Inventory
from bot.package.language import language_package
from bot.registry import ResolvedImage
from bot.sightings import Sighting
from bot.store import inventories, open_store
from tests.advisory.build import deb, entry, record, until

NET = language_package("golang", "golang.org/x/net", "0.1")
IN_GO = record("GO-1", entry("Go", until("0.2"), package="golang.org/x/net"))
IMAGE = ResolvedImage(Reference.parse("registry.example/shop:1"), "sha256:i", "sha256:m", Platform())


@pytest.mark.parametrize("evidence", ["usr/bin/agent", "opt/agent/agent"])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("owner", [deb("1", source="agent"), deb("1~debian.12", source="agent")])
async def test_what_new_advisories_are_looked_up_for_is_what_a_review_matches(
    tmp_path: Path, owner, known, evidence
) -> None:
    owner = replace(owner, name="agent")
    packages = (
        InstalledPackage(owner, 0, "sha256:l", "var/lib/dpkg/status"),
        InstalledPackage(NET, 0, "sha256:l", evidence, "agent"),
    )
    store = open_store(f"sqlite:///{tmp_path / 'plimsoll.db'}")
    try:
        context = SimpleNamespace(store=store, clock=SystemClock())
        row = SimpleNamespace(request=SimpleNamespace(repository_id=1))
        await Remembered(context, row).keep_seen("", Sighting(IMAGE, Inventory(packages)))
        found = store.do_now(lambda c: inventories.affected(c, [IN_GO], is_known=lambda owner: known))
    finally:
        store.close()
    matched = match(matchable(packages, lambda owner: known), [IN_GO])
    assert bool(found.digests) is bool(matched)
