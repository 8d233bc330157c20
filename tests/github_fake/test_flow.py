"""The shortest story: a change, a check, a comment, seen as a person sees them."""

import json
from concurrent.futures import ThreadPoolExecutor


def test_a_bot_reports_on_a_pull_request(github, client):
    pull = github.repo(files={"Dockerfile": "FROM a\n"}).open_pull(files={"Dockerfile": "FROM b\n"})
    output = {"title": "Fine", "summary": "Nothing got worse"}
    run = {"name": "plimsoll", "head_sha": pull.head_sha, "conclusion": "success", "output": output}
    assert client.post("/repos/octo/shop/check-runs", json=run).status_code == 201
    client.post(f"/repos/octo/shop/issues/{pull.number}/comments", json={"body": "Well done"})
    assert (pull.check.conclusion, pull.check.title, pull.bot_comment) == ("success", "Fine", "Well done")
    github.check_house()


def test_state_json_shows_it_to_a_machine(github, client):
    pull = github.repo(files={}).open_pull(files={"a": "b"})
    comment = pull.comment("/rescan")
    client.post(f"/repos/octo/shop/issues/comments/{comment.id}/reactions", json={"content": "eyes"})
    seen = json.loads(json.dumps(github.state_json()))["repositories"][0]
    assert seen["pulls"][0]["head"]["sha"] == pull.head_sha
    assert [item["content"] for item in seen["comments"][0]["reaction_list"]] == ["eyes"]


def test_the_house_is_not_in_order_after_an_unknown_operation(github, client):
    assert client.get("/repos/octo/shop/no-such-thing").status_code == 404
    assert github.violations == ["no such operation: GET /repos/octo/shop/no-such-thing"]


def test_people_and_the_bot_may_act_at_the_same_time(github, client):
    repo = github.repo(files={"a": "0"})
    pull = repo.open_pull(files={"a": "1"})
    path = f"/repos/octo/shop/issues/{pull.number}/comments"
    with ThreadPoolExecutor(8) as pool:
        pushes = [pool.submit(pull.push, {"a": str(number)}) for number in range(8)]
        posts = [pool.submit(client.post, path, json={"body": "hi"}) for _ in range(8)]
        assert {post.result().status_code for post in posts} == {201}
    assert len({push.result() for push in pushes}) == 8
    assert len(pull.bot_comments) == 8
    github.check_house()
