"""Where findings stand: lines, stages, what is shipped, what pairs with the other side, what comments excuse."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diff import Effect, diff
from bot.dockerfile import DockerfileError, parse
from bot.dockerfile.rules import examine, lint
from bot.dockerfile.rules.linting import MOST_HITS
from bot.finding import Kind


def of(rule, text, **options):
    return [found for found in lint(text, **options) if found.id == rule]


def test_a_finding_says_what_where_why_and_what_to_write():
    (found,) = of("root-user", "FROM a:1\n\nUSER root\n", build_args=None)
    assert found.kind is Kind.MISCONFIGURATION
    assert found.ids == ("root-user", "DL3002", "DS-0002")
    assert found.location.path == "Dockerfile"
    assert (found.location.start_line, found.location.end_line) == (3, 3)
    assert found.url == "docs/rules.md#root-user"
    assert found.title
    assert found.explanation
    assert found.remedy
    assert (found.severity_source, found.package_type, found.version, found.target) == ("rule", "", "", "")


def test_a_call_has_its_own_line():
    text = "FROM a:1\nRUN true && \\\n  # why\n  curl -k https://x.io/a && \\\n  true\n"
    assert [found.location.start_line for found in of("tls-verification-off", text)] == [4]


def test_a_call_in_a_document_has_its_own_line():
    text = "FROM a:1\nRUN <<E\ntrue\nsudo true\nE\n"
    assert [found.location.start_line for found in of("sudo", text)] == [4]


def test_build_stages_are_listed_as_not_shipped():
    text = "FROM a:1 AS build\nRUN sudo a\nUSER root\nFROM b:1\nCOPY --from=build /x /x\nUSER app\n"
    (found,) = of("sudo", text)
    assert found.package == "stage build: sudo"
    assert not found.shipped
    assert of("root-user", text) == []


def test_what_a_stage_is_from_is_shipped():
    text = "FROM a:1 AS base\nUSER root\nRUN sudo a\nFROM base\nRUN true\n"
    assert [found.shipped for found in (*of("sudo", text), *of("root-user", text))] == [True, True]
    assert of("no-user", text) == []


def test_what_is_copied_whole_brings_files_and_no_settings():
    text = "FROM a:1 AS root\nRUN chmod 777 /etc\nEXPOSE 22\nFROM scratch\nCOPY --from=root / /\n"
    assert [found.shipped for found in of("world-writable", text)] == [True]
    assert [found.shipped for found in of("sensitive-port", text)] == [False]


def test_a_port_of_the_list_that_is_given():
    assert of("sensitive-port", "FROM a\nEXPOSE 22 8080", ports={8080: "the console"})[0].summary == (
        "Port 8080 is exposed: the console."
    )


def test_the_context_is_judged_by_what_is_known_of_dockerignore():
    text = "FROM a:1\nCOPY . .\n"
    assert [found.severity.word for found in of("copy-everything", text, has_dockerignore=False)] == [
        "medium"
    ]
    assert of("copy-everything", text, has_dockerignore=True) == []


def test_build_arguments_are_put_in():
    text = "ARG TAG=1\nFROM a:$TAG\nUSER root\n"
    assert of("latest-tag", text) == []
    assert len(of("latest-tag", text, build_args={"TAG": "latest"})) == 1


def test_a_problem_that_moves_is_the_same_and_a_second_one_is_not():
    before = lint("FROM a:1\nRUN curl https://x.io/v1/i | sh\nUSER app\n")
    moved = lint("FROM a:2\n\nRUN true\nRUN curl https://x.io/v2/i | sh\nUSER app\n")
    twice = lint("FROM a:2\nRUN curl https://x.io/i | sh\nRUN curl https://x.io/j | sh\nUSER app\n")
    assert {each.effect for each in diff(before, moved)} == {Effect.UNCHANGED}
    assert [each.finding.id for each in diff(before, twice) if each.effect is Effect.INTRODUCED] == [
        "curl-pipe-shell"
    ]


def test_no_user_and_root_are_the_same_problem():
    before, after = lint("FROM a:1\n"), lint("FROM a:1\nUSER root\n")
    assert {each.effect for each in diff(before, after)} == {Effect.UNCHANGED}


def test_a_comment_with_a_reason_excuses_and_is_kept():
    text = (
        "FROM a:1\n# plimsoll ignore=sudo,DL3018 the installer asks for it\n\nRUN sudo apk add b\nUSER app\n"
    )
    seen = examine(parse(text))
    assert {found.id for found in seen.findings}.isdisjoint({"sudo", "unpinned-packages"})
    assert {each.finding.id for each in seen.ignored} == {"sudo", "unpinned-packages"}
    assert {each.reason for each in seen.ignored} == {"the installer asks for it"}
    assert {each.location.start_line for each in seen.ignored} == {2}


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# plimsoll ignore=sudo", "it gives no reason"),
        ("# plimsoll ignore=sudo -- !", "it gives no reason"),
        ("#plimsoll ignore = sudo, nosuch because", "there is no rule nosuch"),
        ("# plimsoll ignore=", "it names no rule"),
        ("# hadolint ignore=DL3004", "it gives no reason"),
        ("# hadolint global ignore=DL3004 for all", "it is meant for the whole file"),
        ("# hadolint ignore=sudo for it", "it names no rule"),
    ],
)
def test_a_comment_without_reason_or_rule_is_a_finding_and_excuses_nothing(comment, why):
    seen = examine(parse(f"FROM a:1\n{comment}\nRUN sudo a\nUSER app\n"))
    (found,) = [found for found in seen.findings if found.id == "ignore-without-reason"]
    assert why in found.summary
    assert found.location.start_line == 2
    assert not seen.ignored
    assert "sudo" in {found.id for found in seen.findings}


@pytest.mark.parametrize(
    "comment", ["# hadolint ignore=DL3004 # it has to", "# hadolint ignore=DL3004 it has to"]
)
def test_hadolints_comment_is_heard_where_a_reason_follows(comment):
    seen = examine(parse(f"FROM a:1\n{comment}\nRUN sudo a\n"))
    assert [(each.finding.id, each.reason) for each in seen.ignored] == [("sudo", "it has to")]


def test_a_comment_speaks_of_the_next_instruction_only():
    text = "FROM a:1\n# plimsoll ignore=sudo it has to\nRUN sudo a\nRUN sudo b\n"
    assert [found.location.start_line for found in of("sudo", text)] == [4]


def test_a_document_holds_no_comments():
    text = "FROM a:1\nRUN <<E\n# plimsoll ignore=sudo it has to\nE\nRUN sudo b\n"
    assert len(of("sudo", text)) == 1


def test_what_is_no_dockerfile_is_refused():
    with pytest.raises(DockerfileError):
        lint("RUN true\n")


def test_many_hits_are_cut_and_counted():
    found = of("sudo", "FROM a:1\n" + "RUN sudo a\n" * 1000)
    assert len(found) == MOST_HITS
    assert any("There are 800 more such places" in each.summary for each in found)


PIECES = st.sampled_from(
    "RUN ¦curl ¦-k ¦https://x ¦http:// ¦| sh¦$(¦)¦`¦'¦\"¦<<E\n¦E\n¦\n¦\\\n¦# plimsoll ignore=¦sudo ¦chmod ¦777 ¦u+s ¦x"
    '¦ENV ¦PASSWORD=¦ARG ¦COPY ¦. ¦EXPOSE ¦22-¦99999999999¦USER ¦0¦$X¦${¦}¦<(¦&&¦;¦--mount=type=¦VOLUME ¦["¦"]'
    "¦FROM a\n".split("¦")
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_gives_findings_or_a_reason(text):
    try:
        found = lint("FROM a\n" + text)
    except DockerfileError:
        return
    lines = text.count("\n") + 2
    assert all(1 <= each.location.start_line <= each.location.end_line <= lines for each in found)


HOSTILE = {
    "pipes": "RUN " + "a|" * 6_000 + "sh",
    "substitutions": "RUN a " + "$(" * 6_000,
    "closed substitutions": "RUN a " + "$(b)" * 3_000,
    "nested": "RUN a " + "$(a " * 2_000 + ")" * 2_000,
    "assignments": "RUN " + "A=1 " * 2_000 + "sh -c '" + "a;" * 2_000 + "'",
    "names": "ENV " + "PASSWORD_" * 1_000 + "=x",
    "modes": "RUN chmod " + "u+s," * 2_000 + " /a",
    "comments": "# plimsoll ignore=a b\n" * 4_000 + "RUN a\n" + "\\\n" * 2_000,
    "packages": "RUN apk add " + "gcc-1-" * 1_000 + " gcc " * 1_000,
    "ports": "EXPOSE " + "1-65535 " * 1_000,
    "spaces": "#" + " " * 6_000 + "plimsoll\nRUN a",
    "placeholder": "ENV PASSWORD=" + "your-" * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_answered_in_time(name):
    started = time.process_time()
    try:
        lint("FROM a\n" + HOSTILE[name] + "\n")
    except DockerfileError:
        pass
    assert time.process_time() - started < 2
