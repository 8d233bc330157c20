"""Earlier verdicts cannot be collected to make a change look innocent."""

from bot.diff import Difference, Effect, Since, diff, since
from bot.earlier import of_head_side
from tests.report.reviews import DIGESTS, finding, introduced, one_target


def since_of(earlier):
    """Why a flaw is seen now that the head is compared with another branch."""
    reference = "docker.io/library/shop-base:2"
    return since(
        finding(), Effect.INTRODUCED, earlier, reference=reference, digest=DIGESTS[2], snapshot="osv-x"
    )


def test_what_was_old_on_a_lax_branch_is_no_excuse_on_another():
    on_a_lax_branch = one_target(Difference(finding(), Effect.UNCHANGED, Since.NEW_ADVISORY))
    assert since_of(of_head_side(on_a_lax_branch)["Dockerfile"]) is Since.FIRST_SEEN


def test_what_came_from_outside_stays_excused():
    judged_before = one_target(introduced(since=Since.NEW_ADVISORY))
    assert since_of(of_head_side(judged_before)["Dockerfile"]) is Since.NEW_ADVISORY


def test_a_flaw_is_carried_over_only_from_a_package_that_left():
    old, new = finding("openssl"), finding("nodejs")
    assert [each.effect for each in diff([old], [old, new])] == [Effect.UNCHANGED, Effect.INTRODUCED]
    assert diff([old], [new])[0].carried_over
