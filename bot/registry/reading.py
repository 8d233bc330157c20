"""Read an answer's body as it is on the wire, up to a limit."""

import httpx


class TooLarge(Exception):
    """The body is longer than the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


async def read_at_most(response: httpx.Response, limit: int) -> bytes:
    """Return the whole body, or raise TooLarge as soon as it grows past the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > limit:
            raise TooLarge(limit)
        parts.append(part)
    return b"".join(parts)
