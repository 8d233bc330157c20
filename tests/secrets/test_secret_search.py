"""What is told of a secret, which files are searched, and secrets in configurations and Dockerfiles."""

import json
from dataclasses import replace

import pytest

from bot.dockerfile import parse
from bot.engine import parse_config
from bot.engine.secrets import LARGEST, Search, find, names_a_secret
from bot.engine.secrets.config import config_secrets
from bot.engine.secrets.matching import MOST, MOST_PLACES
from bot.engine.secrets.text import dockerfile_secrets
from bot.finding import Kind
from bot.inventory import HistoryEntry, ImageConfig, SecretPlace
from tests.secrets.corpus import Maker, positives

SEARCH = Search(b"key")
TOKEN = Maker(1).checksummed("ghp_")
OTHER = Maker(2).checksummed("ghp_")


def test_nothing_that_is_told_holds_the_secret() -> None:
    for case in positives():
        if len(case.secret) < 8:
            continue
        for match in SEARCH.matches(case.path, case.text.encode()):
            told = repr(match) + repr(SEARCH.find(case.path, case.text.encode()))
            assert match.secret.decode() not in told
            assert match.secret.decode()[-8:] not in told


def test_a_fingerprint_is_the_same_everywhere_under_one_key_only() -> None:
    one = find("a.py", f"x = '{TOKEN}'".encode(), b"one")[0]
    same = find("b.yml", f"\n\ny: {TOKEN}".encode(), b"one")[0]
    other = find("a.py", f"x = '{TOKEN}'".encode(), b"two")[0]
    assert one.fingerprint == same.fingerprint != other.fingerprint
    assert (one.line, same.line, one.hint) == (1, 3, "ghp_…")


def test_a_key_is_the_same_however_its_lines_are_broken() -> None:
    texts = {case.path: case.text for case in positives() if case.rule == "rsa-private-key"}
    plain = texts["etc/k.pem"]
    escaped = '{"key": "' + plain.replace("\n", "\\n") + '"}'
    assert find("etc/k.pem", plain.encode())[0].fingerprint == find("c.json", escaped.encode())[0].fingerprint


def test_utf_16_is_read() -> None:
    found = find("C/setup.ps1", f"# x\r\n$t = '{TOKEN}'\r\n".encode("utf-16"))
    assert [(each.rule, each.line) for each in found] == [("github-token", 2)]


def test_compiled_files_are_searched_for_unmistakable_tokens_only() -> None:
    code = b"\x7fELF\0\0" + TOKEN.encode() + b"\0postgres://shop:tr0ub4dor9@db.internal/x\0"
    assert [each.rule for each in find("usr/local/bin/app", code)] == ["github-token"]


@pytest.mark.parametrize(
    ("path", "size", "wanted"),
    [
        ("app/config.py", 100, True),
        ("root/.ssh/id_ed25519", 400, True),
        ("usr/local/bin/server", 5 << 20, True),
        ("app/tests/key.pem", 100, True),
        ("app/config.py", 0, False),
        ("app/dump.sql", LARGEST + 1, False),
        ("app/logo.PNG", 100, False),
        ("usr/lib/x86_64-linux-gnu/libssl.so.3", 100, False),
        ("usr/share/doc/x/README", 100, False),
        ("var/lib/apt/lists/x", 100, False),
        ("app/node_modules/x/test/key.pem", 100, False),
        ("usr/lib/python3/dist-packages/x/tests/key.pem", 100, False),
        ("home/me/.cache/pip/http/a", 100, False),
    ],
)
def test_which_files_are_searched(path: str, size: int, wanted: bool) -> None:
    assert SEARCH.wants(path, size) is wanted


def test_a_large_file_of_text_has_to_be_named() -> None:
    assert SEARCH.misses("app/dump.sql", LARGEST + 1)
    assert not SEARCH.misses("app/dump.sql", LARGEST)
    assert not SEARCH.misses("app/film.mp4", LARGEST + 1)
    assert not SEARCH.misses("usr/bin/node", LARGEST + 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            (name, True)
            for name in ("DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD")
        ),
        *(
            (name, True)
            for name in ("secret", "SECRET_KEY_BASE", "client-secret", "spring.datasource.password")
        ),
        *(
            (name, False)
            for name in ("PASSWORD_FILE", "TOKEN_URL", "PWD", "OLDPWD", "SSH_ASKPASS", "GPG_KEY", "PATH")
        ),
        *(
            (name, False)
            for name in ("PUBLIC_KEY", "COMPASS", "PASSENGER_VERSION", "tokenizer", "SECRET_NAME", "KEY")
        ),
        *((name, False) for name in ("NEXT_TOKEN", "csrf_token", "MAX_TOKEN", "AUTHOR", "TOKEN_TTL")),
    ],
)
def test_names_of_secrets(name: str, expected: bool) -> None:
    assert names_a_secret(name) is expected


