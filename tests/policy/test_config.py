"""The repository file: what it means, what is wrong with it and on which line, and that nothing breaks its reader."""

import re
from datetime import date, time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory.severity import Severity
from bot.config import KEYS, PATH, parse_config
from bot.image.tags.model import Track
from bot.policy import bump_section
from bot.policy.bumps import BumpPolicy, CoolDown, Ignore, Rebuild, Treatment, Window
from bot.policy.fields import MOST_PROBLEMS
from bot.policy.gate import Policy
from bot.policy.tree import LARGEST

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy.md"


def bump(text: str) -> BumpPolicy:
    policy, problems = parse_config(f"bump: {{{text}}}".encode())
    assert problems == ()
    return policy.bump


def said(text: str | bytes) -> list[tuple[int, str]]:
    policy, problems = parse_config(text if isinstance(text, bytes) else text.encode())
    assert policy == Policy()
    return [(problem.location.start_line, problem.message) for problem in problems]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff# with a mark\n", "{}", "bump: {}"])
def test_an_empty_file_is_the_default(text: str) -> None:
    assert parse_config(text.encode()) == (Policy(), ())


def test_rules_by_any_of_their_names() -> None:
    text = "rules: {root-user: low, ds-0002: 'off', DL3008: off, dl3042: high, SC2086: off, end-of-life: off}"
    policy, problems = parse_config(text.encode())
    assert problems == ()
    assert policy.rules.off == ("DS-0002", "DL3008", "SC2086", "end-of-life")
    assert policy.rules.severity == (("root-user", Severity.LOW), ("DL3042", Severity.HIGH))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: {root_usr: off}", "'root_usr' is no rule; did you mean 'root-user'?"),
        ("rules: {DS-0003: off}", "'DS-0003' is no rule; did you mean 'DS-0031'?"),
        ("rules: {github-token: off}", "'github-token' is no rule: they are listed in docs/rules.md"),
        ("rules: {dl3008: off, DL3008: low}", "the rule 'DL3008' stands here twice"),
    ],
)
def test_what_is_no_rule_is_named_with_the_nearest(text: str, message: str) -> None:
    assert said(text) == [(1, message)]


@pytest.mark.parametrize("word", ["moderate", "medium", "Medium", "'medium'"])
def test_severities(word: str) -> None:
    policy, problems = parse_config(f"fail-on-severity: {word}\nunknown-severity: low".encode())
    assert problems == ()
    assert (policy.fail_on_severity, policy.unknown_severity) == (Severity.MEDIUM, Severity.LOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("limit: 0", BumpPolicy(limit=0)),
        ("pin: true", BumpPolicy(pin=True)),
        ("rebuild: off", BumpPolicy(rebuild=Rebuild.OFF)),
        ("rebuild: 'issue'", BumpPolicy(rebuild=Rebuild.ISSUE)),
        ("labels: []", BumpPolicy(labels=())),
        ("labels: [a, 1, a]", BumpPolicy(labels=("a", "1"))),
        ("cool-down: 30", BumpPolicy(cool_down=CoolDown(30, 30))),
        ("cool-down: 0.5", BumpPolicy(cool_down=CoolDown(0.5, 14))),
        ("cool-down: {days: 2, at-most: 9}", BumpPolicy(cool_down=CoolDown(2, 9))),
        ("schedule: {days: sunday}", BumpPolicy(window=Window(days=("sun",)))),
        (
            "schedule: {days: [fri, Mon], from: 22:00, to: 6:30, timezone: Europe/Berlin}",
            BumpPolicy(window=Window(("mon", "fri"), time(22), time(6, 30), "Europe/Berlin")),
        ),
        (
            "ignore: [{image: node, tracks: [major, variant], until: 2027-06-30, reason: later}]",
            BumpPolicy(
                ignores=(Ignore("node", (Track.MAJOR, Track.VARIANT), "", date(2027, 6, 30), "later"),)
            ),
        ),
        (
            "ignore: [{image: 'ghcr.io/*', tag: '22.*'}]",
            BumpPolicy(ignores=(Ignore("ghcr.io/*", (), "22.*"),)),
        ),
        ("ignore: [{image: docker.io/node}]", BumpPolicy(ignores=(Ignore("docker.io/library/node"),))),
    ],
)
def test_the_bump_section(text: str, expected: BumpPolicy) -> None:
    assert bump(text) == expected


