"""Tokens, repeats, limits and errors of every request."""

import asyncio
from datetime import timedelta

import httpx
import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError
from bot.github import comments, pulls
from bot.github.answers import fault
from bot.github.errors import (
    BadPrivateKey,
    Forbidden,
    GitHubUnavailable,
    NotFound,
    RateLimited,
    Suspended,
    Unauthorized,
    UnexpectedAnswer,
    Unprocessable,
)
from tests.fakes.github.keys import PRIVATE_KEY, PUBLIC_KEY
from tests.github.stand_in import INSTALLATION, REPOSITORY, START, drop, status, times

COMMENTS = "/issues/1/comments"
TOKENS = "/access_tokens"


async def list_comments(repo):
    return await comments.keep_one(repo, 1, "hello", marker="<!-- m -->", create=False)


async def test_twenty_at_once_share_one_token(github, repo):
    await asyncio.gather(*(list_comments(repo) for _ in range(20)))
    assert len(github.tokens) == 1


async def test_one_who_gives_up_does_not_take_the_token_from_the_others(github, repo):
    hasty = asyncio.create_task(list_comments(repo))
    patient = asyncio.create_task(list_comments(repo))
    await asyncio.sleep(0)
    hasty.cancel()
    assert await patient is None
    assert len(github.tokens) == 1


async def test_a_token_is_narrowed_to_the_repository_and_the_job(github, repo):
    await list_comments(repo)
    (wanted,) = github.tokens.values()
    assert wanted["repository_ids"] == [REPOSITORY]
    assert wanted["permissions"] == {"checks": "write", "contents": "read", "pull_requests": "write"}


async def test_requests_name_the_version_and_stay_under_the_base_url(github, repo):
    await list_comments(repo)
    assert {r.headers["x-github-api-version"] for r in github.seen} == {"2022-11-28"}
    assert all(r.url.path.startswith("/api/v3/") for r in github.seen)


async def test_each_host_has_its_own_tokens(github, repo):
    other = type(github)()
    await list_comments(repo)
    await list_comments(other.repository())
    assert len(github.tokens) == len(other.tokens) == 1


async def test_an_old_token_is_replaced_before_it_ends(github, repo):
    await list_comments(repo)
    github.clock.time += timedelta(minutes=59)
    await list_comments(repo)
    assert len(github.tokens) == 2


async def test_a_dead_token_is_dropped_and_minted_once(github, repo):
    await list_comments(repo)
    (dead,) = github.tokens

    def revoked(request):
        return status(401)(request) if request.headers["authorization"] == f"Bearer {dead}" else None

    github.before.append(revoked)
    await asyncio.gather(*(list_comments(repo) for _ in range(5)))
    assert len(github.tokens) == 2
    assert github.clock.slept == []


@pytest.mark.parametrize("code", [401, 403, 404])
async def test_a_fresh_token_may_be_unknown_for_a_while(github, repo, code):
    github.before.append(times(2, status(code), "GET", COMMENTS))
    await list_comments(repo)
    assert len(github.tokens) == 1
    assert sum(github.clock.slept) < 10


@pytest.mark.parametrize(("code", "error"), [(401, Unauthorized), (403, Forbidden), (404, NotFound)])
async def test_a_refusal_that_stays_is_believed(github, repo, code, error):
    github.before.append(times(99, status(code), "GET", COMMENTS))
    with pytest.raises(error):
        await list_comments(repo)
    assert len(github.asked("GET", COMMENTS)) <= 5


@pytest.mark.parametrize(("code", "error"), [(403, Forbidden), (404, NotFound)])
async def test_a_proven_token_is_refused_only_once(github, repo, code, error):
    await list_comments(repo)
    github.before.append(times(99, status(code), "GET", "/pulls/7"))
    with pytest.raises(error):
        await pulls.get(repo, 7)
    assert len(github.asked("GET", "/pulls/7")) == 1
    assert github.clock.slept == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (status(403, "This installation has been suspended"), Suspended),
        (status(404, "Not Found"), NotFound),
        (status(422, "The permissions requested are not granted to this installation."), Forbidden),
        (status(422, "There is at least one repository that does not exist"), NotFound),
        (status(401, "A JSON web token could not be decoded"), Unauthorized),
        (status(502), GitHubUnavailable),
        (lambda request: httpx.Response(201, text="<html>"), UnexpectedAnswer),
        (lambda request: httpx.Response(201, json={"token": "t", "expires_at": "soon"}), UnexpectedAnswer),
    ],
)
async def test_why_no_token_is_given(github, repo, answer, error):
    github.before.append(times(99, answer, "POST", TOKENS))
    with pytest.raises(error):
        await list_comments(repo)


