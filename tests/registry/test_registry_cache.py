"""The scoped cache: known means readable in this scope, and its size has a limit."""

import hashlib
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.image import Reference
from bot.inventory import Skipped
from bot.registry import Access, Credential, Descriptor, Keychain, ResolvedImage
from bot.registry.cache import ContentCache, NoRoom
from bot.registry.verified import Corrupt
from tests.fakes.registry import digest_of
from tests.registry.conftest import FAST, LAYER_TYPE, LOCAL, push, reach


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Callable[..., ContentCache]:
    return lambda limit=100: ContentCache(tmp_path, limit, grace=10, clock=clock)


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file grows beyond a megabyte, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def add(cache: ContentCache, data: bytes, scope: str = "anonymous") -> str:
    digest = digest_of(data)
    cache.add(scope, digest, data)
    return digest


def add_in_chunks(cache: ContentCache, data: bytes) -> None:
    with cache.writing("anonymous", digest_of(data), len(data)) as writer:
        for at in range(0, len(data), 7000):
            writer.write(data[at : at + 7000])


async def test_known_means_readable_in_this_scope(make):
    cache = make()
    digest = add(cache, b"private", "ada")
    assert cache.read("ada", digest) == b"private"
    assert cache.read("anonymous", digest) is None
    assert await cache.find("anonymous", digest, 7) is None
    add(cache, b"private", "anonymous")
    assert cache.read("anonymous", digest) == b"private"


def test_content_is_stored_once(make, tmp_path):
    cache = make()
    for scope in ("a", "b", "c"):
        add(cache, b"same", scope)
    assert cache.total == 4
    assert len(list(tmp_path.glob("content/*/*/*"))) == 1


async def test_it_survives_a_restart_with_its_scopes(make):
    digest = add(make(), b"data", "ada")
    again = make()
    assert again.total == 4
    assert again.read("ada", digest) == b"data"
    assert (await again.find("ada", digest, 4)).read_bytes() == b"data"
    assert again.read("anonymous", digest) is None


def test_the_least_recently_used_goes_first(make, clock):
    cache = make(limit=30)
    first, second = add(cache, b"1" * 10), add(cache, b"2" * 10)
    clock.now += 60
    cache.read("anonymous", first)
    add(cache, b"3" * 15)
    assert cache.read("anonymous", first) is not None
    assert cache.read("anonymous", second) is None
    assert cache.total == 25


def test_recency_survives_a_restart(make, clock):
    first, second = add(make(), b"1" * 10), None
    clock.now += 60
    cache = make(limit=20)
    second = add(cache, b"2" * 10)
    clock.now += 60
    cache.read("anonymous", first)
    clock.now += 60
    cache = make(limit=20)
    add(cache, b"3" * 10)
    assert cache.read("anonymous", first) is not None
    assert cache.read("anonymous", second) is None


def test_what_is_in_use_is_not_evicted(make):
    cache = make(limit=15)
    digest = add(cache, b"1" * 10)
    with pytest.raises(NoRoom):
        add(cache, b"2" * 10)
    assert cache.read("anonymous", digest) is not None


def test_what_is_being_written_counts(make):
    cache = make(limit=15)
    with cache.writing("anonymous", digest_of(b"1" * 10), 10) as writer:
        with pytest.raises(NoRoom):
            add(cache, b"2" * 10)
        writer.write(b"1" * 10)
    assert cache.total == 10


def test_what_could_not_be_begun_takes_no_room(make, tmp_path):
    cache = make(limit=100)
    (tmp_path / "incoming").rename(tmp_path / "gone")
    for _ in range(2):
        with pytest.raises(OSError, match="No such file"):
            add(cache, b"x" * 60)
    (tmp_path / "gone").rename(tmp_path / "incoming")
    with pytest.raises(ValueError, match="unsupported hash"):
        cache.add("anonymous", "sha3:00", b"x" * 60)
    add(cache, b"x" * 60)
    assert list((tmp_path / "incoming").iterdir()) == []


