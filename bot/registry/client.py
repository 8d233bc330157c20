"""Read images from registries: the only place that asks them, and holds their credentials.

Each method answers with a value; what could not be read is `Skipped` with the reason in words. A digest is
always the hash of the bytes that were read, never what a header says.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx

from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inventory import Skipped
from bot.registry.cache import ContentCache, NoRoom
from bot.registry.details import DetailNotes, last_modified
from bot.registry.documents import ACCEPTED, Index, NotAnImage, choose, config_platform, read_document
from bot.registry.exchange import Exchange, Question, Unanswered, within
from bot.registry.keychain import Keychain
from bot.registry.limits import Limits
from bot.registry.model import Access, Descriptor, ImageDetails, Manifest, ResolvedImage, TagList
from bot.registry.notes import Notes
from bot.registry.reading import read_at_most
from bot.registry.single_flight import SingleFlight
from bot.registry.tags import TagLists
from bot.registry.verified import Corrupt

T = TypeVar("T")
_CHUNK = 1 << 20


class Registry:
    """All registries, seen through one guard, one keychain and one cache."""

    def __init__(
        self,
        exchange: Exchange,
        keychain: Keychain,
        cache: ContentCache,
        notes: Notes,
        limits: Limits,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._exchange = exchange
        self._keychain = keychain
        self._cache = cache
        self._limits = limits
        self._tags = TagLists(exchange, notes, limits, clock)
        self._details = DetailNotes(notes, clock)
        self._turns = asyncio.Semaphore(limits.blobs_at_once)
        self._blobs: SingleFlight[tuple[str, str, str], Path] = SingleFlight()

    def scope(self, reference: Reference, access: Access) -> str:
        """Return the access scope of an image, to key anything that is derived from its content."""
        return self._keychain.scope(reference, access)

    async def resolve(
        self, reference: Reference, platform: Platform | None, access: Access
    ) -> ResolvedImage | Skipped:
        """Find out which manifest a reference means now, for a platform (the default one unless given)."""
        work = self._resolve(reference.normalized(), platform, access)
        return await _answered(str(reference), within(self._limits.deadline, work))

    async def manifest(self, image: ResolvedImage, access: Access) -> Manifest | Skipped:
        """Return the manifest of a resolved image."""
        work = self._image_manifest(image, access)
        return await _answered(str(image.reference), within(self._limits.deadline, work))

    async def config(self, reference: Reference, manifest: Manifest, access: Access) -> bytes | Skipped:
        """Return the configuration of an image, as it is stored."""
        work = self._config(reference.normalized(), manifest, access)
        return await _answered(f"configuration of {reference}", within(self._limits.deadline, work))

    async def blob(self, reference: Reference, descriptor: Descriptor, access: Access) -> Path | Skipped:
        """Return a file with the content of a layer, verified against its digest."""
        what = f"layer {descriptor.digest} of {reference.name}"
        return await _answered(what, self._layer(reference.normalized(), descriptor, access))

    async def tags(self, reference: Reference, access: Access) -> TagList | Skipped:
        """Return the tags of the repository an image is in."""
        reference = reference.normalized()
        question = self._question(reference, "tags/list", access)
        work = self._tags.read(question, self.scope(reference, access))
        return await _answered(f"tags of {reference.name}", work)

    async def details(self, image: ResolvedImage, access: Access) -> ImageDetails:
        """Return what is told of an image besides its content, as far as it can be found out."""
        work = within(self._limits.deadline, self._image_details(image, access))
        found = await _answered(str(image.reference), work)
        return ImageDetails() if isinstance(found, Skipped) else found

    async def _image_details(self, image: ResolvedImage, access: Access) -> ImageDetails:
        async def ask(path: str, accept: str) -> bytes:
            return await self._exchange.get(
                self._question(image.reference, path, access, accept), self._read_manifest
            )

        _, document = await self._document(image.reference, image.index_digest, access)
        scope = self._place(image.reference, access)
        return ImageDetails(
            platforms=_platforms(document, image),
            published=self._details.published(scope, image.index_digest),
            signer=await self._details.signer(scope, image.index_digest, ask),
        )

    async def _resolve(
        self, reference: Reference, platform: Platform | None, access: Access
    ) -> ResolvedImage:
        digest, document = await self._document(reference, reference.digest or reference.tag or "", access)
        if isinstance(document, Index):
            entry = choose(document, platform)
            found = entry.platform or await self._platform(reference, entry.descriptor.digest, access)
            return ResolvedImage(reference, digest, entry.descriptor.digest, found)
        found = config_platform(await self._config(reference, document, access))
        return ResolvedImage(reference, digest, digest, found)

    async def _platform(self, reference: Reference, digest: str, access: Access) -> Platform:
        _, document = await self._document(reference, digest, access)
        if isinstance(document, Index):
            raise NotAnImage("its index names another index")
        return config_platform(await self._config(reference, document, access))

    async def _image_manifest(self, image: ResolvedImage, access: Access) -> Manifest:
        _, document = await self._document(image.reference, image.manifest_digest, access)
        if isinstance(document, Index):
            raise NotAnImage("its index names another index")
        return document

    async def _document(
        self, reference: Reference, named: str, access: Access
    ) -> tuple[str, Index | Manifest]:
        """Read what a tag or digest names; by digest it may be known in this scope and repository."""
        scope = self._place(reference, access)
        if ":" in named and (known := self._cache.read(scope, named)) is not None:
            return named, read_document(known, named, max_layers=self._limits.layers)
        question = self._question(reference, f"manifests/{named}", access, accept=ACCEPTED)

        async def read(response: httpx.Response) -> tuple[bytes, str]:
            return await self._read_manifest(response), last_modified(response)

        body, published = await self._exchange.get(question, read)
        digest = _verified(question, named, body)
        document = read_document(body, digest, max_layers=self._limits.layers)
        self._cache.add(scope, digest, body)
        self._details.keep_published(scope, digest, published)
        return digest, document

    async def _read_manifest(self, response: httpx.Response) -> bytes:
        return await read_at_most(response, self._limits.manifest)

    async def _config(self, reference: Reference, manifest: Manifest, access: Access) -> bytes:
        path = await self._content(reference, manifest.config, access, self._limits.config)
        return await asyncio.to_thread(path.read_bytes)

    async def _layer(self, reference: Reference, layer: Descriptor, access: Access) -> Path:
        if "foreign" in layer.media_type or "nondistributable" in layer.media_type:
            raise Unanswered("the layer may not be distributed, so its registry does not have it")
        async with self._turns:
            work = self._content(reference, layer, access, self._limits.blob)
            return await within(self._limits.blob_deadline, work)

    async def _content(self, reference: Reference, content: Descriptor, access: Access, limit: int) -> Path:
        if content.size > limit:
            raise Unanswered(f"it has {content.size} bytes, more than the limit of {limit}", transient=True)
        scope = self.scope(reference, access)
        if known := await self._cache.find(scope, content.digest, content.size):
            return known
        question = self._question(reference, f"blobs/{content.digest}", access)
        # In the key is whatever decides the answer: two repositories may differ in what they have.
        key = (scope, reference.name, f"{content.digest} {content.size} {question.discreet}")
        return await self._blobs.run(key, lambda: self._download(question, scope, content))

    async def _download(self, question: Question, scope: str, content: Descriptor) -> Path:
        async def read(response: httpx.Response) -> None:
            try:
                await self._store(response, scope, content)
            except Corrupt as exc:
                words = f"{question.host} answered with {exc} to GET {question.shown}"
                raise Unanswered(words, transient=True, wait=0) from None

        await self._exchange.get(question, read)
        path = await self._cache.find(scope, content.digest, content.size)
        if path is None:
            raise NoRoom("what was read vanished from the content cache")
        return path

    async def _store(self, response: httpx.Response, scope: str, content: Descriptor) -> None:
        with self._cache.writing(scope, content.digest, content.size) as writer:
            async for chunk in response.aiter_raw(_CHUNK):
                await asyncio.to_thread(writer.write, chunk)

    def _place(self, reference: Reference, access: Access) -> str:
        """Where a manifest is known: in this scope and repository."""
        return f"{self.scope(reference, access)} {reference.name}"

    def _question(self, reference: Reference, path: str, access: Access, accept: str = "*/*") -> Question:
        registry = reference.name.partition("/")[0]
        credential = self._keychain.choose(reference, access)
        return Question(registry, reference.repository, path, credential, not access.trusted, accept)


async def _answered(what: str, work: Awaitable[T]) -> T | Skipped:
    """Turn what went wrong into a value."""
    try:
        return await work
    except Unanswered as exc:
        return Skipped(what, exc.why, transient=exc.transient)
    except NotAnImage as exc:
        return Skipped(what, str(exc))
    except NoRoom as exc:
        return Skipped(what, str(exc), transient=True)
    except OSError as exc:
        return Skipped(what, f"the content cache failed: {exc.strerror}", transient=True)


def _platforms(document: Index | Manifest, image: ResolvedImage) -> tuple[str, ...]:
    """List the platforms of an index, or the one there is."""
    if isinstance(document, Manifest):
        return (str(image.platform),)
    return tuple(dict.fromkeys(str(entry.platform) for entry in document.entries if entry.platform))


def _verified(question: Question, named: str, body: bytes) -> str:
    """Return the digest of a body; when it was asked for by digest, it has to be that one."""
    if ":" not in named:
        return "sha256:" + hashlib.sha256(body).hexdigest()
    algorithm, _, encoded = named.partition(":")
    if hashlib.new(algorithm, body).hexdigest() != encoded:
        words = f"{question.host} answered with bytes that do not have that digest to GET {question.shown}"
        raise Unanswered(words, transient=True)
    return named
