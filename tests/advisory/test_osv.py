"""Reading OSV records: what is taken, what is refused, and that nothing else can happen."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory import Advisory, BrokenRecord, parse_record
from bot.advisory.osv import MAX_RECORD_BYTES

DATA = Path(__file__).parent.parent / "data" / "osv"


def test_a_debian_record() -> None:
    advisory = parse_record((DATA / "DEBIAN-CVE-2024-6387.json").read_bytes())
    first, second = advisory.affected
    assert advisory.id == "DEBIAN-CVE-2024-6387"
    assert advisory.upstream == ("CVE-2024-6387",)
    assert advisory.references[0].endswith("/tracker/CVE-2024-6387"), "the advisory comes first"
    assert (first.ecosystem, first.package, first.urgency) == ("Debian:12", "openssh", "not yet assigned")
    assert [span.events for span in first.ranges] == [
        (("introduced", "1:9.0p1-1"), ("fixed", "1:9.2p1-2+deb12u3"))
    ], "commit ranges are left out"
    assert second.ecosystem == "Debian:13"


def test_an_ubuntu_record_parts_the_priority_from_cvss() -> None:
    advisory = parse_record((DATA / "UBUNTU-CVE-2022-37434.json").read_bytes())
    assert advisory.urgency == "medium"
    assert [type_ for type_, _ in advisory.severity] == ["CVSS_V3"]
    assert advisory.affected[0].versions == ("1:1.2.11.dfsg-2ubuntu7", "1:1.2.11.dfsg-2ubuntu9")


@pytest.mark.parametrize(
    ("specific", "urgency", "will_not_fix"),
    [
        ({"ecosystem_specific": {"urgency": "unimportant"}}, "unimportant", True),
        ({"ecosystem_specific": {"urgency": "end-of-life"}}, "end-of-life", True),
        ({"ecosystem_specific": {"urgency": "low"}, "database_specific": {"state": "ignored"}}, "low", True),
        ({"database_specific": {"status": "no-dsa"}}, "", True),
        (
            {"ecosystem_specific": {"urgency": "Medium"}, "database_specific": {"state": "unfixed"}},
            "medium",
            False,
        ),
        ({"ecosystem_specific": {"urgency": ["low"]}}, "", False),
        ({"severity": [{"type": "Ubuntu", "score": "low"}]}, "low", False),
        ({}, "", False),
    ],
)
def test_words_of_distributions(specific: dict[str, Any], urgency: str, will_not_fix: bool) -> None:
    package = {"package": {"ecosystem": "Debian:12", "name": "tar"}}
    advisory = parse_record(
        {"id": "X-1", "modified": "2024-01-01T00:00:00Z", "affected": [package | specific]}
    )
    assert (advisory.affected[0].urgency, advisory.affected[0].will_not_fix) == (urgency, will_not_fix)


def test_what_is_null_or_unknown_is_left_out() -> None:
    document = {
        "id": "X-1",
        "modified": "m",
        "affected": None,
        "aliases": None,
        "details": None,
        "new": [{"a": 1}],
    }
    assert parse_record(document) == Advisory("X-1", "m", ())


def test_prose_is_cut_and_links_are_web_links() -> None:
    links = ["javascript:alert(1)", "https://a b", "https://example.org/x", 7, None]
    advisory = parse_record(
        {
            "id": "X-1",
            "modified": "m",
            "details": "\ud800" + "x" * 9_000,
            "references": [{"type": "WEB", "url": link} for link in links],
        }
    )
    assert len(advisory.details.encode()) == 4_000
    assert advisory.references == ("https://example.org/x",)


BASE = {"id": "X-1", "modified": "2024-01-01T00:00:00Z"}
PACKAGE = {"ecosystem": "Debian:12", "name": "tar"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe",
        b" " * (MAX_RECORD_BYTES + 1),
        {},
        {"id": "X-1"},
        {"id": "", "modified": "m"},
        {"id": "X\n1", "modified": "m"},
        {"id": "X" * 301, "modified": "m"},
        {"id": "X-\ud800", "modified": "m"},
        BASE | {"aliases": "CVE-1"},
        BASE | {"aliases": [1]},
        BASE | {"aliases": ["A"] * 10_001},
        BASE | {"affected": {}},
        BASE | {"affected": ["x"]},
        BASE | {"affected": [{"package": "tar"}]},
        BASE | {"affected": [{"package": {"ecosystem": "Debian:12"}}]},
        BASE | {"affected": [{"package": PACKAGE, "ranges": [{"events": []}]}]},
        BASE
        | {"affected": [{"package": PACKAGE, "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": 1}]}]}]},
        BASE | {"affected": [{"package": PACKAGE, "versions": [None]}]},
        BASE | {"severity": [{"type": "CVSS_V3"}]},
        BASE | {"withdrawn": 1},
        BASE | {"summary": {}},
    ],
)
def test_broken_records(raw: Any) -> None:
    with pytest.raises(BrokenRecord):
        parse_record(raw)


keys = st.sampled_from(
    "id modified affected aliases package ecosystem name ranges type events versions introduced fixed severity "
    "score references url database_specific urgency summary".split()
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=15,
)


@given(st.dictionaries(keys, json_values, max_size=6).map(lambda extra: BASE | extra))
def test_any_json_is_read_or_broken(document: dict[str, Any]) -> None:
    with suppress(BrokenRecord):
        parsed = parse_record(document)
        assert parse_record(json.dumps(document).encode()) == parsed


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_broken(raw: bytes) -> None:
    with suppress(BrokenRecord):
        parse_record(raw)
