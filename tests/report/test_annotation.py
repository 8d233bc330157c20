from bot.diff import Difference, Effect
from bot.inspection import DockerfileState, Gap, Location, TargetPair
from bot.report.annotation import MAX_ANNOTATIONS, MAX_NAMED, Annotation, annotations
from bot.report.check_run import render_check
from bot.report.view import view_of
from tests.report import reviews
from tests.report.reviews import finding, introduced, one_target, reviewed, state

RUN = Gap("RUN pip install", "not looked at yet", Location("Dockerfile", 3, 4))


def placed(review):
    return [
        (entry.path, entry.start_line, entry.end_line, entry.level) for entry in annotations(view_of(review))
    ]


def test_one_for_each_rule_on_a_line():
    review = one_target(
        introduced(), introduced("zlib"), introduced("musl", location=Location("Dockerfile", 7, 8))
    )
    assert placed(review) == [("Dockerfile", 1, 1, "failure"), ("Dockerfile", 7, 8, "failure")]


def test_it_names_packages_flaws_and_the_edit():
    (entry,) = annotations(view_of(one_target(introduced(), introduced("zlib", "CVE-2024-9"))))
    assert "openssl 3.3.0-r0: CVE-2024-0001 (high), fixed in 3.3.1-r0" in entry.message
    assert "zlib 3.3.0-r0: CVE-2024-9 (high), fixed in 3.3.1-r0" in entry.message
    assert entry.message.splitlines()[-1].startswith("Next step: FROM on line 1:")
    assert entry.raw_details == ""


def test_many_findings_are_named_in_the_details():
    (entry,) = annotations(view_of(one_target(*(introduced(f"lib{n:03}") for n in range(50)))))
    assert f"… and {50 - MAX_NAMED} more" in entry.message
    assert entry.message.count("CVE-2024-0001") == MAX_NAMED
    assert entry.raw_details.count("CVE-2024-0001") == 50


def test_only_new_gaps_are_remarked_on():
    old, both = state(gaps=[RUN]), state(gaps=[RUN])
    assert placed(reviewed((TargetPair(old, both), ()))) == []
    assert placed(reviewed((TargetPair(state(), both), ()))) == [("Dockerfile", 3, 4, "notice")]


def test_a_changed_lockfile_is_remarked_on():
    gap = Gap("npm lockfile package-lock.json", "not looked at yet", Location("package-lock.json", 1, 1))
    assert annotations(view_of(reviewed(gaps=[gap]))) == [
        Annotation(
            "package-lock.json",
            1,
            1,
            "notice",
            "Not looked at",
            "npm lockfile package-lock.json: not looked at yet.",
        )
    ]


def test_warnings_and_errors():
    assert placed(reviews.unreadable()) == [("Dockerfile", 1, 1, "failure")]
    assert placed(reviews.warned()) == [("Dockerfile", 1, 1, "warning")]


def test_lines_are_always_valid():
    review = one_target(introduced(location=Location("Dockerfile", 0, -1)))
    assert placed(review) == [("Dockerfile", 1, 1, "failure")]


def test_too_many_are_counted():
    gaps = tuple(
        Gap(f"RUN {number}", "not yet", Location("Dockerfile", number, number)) for number in range(1, 251)
    )
    check = render_check(reviewed((TargetPair(None, DockerfileState("Dockerfile", "", gaps=gaps)), ())))
    assert len(check.annotations) == MAX_ANNOTATIONS
    assert "50 annotations were left out" in check.text


def test_unchanged_findings_are_not_remarked_on():
    assert placed(one_target(Difference(finding(), Effect.UNCHANGED))) == []
