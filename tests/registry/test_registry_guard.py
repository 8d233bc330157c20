"""The guard: which addresses may be contacted, on every way that leads to one."""

import socket
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.image import Reference
from bot.inventory import Skipped
from bot.registry import Credential, Descriptor, Keychain, redirects
from bot.registry.compose import open_registry
from bot.registry.guard import GuardPolicy, Refused, is_public
from bot.registry.transport import Addresses, CheckedBackend, GuardedTransport, guarded_client
from tests.registry.conftest import FAST, LAYER_TYPE, LOCAL, push, reach

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("1.1.1.1", True),
        ("172.32.0.1", True),
        ("100.128.0.1", True),
        ("2606:4700::1111", True),
        ("2a00:1450::1", True),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("0.0.0.0", False),  # noqa: S104 - the unspecified address is what is refused here
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("100.64.0.1", False),
        ("100.127.255.255", False),
        ("192.0.0.192", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("::8.8.8.8", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2001:0:4136:e378::1", False),
        ("2001:db8::1", False),
        ("2002:a00:1::1", False),
        ("3fff::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("2606:4700::1111%1", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(ip_address(address)) is public


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address):
    special = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
    assert not (is_public(address) and (special or address.is_unspecified or address.is_reserved))


class Network(httpcore.AsyncNetworkBackend):
    """Knows which addresses were connected to, and has nobody at any of them."""

    def __init__(self) -> None:
        self.connected: list[str] = []

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
        self.connected.append(host)
        raise httpcore.ConnectError("nobody is there")


def answering(*answers: Addresses):
    """Make a resolver that gives one answer after the other."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Addresses:
        return left.pop(0)

    return resolve


PUBLIC, OTHER, PRIVATE = ip_address("8.8.8.8"), ip_address("2606:4700::1111"), ip_address("10.0.0.1")


async def test_the_connection_goes_to_the_address_that_was_checked():
    network = Network()
    # The second answer is what a rebinding name server would give; it must never be asked for.
    backend = CheckedBackend(GuardPolicy(), answering((PUBLIC,), (PRIVATE,)), network)
    with pytest.raises(httpcore.ConnectError):
        await backend.connect_tcp("registry.example", 443)
    assert network.connected == ["8.8.8.8"]


class Wire(httpcore.AsyncNetworkStream):
    """Knows for which name TLS was asked, and goes no further."""

    def __init__(self) -> None:
        self.server_name: str | None = None

    async def start_tls(self, ssl_context, server_hostname=None, timeout=None):  # noqa: ASYNC109
        self.server_name = server_hostname
        raise httpcore.ConnectError("no further")

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_tls_is_for_the_name_and_not_for_the_address():
    wire = Wire()

    class Wired(httpcore.AsyncNetworkBackend):
        async def connect_tcp(self, *args, **kwargs):
            return wire

    backend = CheckedBackend(GuardPolicy(), answering((PUBLIC,)), Wired())
    async with httpx.AsyncClient(transport=GuardedTransport(GuardPolicy(), backend)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://registry.example/v2/")
    assert wire.server_name == "registry.example"


@pytest.mark.parametrize("answer", [(PRIVATE,), (PUBLIC, PRIVATE), (OTHER, PRIVATE)])
async def test_one_private_address_refuses_the_name(answer):
    network = Network()
    with pytest.raises(Refused) as refused:
        await CheckedBackend(GuardPolicy(), answering(answer), network).connect_tcp("registry.example", 443)
    assert not network.connected
    assert "10.0.0.1" not in str(refused.value)


async def test_an_unknown_name_reads_like_a_private_one():
    words = set()
    for answer in ((), (PRIVATE,)):
        with pytest.raises(Refused) as refused:
            await CheckedBackend(GuardPolicy(), answering(answer)).connect_tcp("registry.example", 443)
        words.add(str(refused.value))
    assert len(words) == 1


@pytest.mark.parametrize("answer", ["none", "private"])
async def test_a_name_is_asked_for_again_whether_it_is_unknown_or_private(monkeypatch, tmp_path, answer):
    asked = []

    def resolve(host: str, *_: object, **__: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        if answer == "none":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(PRIVATE), 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    async with open_registry(tmp_path, limits=FAST) as registry:
        skipped = await registry.resolve(Reference.parse("registry.example/shop:1"), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert (len(asked), skipped.transient) == (FAST.attempts, True)


async def test_an_address_stays_what_it_is(tmp_path):
    async with open_registry(tmp_path, limits=FAST) as registry:
        skipped = await registry.resolve(Reference.parse("10.0.0.1/shop:1"), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert not skipped.transient


async def test_every_address_of_a_name_is_tried():
    network = Network()
    with pytest.raises(httpcore.ConnectError):
        await CheckedBackend(GuardPolicy(), answering((PUBLIC, OTHER)), network).connect_tcp("a.example", 443)
    assert network.connected == ["8.8.8.8", "2606:4700::1111"]


@pytest.mark.parametrize(
    ("allowed", "host", "port", "may"),
    [
        ("registry.corp", "registry.corp", 443, True),
        ("registry.corp", "REGISTRY.corp", 5000, True),
        ("registry.corp:5000", "registry.corp", 5000, True),
        ("registry.corp:5000", "registry.corp", 443, False),
        ("registry.corp", "evil.registry.corp", 443, False),
        ("[::1]:5000", "::1", 5000, True),
        ("[::1]", "::1", 5000, True),
    ],
)
def test_the_operator_allows_a_host(allowed, host, port, may):
    assert GuardPolicy(private_hosts=frozenset({allowed})).allows_private(host, port) is may


@pytest.mark.parametrize(
    "url",
    [
        "http://registry.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://user:secret@registry.example/",
        "ftp://registry.example/",
        "https://localhost/",
        "https://2130706433/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://" + "a" * 300 + "/",
    ],
)
async def test_a_url_is_refused(url):
    async with guarded_client(GuardPolicy()) as client:
        with pytest.raises(Refused):
            await client.get(url)


async def test_the_host_header_stays_the_name(fake):
    async def resolve(host: str, port: int) -> Addresses:
        return (ip_address("127.0.0.1"),)

    name = fake.host.replace("127.0.0.1", "registry.test")
    async with guarded_client(GuardPolicy.allowing(name), resolve=resolve) as client:
        assert (await client.get(f"http://{name}/v2/")).status_code == 200
    assert fake.received == [(name, "/v2/", "")]


async def test_a_registry_on_loopback_is_refused_unless_allowed(fake, tmp_path):
    push(fake)
    reference = Reference.parse(f"{fake.host}/shop:1")
    async with open_registry(tmp_path, limits=FAST) as registry:
        skipped = await registry.resolve(reference, None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert "the operator may allow the host" in skipped.why
    assert not fake.requests


async def test_a_redirect_is_guarded(fake, other, tmp_path):
    fake.fail("/blobs/", redirect=f"{other.url}{{path}}")
    async with reach(tmp_path, fake) as registry:
        reference = Reference.parse(f"{fake.host}/shop:1")
        skipped = await registry.blob(reference, Descriptor(LAYER_TYPE, DIGEST, 1), LOCAL)
    assert isinstance(skipped, Skipped)
    assert "was not reached" in skipped.why
    assert not other.requests


async def test_the_realm_of_a_challenge_is_guarded(fake, other, tmp_path):
    fake.anonymous_tokens, fake.realm = True, f"{other.url}/token"
    async with reach(tmp_path, fake) as registry:
        skipped = await registry.resolve(Reference.parse(f"{fake.host}/shop:1"), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert "was not reached" in skipped.why
    assert not other.requests


def transport(*hops: str) -> httpx.MockTransport:
    """Answer each request with a redirect to the next hop; the last one answers with what it was sent."""
    left = list(hops)

    def handle(request: httpx.Request) -> httpx.Response:
        if left:
            return httpx.Response(302, headers={"Location": left.pop(0)})
        return httpx.Response(200, text=request.headers.get("Authorization", "none"))

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    "hop", ["/elsewhere", "https://a.example/elsewhere", "https://b.example/", "//b.example/"]
)
async def test_a_credential_does_not_cross_a_redirect(hop):
    async with httpx.AsyncClient(transport=transport(hop)) as client:
        answer = await redirects.get(client, "https://a.example/", {"Authorization": "Bearer secret"})
        assert await answer.aread() == b"none"


async def test_a_credential_does_not_reach_the_storage_of_a_registry(fake, other, tmp_path):
    fake.protect("shop", "ada", "secret", "basic")
    digest = fake.put_blob("shop", b"layer")
    other.put_blob("shop", b"layer")
    fake.fail("/blobs/", redirect=f"{other.url}{{path}}")
    keychain = Keychain((Credential(f"{fake.host}/*", "ada", "secret"),))
    async with reach(tmp_path, fake, other, keychain=keychain) as registry:
        await registry.blob(Reference.parse(f"{fake.host}/shop"), Descriptor(LAYER_TYPE, digest, 5), LOCAL)
    assert [authorization for *_, authorization in other.received] == [""]


@pytest.mark.parametrize("hop", ["http://a.example/", "ftp://a.example/"])
async def test_a_redirect_does_not_leave_https(hop):
    async with httpx.AsyncClient(transport=transport(hop)) as client:
        with pytest.raises(Refused, match="from https to"):
            await redirects.get(client, "https://a.example/", {})


@pytest.mark.parametrize(("hops", "ends"), [(5, True), (6, False)])
async def test_redirects_are_few(hops, ends):
    async with httpx.AsyncClient(transport=transport(*["/next"] * hops)) as client:
        if ends:
            assert (await redirects.get(client, "https://a.example/", {})).status_code == 200
        else:
            with pytest.raises(Refused, match="more than 5"):
                await redirects.get(client, "https://a.example/", {})


async def test_the_client_keeps_no_cookies(fake):
    fake.fail("/v2/", headers={"Set-Cookie": "session=1; Path=/"})
    async with guarded_client(GuardPolicy.allowing(fake.host)) as client:
        await client.get(f"{fake.url}/v2/")
        assert not client.cookies


async def test_the_environment_does_not_choose_a_proxy(fake, other, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", other.url)
    monkeypatch.setenv("ALL_PROXY", other.url)
    async with guarded_client(GuardPolicy.allowing(fake.host)) as client:
        await client.get(f"{fake.url}/v2/")
    assert fake.requests
    assert not other.requests


async def test_the_operators_proxy_is_used_and_urls_are_still_checked(fake):
    async with guarded_client(
        GuardPolicy(plain_http_hosts=frozenset({"a.example"}), proxy=fake.url)
    ) as client:
        await client.get("http://a.example/v2/")
        with pytest.raises(Refused):
            await client.get("https://10.0.0.1/")
    assert [host for host, *_ in fake.received] == ["a.example"]
