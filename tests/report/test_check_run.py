import pytest

from bot.advisory.model import FixState
from bot.advisory.severity import Severity
from bot.diff import Difference, Effect, Since
from bot.inspection import ArgValue, Base, Gap, Location, SyntaxProblem, TargetPair
from bot.inventory import SkipKind, Skipped
from bot.policy.verdict import Reason, Rule, Status, Verdict
from bot.report.check_run import (
    PullVerdict,
    render_check,
    render_combined,
    render_superseded,
    render_unfinished,
)
from bot.report.groups import gather, group_of
from bot.report.remedies import Remedy
from bot.report.templating import say
from tests.golden import assert_golden
from tests.report import reviews
from tests.report.reviews import base, finding, fixed, image, introduced, one_target, reviewed, state

LOW, CRITICAL = Severity.LOW, Severity.CRITICAL
LOCKFILE = Gap("npm lockfile package-lock.json", "not looked at yet", Location("package-lock.json", 1, 1))
MISSING = Skipped("image", "404")


@pytest.mark.parametrize(
    ("review", "title", "conclusion"),
    [
        (reviewed(), "No image changes", "success"),
        (reviewed(gaps=[LOCKFILE]), "No image changes, 1 changed file not looked at", "success"),
        (one_target(), "No new vulnerabilities", "success"),
        (one_target(fixed()), "No new vulnerabilities, 1 fixed", "success"),
        (one_target(introduced("a", "CVE-1", LOW)), "1 new low vulnerability, not blocking", "success"),
        (one_target(introduced()), "1 new high vulnerability", "failure"),
        (
            one_target(introduced(), introduced("zlib"), fixed(), fixed("musl"), fixed("curl")),
            "2 new high vulnerabilities, 3 fixed",
            "failure",
        ),
        (
            one_target(introduced(), introduced("zlib", "CVE-2", LOW)),
            "2 new vulnerabilities (1 high, 1 low), 1 of them blocking",
            "failure",
        ),
        (one_target(introduced(shipped=False)), "No new vulnerabilities", "success"),
        (
            one_target(introduced("a", "CVE-1", Severity.UNKNOWN)),
            "1 new unrated vulnerability",
            "failure",
        ),
        (
            one_target(gaps=[Gap("RUN pip install", "not yet", Location("Dockerfile", 2, 2))]),
            "No new vulnerabilities (partially analysed)",
            "success",
        ),
        (
            one_target(after=base("x:2", missing=MISSING)),
            "Error: could not read docker.io/library/x:2",
            "failure",
        ),
        (
            one_target(before=base("x:1", missing=MISSING)),
            "Warning: could not read the base side of shop-base:2",
            "success",
        ),
        (one_target(snapshot=None), "Error: no advisories are imported", "failure"),
        (reviewed(incomplete="too many files"), "Error: could not see all changed files", "failure"),
        (
            reviewed(
                (TargetPair(state(), state(problem=SyntaxProblem("no", Location("Dockerfile", 3, 3)))), ())
            ),
            "Error: could not understand Dockerfile",
            "failure",
        ),
        (
            one_target(introduced(since=Since.UPSTREAM_MOVED)),
            "Warning: shop-base:2 moved to another image; 1 new high vulnerability, not blocking",
            "success",
        ),
        (
            reviewed((TargetPair(state(base()), None), [fixed()])),
            "No new vulnerabilities, 1 fixed",
            "success",
        ),
    ],
)
def test_title_and_conclusion(review, title, conclusion):
    check = render_check(review)
    assert (check.title, check.conclusion) == (title, conclusion)


@pytest.mark.parametrize(
    ("review", "conclusion"),
    [
        (reviews.unreadable(), "neutral"),
        (reviews.blocked(), "failure"),
        (one_target(introduced(), snapshot=None), "failure"),
    ],
    ids=["error", "fail", "error and fail"],
)
def test_errors_let_through_hide_no_failure(review, conclusion):
    check = render_check(review, on_error="neutral")
    assert check.conclusion == conclusion
    assert ("operator’s setting" in check.title) is (conclusion == "neutral")


def test_what_could_not_be_looked_at_is_not_fixed():
    review = one_target(fixed(), after=base("x:2", missing=MISSING))
    check = render_check(review)
    assert "fixed" not in check.title
    assert "| `Dockerfile` | not known | not known |" in check.summary


