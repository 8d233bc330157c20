"""The trusted authorities, read once for all clients of the process: that takes longer than a request."""

import ssl
from functools import cache

import httpx


@cache
def default_tls() -> ssl.SSLContext:
    """What httpx would make for each of its clients."""
    return httpx.create_ssl_context()
