"""What a review of the running bot is told of tags: remembered in its folders, by its own clock."""

from bot.handlers.memory import Remembered
from bot.image.reference import Reference
from bot.registry.model import Access, TagList
from bot.store import reviews
from tests.fakes.github.fake import FakeGitHub
from tests.harness import NOW, HeldClock, Registry, RunningBot


def test_tags_and_first_sightings_outlive_a_review(
    bot: RunningBot, github: FakeGitHub, registry: Registry, clock: HeldClock
) -> None:
    base = registry.push_image("shop:1")
    repo = github.repo(files={"Dockerfile": f"FROM {base}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {base}\nUSER 1\n"})
    bot.drain()
    reference = Reference.parse(base)

    async def ask(digest: str) -> tuple[object, object]:
        (row,) = await bot.context.store.do(lambda c: reviews.on_head(c, repo.id, pull.head_sha))
        access = Access("octo/shop")
        with bot.context.images.reader(access, Remembered(bot.context, row)) as reader:
            listed = await reader.tags(reference)
            assert isinstance(listed, TagList)
            return listed.tags, await reader.first_seen(reference, digest)

    assert bot.call(ask("sha256:a")) == (("1",), NOW)
    registry.push_image("shop:2")
    clock.advance(minutes=5)
    assert bot.call(ask("sha256:a")) == (("1",), NOW)
    clock.advance(minutes=5)
    assert bot.call(ask("sha256:b")) == (("1", "2"), clock.now())