EDITS = [
    (
        one_target(introduced()),
        "FROM on line 1: keep `shop-base:1`, or use a tag of `shop-base` whose `openssl` is at least `3.3.1-r0`.",
    ),
    (
        one_target(introduced(), introduced(flaw="CVE-2", fixed_version="3.3.10-r0")),
        "whose `openssl` is at least `3.3.10-r0`.",
    ),
    (
        one_target(introduced(), introduced("zlib", fixed_version="1.3-r1")),
        "whose `openssl` is at least `3.3.1-r0` and `zlib` is at least `1.3-r1`.",
    ),
    (
        one_target(*(introduced(name) for name in "abcde")),
        "`c` is at least `3.3.1-r0` and 2 more packages are fixed.",
    ),
    (
        one_target(introduced(), before=base("shop-base:2", image(2)), after=base("shop-base:2", image(2))),
        "put back the instruction that upgraded or removed `openssl`, or use",
    ),
    (
        reviewed((TargetPair(None, state(base(seen=image(2)))), [introduced()])),
        "FROM on line 1: use a tag of `shop-base` whose",
    ),
    (reviews.unreadable(), "FROM on line 1: keep `shop-base:1`, or name an image that can be read"),
    (
        one_target(after=base("$BASE", missing=Skipped("image", "no value", SkipKind.UNRESOLVED))),
        "let the operator supply the value in `PLIMSOLL_BUILD_ARGS`",
    ),
    (one_target(snapshot=None), "The operator runs `plimsoll db update`, then rescan with `--fresh`."),
]


@pytest.mark.parametrize(("review", "edit"), EDITS)
def test_the_one_edit(review, edit):
    check = render_check(review)
    assert edit in check.summary
    assert check.annotations == () or edit in check.annotations[0].message


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("status", [Status.WARN, Status.ERROR])
def test_every_rule_has_words_of_its_own(rule, status):
    ((key, reasons),) = gather([Reason(rule, status, None, Difference(finding(), Effect.INTRODUCED))])
    group = group_of(key, reasons, Remedy(), [])
    for macro in ("short", "reason", "edit"):
        words = say(macro, group)
        assert words
        assert rule.value not in words
    assert say("edit", group) != "Rescan."


def test_an_arg_is_named_where_it_decides():
    written = Base(
        "shop-base:2",
        "docker.io/library/shop-base:2",
        Location("Dockerfile", 3, 3),
        (ArgValue("TAG", "2", 1),),
        "0",
        True,
        seen=image(2),
    )
    check = render_check(one_target(introduced(), after=written))
    assert "ARG TAG on line 1: keep `shop-base:1`" in check.summary


def test_documents():
    blocked = render_check(reviews.blocked())
    assert_golden("check_blocked.md", f"{blocked.title}\n\n{blocked.summary}\n---\n\n{blocked.text}")
    warned = render_check(reviews.warned())
    assert_golden("check_warn.md", f"{warned.title}\n\n{warned.summary}\n---\n\n{warned.text}")


def test_superseded_and_unfinished():
    assert render_superseded().conclusion == "cancelled"
    late = render_unfinished("it took longer than 15 minutes; @acme")
    assert late.conclusion == "failure"
    assert "15 minutes" in late.summary
    assert "@acme" not in late.summary
    assert render_unfinished("x", on_error="neutral").conclusion == "neutral"


def test_a_shared_head_gets_the_worst_verdict():
    check = render_check(reviews.clean())
    pulls = [
        PullVerdict(12, Status.PASS, "success", check.title),
        PullVerdict(15, Status.ERROR, "neutral", "Error: could not read x"),
        PullVerdict(14, Status.FAIL, "failure", "1 new high vulnerability"),
    ]
    combined = render_combined(check, pulls)
    assert combined.conclusion == "failure"
    assert combined.title == "#14: 1 new high vulnerability (worst of 3 pull requests)"
    positions = [
        combined.summary.index(name) for name in ("#14: **Fail**", "#15: **Error**", "#12: **Pass**")
    ]
    assert positions == sorted(positions)
    assert check.summary in combined.summary


def test_a_head_of_its_own_is_left_alone():
    check = render_check(reviews.clean())
    assert render_combined(check, [PullVerdict(12, Status.PASS, "success", "")]) == check


def test_findings_nobody_can_fix_do_not_block():
    review = one_target(introduced(fix_state=FixState.WILL_NOT_FIX, fixed_version="", severity=CRITICAL))
    check = render_check(review)
    assert check.conclusion == "success"
    assert "will not fix" in check.text
    assert "no fix yet, does not block" in check.text


def test_a_verdict_without_its_target_still_renders():
    review = reviewed()
    reason = Reason(Rule.INTRODUCED_VULNERABILITY, Status.FAIL, None, introduced())
    odd = type(review)(
        review.inspection, review.policy, review.judged_on, (), Verdict(Status.FAIL, (reason,))
    )
    assert "openssl" in render_check(odd).summary
