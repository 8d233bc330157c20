"""From a push to the default branch to the pull request that bumps what it ships: once, whole, and provable."""

import pytest

from tests.flows.bumping import BETTER, FLAW, FLAWED, MENDED, Yard


def test_a_push_brings_one_pull_request_with_its_proof(yard: Yard) -> None:
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert "from 1.0.0 to 1.0.1" in pull.title
    assert FLAW in pull.body
    assert pull.labels == ["dependencies", "security"]
    assert pull.file("Dockerfile") == ("100644", f"FROM {yard.host}/base:1.0.1\n".encode())
    assert repo.is_verified(pull.head_sha)
    assert pull.head_ref.startswith("plimsoll/bump/main/")


def test_its_own_pull_request_is_judged_by_the_same_check(yard: Yard) -> None:
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert pull.check.conclusion == "success"
    assert FLAW in (pull.check.text or "") + (pull.check.summary or "")


def test_a_second_survey_changes_nothing(yard: Yard) -> None:
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.push(repo)
    before = yard.only_bump(repo)
    seen = (before.head_sha, before.title, before.body, before.updated_at)
    yard.later()
    yard.push(repo, "another remark")
    after = yard.only_bump(repo)
    assert (after.head_sha, after.title, after.body, after.updated_at) == seen
    assert after.state == "open"


def test_all_files_of_a_family_are_in_one_pull_request_byte_for_byte(yard: Yard) -> None:
    host = yard.host
    files = {
        "Dockerfile": ("100755", f"ARG V=1.0.0\r\nFROM {host}/base:${{V}} AS app  \r\nRUN true\r\n".encode()),
        "tools/Dockerfile": f"# keep\n\nFROM --platform=linux/amd64 {host}/base:1.0.0\n",
        "compose.yaml": f"services:\n  web:\n    image: '{host}/base:1.0.0'   # ours\n",
        "deploy/app.yaml": (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n"
            f'    - {{name: a, image: "{host}/base:1.0.0"}}\n'
        ),
        "docs/readme.md": f"{host}/base:1.0.0\n",
    }
    repo = yard.repo(files)
    yard.push(repo)
    pull = yard.only_bump(repo)
    for path, content in files.items():
        mode, text = content if isinstance(content, tuple) else ("100644", content.encode())
        wanted = text if path.startswith("docs/") else text.replace(b"1.0.0", b"1.0.1")
        assert pull.file(path) == (mode, wanted), path


def test_a_workflow_is_shown_as_text_and_never_touched(yard: Yard) -> None:
    workflow = (
        f"on: push\njobs:\n  a:\n    runs-on: x\n    container: {yard.host}/base:1.0.0\n    steps: []\n"
    )
    files = {"Dockerfile": f"FROM {yard.host}/base:1.0.0\n", ".github/workflows/a.yml": workflow}
    repo = yard.repo(files)
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert pull.file(".github/workflows/a.yml") == ("100644", workflow.encode())
    assert "To change by hand" in pull.body
    assert ".github/workflows/a.yml" in pull.body


def test_a_linked_dockerfile_is_refused_and_the_others_are_changed(yard: Yard) -> None:
    files = {
        "real/Dockerfile": f"FROM {yard.host}/base:1.0.0\n",
        "Dockerfile": ("120000", b"real/Dockerfile"),
    }
    repo = yard.repo(files)
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert pull.file("Dockerfile") == ("120000", b"real/Dockerfile")
    assert pull.file("real/Dockerfile") == ("100644", f"FROM {yard.host}/base:1.0.1\n".encode())


def test_a_pin_that_the_policy_wants_no_more_is_closed_with_that_reason(yard: Yard) -> None:
    policy = ".github/plimsoll.yml"
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.1\n", policy: "bump:\n  pin: true\n"})
    yard.push(repo)
    pull = yard.only_bump(repo)
    yard.later()
    yard.push(repo, **{policy: "bump:\n  pin: false\n"})
    assert pull.state == "closed"
    assert "nobody wants a digest of" in pull.bot_comments[-1].body


