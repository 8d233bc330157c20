"""Kill the bot at every moment of a review: nothing is lost, and nothing is posted twice."""

from collections import Counter

from tests.engine_jobs.conftest import Shop
from tests.engine_jobs.serving import Serving, wait_until
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.faults import Fault
from tests.fakes.github.pull_verbs import FakePull

#: Longer than it takes to kill a process whose request is being held.
HELD = 2.0


def is_told(pull: FakePull) -> bool:
    return bool(pull.checks) and pull.check.status == "completed" and bool(pull.bot_comments)


def assert_told_once(pull: FakePull) -> None:
    attempts = Counter(check.external_id for check in pull.checks)
    assert set(attempts.values()) == {1}, attempts
    assert {check.status for check in pull.checks} == {"completed"}
    assert pull.check.conclusion == "failure"
    assert "CVE-2024-0001" in (pull.bot_comment or "")


def hold(github: FakeGitHub, number: int, *, worked: bool) -> Fault:
    """Hold the nth request of a review, after GitHub's work or before it, so that the bot dies waiting."""
    status = 200 if worked else 502
    return github.fault(path="/repos/*", skip=number, delay=HELD, status=status)


def test_a_review_killed_at_any_of_its_requests_is_finished_by_the_next_process(
    quick: Serving, shop: Shop, github: FakeGitHub
) -> None:
    quick.start()
    pulls = [shop.open_pull()]
    wait_until(lambda: is_told(pulls[0]), "the first review is told")
    steps = sum(item.path.startswith("/repos/") for item in github.requests)
    assert steps > 8
    for step in range(steps):
        fault = hold(github, step, worked=step % 3 > 0)
        pulls.append(shop.open_pull())
        wait_until(lambda fault=fault: fault.hits == 1, f"request {step} of a review")
        quick.kill()
        quick.start()
        wait_until(lambda pull=pulls[-1]: is_told(pull), f"a review killed at request {step} is told")
    quick.wait_until_idle()
    for pull in pulls:
        assert_told_once(pull)
        assert [check.external_id[-2:] for check in pull.checks] == [":1"]


def test_several_reviews_killed_at_once_are_all_finished(
    quick: Serving, shop: Shop, github: FakeGitHub
) -> None:
    quick.start()
    pulls: list[FakePull] = []
    for moment in (7, 23):
        fault = hold(github, moment, worked=True)
        pulls += [shop.open_pull() for _ in range(4)]
        wait_until(lambda fault=fault: fault.hits == 1, "a request is held")
        quick.kill()
        quick.start()
    wait_until(lambda: all(map(is_told, pulls)), "every review is told")
    quick.wait_until_idle()
    for pull in pulls:
        assert_told_once(pull)


def test_what_happened_while_the_bot_was_down_is_asked_for_at_the_next_start(
    quick: Serving, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.open_pull()
    assert [delivery.status_code for delivery in github.deliveries] == [502]
    quick.start()
    wait_until(lambda: is_told(pull), "the lost delivery is judged")
    quick.wait_until_idle()
    assert_told_once(pull)


def test_a_command_killed_before_its_answer_is_carried_out_once(
    quick: Serving, shop: Shop, github: FakeGitHub
) -> None:
    quick.start()
    pull = shop.open_pull()
    wait_until(lambda: is_told(pull), "the review is told")
    quick.wait_until_idle()
    fault = github.fault(path="*/reactions", skip=1, delay=HELD, status=200)
    comment = pull.comment("/rescan")
    wait_until(lambda: fault.hits == 1, "the second reaction")
    quick.kill()
    quick.start()
    wait_until(lambda: len(pull.checks) == 2 and pull.check.status == "completed", "the rescan is told")
    quick.wait_until_idle()
    assert comment.reactions == ["eyes", "+1"]
    assert_told_once(pull)
