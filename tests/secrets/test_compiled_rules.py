"""The compiled rules are kept beside Python's own, and whatever lies there, the rules are these."""

import sys

import pytest

from bot.engine.secrets import compiled

hyperscan = pytest.importorskip("hyperscan")
EXPRESSIONS = [b"ab+c", b"xyz"]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Where it is kept in this test."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return compiled._place(EXPRESSIONS, [0, 0])


def found(database, text=b"abbc xyz"):
    seen = []
    scratch = hyperscan.Scratch(database)
    database.scan(text, match_event_handler=lambda index, *_: seen.append(index) and None, scratch=scratch)
    return sorted(set(seen))


def load():
    return compiled.database(EXPRESSIONS, [0, 0])


def test_it_is_compiled_once(kept, monkeypatch):
    assert found(load()) == [0, 1]
    monkeypatch.setattr(compiled, "_compile", None)
    assert found(load()) == [0, 1]


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:-9], lambda data: data[:99] + b"x" + data[100:]]
)
def test_a_damaged_one_is_made_anew(kept, damage):
    load()
    kept.write_bytes(damage(kept.read_bytes()))
    assert found(load()) == [0, 1]
    assert found(hyperscan.loadb(kept.read_bytes(), mode=hyperscan.HS_MODE_BLOCK)) == [0, 1]


def test_other_rules_have_another_place():
    places = {
        compiled._place(*each) for each in ((EXPRESSIONS, [0, 0]), (EXPRESSIONS, [0, 8]), ([b"a"], [0]))
    }
    assert len(places) == 3


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "file"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert found(load()) == [0, 1]


def test_who_wants_no_compiled_source_gets_none(kept, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert found(load()) == [0, 1]
    assert not kept.exists()
