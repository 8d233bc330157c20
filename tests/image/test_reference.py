"""The grammar and normalisation of image references, in the cases of the distribution/reference project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.image import InvalidReference, Reference

SHA256 = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("alpine", None, "alpine", None, None),
        ("alpine:3.20", None, "alpine", "3.20", None),
        (f"alpine@{SHA256}", None, "alpine", None, SHA256),
        (f"alpine:3@{SHA256}", None, "alpine", "3", SHA256),
        (f"alpine@{SHA512}", None, "alpine", None, SHA512),
        ("acme/shop", None, "acme/shop", None, None),
        ("docker.io/alpine", "docker.io", "alpine", None, None),
        ("ghcr.io/acme/shop:1", "ghcr.io", "acme/shop", "1", None),
        ("localhost/shop", "localhost", "shop", None, None),
        ("localhost", None, "localhost", None, None),
        ("localhost:5000/shop", "localhost:5000", "shop", None, None),
        ("localhost:5000", None, "localhost", "5000", None),
        ("Registry/shop", "Registry", "shop", None, None),
        ("192.168.1.1/shop", "192.168.1.1", "shop", None, None),
        ("192.168.1.1:5000/shop:1", "192.168.1.1:5000", "shop", "1", None),
        ("[::1]/shop", "[::1]", "shop", None, None),
        ("[2001:db8::1]:5000/shop:1", "[2001:db8::1]:5000", "shop", "1", None),
        ("xn--n3h.com/shop", "xn--n3h.com", "shop", None, None),
        ("test_registry/shop", None, "test_registry/shop", None, None),
        ("a/b/c/d:T_a.g-1", None, "a/b/c/d", "T_a.g-1", None),
        ("foo__bar/a-b.c--d/x", None, "foo__bar/a-b.c--d/x", None, None),
        ("asdf/" + "a" * 250, None, "asdf/" + "a" * 250, None, None),
        ("ghcr.io/" + "a" * 255, "ghcr.io", "a" * 255, None, None),
        ("shop:" + "a" * 128, None, "shop", "a" * 128, None),
        ("a" * 63, None, "a" * 63, None, None),
        ("x/" + "a" * 64, None, "x/" + "a" * 64, None, None),
    ],
)
def test_a_reference_is_read(text, registry, repository, tag, digest):
    reference = Reference.parse(text)
    assert reference == Reference(registry, repository, tag, digest)
    assert str(reference) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a" * 1_025, "longer than 1024"),
        ("a" * 60 + ".b" * 470 + "/" + "y" * 20, "with what it leaves out it is longer than 1024"),
        ("", "empty"),
        (" alpine", "repository consists"),
        ("alpine ", "repository consists"),
        ("alpine\n", "repository consists"),
        ("Alpine", "lower case"),
        ("acme/Shop", "lower case"),
        ("ghcr.io/acme/Shop:1", "lower case"),
        ("Uppercase:tag", "lower case"),
        (":tag", "repository consists"),
        ("alpine:", "a tag has"),
        ("alpine:-1", "a tag has"),
        ("alpine:.1", "a tag has"),
        ("alpine:1:2", "a tag has"),
        ("alpine:" + "a" * 129, "a tag has"),
        ("alpine:ü", "a tag has"),
        ("alpine@", "digest"),
        ("@" + SHA256, "repository consists"),
        (f"alpine@{SHA256}@{SHA256}", "digest"),
        ("alpine@sha256:abc", "digest"),
        (f"alpine@{SHA256.upper()}", "digest"),
        ("alpine@sha256:" + "A" * 64, "digest"),
        ("alpine@md5:" + "0" * 32, "digest"),
        ("alpine@sha512:" + "0" * 64, "digest"),
        ("0" * 64, "image id"),
        ("-shop/x", "repository consists"),
        ("a//b", "repository consists"),
        ("a/b/", "repository consists"),
        ("/a", "repository consists"),
        ("a___b", "repository consists"),
        ("a..b", "repository consists"),
        ("a-/b", "repository consists"),
        ("../etc/passwd", "valid host"),
        (".example.com/a", "valid host"),
        ("-example.com/a", "valid host"),
        ("example-.com/a", "valid host"),
        ("ex_ample.com/a", "valid host"),
        ("example.com:/a", "valid host"),
        ("example.com:port/a", "valid host"),
        ("https://example.com/a", "valid host"),
        ("[fe80::1%eth0]/a", "valid host"),
        ("[example.com]/a", "valid host"),
        ("::1/a", "valid host"),
        ("user@host/a", "digest"),
        ("${BASE}:1", "lower case"),
        ("${base}:1", "repository consists"),
        ("ghcr.io/" + "a" * 256, "longer than 255"),
        ("a" * 248, "longer than 255"),
        ("a" * 100_000, "longer than"),
        ("ı/shop", "repository consists"),
    ],
)
def test_what_is_no_reference_says_why(text, reason):
    with pytest.raises(InvalidReference, match=reason) as raised:
        Reference.parse(text)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("text", "normalized", "name"),
    [
        ("alpine", "docker.io/library/alpine:latest", "docker.io/library/alpine"),
        ("alpine:3", "docker.io/library/alpine:3", "docker.io/library/alpine"),
        (f"alpine@{SHA256}", f"docker.io/library/alpine@{SHA256}", "docker.io/library/alpine"),
        (f"alpine:3@{SHA256}", f"docker.io/library/alpine:3@{SHA256}", "docker.io/library/alpine"),
        ("acme/shop", "docker.io/acme/shop:latest", "docker.io/acme/shop"),
        ("docker.io/alpine", "docker.io/library/alpine:latest", "docker.io/library/alpine"),
        ("index.docker.io/alpine", "docker.io/library/alpine:latest", "docker.io/library/alpine"),
        ("index.docker.io/acme/shop", "docker.io/acme/shop:latest", "docker.io/acme/shop"),
        ("localhost/shop", "localhost/shop:latest", "localhost/shop"),
        ("ghcr.io/shop:1", "ghcr.io/shop:1", "ghcr.io/shop"),
        ("library/alpine", "docker.io/library/alpine:latest", "docker.io/library/alpine"),
    ],
)
def test_normalizing_says_what_was_left_out(text, normalized, name):
    reference = Reference.parse(text)
    assert str(reference.normalized()) == normalized
    assert reference.name == name


def test_parts_are_replaced():
    reference = Reference.parse("ghcr.io/acme/shop:1")
    assert str(reference.with_tag("2").with_digest(SHA256)) == f"ghcr.io/acme/shop:2@{SHA256}"
    assert str(reference.with_tag(None)) == "ghcr.io/acme/shop"
    with pytest.raises(InvalidReference):
        reference.with_tag("a b")
    with pytest.raises(InvalidReference):
        reference.with_digest("sha256:1")


_COMPONENT = st.from_regex(r"[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,6}){0,2}", fullmatch=True)
_REGISTRY = st.none() | st.sampled_from(
    ["localhost", "docker.io", "index.docker.io", "ghcr.io", "Host", "127.0.0.1:5000", "[::1]:5000", "a:1"]
)
_TAG = st.none() | st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
_DIGEST = st.none() | st.sampled_from([SHA256, SHA512])


@given(_REGISTRY, st.lists(_COMPONENT, min_size=1, max_size=4), _TAG, _DIGEST)
def test_reading_inverts_printing(registry, components, tag, digest):
    first = components[0]
    if registry is None and len(components) > 1 and ("." in first or first == "localhost"):
        registry = "docker.io"  # without one, the first component would read as the registry
    reference = Reference(registry, "/".join(components), tag, digest)
    assert Reference.parse(str(reference)) == reference


@given(_REGISTRY, st.lists(_COMPONENT, min_size=1, max_size=4), _TAG, _DIGEST)
def test_normalizing_twice_changes_nothing(registry, components, tag, digest):
    normalized = Reference(registry, "/".join(components), tag, digest).normalized()
    assert normalized.normalized() == normalized
    assert Reference.parse(str(normalized)) == normalized
    assert normalized.tag or normalized.digest


@given(st.text(max_size=80) | st.text("aA1./:@[]-_%$ \n", max_size=40) | st.text("a-._", max_size=1024))
def test_any_text_is_a_reference_that_prints_as_written_or_is_refused(text):
    try:
        reference = Reference.parse(text)
    except InvalidReference:
        return
    assert str(reference) == text
    assert Reference.parse(str(reference.normalized())).name == reference.name


def test_the_full_form_can_always_be_read_again():
    longest = Reference.parse("a" * 60 + ".b" * 450 + "/" + "y" * 56)
    assert len(str(longest.normalized())) == 1024
    assert Reference.parse(str(longest.normalized())) == longest.normalized()
