"""A page that shows the state of the stand-in for GitHub, for `make demo KEEP=1`. Text only: nothing is rendered."""

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.fakes.github.fake import FakeGitHub


@contextmanager
def shown(github: FakeGitHub) -> Iterator[str]:
    """Serve the page on a free port of loopback; give its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = html.escape(json.dumps(github.state_json(), indent=2))
            body = f"<!doctype html><title>Plimsoll demo</title><pre>{text}</pre>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
