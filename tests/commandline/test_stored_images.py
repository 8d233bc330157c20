"""Which stored images an update hits: as the command shows it, and as `serve` logs it."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.commandline import affected
from bot.errors import ConfigError
from bot.feeds.importer import import_path
from bot.feeds.snapshots import Snapshots
from bot.handlers.upkeep import affected_images
from bot.settings import Settings
from bot.store import images, open_store
from tests.advisory.build import deb
from tests.feeds.layout import DEBIAN, NOW, osv, write_zip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An index whose last update brought one advisory, and one image it hits."""
    made = Settings(data_dir=tmp_path / "data")
    made.make_data_dir()
    curl = osv("DEBIAN-CVE-2024-0002", "Debian:12", package="curl", upstream=["CVE-2024-0002"])
    for records in ((DEBIAN,), (DEBIAN, curl)):
        source = write_zip(tmp_path / "Debian" / "all.zip", *records).parent.parent
        import_path(source, made.advisories, now=NOW + timedelta(days=1))
    store = open_store(made.database)
    for name, packages in (("hit", (deb("1", source="curl"),)), ("old", (deb("1"),))):
        digests = images.Digests("sha256:i", f"sha256:{name}", "linux/amd64")
        seen = images.Sighting(digests, "{}", packages)
        store.do_now(lambda c, n=name, s=seen: images.save_sighting(c, 1, f"{n}:1", "", s, 1.0))
    store.close()
    return made


def test_what_the_last_update_brought_is_looked_up(settings: Settings) -> None:
    assert affected.show(settings, ()) == (
        "hit:1 sha256:hit: CVE-2024-0002 (curl)\n"
        "advisories the last update brought or changed: 1; stored images hit: 1 of 2\n"
    )


def test_images_that_an_older_version_read_are_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.inventories.VERSION", "later")
    assert affected.show(settings, ()).endswith(
        "stored images hit: 1 of 2\n"
        "2 stored images were read by an older version, which may have seen less of them; "
        "the next review that uses one reads it anew\n"
    )


def test_ids_are_looked_up(settings: Settings) -> None:
    assert affected.show(settings, (DEBIAN["id"],)).startswith("old:1 sha256:old: CVE-2024-0001 (openssl)\n")
    named = affected.show(settings, ("CVE-2024-0001", DEBIAN["id"]))
    assert (
        named
        == "old:1 sha256:old: CVE-2024-0001 (openssl)\nadvisories asked for: 1; stored images hit: 1 of 2\n"
    )
    with pytest.raises(ConfigError, match="not in the advisories in use: CVE-1"):
        affected.show(settings, ("CVE-1",))


def test_what_came_with_a_first_import_is_not_told_as_new(settings: Settings, tmp_path: Path) -> None:
    settings.advisories.unlink()
    import_path(tmp_path, settings.advisories, now=NOW + timedelta(days=1))
    said = affected.show(settings, ())
    assert said.startswith("advisories the last update brought or changed: 0\n")
    assert "held for the first time brings is not told as new" in said
    assert "plimsoll db affected CVE-2024-0001" in said
    assert "2 images are stored" in said


def test_without_an_image_none_can_be_hit(settings: Settings) -> None:
    Path(settings.database.removeprefix("sqlite:///")).unlink()
    for ids in ((), (DEBIAN["id"],)):
        assert "no image is stored: only `plimsoll serve` stores" in affected.show(settings, ids)


def test_serve_looks_up_the_same(settings: Settings, tmp_path: Path) -> None:
    store = open_store(settings.database)
    try:
        context = SimpleNamespace(
            images=SimpleNamespace(snapshots=Snapshots(settings.advisories, tmp_path / "kept")), store=store
        )
        assert affected_images(context) == ("sha256:hit",)
    finally:
        store.close()
