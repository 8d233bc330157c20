"""Every rule finds what it is for, and nothing that only looks like it; both engines find the same."""

import re
import threading
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.secrets import Search
from bot.engine.secrets.engines import BLOCK, SHARED, expression
from bot.engine.secrets.matching import Matcher, _confirm, _is_prefiltered, _ready
from bot.engine.secrets.place import anywhere, place_of
from bot.engine.secrets.rules import RULES
from tests.secrets.corpus import Case, derived_negatives, positives
from tests.secrets.negatives import NEGATIVES

CASES = list(positives())
SEARCH = Search(b"key")
MATCHERS = [Matcher(RULES, "hyperscan"), Matcher(RULES, "pure")]
#: Pieces that make engines work: beginnings of tokens, separators, whole secrets.
PIECES = [
    *sorted({keyword for rule in RULES for keyword in rule.keywords}),
    *(case.text.encode() for case in CASES),
    *(case.secret.encode() for case in CASES),
    *(
        b"=",
        b" ",
        b"\n",
        b'"',
        b"'",
        b": ",
        b"\0",
        b"://",
        b"@",
        b"A" * 40,
        b"0" * 64,
        b"\xff",
        b"x.y",
        b"-" * 5,
    ),
]


def _both(path: str, data: bytes) -> list[list[tuple[str, int, int]]]:
    return [[(match.rule.id, *match.span) for match in matcher.matches(path, data)] for matcher in MATCHERS]


def test_ids_are_names_and_each_is_there_once() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each) for each in ids)
    assert {case.rule for case in CASES} == set(ids), "every rule has a text with its secret"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_secret_is_found_once_by_its_rule(case: Case) -> None:
    assert SEARCH.wants(case.path, len(case.text))
    matches = SEARCH.matches(case.path, case.text.encode())
    assert [match.rule.id for match in matches] == [case.rule]
    found = matches[0].secret.decode()
    assert not case.secret or found in case.secret or case.secret in found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_secret_is_found_amid_other_text_and_on_its_line(case: Case) -> None:
    text = "# first\r\n" + "plain words\n" * 50 + case.text + "\n" + "more words\n" * 50
    first = case.text.split(case.secret)[0].count("\n") if case.secret else 0
    found = SEARCH.find(case.path, text.encode())
    assert [finding.rule for finding in found] == [case.rule]
    assert 52 <= found[0].line <= 52 + max(first, case.text.count("\n"))


def test_what_documentation_writes_in_a_secrets_place_is_none() -> None:
    fired = defaultdict(list)
    for case in derived_negatives():
        for match in SEARCH.matches(case.path, case.text.encode()):
            fired[match.rule.id].append(case.text[:100])
    assert not fired


@pytest.mark.parametrize(("path", "text"), NEGATIVES)
def test_what_looks_like_a_secret_and_is_none(path: str, text: str) -> None:
    assert [match.rule.id for match in SEARCH.matches(path, text.encode())] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_both_engines_find_the_same_in_each_text(case: Case) -> None:
    one, other = _both(case.path, case.text.encode())
    assert one == other != []


@given(
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), min_size=1, max_size=14),
    st.sampled_from(
        ["app/c.py", "app/.env", "root/.npmrc", "usr/lib/x/y.json", "root/.docker/config.json", "x"]
    ),
)
def test_both_engines_find_the_same_in_any_text(pieces: list[bytes], path: str) -> None:
    one, other = _both(path, b"".join(pieces))
    assert one == other


def test_every_repetition_is_bounded() -> None:
    for rule in RULES:
        outside_classes = re.sub(rb"\[\^?[^\]]*\]", b"c", re.sub(rb"\\.", b"e", rule.pattern))
        assert not re.search(rb"[*+]|\{[0-9]+,\}", outside_classes), rule.id


@pytest.mark.parametrize("filler", [b"A", b" ", b"=", b"x.y-z_", b""], ids=repr)
def test_hostile_texts_take_no_longer_than_their_size(filler: bytes) -> None:
    size, place = 4000, place_of("app/.env")
    slow = {}
    for rule in RULES:
        head = rule.keywords[0]
        text = ((head + filler * 20) * size)[:size] + head + filler * (size if filler else 0)
        ready, started = _ready(replace(rule, where=anywhere)), time.process_time()
        for _ in _confirm(ready, place, text[: 2 * size], text[: 2 * size].lower(), []):
            pass
        spent = time.process_time() - started
        if spent > 1:
            slow[rule.id] = spent
    assert not slow


def test_hyperscan_takes_no_longer_than_the_size_of_a_hostile_text() -> None:
    started = time.process_time()
    MATCHERS[0]._prefilter(b"glpat-" * 300_000)
    assert time.process_time() - started < 2


def test_no_expression_is_wider_than_what_blocks_share() -> None:
    expressions = {rule.id: expression(rule) for rule in RULES if _is_prefiltered(rule)}
    assert [each for each, text in expressions.items() if re._parser.parse(text).getwidth()[1] > SHARED] == []


@pytest.mark.parametrize("offset", [0, BLOCK - 30, BLOCK - SHARED + 5, BLOCK, 2 * BLOCK - SHARED - 10])
def test_a_secret_across_blocks_is_found(offset: int) -> None:
    cases = [
        case
        for case in CASES
        if case.rule in ("jwt", "database-url", "onepassword-service-account", "rsa-private-key")
    ]
    for case in cases:
        text = (
            (b"word\n" * (offset // 5 + 1))[: max(0, offset - 1)]
            + b"\n"
            + case.text.encode()
            + b"\nword" * 20_000
        )
        one, other = _both(case.path, text)
        assert one == other
        assert [rule for rule, _, _ in one] == [case.rule]


def test_threads_share_one_search() -> None:
    results: list[list[str]] = []

    def look() -> None:
        results.append(
            [match.rule.id for case in CASES for match in SEARCH.matches(case.path, case.text.encode())]
        )

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[case.rule for case in CASES]] * 4


def test_the_documentation_tells_every_rule() -> None:
    text = (Path(__file__).parents[2] / "docs" / "secrets.md").read_text()
    rows = [f"| `{rule.id}` | {rule.title}. {rule.about} | {rule.severity.word} |" for rule in RULES]
    assert [row for row in rows if row not in text] == []
