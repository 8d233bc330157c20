"""hadolint's answer, read strictly; the text it is given; and what becomes of both beside our own findings."""

import json

import pytest

from bot.diff import diff
from bot.dockerfile import parse
from bot.dockerfile.rules import examine
from bot.linting.merging import merged
from bot.linting.report import NoReport, Report, prepare, read_reports


def answer(**changes):
    return json.dumps([{"code": "DL3004", "level": "error", "line": 2, "message": "x", **changes}]).encode()


def test_a_report_is_read():
    assert read_reports(answer(column=1, file="-")) == (Report("DL3004", "error", 2, "x"),)
    assert read_reports(b"[]") == ()


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"{}",
        b"[1]",
        b"not json",
        b"[" * 100_000,
        b"\xff\xfe",
        answer(code="DL3004</a>"),
        answer(code=1),
        answer(level="fatal"),
        answer(line=0),
        answer(line=True),
        answer(line="2"),
        answer(message=None),
        json.dumps([{"code": "DL3004"}] * 5_001).encode(),
    ],
    ids=lambda output: output[:40].decode("latin-1"),
)
def test_anything_else_is_refused(output):
    with pytest.raises(NoReport):
        read_reports(output)


@pytest.mark.parametrize(
    ("text", "given", "lines"),
    [
        ("FROM a\nRUN b\n", "FROM a\nRUN b\n", {1: 1, 2: 2}),
        ("FROM a\nRUN <<E\nb\nE\nRUN c\n", "FROM a\nRUN <<E\nb\nE\n\nRUN c\n", {2: 2, 4: 4, 6: 5}),
        ("FROM a\nRUN <<E\nb\nE\n\nRUN c\n", "FROM a\nRUN <<E\nb\nE\n\nRUN c\n", {6: 6}),
        ("FROM a\nRUN <<-E\n\tb\n\tE\nRUN c\n", "FROM a\nRUN <<E\nb\nE\n\nRUN c\n", {6: 5}),
        ("FROM a\nCOPY <<E /x\n\tb\nE\n# c\nCOPY <<E /y\nE\nRUN c", None, {6: 5, 8: 7, 10: 8}),
        ("FROM a\r\nRUN <<E\r\nb\r\nE\r\nRUN c\r\n", "FROM a\r\nRUN <<E\r\nb\r\nE\r\n\nRUN c\r\n", {6: 5}),
        ("FROM a\nRUN <<E\nb\nE", "FROM a\nRUN <<E\nb\nE", {4: 4}),
    ],
)
def test_documents_are_made_readable_and_lines_stay_true(text, given, lines):
    prepared = prepare(parse(text))
    assert given is None or prepared.text == given
    assert {number: prepared.line(number) for number in lines} == lines


TEXT = """\
FROM a:1 AS build
RUN sudo a && apt b
FROM a:1
# plimsoll ignore=DL3059 kept apart for the cache
RUN c
ENV PASSWORD_FILE=/x
"""


def merge(*reports, text=TEXT):
    dockerfile = parse(text)
    return merged(examine(dockerfile), reports, dockerfile, {1}, "Dockerfile")


def test_the_same_point_on_the_same_instruction_is_told_once():
    seen = merge(Report("DL3004", "error", 2, "no sudo"))
    assert [found.id for found in seen.findings if "DL3004" in found.ids] == ["sudo"]


def test_what_only_hadolint_says_is_added():
    seen = merge(Report("DL3027", "warning", 2, "no apt"), Report("SC2086", "info", 5, "quote"))
    apt, shell = [found for found in seen.findings if found.severity_source == "hadolint"]
    assert (apt.ids, apt.severity.word, apt.shipped) == (("DL3027",), "low", False)
    assert (apt.package, apt.title) == ("stage build: RUN DL3027", "no apt")
    assert apt.url.endswith("/wiki/DL3027")
    assert (shell.severity.word, shell.shipped, shell.location.start_line) == ("negligible", True, 5)
    assert shell.url == "https://www.shellcheck.net/wiki/SC2086"


def test_where_ours_looks_closer_its_silence_decides():
    seen = merge(Report("DL3064", "warning", 6, "sensitive"))
    assert not any("DL3064" in found.ids for found in seen.findings)


def test_a_comment_excuses_hadolints_too():
    seen = merge(Report("DL3059", "info", 5, "many RUN"))
    assert [each.finding.id for each in seen.ignored] == ["DL3059"]
    assert not any(found.id == "DL3059" for found in seen.findings)


def test_two_of_the_same_are_two():
    reports = Report("DL3003", "warning", 5, "cd"), Report("DL3003", "warning", 5, "cd")
    added = [each.finding.package for each in diff(merge().findings, merge(*reports).findings)]
    assert {"final stage: RUN DL3003", "final stage: RUN DL3003 (2)"} <= set(added)
