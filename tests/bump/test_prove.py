"""Candidates are proven or rejected with their reason, and nothing that was not looked at passes for better."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.bump.choice import MAX_ALIKE, MAX_LOOKED_INTO
from bot.bump.model import Advice, Wanted
from bot.bump.prove import MAX_REJECTED, advise
from bot.bump.trying import AT_ONCE
from bot.errors import TransientError
from bot.image.tags.model import Track
from bot.inventory import SkipKind, Skipped
from bot.policy.bumps import BumpPolicy, CoolDown, Ignore, Treatment
from bot.policy.gate import Policy
from tests.bump.shelf import NOW, SNAPSHOT, Shelf, flawed, seen
from tests.report.reviews import match

POLICY = Policy()
CURRENT = "3.12.1"


def stocked() -> Shelf:
    """A registry with something better on each track, and a few tags that are no candidates."""
    shelf = Shelf().put(CURRENT, flawed("old", 14)).put("3.12.8", flawed("patch", 2))
    shelf.put("3.13.1", flawed("minor", 1)).put("3.12.4", flawed("between", 9))
    return shelf.put("3.14.0rc1", flawed("rc", 0)).put("latest", flawed("latest", 0))


async def advised(shelf: Shelf, policy: Policy = POLICY, **more) -> Advice:
    return await advise(shelf.base(CURRENT), shelf, policy, now=NOW, **more)


def reasons(advice: Advice) -> dict[str, str]:
    return {each.tag: each.reason for each in advice.rejected}


async def test_candidates_come_with_their_numbers() -> None:
    advice = await advised(stocked())
    assert (advice.severe, advice.counts, advice.problem) == (14, (("high", 14),), "")
    assert advice.snapshot == SNAPSHOT.id
    patch = next(each for each in advice.candidates if each.tag == "3.12.8")
    assert (patch.track, patch.treatment) == (Track.PATCH, Treatment.OPEN)
    assert (patch.severe_fixed, patch.severe_added, patch.severe_left) == (12, 0, 2)
    assert patch.remaining == (("high", 2),)
    assert patch.reference == f"docker.io/library/python:3.12.8@{flawed('patch', 2).index_digest}"
    assert patch.facts.supported_until == date(2028, 10, 31)
    assert len(patch.packages) == 12
    assert reasons(advice)["3.14.0rc1"] == "a prerelease"
    assert advice.rejected_total == len(advice.rejected)


async def test_the_best_clears_most_and_the_pull_request_is_what_the_policy_opens() -> None:
    advice = await advised(stocked())
    assert [each.tag for each in advice.candidates] == ["3.13.1", "3.12.8"]
    assert advice.best is not None
    assert advice.best.tag == "3.13.1"
    assert advice.to_open is not None
    assert advice.to_open.tag == "3.12.8"


async def test_among_equals_the_smaller_move_is_better() -> None:
    advice = await advised(stocked().put("3.13.1", flawed("minor", 2)))
    assert [each.tag for each in advice.candidates] == ["3.12.8", "3.13.1"]


async def test_what_is_only_shown_never_comes_first() -> None:
    policy = Policy(bump=BumpPolicy(tracks=((Track.PATCH, Treatment.OFFER), (Track.MINOR, Treatment.SHOW))))
    advice = await advised(stocked(), policy)
    assert [each.tag for each in advice.candidates] == ["3.12.8", "3.13.1"]
    assert advice.to_open is None
    alone = await advised(stocked().put("3.12.8", flawed("patch", 14)), policy)
    assert [each.tag for each in alone.candidates] == ["3.13.1"]
    assert alone.best is None


async def test_a_line_without_support_is_left_sooner() -> None:
    shelf = Shelf().put("3.8.1", flawed("old", 3)).put("3.13.1", flawed("new", 3))
    policy = Policy(bump=BumpPolicy(tracks=((Track.MINOR, Treatment.SHOW),)))
    advice = await advise(shelf.base("3.8.1"), shelf, policy, now=NOW)
    assert advice.facts.support_over
    assert advice.best is not None, "as many flaws, but somebody will mend them"
    assert (advice.best.tag, advice.best.treatment) == ("3.13.1", Treatment.OFFER)
    assert "past its end of life" in advice.best.note
    assert advice.to_open is None


GONE = Skipped("image", "the registry answered 404 to GET manifests/3.12.8")


@pytest.mark.parametrize(
    ("there", "details", "reason"),
    [
        (GONE, {}, "it could not be read: the registry answered 404"),
        (TransientError("the registry is down"), {}, "it could not be read: the registry is down"),
        (flawed("old", 14), {}, "it is the image in use"),
        (replace(flawed("old", 14), manifest_digest="sha256:other"), {}, "the same layers"),
        (flawed("new", 14), {}, "its findings are the same"),
        (
            seen("new", match("a", "CVE-1")),
            {"platforms": ("linux/amd64",)},
            "it lacks the platforms linux/arm64",
        ),
        (seen("new", platform="linux/arm64"), {}, "it lacks the platform linux/amd64"),
        (seen("new", libc="libc6"), {}, "another C library (glibc instead of musl)"),
        (
            seen("new", *(match(f"new{each}", f"CVE-1-{each}") for each in range(14))),
            {},
            "it clears 14 vulnerabilities that gate and brings 14",
        ),
        (
            seen("new", skipped=(Skipped("Alpine:v3.99", "no advisories", SkipKind.UNCOVERED),)),
            {},
            "nothing can be concluded about it: Alpine:v3.99: no advisories",
        ),
    ],
)
async def test_what_speaks_against_a_candidate(there, details, reason: str) -> None:
    advice = await advised(stocked().put("3.12.8", there, **details))
    assert [each.tag for each in advice.candidates] == ["3.13.1"]
    assert reasons(advice)["3.12.8"].startswith(reason)
    assert advice.rejected[0].tag == "3.12.8", "what was looked into comes first"
    assert advice.rejected[0].track is Track.PATCH


async def test_one_platform_has_two_names() -> None:
    arm = replace(flawed("old", 14), platform="linux/arm64/v8")
    shelf = Shelf().put(CURRENT, arm).put("3.12.8", flawed("new", 2, platform="linux/arm64"))
    assert [each.tag for each in (await advised(shelf)).candidates] == ["3.12.8"]


async def test_an_image_of_which_no_package_was_looked_at_is_no_clean_one() -> None:
    bare = seen("new", libc="")
    skipped = (Skipped("RPM packages", "not looked into yet", SkipKind.UNCATALOGUED),)
    bare = replace(bare, inventory=replace(bare.inventory, skipped=skipped))
    advice = await advised(stocked().put("3.12.8", bare))
    assert reasons(advice)["3.12.8"] == (
        "nothing can be concluded about it: RPM packages: not looked into yet"
    )


async def test_a_candidate_without_support_is_rejected_unless_it_stays_on_the_line() -> None:
    shelf = Shelf().put("3.8.1", flawed("old", 3)).put("3.8.20", flawed("new", 1))
    advice = await advise(shelf.base("3.8.1"), shelf, POLICY, now=NOW)
    assert [each.tag for each in advice.candidates] == ["3.8.20"]
    assert advice.candidates[0].facts.support_over


@pytest.mark.parametrize(
    ("ignore", "reason"),
    [
        (Ignore("python", until=date(2026, 12, 31), reason="x"), "ignored until 2026-12-31 because x"),
        (Ignore("python", tag="3.12.*"), "ignored"),
        (Ignore("python", until=date(2026, 11, 21)), ""),
        (Ignore("node"), ""),
        (Ignore("python", tracks=(Track.MAJOR,)), ""),
    ],
)
async def test_what_is_ignored_is_not_looked_into(ignore: Ignore, reason: str) -> None:
    advice = await advised(stocked(), Policy(bump=BumpPolicy(ignores=(ignore,))))
    assert reasons(advice).get("3.12.8", "") == reason


async def test_a_track_that_is_off_is_not_looked_into() -> None:
    shelf = stocked()
    shelf.waits = {"3.12.8"}
    advice = await advised(shelf, Policy(bump=BumpPolicy(tracks=((Track.PATCH, Treatment.OFF),))))
    assert reasons(advice)["3.12.8"] == "the patch track is switched off by policy"


@pytest.mark.parametrize(
    ("published", "created", "first", "reason"),
    [
        (
            "2026-11-21T12:00:00+00:00",
            "",
            None,
            "too young: of 2026-11-21 (registry), waits until 2026-11-24",
        ),
        ("", "2026-11-20T12:00:00.123456789Z", None, "too young: of 2026-11-20 (image)"),
        ("", "1970-01-01T00:00:00Z", 1, "too young: of 2026-11-21 (first seen)"),
        ("0001-01-01T00:00:00Z", "2099-01-01T00:00:00Z", 2, "too young: of 2026-11-20 (first seen)"),
        ("0001-01-01T00:00:00Z", "nonsense", None, ""),
        ("2026-11-01T12:00:00+00:00", "", None, ""),
        # The registry tells a new time with every push of the same content.
        ("2026-11-21T12:00:00+00:00", "", 9, ""),
    ],
)
async def test_age(published: str, created: str, first: int | None, reason: str) -> None:
    low = [match(f"low{each}", f"CVE-9-{each}", match().rating.severity.LOW) for each in range(3)]
    shelf = Shelf().put(CURRENT, seen("old", *low))
    new = seen("new", created=created)
    shelf.put("3.12.8", new, published=published)
    if first is not None:
        shelf.first[new.index_digest] = NOW - timedelta(days=first)
    advice = await advised(shelf)
    assert reasons(advice).get("3.12.8", "").startswith(reason)
    assert bool(advice.candidates) is not bool(reason)


async def test_waiting_ends_some_day() -> None:
    low = match("low", "CVE-9", match().rating.severity.LOW)
    shelf = Shelf().put(CURRENT, seen("old", low))
    shelf.put("3.12.8", seen("new"), published=(NOW - timedelta(hours=1)).isoformat())
    policy = Policy(bump=BumpPolicy(cool_down=CoolDown(days=3, at_most=14)))
    shelf.due = NOW - timedelta(days=13)
    assert not (await advised(shelf, policy)).candidates
    shelf.due = NOW - timedelta(days=14)
    assert (await advised(shelf, policy)).candidates
    shelf.due = None
    assert (await advised(shelf, policy, wanted=Wanted(Track.PATCH))).candidates, "a person need not wait"


async def test_a_security_fix_does_not_wait() -> None:
    shelf = stocked().put("3.12.8", flawed("patch", 2), published=NOW.isoformat())
    assert "3.12.8" in {each.tag for each in (await advised(shelf)).candidates}


async def test_a_newer_digest_of_a_pinned_tag_is_proven_like_any_other() -> None:
    shelf = stocked().put(CURRENT, flawed("renewed", 3))
    base = shelf.base(CURRENT, pinned=flawed("old", 14))
    advice = await advise(base, shelf, POLICY, now=NOW, wanted=Wanted(Track.DIGEST))
    (candidate,) = advice.candidates
    assert (candidate.tag, candidate.track, candidate.severe_fixed) == (CURRENT, Track.DIGEST, 11)
    assert candidate.reference.endswith(f":{CURRENT}@{flawed('renewed', 3).index_digest}")


@pytest.mark.parametrize(
    ("now_there", "reason"),
    [
        (flawed("old", 14), "it is the image in use"),
        (replace(flawed("old", 14), manifest_digest="sha256:rebuilt"), "the same layers as the image in use"),
        (flawed("renewed", 14), "its findings are the same"),
    ],
)
async def test_a_digest_that_changes_nothing_opens_nothing(now_there, reason: str) -> None:
    shelf = stocked().put(CURRENT, now_there)
    base = shelf.base(CURRENT, pinned=flawed("old", 14))
    advice = await advise(base, shelf, POLICY, now=NOW, wanted=Wanted(Track.DIGEST))
    assert advice.candidates == ()
    assert reasons(advice) == {CURRENT: reason} | {
        tag: why for tag, why in reasons(advice).items() if tag != CURRENT
    }


async def test_a_tag_that_is_not_pinned_has_nothing_to_edit() -> None:
    advice = await advised(stocked())
    assert CURRENT not in {each.tag for each in advice.candidates}
    asked = await advised(stocked(), wanted=Wanted(Track.DIGEST))
    assert "not pinned" in reasons(asked)[CURRENT]


@pytest.mark.parametrize(
    ("wanted", "tags"),
    [
        (Wanted(Track.PATCH), ["3.12.8"]),
        (Wanted(Track.MINOR), ["3.13.1"]),
        (Wanted(Track.MAJOR), []),
        (Wanted(tag="3.12.4"), ["3.12.4"]),  # not the newest, and wanted all the same
        (Wanted(tag="3.14.0rc1"), []),
        (Wanted(tag="3.12.99"), []),
    ],
)
async def test_a_wish_narrows_the_choice_and_opens_what_it_names(wanted: Wanted, tags: list[str]) -> None:
    policy = Policy(bump=BumpPolicy(tracks=tuple((track, Treatment.SHOW) for track in Track)))
    advice = await advised(stocked(), policy, wanted=wanted)
    assert [each.tag for each in advice.candidates] == tags
    assert all(each.treatment is Treatment.OPEN for each in advice.candidates)
    if wanted.tag and not tags:
        assert wanted.tag in reasons(advice), "whoever asks is told why not"


async def test_a_wish_is_no_proof() -> None:
    shelf = stocked().put("3.12.8", flawed("patch", 14))
    advice = await advised(shelf, wanted=Wanted(tag="3.12.8"))
    assert (advice.candidates, reasons(advice)) == ((), {"3.12.8": "its findings are the same"})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"seen": None, "missing": GONE}, "the image in use could not be read: the registry answered 404"),
        (
            {"seen": seen("x", skipped=(Skipped("layer", "damaged"),))},
            "nothing can be concluded about the image in use: layer: damaged",
        ),
    ],
)
async def test_without_the_image_in_use_nothing_is_proposed(change, problem: str) -> None:
    shelf = stocked()
    advice = await advise(shelf.base(CURRENT, **change), shelf, POLICY, now=NOW)
    assert advice.problem.startswith(problem)
    assert (advice.candidates, advice.best, advice.to_open) == ((), None, None)


@pytest.mark.parametrize(
    ("snapshot", "problem"),
    [
        (None, "no advisories are imported"),
        (replace(SNAPSHOT, too_old=("Alpine",)), "the Alpine advisories are too old to conclude anything"),
    ],
)
async def test_without_advisories_nothing_is_better(snapshot, problem: str) -> None:
    shelf = stocked()
    shelf.known = snapshot
    advice = await advised(shelf)
    assert (advice.problem, advice.candidates) == (problem, ())


async def test_a_registry_that_lists_no_tags() -> None:
    shelf = stocked().put(CURRENT, flawed("renewed", 3))
    shelf.listed = Skipped("tags", "the registry answered 404 to GET tags/list")
    advice = await advised(shelf)
    assert advice.problem == "its tags could not be listed: the registry answered 404 to GET tags/list"
    assert advice.candidates == ()
    pinned = await advise(shelf.base(CURRENT, pinned=flawed("old", 14)), shelf, POLICY, now=NOW)
    assert [each.track for each in pinned.candidates] == [Track.DIGEST], "what the tag means is known"
    asked = await advised(shelf, wanted=Wanted(tag="3.12.8"))
    assert [each.tag for each in asked.candidates] == ["3.12.8"], "and so is a tag that a person names"


async def test_a_list_that_may_be_old_is_marked() -> None:
    shelf = stocked()
    shelf.stale = "the registry did not answer; this is what it said on Monday"
    advice = await advised(shelf)
    assert advice.stale == shelf.stale
    assert advice.candidates


async def test_an_image_named_by_its_digest_alone_says_so() -> None:
    shelf = stocked()
    base = shelf.base(CURRENT)
    assert base.seen is not None
    base = replace(base, reference=f"docker.io/library/python@{base.seen.index_digest}")
    advice = await advise(base, shelf, POLICY, now=NOW)
    assert advice.candidates == ()
    assert "by its digest alone" in advice.problem


@pytest.mark.parametrize(
    ("there", "unread"),
    [
        (TransientError("the registry is down"), True),
        (Skipped("image", "the registry answered 503", transient=True), True),
        (seen("new", skipped=(Skipped("layer 1", "no answer", transient=True),)), True),
        (Skipped("image", "the registry answered 404"), False),
        (seen("new", skipped=(Skipped("layer 1", "damaged"),)), False),
        (flawed("new", 14), False),
    ],
)
async def test_what_another_try_may_read_is_told_from_what_is_no_candidate(there, unread: bool) -> None:
    shelf = stocked().put("3.12.8", there).put("3.13.1", flawed("minor", 14))
    assert (await advised(shelf)).unread == ("3.12.8: " + reasons(await advised(shelf))["3.12.8"]) * unread


async def test_what_would_only_be_shown_is_not_missed() -> None:
    policy = Policy(bump=BumpPolicy(tracks=((Track.PATCH, Treatment.SHOW),)))
    assert not (await advised(stocked().put("3.12.8", TransientError("down")), policy)).unread


async def test_what_takes_too_long_is_named_and_the_rest_stands() -> None:
    shelf = stocked()
    shelf.waits = {"3.13.1"}
    advice = await advised(shelf, patience=0.3)
    assert [each.tag for each in advice.candidates] == ["3.12.8"]
    assert reasons(advice)["3.13.1"] == "not looked into: the time for candidates was over"
    assert shelf.at_once == 0, "nobody goes on looking"


async def test_a_registry_that_never_answers_ends_in_a_problem() -> None:
    class Silent(Shelf):
        async def tags(self, reference):
            await asyncio.sleep(3600)

    shelf = Silent().put(CURRENT, flawed("old", 14))
    assert "took more than" in (await advised(shelf, patience=0.05)).problem


async def test_what_is_in_the_way_of_the_list_is_a_problem() -> None:
    class Broken(Shelf):
        async def tags(self, reference):
            raise TransientError("the registry is down")

    shelf = Broken().put(CURRENT, flawed("old", 14))
    assert (await advised(shelf)).problem == "the registry is down"


async def test_only_so_many_are_looked_into_and_few_at_once() -> None:
    shelf, current = Shelf("docker.io/acme/thing"), "3.12.1-alpine3.20"
    shelf.put(current, flawed("renewed", 13))
    for tag in ("3.12.8-alpine3.20", "3.13.1-alpine3.20", "4.0.1-alpine3.20", "3.12.1-alpine3.21"):
        shelf.put(tag, flawed(tag, 1))
    base = shelf.base(current, pinned=flawed("old", 14))
    advice = await advise(base, shelf, POLICY, now=NOW)
    assert {each.track for each in advice.candidates} == set(Track)
    assert len(advice.candidates) == MAX_LOOKED_INTO
    assert shelf.most_at_once == AT_ONCE


async def test_thousands_of_rejected_tags_are_counted_and_a_few_of_each_kind_shown() -> None:
    shelf = stocked()
    older = [f"3.11.{number}" for number in range(3000)]
    shelf.listed = (*shelf.images, *older, "3.12.8-alpine", "slim")
    advice = await advised(shelf)
    assert advice.rejected_total > 3000
    assert len(advice.rejected) <= MAX_REJECTED
    first = [each.tag for each in advice.rejected[: 3 * MAX_ALIKE]]
    assert {"3.14.0rc1", "3.12.8-alpine"} <= set(first)


async def test_the_same_question_has_the_same_answer() -> None:
    assert await advised(stocked()) == await advised(stocked())