def test_two_families_are_two_pull_requests(yard: Yard) -> None:
    yard.image("other:2.0.0", FLAWED)
    yard.image("other:2.0.1", MENDED)
    repo = yard.repo(
        {"a/Dockerfile": f"FROM {yard.host}/base:1.0.0\n", "b/Dockerfile": f"FROM {yard.host}/other:2.0.0\n"}
    )
    yard.push(repo)
    first, second = repo.bot_pulls
    assert first.head_ref != second.head_ref
    assert {pull.title.split()[1] for pull in (first, second)} == {f"{yard.host}/base", f"{yard.host}/other"}


def test_a_pinned_image_stays_pinned(yard: Yard) -> None:
    old, new = yard.digest("base:1.0.0"), yard.digest("base:1.0.1")
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0@{old}\n"})
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert pull.file("Dockerfile") == ("100644", f"FROM {yard.host}/base:1.0.1@{new}\n".encode())


def test_a_pinned_tag_with_newer_content_gets_its_digest(yard: Yard) -> None:
    yard.image("moving:stable", FLAWED)
    old = yard.digest("moving:stable")
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/moving:stable@{old}\n"})
    yard.image("moving:stable", MENDED)
    yard.push(repo)
    new = yard.digest("moving:stable")
    assert yard.only_bump(repo).file("Dockerfile")[1] == f"FROM {yard.host}/moving:stable@{new}\n".encode()


@pytest.mark.parametrize(
    ("image", "files"),
    [
        ("base:1.0.1", {}),
        ("base:1.0.0", {"Dockerfile": "FROM scratch\n"}),
        ("base:1.0.0", {"tests/compose.txt": "image"}),
    ],
)
def test_nothing_is_opened_where_nothing_gates(yard: Yard, image: str, files: dict[str, str]) -> None:
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/{image}\n"} if not files else files)
    yard.push(repo)
    assert repo.bot_pulls == []


def test_what_is_only_offered_or_shown_opens_nothing(yard: Yard) -> None:
    yard.image("minor:1.0.0", FLAWED)
    yard.image("minor:1.1.0", BETTER)
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/minor:1.0.0\n"})
    yard.push(repo)
    assert repo.bot_pulls == []


def test_the_policy_may_open_minor_ones(yard: Yard) -> None:
    yard.image("minor:1.0.0", FLAWED)
    yard.image("minor:1.1.0", BETTER)
    files = {
        "Dockerfile": f"FROM {yard.host}/minor:1.0.0\n",
        ".github/plimsoll.yml": "bump:\n  tracks:\n    minor: open\n  labels: [images]\n",
    }
    repo = yard.repo(files)
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert "1.1.0" in pull.title
    assert pull.labels == ["images"]


@pytest.mark.parametrize(
    "policy",
    [
        "bump:\n  limit: 0\n",
        "bump:\n  ignore:\n    - image: '*'\n",
        "bump:\n  tracks:\n    patch: 'off'\n",
    ],
)
def test_the_policy_may_keep_it_from_opening(yard: Yard, policy: str) -> None:
    files = {"Dockerfile": f"FROM {yard.host}/base:1.0.0\n", ".github/plimsoll.yml": policy}
    repo = yard.repo(files)
    yard.push(repo)
    assert repo.bot_pulls == []


def test_the_limit_counts_what_is_open(yard: Yard) -> None:
    yard.image("other:2.0.0", FLAWED)
    yard.image("other:2.0.1", MENDED)
    files = {
        "a/Dockerfile": f"FROM {yard.host}/base:1.0.0\n",
        "b/Dockerfile": f"FROM {yard.host}/other:2.0.0\n",
        ".github/plimsoll.yml": "bump:\n  limit: 1\n",
    }
    repo = yard.repo(files)
    yard.push(repo)
    first = yard.only_bump(repo)
    first.merge()
    yard.work()
    assert len(repo.bot_pulls) == 2


def test_only_the_default_branch_is_looked_after(yard: Yard) -> None:
    repo = yard.repo({"README.md": "a"})
    repo.commit("feature", files={"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.work()
    assert repo.bot_pulls == []
