"""What holds for every review, whatever was seen: it can be replayed, and nothing bad is ever a success."""

from datetime import date

from hypothesis import given

from bot import codec
from bot.diff import Earlier, Effect
from bot.handlers.memory import Inputs, replay
from bot.inspection import Inspection
from bot.policy.gate import Policy
from bot.policy.verdict import Status
from bot.report.check_run import conclude, render_check
from bot.report.json_report import render_json
from bot.review import judge
from bot.sides import obstacle
from tests.judge.strategies import earlier_verdicts, inspections, policies

TODAY = date(2026, 11, 21)


@given(inspections(), policies, earlier_verdicts())
def test_stored_inputs_judged_again_give_the_same_bytes(
    inspection: Inspection, policy: Policy, earlier: dict[str, Earlier]
) -> None:
    first = judge(inspection, policy, today=TODAY, earlier=earlier)
    stored = codec.dump(Inputs, Inputs(inspection, policy, TODAY, earlier, {}))
    again = replay(stored)
    assert again == first
    assert render_json(again) == render_json(first)
    assert render_check(again) == render_check(first)


@given(inspections(), policies, earlier_verdicts())
def test_success_means_that_no_reason_fails(
    inspection: Inspection, policy: Policy, earlier: dict[str, Earlier]
) -> None:
    review = judge(inspection, policy, today=TODAY, earlier=earlier)
    worst = max((reason.status for reason in review.verdict.reasons), default=Status.PASS)
    assert review.verdict.status is worst
    assert (conclude(review) == "success") is (worst <= Status.WARN)


@given(inspections(), policies, earlier_verdicts())
def test_a_plain_pass_means_that_everything_shipped_was_looked_at(
    inspection: Inspection, policy: Policy, earlier: dict[str, Earlier]
) -> None:
    review = judge(inspection, policy, today=TODAY, earlier=earlier)
    if review.verdict.status is Status.PASS:
        ships = [pair.after for pair in inspection.pairs if pair.after]
        assert not any(state.problem for state in ships)
        assert not any(obstacle(base) for state in ships for base in state.bases)
        assert inspection.snapshot is not None or not any(state.bases for state in ships)
        assert not inspection.incomplete


@given(inspections(), policies, earlier_verdicts())
def test_a_change_against_itself_introduces_nothing(
    inspection: Inspection, policy: Policy, earlier: dict[str, Earlier]
) -> None:
    pairs = tuple(type(pair)(pair.after, pair.after) for pair in inspection.pairs if pair.after)
    same = Inspection(inspection.repository, "1" * 40, "2" * 40, pairs, inspection.snapshot)
    review = judge(same, policy, today=TODAY, earlier=earlier)
    effects = {each.effect for target in review.targets for each in target.differences}
    assert effects <= {Effect.UNCHANGED, Effect.CLEARED}
    assert all(not reason.caused_by_change for reason in review.verdict.reasons)
