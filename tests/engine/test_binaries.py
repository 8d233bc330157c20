"""Executables as they stream past: Go in both forms, Rust, well-known programs, and what only looks like them."""

import json
import struct
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.engine.binaries import Examination, examine, wants
from bot.engine.binaries.modules import parse_modules

# In parts, so that this file holds none of the marks.
HEAD = b"\xff Go " + b"buildinf:"
OPEN = bytes.fromhex("3077af0c92740802" + "41e1c107e6d618e6")
CLOSE = bytes.fromhex("f932433186182072" + "00824210" + "4116d8f2")
NOTE = b"Go\0\0"
TEXT = (
    "path\texample.com/shop/cmd\n"
    "mod\texample.com/shop\t(devel)\t\n"
    "dep\tgithub.com/google/uuid\tv1.3.0\th1:x=\n"
    "dep\tgolang.org/x/text\tv0.3.0\n"
    "=>\tgolang.org/x/text\tv0.14.0\th1:y=\n"
    "dep\texample.com/local\tv1.0.0\n"
    "=>\t../local\t(devel)\t\n"
    "build\t-compiler=gc\n"
)
GO = [
    ("stdlib", "1.21.5"),
    ("example.com/shop", ""),
    ("github.com/google/uuid", "v1.3.0"),
    ("golang.org/x/text", "v0.14.0"),
    ("../local", ""),
]
BASE = 0x400000


