"""Whose credentials are used for which image, where they go, and how a refusal reads."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.image import Reference
from bot.inventory import Skipped
from bot.registry import Access, Credential, Keychain, ResolvedImage, read_credentials, read_docker_config
from bot.registry.challenge import Challenge, parse_challenges
from tests.registry.conftest import LOCAL, push, reach

ADA = Credential("ghcr.io/acme/*", "ada", "secret", "acme/*")
SHOP = Access("acme/shop")


def untrusted(*named: str) -> Access:
    return Access("acme/shop", trusted=False, named_on_target=frozenset(named))


@pytest.mark.parametrize(
    ("image", "access", "served"),
    [
        ("ghcr.io/acme/base:1", SHOP, True),
        ("ghcr.io/acme/deep/base", SHOP, True),
        ("GHCR.io/acme/base:1", SHOP, True),
        ("ghcr.io/acme/base:1", Access("Acme/Shop"), True),
        ("ghcr.io/other/base:1", SHOP, False),
        ("ghcr.io.evil.example/acme/base:1", SHOP, False),
        ("acme/base:1", SHOP, False),
        ("ghcr.io/acme/base:1", Access("other/shop"), False),
        ("ghcr.io/acme/base:1", Access("acme-evil/shop"), False),
        ("ghcr.io/acme/base:1", LOCAL, False),
        ("ghcr.io/acme/base:1", untrusted(), False),
        ("ghcr.io/acme/base:2", untrusted("ghcr.io/acme/base"), True),
        ("ghcr.io/acme/other:1", untrusted("ghcr.io/acme/base"), False),
    ],
)
def test_a_credential_is_bound_to_repositories_on_both_sides(image, access, served):
    keychain, reference = Keychain((ADA,)), Reference.parse(image)
    assert keychain.choose(reference, access) == (ADA if served else None)
    assert keychain.scope(reference, access) == (ADA.id if served else "anonymous")


def test_the_closest_binding_wins():
    wide, narrow = Credential("ghcr.io/*", "w", "w"), Credential("ghcr.io/acme/*", "n", "n")
    assert Keychain((wide, narrow)).choose(Reference.parse("ghcr.io/acme/base"), SHOP) == narrow
    assert Keychain((wide, narrow)).choose(Reference.parse("ghcr.io/other/base"), SHOP) == wide


@pytest.mark.parametrize("images", ["*", "*/*", "ghcr.*/acme", "ghcr.io", "", "/acme", "[a-z]/x"])
def test_a_credential_names_its_registry(images):
    with pytest.raises(ConfigError, match="names its registry"):
        Credential(images, "ada", "secret")


def test_a_password_is_in_no_text():
    assert "secret" not in f"{ADA!r} {ADA.id} {Keychain((ADA,))!r}"


def config(**auths: object) -> str:
    return json.dumps({"auths": auths, "credsStore": "evil", "credHelpers": {"ghcr.io": "evil"}})


def auth(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("key", "images"),
    [
        ("https://index.docker.io/v1/", "docker.io/*"),
        ("docker.io", "docker.io/*"),
        ("ghcr.io", "ghcr.io/*"),
        ("ghcr.io/acme", "ghcr.io/acme/*"),
        ("https://registry.example:5000/v2/", "registry.example:5000/*"),
    ],
)
def test_the_auths_of_a_docker_config(key, images):
    (found,) = read_docker_config(config(**{key: auth("ada:sec:ret")}), "acme/*")
    assert (found.images, found.username, found.password) == (images, "ada", "sec:ret")
    assert found.repositories == "acme/*"


@pytest.mark.parametrize(
    "entry", [{}, None, {"auth": "%%%"}, auth("nothing"), {"auth": 1}, {"identitytoken": "x"}]
)
def test_entries_without_a_password_are_left_out(entry):
    assert read_docker_config(config(**{"ghcr.io": entry})) == ()


def test_credential_helpers_are_not_read():
    assert read_docker_config(config()) == ()


@pytest.mark.parametrize("text", ["", "[]", "null", '{"auths": []}', "[" * 100_000])
def test_a_docker_config_that_is_none(text):
    with pytest.raises(ConfigError):
        read_docker_config(text)


def test_the_operators_table():
    row = {"images": "ghcr.io/acme/*", "repositories": "acme/*", "username": "ada", "password": "secret"}
    assert read_credentials(json.dumps([row])) == (ADA,)


@pytest.mark.parametrize("text", ["", "{}x", '[{"images": 1}]', '[{"nothing": "x"}]', "[1]", "1"])
def test_an_operators_table_that_is_none(text):
    with pytest.raises(ConfigError):
        read_credentials(text)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            'Bearer realm="https://a/token",service="a"',
            [("bearer", {"realm": "https://a/token", "service": "a"})],
        ),
        ("Basic realm=plain", [("basic", {"realm": "plain"})]),
        ('bEARER REALM = "a\\"b" , scope="x,y z"', [("bearer", {"realm": 'a"b', "scope": "x,y z"})]),
        ('Basic realm="a", Bearer realm="b"', [("basic", {"realm": "a"}), ("bearer", {"realm": "b"})]),
        ("Negotiate", [("negotiate", {})]),
        ('Bearer realm="unterminated', [("bearer", {}), ("realm", {})]),
        ('="x"', []),
        ("", []),
    ],
)
def test_challenges(header, expected):
    assert parse_challenges(header) == [Challenge(scheme, tuple(p.items())) for scheme, p in expected]


@given(st.text(max_size=300) | st.text('Bearealm="\\, \t', max_size=300))
def test_any_header_can_be_read(header):
    assert all(each.scheme for each in parse_challenges(header))


@pytest.mark.parametrize(
    "header", ['Bearer realm="' + "\\" * 100_000, "a=" * 50_000, "a, " * 50_000, '"' * 99_999]
)
def test_a_long_header_is_cut(header):
    assert len(parse_challenges(header)) <= 8192


@pytest.fixture
def keychain(fake) -> Keychain:
    return Keychain((Credential(f"{fake.host}/private", "ada", "secret", "acme/*"),))


async def ask(fake, tmp_path, keychain, access=SHOP, image="private:1", others=()):
    async with reach(tmp_path, fake, *others, keychain=keychain) as registry:
        return await registry.resolve(Reference.parse(f"{fake.host}/{image}"), None, access)


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
async def test_a_private_image_is_read_with_its_credential(fake, tmp_path, keychain, scheme):
    push(fake, "private")
    fake.protect("private", "ada", "secret", scheme)
    assert isinstance(await ask(fake, tmp_path, keychain), ResolvedImage)


async def test_a_public_image_is_read_with_an_anonymous_token(fake, tmp_path, keychain):
    push(fake, "public")
    fake.anonymous_tokens = True
    assert isinstance(await ask(fake, tmp_path, keychain, image="public:1"), ResolvedImage)
    assert not any("Basic" in authorization for *_, authorization in fake.received)


async def test_a_token_is_asked_for_once_per_repository(fake, tmp_path, keychain):
    push(fake, "private")
    fake.protect("private", "ada", "secret")
    reference = Reference.parse(f"{fake.host}/private:1")
    async with reach(tmp_path, fake, keychain=keychain) as registry:
        for _ in range(3):
            assert isinstance(await registry.resolve(reference, None, SHOP), ResolvedImage)
        assert fake.count("GET", "/token") == 1
        fake.revoke_tokens()
        assert isinstance(await registry.resolve(reference, None, SHOP), ResolvedImage)
    assert fake.count("GET", "/token") == 2


async def test_the_scope_asked_for_is_our_own(fake, tmp_path, keychain):
    push(fake, "private")
    fake.protect("private", "ada", "secret")
    fake.fail("/manifests/", times=1, status=401, headers={
        "WWW-Authenticate": f'Bearer realm="{fake.url}/token",scope="repository:everything:push,delete"'
    })  # fmt: skip
    assert isinstance(await ask(fake, tmp_path, keychain), ResolvedImage)
    (token,) = [path for _, path, _ in fake.received if path.startswith("/token")]
    assert "repository%3Aprivate%3Apull" in token
    assert "push" not in token


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
async def test_a_fork_reads_no_private_image_and_learns_nothing(fake, tmp_path, keychain, scheme):
    push(fake, "private")
    fake.protect("private", "ada", "secret", scheme)
    there = await ask(fake, tmp_path, keychain, untrusted())
    absent = await ask(fake, tmp_path, keychain, untrusted(), "missing:1")
    assert isinstance(there, Skipped)
    assert isinstance(absent, Skipped)
    assert there.why == absent.why.replace("missing", "private")
    assert not any("Basic" in authorization for *_, authorization in fake.received)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_to_the_untrusted_a_refusal_reads_like_an_absence(fake, tmp_path, keychain, status):
    fake.fail("/manifests/", status=status)
    skipped = await ask(fake, tmp_path, keychain, untrusted())
    assert isinstance(skipped, Skipped)
    assert skipped.why == f"{fake.host} answered 404 to GET /v2/private/manifests/1: not found"


async def test_a_fork_reads_the_private_image_its_target_names(fake, tmp_path, keychain):
    push(fake, "private")
    fake.protect("private", "ada", "secret")
    assert isinstance(await ask(fake, tmp_path, keychain, untrusted(f"{fake.host}/private")), ResolvedImage)


async def test_a_wrong_password_is_told_to_the_trusted_without_it(fake, tmp_path):
    fake.protect("private", "ada", "right")
    keychain = Keychain((Credential(f"{fake.host}/*", "ada", "wrong-secret"),))
    skipped = await ask(fake, tmp_path, keychain)
    assert isinstance(skipped, Skipped)
    assert skipped.why == "127.0.0.1 answered 401 to the request for a token"


async def test_a_token_that_is_not_given_at_once_is_asked_for_again(fake, tmp_path, keychain):
    push(fake, "private")
    fake.protect("private", "ada", "secret")
    fake.fail("/token", times=2, status=503)
    assert isinstance(await ask(fake, tmp_path, keychain), ResolvedImage)
    fake.fail("/token", status=503)
    skipped = await ask(fake, tmp_path, keychain)
    assert isinstance(skipped, Skipped)
    assert skipped.transient


async def test_a_credential_does_not_go_to_a_realm_elsewhere(fake, other, tmp_path, keychain):
    fake.protect("private", "ada", "secret")
    fake.realm = f"{other.url}/token"
    skipped = await ask(fake, tmp_path, keychain, others=(other,))
    assert isinstance(skipped, Skipped)
    assert "lets no credential go" in skipped.why
    assert not other.requests


async def test_a_named_realm_still_needs_https(fake, other, tmp_path):
    fake.protect("private", "ada", "secret")
    fake.realm = f"{other.url}/token"
    keychain = Keychain((Credential(f"{fake.host}/*", "ada", "secret", realm=other.host),))
    skipped = await ask(fake, tmp_path, keychain, others=(other,))
    assert isinstance(skipped, Skipped)
    assert not other.requests


async def test_without_a_credential_any_guarded_realm_may_be_asked(fake, other, tmp_path, keychain):
    push(fake, "public")
    fake.anonymous_tokens, fake.realm = True, f"{other.url}/token"
    skipped = await ask(fake, tmp_path, keychain, image="public:1", others=(other,))
    assert other.count("GET", "/token") == 1
    assert isinstance(skipped, Skipped)  # the other registry's tokens are not this one's


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"token": ""}',
        b'{"token": "a\\r\\nX: y"}',
        b'{"token": 1}',
        b"[" * 99999,
        b" " * 300_000,
    ],
)
async def test_a_realm_that_answers_nonsense(fake, tmp_path, keychain, body):
    fake.protect("private", "ada", "secret")
    fake.fail("/token", body=body)
    skipped = await ask(fake, tmp_path, keychain)
    assert isinstance(skipped, Skipped)
    assert "with something else" in skipped.why


@pytest.mark.parametrize(
    "realm",
    [
        "",
        "token",
        "https://",
        "javascript:alert(1)",
        "https://a:b@c.example/",
        "https://h:port/",
        "http://a\0/",
    ],
)
async def test_a_realm_that_is_no_address(fake, tmp_path, keychain, realm):
    fake.fail(
        "/manifests/",
        status=401,
        headers={"WWW-Authenticate": f'Bearer realm="{realm}"'.replace("\0", "%00")},
    )
    assert isinstance(await ask(fake, tmp_path, keychain), Skipped)
