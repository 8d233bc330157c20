"""The bump pull request: what its title and body say, that they fit, and that nothing breaks out of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bump.evidence import evidence
from bot.bump.model import PackageChange, Rejected
from bot.image.tags.model import Track
from bot.report.bump import (
    MAX_TITLE,
    BumpMove,
    BumpText,
    EditRow,
    HandRow,
    RefusedRow,
    hand_rows,
    render_body,
    render_closing,
    render_title,
)
from bot.report.fit import LONGEST_TEXT, size
from tests.golden import assert_golden
from tests.report.advices import MINOR, VARIANT, advice, candidate, facts, flaws
from tests.report.markdown_rules import assert_safe
from tests.report.reviews import DIGESTS
from tests.report.strategies import texts

IMAGE = "docker.io/library/python"
PATCH = BumpMove(f"{IMAGE}:3.12.1-slim", f"{IMAGE}:3.12.8-slim", advice(), candidate())
PINNED = BumpMove(f"{IMAGE}:3.12", f"{IMAGE}:3.12@{DIGESTS[2]}")
FRESHER = BumpMove(
    f"{IMAGE}:3.12@{DIGESTS[1]}", f"{IMAGE}:3.12@{DIGESTS[2]}", advice(), candidate(track=Track.DIGEST)
)
WHOLE = BumpText(
    moves=(
        replace(
            PATCH, candidate=replace(candidate(), adds=VARIANT.adds, note="3.11 is supported until 2027")
        ),
        PINNED,
    ),
    edits=(EditRow("Dockerfile", (1, 14)), EditRow("deploy/app.yaml", (23,))),
    refused=(
        RefusedRow(
            "docker/Dockerfile", 1, "it is a symbolic link, so the file it leads to is changed instead"
        ),
    ),
    by_hand=(
        HandRow(
            ".github/workflows/test.yml",
            12,
            "container: python:3.12.1-slim",
            "container: python:3.12.8-slim",
        ),
    ),
    remarks=("Only the first 400 files that may use images were looked at.",),
)


def test_the_body() -> None:
    body = render_body(WHOLE)
    assert_golden("bump_body.md", body)
    assert_safe(body)


@pytest.mark.parametrize(
    ("moves", "title"),
    [
        ((PATCH,), "Bump python from 3.12.1-slim to 3.12.8-slim: clears 12 severe vulnerabilities"),
        (
            (replace(PATCH, candidate=replace(candidate(), fixes=flaws(0, 3))),),
            "Bump python from 3.12.1-slim to 3.12.8-slim: clears 3 vulnerabilities",
        ),
        (
            (replace(PATCH, candidate=replace(candidate(), fixes=flaws(1))),),
            "Bump python from 3.12.1-slim to 3.12.8-slim: clears 1 severe vulnerability",
        ),
        (
            (replace(PATCH, candidate=replace(candidate(), fixes=())),),
            "Bump python from 3.12.1-slim to 3.12.8-slim",
        ),
        ((PINNED,), "Pin python:3.12 to its digest"),
        ((FRESHER,), "Bump python:3.12 to its newest digest: clears 12 severe vulnerabilities"),
        # The same flaws go in both, and are counted once.
        (
            (PATCH, PATCH, PINNED),
            "Bump python from 3.12.1-slim to 3.12.8-slim and 2 more: clears 12 severe vulnerabilities",
        ),
        (
            (replace(PATCH, before="ghcr.io/acme/base:1", after="ghcr.io/acme/base:2", candidate=None),),
            "Bump ghcr.io/acme/base from 1 to 2",
        ),
    ],
)
def test_titles(moves, title: str) -> None:
    assert render_title(BumpText(moves)) == title


def test_a_long_title_is_cut() -> None:
    move = replace(PATCH, before=f"ghcr.io/{'a' * 200}:{'1' * 128}")
    assert len(render_title(BumpText((move,)))) == MAX_TITLE


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("https://github.com/acme/base", "[releases of acme/base](https://github.com/acme/base/releases)"),
        ("https://github.com/acme/base.git#1:x", "(https://github.com/acme/base/releases)"),
        # A link to an issue would leave a trace there.
        ("https://github.com/acme/base/issues/1", "(https://github.com/acme/base/releases)"),
        ("https://github.com/login", "`https://github.com/login`"),
        ("https://gitlab.com/acme/base", "[gitlab.com/acme/base](https://gitlab.com/acme/base)"),
        ("https://user@evil.example/x", "`https://user@evil.example/x`"),
    ],
)
def test_where_an_image_says_it_comes_from(source: str, shown: str) -> None:
    move = replace(PATCH, candidate=candidate(facts=facts(2, source=source)))
    body = render_body(BumpText((move,)))
    assert shown in body
    assert_safe(body)


def test_lines_for_a_person_to_change() -> None:
    before = b"jobs:\r\n  a:\r\n    container: python:3.12.1 # keep\r\n  b: 1\r\n"
    assert hand_rows("w.yml", before, before.replace(b"3.12.1", b"3.12.8")) == (
        HandRow("w.yml", 3, "container: python:3.12.1 # keep", "container: python:3.12.8 # keep"),
    )
    assert hand_rows("w.yml", before, before) == ()
    assert len(hand_rows("w.yml", b"\xff 1", b"\xff 2")) == 1


def huge(name: str) -> BumpText:
    changes = tuple(PackageChange(f"{name}{number}", name, name) for number in range(3000))
    refusals = tuple(Rejected(f"{name}{number}", name) for number in range(40))
    big = replace(candidate(), fixes=flaws(1500, 1500), adds=flaws(900), packages=changes, note=name)
    move = replace(PATCH, candidate=big, advice=advice(rejected=refusals))
    return BumpText(
        (move,) * 30,
        tuple(EditRow(f"{name}/{number}", tuple(range(1, 100))) for number in range(400)),
        tuple(RefusedRow(name, number, name) for number in range(400)),
        tuple(HandRow(name, number, name, name) for number in range(400)),
        (name,) * 30,
    )


@pytest.mark.parametrize("name", ["lib", "<|`@#12 " * 60], ids=["plain", "hostile"])
def test_a_huge_body_fits(name: str) -> None:
    body = render_body(huge(name))
    assert size(body) <= LONGEST_TEXT
    assert "more" in body
    assert_safe(body)


@given(texts, texts)
def test_nothing_breaks_out(one: str, other: str) -> None:
    flaw = replace(flaws(1)[0], package=one, id=other, fixed_version=one, url=other)
    told = facts(2, release=one, signer=other, source=one, revision=other, published=one, platforms=(one,))
    hostile = replace(
        candidate(facts=told, packages=(PackageChange(one, other, one),), note=other),
        fixes=(flaw,),
        adds=(flaw,),
    )
    asked = advice(rejected=(Rejected(one, other),), stale=one, problem=other, snapshot=one, facts=told)
    text = BumpText(
        (replace(PATCH, advice=asked, candidate=hostile),),
        (EditRow(one, (1,)),),
        (RefusedRow(one, 1, other),),
        (HandRow(one, 1, other, one),),
        (one,),
    )
    assert_safe(render_body(text))
    assert_safe(render_closing(one))
    assert render_title(text).isprintable()


def test_a_closing_is_one_sentence() -> None:
    assert render_closing("main has it now.") == "Closed: main has it now.\n"


@given(st.sampled_from([candidate(), MINOR, VARIANT]))
def test_evidence_depends_on_what_was_found_alone(one) -> None:
    given_advice = advice()
    assert evidence(given_advice, one) == evidence(replace(given_advice, rejected=(), stale="x"), one)
    assert evidence(given_advice, one) != evidence(replace(given_advice, snapshot="other"), one)
    assert evidence(given_advice, one) != evidence(given_advice, replace(one, fixes=one.fixes[1:]))