def test_what_a_full_disk_cut_short_does_not_stay(make, tmp_path, small_files):
    cache = make(limit=1 << 30)
    with pytest.raises(OSError, match="File too large"):
        add_in_chunks(cache, bytes(3 << 20))
    assert list((tmp_path / "incoming").iterdir()) == []


def test_what_is_larger_than_the_limit_finds_no_room(make):
    with pytest.raises(NoRoom):
        add(make(limit=3), b"data")


@pytest.mark.parametrize("chunks", [[b"dat"], [b"data", b"x"], [b"dada"], []])
def test_wrong_bytes_are_not_kept(make, tmp_path, chunks):
    cache = make()

    def write() -> None:
        with cache.writing("anonymous", digest_of(b"data"), 4) as writer:
            for chunk in chunks:
                writer.write(chunk)

    with pytest.raises(Corrupt):
        write()
    assert cache.read("anonymous", digest_of(b"data")) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert add(cache, b"data")


@pytest.mark.parametrize("damage", [b"", b"dat", b"dada"])
@pytest.mark.parametrize("restart", [False, True])
async def test_damaged_content_is_not_known(make, tmp_path, damage, restart):
    cache = make()
    digest = add(cache, b"data")
    (path,) = tmp_path.glob("content/*/*/*")
    path.write_bytes(damage)
    cache = make() if restart else cache
    if restart or len(damage) != 4:
        assert await cache.find("anonymous", digest, 4) is None
    assert cache.read("anonymous", digest) is None
    assert cache.total == 0


async def test_a_lying_size_does_not_evict(make):
    cache = make()
    digest = add(cache, b"data")
    assert await cache.find("anonymous", digest, 5) is None
    assert cache.read("anonymous", digest) == b"data"


def test_content_without_its_scopes_is_removed(make, tmp_path):
    add(make(), b"data")
    for path in tmp_path.glob("scopes/*/*/*"):
        path.unlink()
    assert make().total == 0
    assert not list(tmp_path.glob("content/*/*/*"))


def test_other_algorithms(make):
    data = b"data"
    digest = "sha512:" + hashlib.sha512(data).hexdigest()
    cache = make()
    cache.add("anonymous", digest, data)
    assert cache.read("anonymous", digest) == data


async def test_a_private_layer_is_not_read_by_naming_its_digest(fake, tmp_path):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("private", b"layer"), 5)
    fake.protect("private", "ada", "secret")
    keychain = Keychain((Credential(f"{fake.host}/private", "ada", "secret"),))
    async with reach(tmp_path, fake, keychain=keychain) as registry:
        private, public = (Reference.parse(f"{fake.host}/{name}") for name in ("private", "public"))
        assert isinstance(await registry.blob(private, layer, LOCAL), Path)
        assert isinstance(await registry.blob(public, layer, LOCAL), Skipped)
        assert isinstance(await registry.blob(private, layer, Access("x/y", trusted=False)), Skipped)


async def test_a_failure_is_never_remembered(fake, tmp_path):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("shop", b"layer"), 5)
    push(fake)
    fake.fail("", status=500)
    reference = Reference.parse(f"{fake.host}/shop:1")
    async with reach(tmp_path, fake, limits=FAST) as registry:
        assert isinstance(await registry.resolve(reference, None, LOCAL), Skipped)
        assert isinstance(await registry.blob(reference, layer, LOCAL), Skipped)
        fake.heal()
        assert isinstance(await registry.resolve(reference, None, LOCAL), ResolvedImage)
        assert isinstance(await registry.blob(reference, layer, LOCAL), Path)


async def test_a_damaged_layer_is_fetched_again(fake, tmp_path):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("shop", b"layer"), 5)
    reference = Reference.parse(f"{fake.host}/shop:1")
    async with reach(tmp_path, fake) as registry:
        path = await registry.blob(reference, layer, LOCAL)
        assert isinstance(path, Path)
        path.write_bytes(b"la")
        path = await registry.blob(reference, layer, LOCAL)
        assert isinstance(path, Path)
        assert path.read_bytes() == b"layer"
