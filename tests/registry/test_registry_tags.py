"""Lists of tags: paged, bounded, remembered per scope, and what is said when a registry does not give one."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.image import Reference
from bot.image.reference import is_tag
from bot.inventory import Skipped
from bot.registry import Access, Credential, Keychain, Limits, TagList
from bot.registry.client import Registry
from bot.registry.tag_pages import NotTags, read_page
from tests.fakes.registry import FakeRegistry
from tests.registry.conftest import FAST, LOCAL, push, reach

MINUTE = 60.0


class HeldTime:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HeldTime:
    return HeldTime()


@pytest.fixture
async def registry(fake: FakeRegistry, tmp_path: Path, clock: HeldTime) -> AsyncIterator[Registry]:
    async with reach(tmp_path, fake, clock=clock) as client:
        yield client


def shop(fake: FakeRegistry, rest: str = "shop:1") -> Reference:
    return Reference.parse(f"{fake.host}/{rest}")


def publish(fake: FakeRegistry, *tags: str, repository: str = "shop") -> None:
    pushed = push(fake, repository, tags[0])
    fake.put_tags(repository, tags, pushed.digest)


async def listed(registry: Registry, fake: FakeRegistry, rest: str = "shop:1") -> TagList:
    found = await registry.tags(shop(fake, rest), LOCAL)
    assert isinstance(found, TagList), found
    return found


async def missing(registry: Registry, fake: FakeRegistry) -> Skipped:
    found = await registry.tags(shop(fake), LOCAL)
    assert isinstance(found, Skipped), found
    return found


async def test_all_pages_are_read(fake, registry):
    tags = [f"1.{number}" for number in range(2500)]
    publish(fake, *tags)
    found = await listed(registry, fake)
    assert (sorted(found.tags), found.stale, found.incomplete) == (sorted(tags), "", "")
    assert fake.count("GET", "/tags/list") == 3


async def test_what_is_no_tag_is_dropped(fake, registry):
    publish(fake, "1", "2")
    fake.list_also("shop", "2", "../../etc", "a" * 129, "<b>", "", " 3", "4\n", 5, None, ["6"], {"7": 1}, "é")
    assert (await listed(registry, fake)).tags == ("1", "2")


async def test_a_list_of_null_is_empty(fake, registry):
    fake.fail("/tags/list", body=b'{"name": "shop", "tags": null}', status=200)
    assert await listed(registry, fake) == TagList(())


async def test_a_list_is_not_asked_for_again_within_ten_minutes(fake, registry, clock):
    publish(fake, "1")
    await listed(registry, fake)
    publish(fake, "2")
    clock.now += 10 * MINUTE - 1
    assert (await listed(registry, fake, "shop:2")).tags == ("1",)
    clock.now += 1
    assert (await listed(registry, fake)).tags == ("1", "2")
    assert fake.count("GET", "/tags/list") == 2


async def test_another_process_need_not_ask_again(fake, registry, clock, tmp_path):
    publish(fake, "1")
    await listed(registry, fake)
    async with reach(tmp_path, fake, clock=clock) as later:
        assert (await listed(later, fake)).tags == ("1",)
    assert fake.count("GET", "/tags/list") == 1


async def test_pages_that_did_not_change_are_not_sent_again(fake, registry, clock):
    fake.etags = True
    fake.page_size = 2
    publish(fake, "1", "2", "3", "4", "5")
    before = await listed(registry, fake)
    sent = fake.bytes_sent
    clock.now += 11 * MINUTE
    assert await listed(registry, fake) == before
    assert fake.bytes_sent == sent
    assert fake.count("GET", "/tags/list") == 6
    publish(fake, "6")
    clock.now += 11 * MINUTE
    assert (await listed(registry, fake)).tags == ("1", "2", "3", "4", "5", "6")


async def test_those_who_ask_together_ask_once(fake, registry):
    publish(fake, "1")
    fake.fail("/tags/list", delay=0.2, times=1)
    found = await asyncio.gather(*(listed(registry, fake) for _ in range(5)))
    assert {each.tags for each in found} == {("1",)}
    assert fake.count("GET", "/tags/list") == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 503}, "answered 503"),
        ({"status": 429, "headers": {"Retry-After": "120"}}, "it asks to wait 120 s"),
        ({"drop": True}, "broke off its answer"),
    ],
)
async def test_when_the_registry_fails_the_last_list_is_given_as_stale(fake, registry, clock, fault, words):
    publish(fake, "1", "2")
    await listed(registry, fake)
    clock.now += 11 * MINUTE
    fake.fail("/tags/list", **fault)
    found = await listed(registry, fake)
    assert found.tags == ("1", "2")
    assert words in found.stale
    assert "this is the list of 2027-01-15 08:00 UTC" in found.stale
    fake.heal()
    clock.now += 121
    assert (await listed(registry, fake)).stale == ""


async def test_without_an_earlier_list_the_failure_is_said(fake, registry):
    publish(fake, "1")
    fake.fail("/tags/list", status=503)
    skipped = await missing(registry, fake)
    assert skipped.transient
    assert re.search(r"answered 503 FAULT to GET /v2/shop/tags/list\?n=1000$", skipped.why)


async def test_a_registry_that_asks_to_be_left_alone_is(fake, registry, clock):
    publish(fake, "1")
    publish(fake, "1", repository="other")
    fake.fail("/tags/list", status=429, headers={"Retry-After": "300"}, times=1)
    await missing(registry, fake)
    clock.now += 299
    assert "asked not to be asked before 08:05:00 UTC" in (await missing(registry, fake)).why
    assert isinstance(await registry.tags(shop(fake, "other:1"), LOCAL), Skipped)
    assert fake.count("GET", "/tags/list") == 1
    clock.now += 2
    assert (await listed(registry, fake)).tags == ("1",)


async def test_that_holds_for_whatever_it_was_asked_for(fake, registry, clock):
    push(fake)
    fake.fail("/manifests/", status=429, headers={"Retry-After": "300"}, times=1)
    await registry.resolve(shop(fake), None, LOCAL)
    asked = fake.requests.total()
    for skipped in (await registry.resolve(shop(fake), None, LOCAL), await missing(registry, fake)):
        assert isinstance(skipped, Skipped)
        assert "asked not to be asked before 08:05:00 UTC" in skipped.why
        assert skipped.transient
    assert fake.requests.total() == asked
    clock.now += 301
    assert not isinstance(await registry.resolve(shop(fake), None, LOCAL), Skipped)


async def test_nobody_can_ask_to_be_left_alone_for_ever(fake, registry, clock):
    publish(fake, "1")
    fake.fail("/tags/list", status=429, headers={"Retry-After": "999999999"}, times=1)
    await missing(registry, fake)
    clock.now += 3601
    assert (await listed(registry, fake)).tags == ("1",)


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_registry_without_lists_is_said_in_words(fake, registry, status):
    publish(fake, "1")
    fake.fail("/tags/list", status=status)
    skipped = await missing(registry, fake)
    assert f"answered {status}" in skipped.why
    assert skipped.why.endswith("no list of its tags is to be had there")
    assert not skipped.transient
    assert fake.count("GET", "/tags/list") == 1


@pytest.mark.parametrize(
    "body", [b"<!doctype html><h1>Hello</h1>", b"", b"[]", b"{}", b'{"tags": {}}', b"[" * 100_000]
)
async def test_something_else_than_a_list_is_said(fake, registry, body):
    fake.fail("/tags/list", status=200, body=body)
    assert (
        "something else than a list of tags to GET /v2/shop/tags/list" in (await missing(registry, fake)).why
    )


async def test_a_list_that_is_denied_now_is_not_given_as_it_was(fake, registry, clock):
    publish(fake, "1")
    await listed(registry, fake)
    clock.now += 11 * MINUTE
    fake.protect("shop", "ann", "secret")
    assert "401" in (await missing(registry, fake)).why


async def test_a_list_is_known_only_to_those_who_could_read_it(fake, tmp_path, clock):
    publish(fake, "1", repository="acme/secret")
    fake.protect("acme/secret", "ann", "secret")
    keychain = Keychain((Credential(f"{fake.host}/acme/*", "ann", "secret"),))
    async with reach(tmp_path, fake, keychain=keychain, clock=clock) as registry:
        assert (await listed(registry, fake, "acme/secret:1")).tags == ("1",)
        stranger = Access("acme/shop", trusted=False)
        found = await registry.tags(shop(fake, "acme/secret:1"), stranger)
        absent = await registry.tags(shop(fake, "acme/absent:1"), stranger)
    assert isinstance(found, Skipped)
    assert isinstance(absent, Skipped)
    assert found.why.replace("secret", "absent") == absent.why


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("<https://evil.example/v2/shop/tags/list?last=1>", "sends to evil.example for the rest of the list"),
        ("</v2/shop/manifests/1?x=1>", "leads elsewhere"),
        ("</v2/shop/tags/list>", "leads elsewhere"),
        (f"</v2/shop/tags/list?{'x' * 3000}>", "leads elsewhere"),
        ("<http://[::1/tags/list?last=1>", "is no address"),
        ("<" + "x" * 9000 + ">", "is too long"),
        ("</v2/shop/tags/list?n=1000>", "leads back to where it began"),
    ],
)
async def test_a_link_that_leads_elsewhere_ends_the_list(fake, registry, link, words):
    publish(fake, "1")
    fake.fail("/tags/list", headers={"Link": f'{link}; rel="next"'})
    found = await listed(registry, fake)
    assert found.tags == ("1",)
    assert words in found.incomplete
    assert fake.count("GET", "") == 1


async def test_a_proxy_may_put_a_prefix_before_the_path(fake, registry):
    publish(fake, "1")
    link = f'<{fake.url}/artifactory/api/docker/hub/v2/shop/tags/list?n=1&last=0>; rel="next"'
    fake.fail("/tags/list", headers={"Link": link}, times=1)
    found = await listed(registry, fake)
    assert (found.tags, found.incomplete) == (("1",), "")
    assert fake.count("GET", "^/v2/shop/tags/list$") == 2


@pytest.mark.parametrize(
    ("limits", "count", "words"),
    [
        (Limits(tags=5), 5, "only the first 5 tags are read"),
        (Limits(tag_pages=2), 6, "only the first 2 pages of tags are read"),
        (Limits(tags=8), 8, ""),
    ],
)
async def test_more_than_can_be_read_is_said(fake, tmp_path, limits, count, words):
    fake.page_size = 3
    publish(fake, *"12345678")
    async with reach(tmp_path, fake, limits=limits) as registry:
        found = await listed(registry, fake)
        assert (len(found.tags), found.incomplete) == (count, words)
        assert await listed(registry, fake) == found


async def test_a_page_too_large_is_said(fake, tmp_path):
    publish(fake, *(f"{number:05}" for number in range(100)))
    async with reach(tmp_path, fake, limits=Limits(tag_page=500, backoff=0)) as registry:
        assert "more than 500 bytes" in (await missing(registry, fake)).why


async def test_a_list_that_takes_too_long_is_said(fake, tmp_path):
    publish(fake, "1")
    fake.fail("/tags/list", delay=5)
    async with reach(tmp_path, fake, limits=Limits(deadline=0.2)) as registry:
        skipped = await missing(registry, fake)
    assert (skipped.why, skipped.transient) == ("it was not read within 0.2 seconds", True)


async def test_a_damaged_note_is_asked_for_again(fake, registry, clock, tmp_path):
    publish(fake, "1")
    await listed(registry, fake)
    for note in (tmp_path / "notes").iterdir():
        note.write_text("[")
    async with reach(tmp_path, fake, clock=clock, limits=FAST) as later:
        assert (await listed(later, fake)).tags == ("1",)


PAGES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text() | st.just("tags"), inner, max_size=3)
    ),
)


@given(PAGES | st.fixed_dictionaries({"tags": PAGES}))
def test_any_document_gives_tags_or_none(document: Any) -> None:
    try:
        tags = read_page(json.dumps(document).encode())
    except NotTags:
        return
    assert all(is_tag(tag) for tag in tags)
    assert len(set(tags)) == len(tags)
