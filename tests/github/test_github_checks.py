"""One check run per head and attempt, with each annotation once, whatever happens on the way."""

import httpx
import pytest

from bot.github import checks
from bot.github.annotations import Level
from bot.github.checks import Action, Annotation, CheckOutput
from bot.github.errors import GitHubUnavailable
from tests.github.stand_in import APP_ID, HEAD, body_of, drop, status, times

OUTPUT = CheckOutput("Two new", "**Two** new")
RUNS = "/check-runs"


def annotations(number: int) -> tuple[Annotation, ...]:
    return tuple(
        Annotation("Dockerfile", line, line, Level.FAILURE, f"m{line}") for line in range(1, number + 1)
    )


async def open_run(repo, external_id="review:1"):
    return await checks.find_or_create(repo, HEAD, external_id, OUTPUT)


async def test_it_is_opened_in_progress(github, repo):
    run = await open_run(repo)
    (stored,) = github.runs
    assert stored["status"] == run.status == "in_progress"
    assert stored["started_at"] == "2025-03-01T12:00:00Z"
    assert (stored["name"], stored["head_sha"], stored["external_id"]) == ("plimsoll", HEAD, "review:1")


async def test_it_is_opened_once(github, repo):
    assert await open_run(repo) == await open_run(repo)
    assert len(github.runs) == 1


async def test_each_attempt_has_its_own(github, repo):
    await open_run(repo, "review:1")
    await open_run(repo, "review:2")
    assert len(github.runs) == 2


async def test_another_apps_run_is_not_ours(github, repo):
    await open_run(repo)
    github.runs[0]["app"] = {"id": APP_ID + 1}
    assert await checks.find(repo, HEAD, "review:1") is None


async def test_it_is_found_behind_many_others(github, repo):
    for number in range(230):
        await open_run(repo, f"review:{number}") if number in (0, 229) else github.runs.append(
            {**github.runs[0], "id": 1000 + number, "external_id": f"other:{number}"}
        )
    assert (await checks.find(repo, HEAD, "review:229")).external_id == "review:229"


@pytest.mark.parametrize("trouble", [drop, status(502), status(500)])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_lost_answer_makes_no_second_run(github, repo, trouble, moment):
    getattr(github, moment).append(times(1, trouble, "POST", RUNS))
    run = await open_run(repo)
    assert [stored["id"] for stored in github.runs] == [run.id]


async def test_opening_is_given_up_in_the_end(github, repo):
    github.before.append(times(99, drop, "POST", RUNS))
    with pytest.raises(GitHubUnavailable):
        await open_run(repo)
    assert len(github.asked("POST", RUNS)) == 3


async def test_of_two_that_are_open_the_newest_counts(github, repo):
    older = await open_run(repo)
    github.runs.append({**github.runs[0], "id": older.id + 1})
    assert (await open_run(repo)).id == older.id + 1
    assert [(run["status"], run["conclusion"]) for run in github.runs] == [
        ("completed", "cancelled"),
        ("in_progress", None),
    ]


async def test_one_that_nobody_remembers_is_not_taken_up_when_completed(github, repo):
    lost = await open_run(repo)
    await checks.conclude(repo, lost, "failure", OUTPUT, annotations(3))
    found = await open_run(repo)
    assert (found.id, found.annotations_count) == (lost.id + 1, 0)


async def test_one_that_is_remembered_is_taken_up_in_whatever_state(github, repo):
    run = await open_run(repo)
    await checks.conclude(repo, run, "failure", OUTPUT)
    assert (await checks.find_or_create(repo, HEAD, "review:1", OUTPUT, run.id)).is_completed
    assert len(github.runs) == 1


async def test_one_that_is_remembered_but_gone_is_made_again(github, repo):
    run = await open_run(repo)
    github.runs.clear()
    again = await checks.find_or_create(repo, HEAD, "review:1", OUTPUT, run.id)
    assert [stored["id"] for stored in github.runs] == [again.id]


@pytest.mark.parametrize("number", [0, 1, 50, 51, 100, 120])
async def test_all_annotations_arrive_in_order(github, repo, number):
    run = await open_run(repo)
    done = await checks.conclude(repo, run, "failure", OUTPUT, annotations(number))
    assert [a["start_line"] for a in github.runs[0]["annotations"]] == list(range(1, number + 1))
    assert (done.conclusion, done.annotations_count) == ("failure", number)
    assert len(github.asked("PATCH", f"/{run.id}")) == max(1, -(-number // 50))


@pytest.mark.parametrize("trouble", [drop, status(502)])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("which", [1, 2, 3])
async def test_no_annotation_is_doubled(github, repo, trouble, moment, which):
    run = await open_run(repo)
    faults = getattr(github, moment)
    late = times(1, trouble, "PATCH", f"/{run.id}")
    passed = times(which - 1, lambda request: httpx.Response(299), "PATCH", f"/{run.id}")
    faults.append(lambda request: None if passed(request) is not None else late(request))
    done = await checks.conclude(repo, run, "failure", OUTPUT, annotations(120))
    assert [a["start_line"] for a in github.runs[0]["annotations"]] == list(range(1, 121))
    assert done.is_completed
    assert github.clock.slept != []


async def test_after_a_crash_only_the_rest_is_added(github, repo):
    run = await open_run(repo)
    second = times(3, drop, "PATCH", f"/{run.id}")
    github.before.append(lambda request: second(request) if github.runs[0]["annotations"] else None)
    with pytest.raises(GitHubUnavailable):
        await checks.conclude(repo, run, "failure", OUTPUT, annotations(90))
    assert (github.runs[0]["status"], len(github.runs[0]["annotations"])) == ("in_progress", 50)
    # The value from before the crash is stale: it says there are none.
    await checks.conclude(repo, run, "failure", OUTPUT, annotations(90))
    await checks.conclude(repo, run, "failure", OUTPUT, annotations(90))
    assert len(github.runs[0]["annotations"]) == 90


async def test_concluding_repeats_after_trouble(github, repo):
    run = await open_run(repo)
    github.after.append(times(2, drop, "PATCH", f"/{run.id}"))
    await checks.conclude(repo, run, "cancelled", OUTPUT)
    assert github.runs[0]["conclusion"] == "cancelled"


async def test_github_never_sees_more_than_it_takes(github, repo):
    run = await open_run(repo)
    huge = CheckOutput("t" * 999, "ü" * 70_000, "```\n" + "line\n" * 20_000)
    bad = Annotation("a\udcff", 0, -3, Level.WARNING, "", "T" * 300, "r" * 70_000)
    actions = tuple(Action("l" * 30, "d" * 60, "i" * 30) for _ in range(5))
    await checks.conclude(repo, run, "failure", huge, (bad,), actions)
    body = body_of(github.asked("PATCH", f"/{run.id}")[-1])
    output, (annotation,) = body["output"], body["output"]["annotations"]
    assert max(len(output[key].encode()) for key in ("summary", "text")) <= 65_535
    assert output["text"].count("```") == 2
    assert (annotation["path"], annotation["start_line"], annotation["end_line"]) == ("a?", 1, 1)
    assert (len(annotation["title"]), len(annotation["raw_details"])) == (255, 65_535)
    assert annotation["message"]
    assert body["actions"] == [{"label": "l" * 20, "description": "d" * 40, "identifier": "i" * 20}] * 3