async def test_minting_outlives_a_hiccup(github, repo):
    github.before.append(times(2, status(502), "POST", TOKENS))
    await list_comments(repo)
    assert len(github.tokens) == 1


async def test_a_wrong_clock_is_set_by_githubs(github):
    github.clock.time = START + timedelta(hours=3)
    date = {"Date": "Sat, 01 Mar 2025 12:00:00 GMT"}
    github.before.append(times(1, lambda request: httpx.Response(401, json={}, headers=date), "GET", "/app"))
    assert (await github.app().identity()).login == "plimsoll-test[bot]"


@pytest.mark.parametrize("key", ["", "-----BEGIN NONSENSE-----", PUBLIC_KEY, PRIVATE_KEY[:500]])
async def test_a_broken_private_key_is_said_to_be_one(github, key):
    with pytest.raises(BadPrivateKey):
        await github.app(private_key=key).identity()


async def test_the_signed_claims_are_what_github_takes(github):
    await github.app().identity()
    _, token = github.seen[0].headers["authorization"].split()
    claims = jwt.decode(token, PUBLIC_KEY, ["RS256"], options={"verify_exp": False, "verify_iat": False})
    now = int(START.timestamp())
    assert claims == {"iss": "77", "iat": now - 60, "exp": now + 540}


@pytest.mark.parametrize("trouble", [status(500), status(503), drop])
async def test_reading_is_repeated_after_trouble(github, repo, trouble):
    github.before.append(times(2, trouble, "GET", COMMENTS))
    await list_comments(repo)
    assert len(github.asked("GET", COMMENTS)) == 3


async def test_reading_is_given_up_in_the_end(github, repo):
    github.before.append(times(99, drop, "GET", COMMENTS))
    with pytest.raises(GitHubUnavailable):
        await list_comments(repo)
    assert len(github.asked("GET", COMMENTS)) == 3


async def test_a_post_is_never_repeated_blindly(github, repo):
    github.after.append(times(99, drop, "POST", "/reactions"))
    with pytest.raises(GitHubUnavailable):
        await comments.react(repo, 1, "eyes")
    assert len(github.asked("POST", "/reactions")) == 1


RESET = int((START + timedelta(minutes=30)).timestamp())


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (status(403, x_ratelimit_remaining="0", x_ratelimit_reset=str(RESET)), 1800),
        (status(429, x_ratelimit_remaining="0", x_ratelimit_reset=str(RESET)), 1800),
        (status(403, "You have exceeded a secondary rate limit", retry_after="90"), 90),
        (status(403, "You have exceeded a secondary rate limit", x_ratelimit_remaining="40"), 60),
        (status(429, "Too many"), 60),
        (status(429, retry_after="Sat, 01 Mar 2025 12:05:00 GMT"), 300),
        (status(429, retry_after="nonsense"), 60),
        (status(429, retry_after="999999999999999999"), 7200),
        (status(403, x_ratelimit_remaining="0", x_ratelimit_reset="9" * 5000), 60),
        (status(403, x_ratelimit_remaining="0", x_ratelimit_reset="1"), 1),
    ],
)
async def test_limits_say_when_to_come_again(github, repo, answer, seconds):
    github.before.append(times(1, answer, "GET", COMMENTS))
    with pytest.raises(RateLimited) as caught:
        await list_comments(repo)
    assert caught.value.again_at == START + timedelta(seconds=seconds)
    assert caught.value.retry_after == seconds
    assert github.clock.slept == []