def test_a_configuration_is_searched_by_value_and_by_name() -> None:
    argument = Maker(3).text(24)
    config = ImageConfig(
        env=(
            "PATH=/usr/bin", "DB_PASSWORD=hunter2-real", "PASSWORD_FILE=/run/secrets/db", "TOKEN_URL=https://x.net/t",
            "API_KEY=${API_KEY}", "SECRET_KEY=changeme", "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305", "EMPTY",
        ),
        labels=(("built-with", TOKEN), ("org.opencontainers.image.revision", "9d2f1c" * 6 + "abcd")),
        history=(
            HistoryEntry("/bin/sh -c #(nop)  ENV DB_PASSWORD=hunter2-real", None),
            HistoryEntry("/bin/sh -c #(nop)  ENV OLD_PASSWORD=gone-but-there1", None),
            HistoryEntry(f"RUN |2 NPM_TOKEN={argument} VERSION=3 /bin/sh -c npm ci # buildkit", 1),
            HistoryEntry(f"RUN |2 NPM_TOKEN={argument} VERSION=3 /bin/sh -c npm test # buildkit", 2),
            HistoryEntry(f"RUN /bin/sh -c git clone https://x:{OTHER}@github.com/a/b # buildkit", 3),
        ),
    )  # fmt: skip
    secrets = config_secrets(config, SEARCH)
    found = secrets.found
    assert secrets.skipped == ()
    assert [(each.place, each.path, each.rule, each.layer) for each in found] == [
        (SecretPlace.ENV, "DB_PASSWORD", "environment-secret", None),
        (SecretPlace.LABEL, "built-with", "github-token", None),
        (SecretPlace.HISTORY, "", "environment-secret", None),
        (SecretPlace.HISTORY, "", "generic-secret", 1),
        (SecretPlace.HISTORY, "", "github-token", 3),
    ]
    assert not any(secret in repr(found) for secret in ("hunter2-real", TOKEN, OTHER, argument))


def test_a_secret_at_the_end_of_a_long_script_is_found() -> None:
    text = f"RUN /bin/sh -c <<EOF {'true && ' * 100_000} echo {TOKEN}"
    config = parse_config(json.dumps({"history": [{"created_by": text}]}).encode())
    assert isinstance(config, ImageConfig)
    assert [each.rule for each in config_secrets(config, SEARCH).found] == ["github-token"]


def test_a_configuration_with_more_than_is_judged_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.secrets.config._MOST_DEFINED", 3)
    commands = [f"RUN |2 A{number}=x DB_PASSWORD=hunter{number}-real /bin/sh -c true" for number in range(2)]
    config = ImageConfig(history=tuple(HistoryEntry(text, None) for text in commands))
    assert config_secrets(replace(config, history=config.history[:1]), SEARCH).skipped == ()
    [skipped] = config_secrets(config, SEARCH).skipped
    assert skipped.why == "it has more places that look like secrets than are judged (environment-secret)"


def test_more_places_of_a_rule_than_are_told_are_no_secret() -> None:
    tokens = [Maker(number).checksummed("ghp_") for number in range(MOST + 1)]
    given_up: list[str] = []
    found = SEARCH.find("a.txt", "\n".join(tokens[:MOST]).encode(), given_up)
    assert (len(found), given_up) == (MOST, [])
    found = SEARCH.find("a.txt", "\n".join(tokens).encode(), given_up)
    assert (len(found), given_up) == (MOST, ["github-token"])


DOCKERFILE = f"""# {TOKEN}
ARG FIRST={TOKEN}
FROM alpine AS build
ENV A=1 \\
    TOKEN="{TOKEN}"
RUN true && \\
  # {OTHER}
  git clone \\
    https://x:{TOKEN}@github.com/a/b && \\
    echo {OTHER}
RUN <<EOF
true
echo {TOKEN}
EOF
FROM scratch
LABEL by="{TOKEN}"
ENV DB postgres://shop:tr0ub4dor9@db.internal/x
ENV PASSWORD=hunter2-real KEY=$TOKEN
ONBUILD RUN echo {TOKEN}
"""


def test_a_dockerfile_is_searched_by_value_with_the_very_line() -> None:
    found = dockerfile_secrets(parse(DOCKERFILE), "web/Dockerfile", SEARCH)
    assert [(each.location.start_line, each.package, each.id) for each in found] == [
        (1, "a comment", "github-token"),
        (2, "ARG FIRST in the head of the file", "github-token"),
        (5, "ENV TOKEN in stage build", "github-token"),
        (7, "RUN in stage build", "github-token"),
        (9, "RUN in stage build (2)", "github-token"),
        (10, "RUN in stage build (3)", "github-token"),
        (13, "RUN in stage build (4)", "github-token"),
        (16, "LABEL by in final stage", "github-token"),
        (17, "ENV DB in final stage", "database-url"),
        (19, "RUN in final stage", "github-token"),
    ]
    assert {each.kind for each in found} == {Kind.SECRET}
    assert len({each.identity for each in found}) == len(found)
    assert "--mount=type=secret" in found[3].remedy
    assert TOKEN not in repr(found)
    assert OTHER not in repr(found)
    assert "tr0ub" not in repr(found)


def test_what_was_not_searched_to_its_end_is_named():
    given_up: list[str] = []
    assert SEARCH.find("app/x.txt", b"eyJ" * 1000, given_up) == []
    assert given_up == []
    SEARCH.find("app/x.txt", b"eyJ" * (MOST_PLACES + 1), given_up)
    assert given_up


def test_a_line_of_a_vault_hides_nothing_that_is_not_encrypted() -> None:
    [case] = [each for each in positives() if each.rule == "rsa-private-key"][:1]
    plain = SEARCH.find(case.path, case.text.encode())
    assert [
        each.rule for each in SEARCH.find(case.path, b"$ANSIBLE_VAULT;1.1;AES256\n" + case.text.encode())
    ] == [each.rule for each in plain]
    assert plain
