"""Real HTTP around the fake: an ASGI application and a uvicorn server in a thread, on a port of its own.

No web framework: the routing table is GitHub's, and a fault must be able to drop the connection.
"""

import asyncio
import atexit
import json
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from tests.fakes.github.api import Api, Exchange, Request
from tests.fakes.github.call import Answer

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def application(api: Api) -> Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]:
    """Return the ASGI application that answers from the fake's state."""

    async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = await _read(scope, receive)
        if request is None:
            return
        if api.stopped:
            await _drop(send)
            return
        operation, answer, fault = api.exchange(request)
        api.requests.append(Exchange(request.method, request.path, operation, answer.status))
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault and fault.drop:
            await _drop(send)
        else:
            await _write(send, answer)
        if api.echo:
            await asyncio.to_thread(api.webhooks.flush)

    return serve


class Server:
    """A running server. The socket listens before the thread starts, so nobody has to wait for it."""

    def __init__(self) -> None:
        # With the protocol named, asyncio turns Nagle's algorithm off; else each answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self, api: Api) -> None:
        self._api = api
        config = uvicorn.Config(application(api), lifespan="off", log_config=None, log_level="critical")
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing any more. The thread ends by itself: to wait would cost each test 0.2 s."""
        self._api.stopped = True
        self._server.should_exit = True
        atexit.register(self._thread.join)


async def _read(scope: MutableMapping[str, Any], receive: Receive) -> Request | None:
    """Return the request, or None if its sender was gone before all of it was here."""
    parts = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    return Request(scope["method"], scope["raw_path"].decode(), query, headers, b"".join(parts))


async def _write(send: Send, answer: Answer) -> None:
    content = answer.body if isinstance(answer.body, bytes) else _json(answer.body)
    headers = {"content-type": "application/json; charset=utf-8", "server": "fake"} | dict(answer.headers)
    if answer.status != 204:
        headers["content-length"] = str(len(content))
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


async def _drop(send: Send) -> None:
    """Promise a body and send none: the server then closes the connection, the client has no answer."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