async def test_nothing_is_asked_while_a_limit_stands(github, repo):
    github.before.append(times(1, status(429, retry_after="60"), "GET", COMMENTS))
    for _ in range(3):
        with pytest.raises(RateLimited):
            await list_comments(repo)
    assert len(github.asked("GET", COMMENTS)) == 1
    await github.clock.sleep(61)
    assert await list_comments(repo) is None


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, Unprocessable),
        (408, GitHubUnavailable),
        (409, Unprocessable),
        (410, NotFound),
        (422, Unprocessable),
        (451, NotFound),
        (304, UnexpectedAnswer),
    ],
)
async def test_what_a_status_means(github, repo, code, error):
    await list_comments(repo)
    github.before.append(times(99, status(code, "because"), "GET", "/pulls/7"))
    with pytest.raises(error, match="because"):
        await pulls.get(repo, 7)


async def test_a_missing_permission_is_named(github, repo):
    await list_comments(repo)
    refusal = status(403, "Resource not accessible", x_accepted_github_permissions="checks=write")
    github.before.append(times(1, refusal, "GET", "/pulls/7"))
    with pytest.raises(Forbidden, match="checks=write") as caught:
        await pulls.get(repo, 7)
    assert caught.value.needs == "checks=write"


async def test_an_answer_that_never_ends_in_time_is_given_up(github, repo, monkeypatch):
    async def drip():
        yield b"{"
        await asyncio.Event().wait()

    await list_comments(repo)
    monkeypatch.setattr("bot.github.transport._LONGEST_ANSWER_TIME", 0.01)
    github.answers["GET /repos/org/shop/pulls/7"] = lambda request: httpx.Response(200, content=drip())
    with pytest.raises(GitHubUnavailable):
        await pulls.get(repo, 7)


async def test_the_reasons_of_a_refusal_are_quoted(github, repo):
    await list_comments(repo)
    body = {"message": "Validation Failed", "errors": [{"message": "Body is too long"}, "and so on", 5]}
    github.answers["GET /repos/org/shop/pulls/7"] = lambda request: httpx.Response(422, json=body)
    with pytest.raises(Unprocessable, match="Validation Failed; Body is too long; and so on"):
        await pulls.get(repo, 7)


async def test_a_redirect_to_another_host_gets_no_token(github, repo):
    moved = {"Location": "http://elsewhere.test/api/v3/repos/org/shop/pulls/8"}
    github.answers["GET /repos/org/shop/pulls/7"] = lambda request: httpx.Response(302, headers=moved)
    github.answers["GET /repos/org/shop/pulls/8"] = []
    with pytest.raises(UnexpectedAnswer):
        await pulls.get(repo, 7)
    assert github.seen[-1].url.host == "elsewhere.test"
    assert "authorization" not in github.seen[-1].headers


async def test_an_endless_answer_is_cut_off(github, repo, monkeypatch):
    monkeypatch.setattr("bot.github.transport._LONGEST_ANSWER", 1000)
    github.answers["GET /repos/org/shop/pulls/7"] = {"title": "x" * 2000}
    with pytest.raises(BotError, match="exceeds 1000 bytes"):
        await pulls.get(repo, 7)


@pytest.mark.parametrize(
    "name", ["org", "org/", "../x", "org/..", "a/b/c", "org/sh?p", "org/sh#p", "org/a b", "/"]
)
async def test_a_name_that_cannot_be_a_repository_never_reaches_a_url(github, name):
    with pytest.raises(NotFound):
        github.app().repository(INSTALLATION, name, REPOSITORY)


HEADER = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)


@given(
    st.integers(200, 599), st.binary(max_size=200), HEADER, HEADER, st.sampled_from(["0", "1", ""]), HEADER
)
def test_no_answer_breaks_the_reader(code, body, after, reset, remaining, date):
    headers = {
        "retry-after": after,
        "x-ratelimit-reset": reset,
        "x-ratelimit-remaining": remaining,
        "date": date,
    }
    request = httpx.Request("GET", "http://github.test/x")
    failure = fault(httpx.Response(code, content=body, headers=headers, request=request), START)
    assert (failure is None) == (200 <= code < 300)