def elf(content: bytes, *, loaded: int | None = None) -> bytes:
    """A 64-bit little-endian ELF file with one read-only segment of `loaded` bytes, at BASE."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    size = 120 + len(content) if loaded is None else loaded
    head += struct.pack("<IIQQQQQQ", 1, 4, 0, BASE, BASE, size, size, 4096)
    return head + content


def inline(version: bytes = b"go1.21.5", text: str = TEXT) -> bytes:
    body = OPEN + text.encode() + CLOSE
    head = (HEAD + b"\x08\x02").ljust(32, b"\0") + bytes([len(version)]) + version
    length = len(body)
    return head + bytes([length & 0x7F | 0x80, length >> 7]) + body


def pointed(version: bytes = b"go1.17.13", gap: int = 0) -> bytes:
    """As before Go 1.18: constants first, then the head, which points to a string, which points to the constants."""
    constants = NOTE + bytes(gap) + b"abc" + version + b"go1.99def" + OPEN + TEXT.encode() + CLOSE
    at = 120 + len(constants) + -len(constants) % 16
    head = (HEAD + b"\x08\x00") + struct.pack("<QQ", BASE + at + 64, 0)
    text = struct.pack("<QQ", BASE + 120 + constants.index(version), len(version))
    return elf(constants.ljust(at - 120, b"\0") + head.ljust(64, b"\0") + text)


def crates(packages: list[dict[str, object]]) -> bytes:
    return zlib.compress(json.dumps({"packages": packages}, separators=(",", ":")).encode())


def look(data: bytes, path: str = "app/run", sizes: tuple[int, ...] = (65536,)) -> Examination:
    pieces, rest = [], data
    while rest:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(rest[:size])
        rest = rest[size:]
    return examine(path, iter(pieces), len(data))


def listed(found: Examination) -> dict[str, list[tuple[str, str]]]:
    return {name: [(each.name, each.version) for each in packages] for name, packages in found.databases}


@pytest.mark.parametrize(
    "data",
    [
        elf(bytes(1000) + inline() + bytes(500)),
        # Go's own tools hold the marks as well.
        elf(HEAD + b" is the mark" + bytes(90) + OPEN + b"no text" + inline()),
        b"MZ" + bytes(400) + inline(),
        bytes.fromhex("cffaedfe") + bytes(400) + inline(),
    ],
    ids=["elf", "marks of a tool", "pe", "mach-o"],
)
def test_go(data):
    assert listed(look(data)) == {"go-binary": GO}
    assert look(data).skipped == ()


def test_a_go_program_of_more_modules_than_are_read_says_so():
    text = TEXT + "".join(f"dep\ta.b/{number}\tv1.0.0\n" for number in range(10_000))
    body = inline(text="").replace(OPEN + CLOSE, OPEN + text.encode() + CLOSE)
    found = look(elf(body))
    assert 9_000 < len(found.databases[0][1]) <= 10_001
    assert found.skipped == ("it is a Go program that lists more than 10,000 modules",)


def test_many_marks_do_not_hide_the_list_of_modules():
    found = look(elf(NOTE + (OPEN + b"no text") * 50 + inline()))
    assert listed(found) == {"go-binary": GO}


def test_a_program_with_too_many_texts_like_its_version_says_so():
    one, version = b"OpenSSL ".ljust(300), b"OpenSSL 3.0.1 14 Dec 2021"
    found = look(elf(one * 2000 + version), "usr/local/bin/openssl")
    assert found.databases == ()
    assert found.skipped == ("it has too many texts that may be the version of openssl",)
    found = look(elf(one * 1900 + version), "usr/local/bin/openssl")
    assert (len(found.databases), found.skipped) == (1, ())


def test_go_before_1_18():
    assert listed(look(pointed())) == {"go-binary": [("stdlib", "1.17.13"), *GO[1:]]}


@settings(max_examples=20)
@example([1, 13], 8192)
@given(st.lists(st.integers(1, 700), min_size=2, max_size=6), st.integers(8192, 9300))
def test_nothing_is_missed_at_a_seam(sizes, at):
    packed = crates([{"name": "itoa", "version": "1.0.0"}])
    for data, expected in (
        # What is read at the beginning to tell what the file is has no seams.
        (elf(bytes(at) + inline()), {"go-binary": GO}),
        (elf(bytes(at) + packed), {"rust-binary": [("itoa", "1.0.0")]}),
        (pointed(gap=at), {"go-binary": [("stdlib", "1.17.13"), *GO[1:]]}),
    ):
        assert listed(look(data, sizes=tuple(sizes))) == expected


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (elf(NOTE + bytes(500)), "it is a Go program whose build information cannot be read"),
        (elf(NOTE + inline()[:-10]), "it is a Go program whose list of modules is cut short or too long"),
        (
            elf(NOTE + OPEN + TEXT.encode() + CLOSE),
            "it is a Go program whose version of Go cannot be read",
        ),
        (elf(b"/rust" + b"c/90b35a6239c3/library"), "it is a Rust program without a list of its crates"),
        (elf(b"\0.dep-" + b"v0\0"), "it is a Rust program whose list of crates cannot be read"),
        (
            elf(zlib.compress(b'{"packages":[') + bytes(50)),
            "it is a Rust program, and its list of crates cannot be read: it is damaged or too large",
        ),
        (
            elf(b"UP" + b"X!" + bytes(50) + b"Go build"),
            "it is packed with UPX, and something in it says that Go or Rust built it",
        ),
    ],
)
def test_what_cannot_be_told_is_said(data, why):
    assert look(data).skipped == (why,)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x7fE", b"#!/bin/sh\n" + inline(), elf(bytes(900)), elf(b"UP" + b"X!"), b"\x7fELF"],
)
def test_what_says_nothing(data):
    assert look(data) == Examination()


def test_a_script_is_read_no_further():
    pieces = iter([b"#!/bin/sh\n", b"rest"])
    assert examine("a", pieces, 14) == Examination()
    assert next(pieces) == b"rest"


def test_rust_without_what_only_built_it():
    found = [
        {"name": "demo", "version": "0.1.0", "root": True},
        {"name": "itoa", "version": "1.0.18", "kind": "runtime"},
        {"name": "cc", "version": "1.11.1", "kind": "build"},
        {"name": 3},
        "x",
    ]
    expected = {"rust-binary": [("demo", "0.1.0"), ("itoa", "1.0.18")]}
    assert listed(look(elf(bytes(800) + crates(found)))) == expected
    # Linkers put it behind what is loaded.
    assert listed(look(elf(bytes(800) + crates(found), loaded=500))) == expected


def test_a_list_of_crates_that_is_a_bomb():
    bomb = zlib.compress(b'{"packages":[' + b" " * (9 << 20) + b"]}")
    assert "damaged or too large" in look(elf(bomb)).skipped[0]


@pytest.mark.parametrize(
    ("flags", "version"),
    [
        ('-ldflags="-s -w -X main.version=1.18.1"', "v1.18.1"),
        ("-ldflags=-X=github.com/acme/shop/internal/build.Version=v2.0.0-rc.1", "v2.0.0-rc.1"),
        ("-ldflags=-X main.goVersion=1.21", ""),
        ("-ldflags=-X main.version=dev", ""),
        ("-tags=version=1.2", ""),
    ],
)
def test_the_version_a_program_was_given(flags, version):
    [main] = parse_modules(f"mod\tgithub.com/acme/shop\t(devel)\t\nbuild\t{flags}\n")
    assert main.version == version


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("usr/local/lib/libpython3.11.so.1.0", b"\x003.11.7\0", ("python", "3.11.7")),
        ("usr/local/bin/python3.13", b"\x003.13.0rc1+\0", ("python", "3.13.0rc1")),
        ("opt/py/lib/libpython3.6m.so.1.0", b"/opt/versions/3.6.15\0", ("python", "3.6.15")),
        ("usr/local/bin/python3.11", b"\x003.12.1\0", None),
        ("usr/local/bin/node", b"node.js/v20.20.2", ("node", "20.20.2")),
        ("usr/sbin/nginx", b"\0nginx version: nginx/1.22.1\0", ("nginx", "1.22.1")),
        (
            "usr/local/openresty/nginx/sbin/nginx",
            b"\0nginx version: openresty/1.21.4.1\0",
            ("openresty", "1.21.4.1"),
        ),
        (
            "usr/lib/postgresql/15/bin/postgres",
            b"postgres (PostgreSQL) 15.20 (Debian",
            ("postgresql", "15.20"),
        ),
        ("usr/lib/libcrypto.so.3", b"OpenSSL 3.0.19 27 Jan 2026\0", ("openssl", "3.0.19")),
        ("usr/lib/libssl.so.1.1", b"OpenSSL 1.1.1w  11 Sep 2023\0", ("openssl", "1.1.1w")),
        ("bin/busybox", b"BusyBox v1.36.1 (2023-11-07)", ("busybox", "1.36.1")),
        (
            "jdk/lib/server/libjvm.so",
            b"Server VM (25.392-b08) for linux-amd64 JRE (1.8.0_392-b08)",
            ("java", "1.8.0_392"),
        ),
        ("jdk/lib/server/libjvm.so", b" JRE (17.0.15+6-LTS), built", ("java", "17.0.15")),
        ("usr/local/bin/php", b"X-Powered-By: PHP/8.2.36\0", ("php", "8.2.36")),
        ("usr/local/lib/libruby.so.3.2.2", b"\0ruby 3.2.2 (2023-03-30 revision e5)", ("ruby", "3.2.2")),
        (
            "usr/local/bin/perl5.36.0",
            b"This is perl 5, version 36, subversion 0 (%-p) built",
            ("perl", "5.36.0"),
        ),
        ("usr/local/bin/redis-server", b"xA7.0.151790282056000000000\0", ("redis", "7.0.15")),
        ("usr/local/bin/redis-server", b"\x007.2.3buildkitsandbox-1698765432000000000\0", ("redis", "7.2.3")),
        ("usr/local/bin/redis-server", b"\x007.2.33f2a1b4c5d6e-1698765432000000000\0", ("redis", "7.2.3")),
        ("usr/sbin/mysqld", b"/build/mysql-8.0.35/sql/a.cc", ("mysql", "8.0.35")),
        ("usr/sbin/mariadbd", b"\x0010.11.19-MariaDB\0", ("mariadb", "10.11.19")),
        ("usr/local/apache2/bin/httpd", b"\0Apache/2.4\0Apache/2.4.58 (Unix)\0", ("httpd", "2.4.58")),
        ("usr/sbin/haproxy", b" version 2.6.12-1+deb12u4, released 2026/10/17", ("haproxy", "2.6.12")),
        ("usr/bin/memcached", b"memcached 1.6.18\0", ("memcached", "1.6.18")),
        ("usr/bin/mynode", b"node.js/v20.20.2", None),
        ("usr/bin/node-gyp", b"node.js/v20.20.2", None),
        ("usr/bin/curl", b"OpenSSL 3.0.19 27 Jan 2026\0", None),
    ],
)
def test_well_known_programs(path, text, expected):
    found = look(elf(bytes(300) + text + bytes(300)), path, (400, 37))
    assert listed(found) == ({"runtime": [expected]} if expected else {})
    assert found.skipped == ()


def test_libraries_are_wanted_though_not_executable():
    assert wants("usr/lib/libcrypto.so.3")
    assert wants("usr/lib/jvm/lib/server/libjvm.so")
    assert not wants("usr/lib/libz.so.1")
    assert not wants("")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("example.com/shop", "it is a Go program built without modules, so it has no list of them"),
        ("command-line-arguments", ""),
        ("cmd/gofmt", ""),
    ],
)
def test_a_go_program_built_without_modules(path, why):
    found = look(elf(inline(text=f"path\t{path}\nbuild\t-compiler=gc\n")))
    assert listed(found) == {"go-binary": [("stdlib", "1.21.5")]}
    assert found.skipped == ((why,) if why else ())


@given(st.integers(0, 2000), st.binary(max_size=30), st.sampled_from(["usr/bin/node", "redis-server", "x"]))
def test_damaged_programs(at, noise, path):
    for whole in (pointed(), elf(inline() + crates([{"name": "a", "version": "1"}]))):
        at %= len(whole)
        found = look(whole[:at] + noise + whole[at + len(noise) :], path)
        for _, packages in found.databases:
            assert all(package.name.isprintable() and package.version.isprintable() for package in packages)
