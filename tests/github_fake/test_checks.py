"""Check runs: what GitHub's schema catches, what only its rules catch, and what is appended."""

import pytest

PATH = "/repos/octo/shop/check-runs"
NOTE = {"path": "Dockerfile", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"}


@pytest.fixture
def pull(github):
    return github.repo(files={"Dockerfile": "FROM a\n"}).open_pull(files={"Dockerfile": "FROM b\n"})


def body(pull, *annotations, **fields):
    output = {"title": "t", "summary": "s", "annotations": list(annotations)}
    return {"name": "plimsoll", "head_sha": pull.head_sha, "output": output} | fields


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "completed"},
        {"status": "in_progress", "conclusion": "success"},
        {"conclusion": "stale"},
        {"conclusion": "fine"},
        {"conclussion": "success"},
        {"status": 1},
        {"output": {"title": "t"}},
        {"output": {"title": "t", "summary": "s", "anotations": []}},
        {"output": {"title": "t", "summary": "s" * 65_536}},
        {"actions": [{"label": "x" * 21, "identifier": "i", "description": "d"}]},
        {"actions": [{"label": "x", "identifier": "i", "description": "d"}] * 4},
        {"started_at": "yesterday"},
    ],
)
def test_a_wrong_check_run_is_refused_and_noted(github, client, pull, fields):
    assert client.post(PATH, json=body(pull, **fields)).status_code == 422
    assert len(github.violations) >= 1
    assert pull.checks == []


@pytest.mark.parametrize(
    "note",
    [
        NOTE | {"start_line": 0},
        NOTE | {"start_line": 3, "end_line": 2},
        NOTE | {"end_line": 2, "start_column": 1},
        NOTE | {"message": "é" * 32_769},
        NOTE | {"title": "t" * 256},
        NOTE | {"annotation_level": "error"},
        NOTE | {"path": "/Dockerfile"},
        NOTE | {"line": 1},
    ],
)
def test_a_wrong_annotation_is_refused_and_noted(github, client, pull, note):
    assert client.post(PATH, json=body(pull, note)).status_code == 422
    assert len(github.violations) >= 1


@pytest.mark.parametrize(("count", "status"), [(50, 201), (51, 422)])
def test_fifty_annotations_a_request(client, pull, count, status):
    assert client.post(PATH, json=body(pull, *[NOTE] * count)).status_code == status


def test_annotations_are_appended_and_listed_in_pages(github, client, pull):
    check = client.post(PATH, json=body(pull, *[NOTE] * 50)).json()
    client.patch(f"{PATH}/{check['id']}", json={"output": {"summary": "s", "annotations": [NOTE] * 10}})
    assert len(pull.check.annotations) == 60
    page = client.get(f"{PATH}/{check['id']}/annotations?per_page=50&page=2")
    assert len(page.json()) == 10
    github.check_house()


def test_a_conclusion_completes(github, client, pull):
    check = client.post(PATH, json=body(pull, status="in_progress", external_id="x")).json()
    assert (pull.check.status, pull.check.conclusion) == ("in_progress", None)
    client.patch(f"{PATH}/{check['id']}", json={"conclusion": "cancelled"})
    assert (pull.check.status, pull.check.conclusion, pull.check.external_id) == (
        "completed",
        "cancelled",
        "x",
    )
    github.check_house()


def test_list_for_ref_filters(github, client, pull):
    for name in ("plimsoll", "plimsoll", "other"):
        client.post(PATH, json=body(pull, name=name))
    path = f"/repos/octo/shop/commits/{pull.head_sha}/check-runs"
    counts = {
        query: client.get(f"{path}?{query}").json()["total_count"]
        for query in ("", "filter=all", "filter=all&check_name=plimsoll", "app_id=1", "status=completed")
    }
    assert list(counts.values()) == [2, 3, 2, 0, 0]
    github.check_house()


def test_a_fork_has_its_check_in_the_base_repository_without_pull_requests(github, client, pull):
    fork = github.repo("octo/other", files={}).open_pull(files={"a": "b"}, fork=True, author="mallory")
    path = "/repos/octo/other/check-runs"
    made = client.post(path, json=body(fork)).json()
    assert made["pull_requests"] == []
    assert fork.check.id == made["id"]
    own = client.post(PATH, json=body(pull)).json()
    assert [item["number"] for item in own["pull_requests"]] == [pull.number]


def test_a_check_on_an_unknown_commit_is_refused(client, pull):
    assert client.post(PATH, json=body(pull, head_sha="0" * 40)).status_code == 422


def test_only_a_button_that_is_shown_can_be_pressed(client, pull):
    action = {"label": "Rescan", "identifier": "rescan", "description": "Look again"}
    client.post(PATH, json=body(pull, conclusion="failure", actions=[action]))
    pull.check.press("rescan")
    with pytest.raises(AssertionError, match="no button"):
        pull.check.press("merge")
