"""From a push to the default branch to the pull request that bumps what it ships."""

from tests.flows.bumping import FLAW, Yard


def test_a_push_brings_one_pull_request_with_its_proof(yard: Yard) -> None:
    old = f"{yard.registry.host}/base:1.0.0"
    repo = yard.repo({"Dockerfile": f"FROM {old}\n"})
    yard.push(repo)
    pull = yard.only_bump(repo)
    print(pull.title)
    print(pull.body)
    assert "1.0.0" in pull.title
    assert "1.0.1" in pull.title
    assert FLAW in pull.body
    assert pull.file("Dockerfile") == ("100644", old.replace("1.0.0", "1.0.1").encode() and f"FROM {yard.registry.host}/base:1.0.1\n".encode())
