"""The one suggestion on a line: made once, moved with its line, withdrawn when nobody answered it."""

import pytest

from bot.github import suggestions
from bot.github.client import REVIEW
from bot.github.errors import Unprocessable
from tests.fakes.github.fake import FakeGitHub
from tests.github.edge import handle_on

MARKER = "<!-- plimsoll-bump -->"
BODY = "Use `b`:\n\n```suggestion\nFROM b\n```"
LONG = "".join(f"RUN {number}\n" for number in range(40))


@pytest.fixture
def fake():
    with FakeGitHub.start() as github:
        yield github
        github.check_house()


@pytest.fixture
def pull(fake):
    shop = fake.repo(files={"Dockerfile": f"FROM z\nARG x\n{LONG}CMD z\n", "other": "1\n"})
    return shop.open_pull(files={"Dockerfile": f"FROM a\nARG y\n{LONG}CMD a\n"})


@pytest.fixture
async def repo(fake, pull):
    async with handle_on(fake, pull.repo, REVIEW) as handle:
        yield handle


async def keep(repo, pull, first=1, last=1, body=BODY, path="Dockerfile", sha=None):
    head = sha or pull.head_sha
    return await suggestions.keep_one(repo, pull.number, head, path, first, last, body, MARKER)


async def test_it_is_made_once_and_edited_in_place(repo, pull):
    made = await keep(repo, pull)
    assert await keep(repo, pull) == made
    assert await keep(repo, pull, body=BODY.replace("b", "c")) == made
    [note] = pull.notes
    assert (note.id, note.path, note.lines) == (made, "Dockerfile", (1, 1))
    assert note.body == f"{MARKER}\nUse `c`:\n\n```suggestion\nFROM c\n```"


async def test_it_may_cover_several_lines(repo, pull):
    made = await keep(repo, pull, 1, 2)
    assert [note.lines for note in pull.notes] == [(1, 2)]
    assert await keep(repo, pull, 1, 2) == made


async def test_it_stays_with_its_line_through_a_push(repo, pull):
    made = await keep(repo, pull)
    pull.push(files={"Dockerfile": f"# more\nFROM a\nARG y\n{LONG}CMD a\n"})
    assert await keep(repo, pull, 2, 2) == made
    assert [note.lines for note in pull.notes] == [(2, 2)]


async def test_it_is_made_anew_where_the_line_changed(repo, pull):
    made = await keep(repo, pull)
    pull.push(files={"Dockerfile": f"FROM a:2\nARG y\n{LONG}CMD a\n"})
    anew = await keep(repo, pull)
    assert [note.id for note in pull.notes] == [anew]
    assert anew != made


@pytest.mark.parametrize(
    ("first", "last", "path"),
    [
        (20, 20, "Dockerfile"),
        (1, 43, "Dockerfile"),
        (99, 99, "Dockerfile"),
        (1, 1, "other"),
        (1, 1, "no/such"),
    ],
)
async def test_lines_outside_the_diff_get_none(repo, pull, first, last, path):
    await keep(repo, pull)
    assert await keep(repo, pull, first, last, path=path) is None
    assert pull.notes == []


async def test_a_head_that_was_replaced_gets_none(repo, pull):
    old = pull.head_sha
    pull.push(files={"Dockerfile": "FROM c\n"}, force=True)
    assert await keep(repo, pull, sha=old) is None


async def test_another_refusal_is_told(fake, repo, pull):
    fake.fault(operation="pulls/create-review-comment", status=422, body={"message": "Spam"})
    with pytest.raises(Unprocessable, match="Spam"):
        await keep(repo, pull)


async def test_it_is_withdrawn_unless_somebody_answered(repo, pull):
    await keep(repo, pull)
    for _ in range(2):
        await suggestions.withdraw(repo, pull.number, MARKER)
    assert pull.notes == []
    made = await keep(repo, pull)
    answer = pull.notes[0].reply("Why?")
    await suggestions.withdraw(repo, pull.number, MARKER)
    assert [note.id for note in pull.notes] == [made, answer.id]


async def test_one_that_was_answered_is_left_when_its_line_is_gone(repo, pull):
    made = await keep(repo, pull)
    pull.notes[0].reply("Why?")
    pull.push(files={"Dockerfile": f"FROM a:2\nARG y\n{LONG}CMD a\n"})
    anew = await keep(repo, pull)
    assert {made, anew} < {note.id for note in pull.notes}
    assert await keep(repo, pull) == anew


async def test_a_copied_marker_is_not_ours(repo, pull):
    await keep(repo, pull)
    theirs = pull.notes[0].reply(f"{MARKER} hello", author="mallory")
    await suggestions.withdraw(repo, pull.number, MARKER)
    assert theirs.id in [note.id for note in pull.notes]


@pytest.mark.parametrize("how", [{"status": 502}, {"drop": True}])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_makes_no_second_one(fake, repo, pull, how, when):
    fake.fault(operation="pulls/create-review-comment", when=when, **how)
    assert await keep(repo, pull) == pull.notes[0].id
    assert len(pull.notes) == 1