def test_tracks_as_a_mapping_and_as_a_list() -> None:
    mapped = dict(bump("tracks: {major: off, minor: open}").tracks)
    assert (mapped[Track.MAJOR], mapped[Track.MINOR], mapped[Track.PATCH]) == (
        Treatment.OFF,
        Treatment.OPEN,
        Treatment.OPEN,
    )
    listed = dict(bump("tracks: [patch, minor]").tracks)
    assert listed == {
        Track.DIGEST: Treatment.OFFER,
        Track.PATCH: Treatment.OPEN,
        Track.MINOR: Treatment.OPEN,
        Track.MAJOR: Treatment.SHOW,
        Track.VARIANT: Treatment.SHOW,
    }


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nfail-on-severty: high", 2, "did you mean 'fail-on-severity'?"),
        ("fail_on_severity: high", 1, "did you mean 'fail-on-severity'?"),
        ("quux: 1", 1, "the keys are fail-on-severity"),
        ("only-fixed: true\nonly-fixed: true", 2, "stands in line 1 already"),
        ("only-fixed: 'true'", 1, "only-fixed must be true or false, not 'true'"),
        ("only-fixed: yes", 1, "must be true or false"),
        ("only-fixed:", 1, "must be true or false"),
        ("fail-on-severity: severe", 1, "must be one of critical, high, medium, moderate, low, not 'severe'"),
        ("fail-on-severity: [high]", 1, "must be a single value"),
        ("- high", 1, "the file must be a mapping"),
        ("bump: yes", 1, "bump must be a mapping"),
        ("bump:\n  limits: 3", 2, "unknown key 'limits' in bump; did you mean 'limit'?"),
        ("bump:\n  limit: 101", 2, "bump.limit must be a number from 0 to 100, not '101'"),
        ("bump:\n  limit: 1.5", 2, "must be a whole number"),
        ("bump:\n  limit: -1", 2, "must be a number"),
        ("bump:\n  limit: .inf", 2, "must be a number"),
        ("bump:\n  tracks:\n    - patch\n    - huge", 4, "must be one of digest, patch"),
        ("bump:\n  tracks: {huge: open}", 2, "unknown key 'huge' in bump.tracks"),
        ("bump:\n  tracks: {patch: on}", 2, "must be one of open, offer, show, off, not 'on'"),
        ("bump:\n  schedule: {from: 24:00}", 2, "must be a time of day"),
        ("bump:\n  schedule: {days: []}", 2, "must name at least one of mon"),
        ("bump:\n  schedule: {timezone: Europe/Berln}", 2, "such as Europe/Berlin, not 'Europe/Berln'"),
        ("bump:\n  schedule: {timezone: ../../etc/passwd}", 2, "must be a time zone"),
        ("bump:\n  schedule: {timezone: Europe}", 2, "must be a time zone"),
        ("bump:\n  labels: security", 2, "must be a list"),
        ('bump:\n  labels: ["a\\tb"]', 2, "without control characters"),
        ('bump:\n  labels: ["\\ud800"]', 2, "without control characters"),
        ("bump:\n  cool-down: {days: 9, at-most: 3}", 2, "must not end (at-most) before it is due"),
        ("bump:\n  cool-down: soon", 2, "must be a number from 0 to 365, not 'soon'"),
        ("bump:\n  ignore:\n  - tag: x", 3, "bump.ignore must name an image"),
        ("bump:\n  ignore:\n  - image: node:20", 3, "without its tag and digest"),
        ("bump:\n  ignore:\n  - image: Node", 3, "must be an image"),
        ("bump:\n  ignore:\n  - image: '*********'", 3, "must be an image"),
        ("bump:\n  ignore:\n  - {image: node, until: 2027-02-30}", 3, "must be a day, such as 2027-01-31"),
        ("bump:\n  ignore:\n  - {image: node, until: 20270130}", 3, "must be a day"),
        ("bump:\n  ignore:\n  - {image: node, tag: 'a b'}", 3, "must be a tag"),
        ("a: b: c", 1, "this is not YAML"),
        ("a: 1\nb: [", 2, "this is not YAML"),
        ("a:\n\t- b", 2, "this is not YAML"),
        ("a: \x07", 1, "U+0007"),
        ("a: &x 1\nb: *x", 1, "anchors"),
        ("a: *x", 1, "aliases"),
        ("a: !!python/object:os.system x", 1, "tags (!)"),
        ("only-fixed: true\n---\nonly-fixed: true", 2, "a second document"),
        ("? [a]\n: b", 1, "a key must be a word"),
        ("[" * 50, 1, "nested too deeply"),
        ("# x\n" + "a: b\n" * 3_000, 2_501, "more than 5,000 values"),
        ("#" + "x" * LARGEST, 1, "larger than 64,000 bytes"),
        ('a: "\\UFFFFFFFF"', 1, "this is not YAML"),
    ],
)
def test_a_problem_is_said_on_its_line(text: str, line: int, words: str) -> None:
    assert any(at == line and words in message for at, message in said(text)), said(text)


def test_lines_are_counted_as_github_does() -> None:
    assert said("only-fixed: true\n# \u2028 \x85\nquux: 1")[0][0] == 3


def test_bytes_that_are_no_text() -> None:
    assert said(b"a: 1\nb: \xff\n") == [(2, "the file is not UTF-8 text")]


def test_all_problems_come_at_once_up_to_a_limit() -> None:
    assert [line for line, _ in said("a: 1\nonly-fixed: 3\nlimit: 4")] == [1, 2, 3]
    many = said("".join(f"k{number}: 1\n" for number in range(100)))
    assert len(many) == MOST_PROBLEMS
    assert many[-1] == (20, "81 more problems from here on")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    policy, problems = parse_config(content)
    assert not problems or policy == Policy()


WORDS = st.sampled_from(
    [*KEYS, *bump_section.KEYS, *bump_section.IGNORE_KEYS, *bump_section.SCHEDULE_KEYS, "patch", "2027-01-01"]
)
VALUES = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers(-5, 400) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_problem_of_any_document_lies_in_it(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    policy, problems = parse_config(text.encode())
    assert not problems or policy == Policy()
    lines = text.count("\n") + 1
    assert all(1 <= problem.location.start_line <= lines for problem in problems)
    assert all(problem.location.path == PATH and problem.message.isprintable() for problem in problems)


def test_the_documented_example_is_good_and_has_every_key() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    policy, problems = parse_config(example[1].encode())
    assert problems == ()
    assert policy.bump.ignores[0].until == date(2027, 6, 30)
    document = yaml.safe_load(example[1])
    assert document.keys() == set(KEYS)
    assert document["bump"].keys() == set(bump_section.KEYS)
    assert set().union(*document["bump"]["ignore"]) == set(bump_section.IGNORE_KEYS)
    default = Policy().bump
    assert (policy.bump.tracks, policy.bump.limit, policy.bump.labels, policy.bump.cool_down) == (
        default.tracks,
        default.limit,
        default.labels,
        default.cool_down,
    )
    assert all(f"| `{key}` |" in text for key in (*KEYS[:3], *bump_section.KEYS))
