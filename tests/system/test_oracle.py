"""Real packages against real advisories: dpkg, apart from our code, says the same of every flaw."""

import shutil

import pytest

from bench.oracle import about, data, dpkg, lists, oracle, ours, questions, records
from bot.advisory import parse_record
from bot.advisory.ecosystem import split

pytestmark = pytest.mark.system
SOURCES = frozenset(("systemd", "perl", "glibc", "gnutls28", "krb5", "shadow", "tar"))


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not installed: nothing to compare with")
def test_agrees_with_dpkg_about_a_real_image() -> None:
    folder = data()
    if not (folder / "osv").is_dir():
        pytest.skip(f"no real advisories: {folder} has no osv (PLIMSOLL_DATA names the folder)")
    whole = next(listed for listed in lists(folder) if listed.name == "debian:bookworm-20241202-slim")
    listed = whole._replace(packages=tuple(each for each in whole.packages if each.source_name in SOURCES))
    wanted = {(split(listed.ecosystem)[0], name) for name in SOURCES}
    found = about(records(folder / "osv" / "Debian.jsonl.xz", SOURCES), wanted)
    older = dpkg(questions(found, listed))
    hits, unclear = ours(listed, map(parse_record, found))
    assert hits == oracle(found, listed, older)
    assert len(hits) > 10
    assert not unclear
