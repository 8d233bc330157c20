"""Commands that only look like a remedy: skipped, rehearsed, held back or aimed elsewhere."""

import pytest

from bot.dockerfile import package_commands, parse


def certain(run: str) -> list[bool]:
    (_, instruction) = parse(f"FROM a\nRUN {run}").instructions
    return [command.certain for command in package_commands(instruction) if command.verb != "update-index"]


@pytest.mark.parametrize(
    "run",
    [
        "apk upgrade",
        "apk update && apk upgrade --no-cache",
        "set -eux; apt-get update; apt-get -y upgrade; rm -rf /var/lib/apt/lists/*",
        "apt-get update && apt-get -yq upgrade; rm x",
        "apt-get -o Dpkg::Options::=--force-confold upgrade",
        "test -f x && apk upgrade",
        "apk upgrade || true",
        "apk upgrade && (rm x || true)",
        "x || exit 1; apk upgrade",
        "if x; then y; fi; apk upgrade",
        "for x in y; do z; done; apk upgrade",
        "( apk upgrade ) | tee log",
        "yes | apt-get upgrade",
        'sh -c "apk upgrade"',
        '["apk", "upgrade"]',
        "<<E\nset -e\napk upgrade\nE",
        "set -eux; apk upgrade --no-cache",
        "apt-get update && apt-get -y upgrade && rm -rf /var/lib/apt/lists/*",
        'set -eux; apt-get update; apt-get -y upgrade; arch="$(dpkg --print-architecture)"',
        "apt-get update && apt-get -y upgrade && x=$(y) && z; w",
        "apk upgrade && cat <<E >f\nx\nE",
        "x && { y; exit 1; }; apk upgrade",
        "if x; then exit 1; fi; apk upgrade",
        "x & apk upgrade",
        "{ x & } ; apk upgrade",
        "apk upgrade >log 2>&1",
        "sh <<E\napk upgrade\nE",
    ],
)
def test_a_remedy(run: str) -> None:
    assert certain(run) == [True]


@pytest.mark.parametrize(
    "run",
    [
        "true || apk upgrade",
        "true ||\\\n apk upgrade",
        "true | true || apk upgrade",
        "true || { x; apk upgrade; }",
        "true || ( x; apk upgrade )",
        "false && apk upgrade; true",
        "false && apk upgrade || true",
        "(false && apk upgrade) || true",
        "false && { x; apk upgrade; }; true",
        "cd /nowhere && apk upgrade || true",
        "if false; then apk upgrade; fi",
        "if false; then x; else if y; then apk upgrade; fi; fi",
        "while false; do apk upgrade; done",
        "case x in y) apk upgrade;; esac",
        "exit 0; apk upgrade",
        "exit; apk upgrade",
        "exec true; apk upgrade",
        "exit 00; apk upgrade",
        "exit 256; apk upgrade",
        "X=1 exit 0; apk upgrade",
        "time exit 0; apk upgrade",
        "$X exit 0; apk upgrade",
        "eval exit; apk upgrade",
        "command exit; apk upgrade",
        ". x; apk upgrade",
        "if true; then exit 0; fi; apk upgrade",
        "{ exit 0; }; apk upgrade",
        "set -n; apk upgrade",
        "set -o noexec; apk upgrade",
        "set -e; trap 'exit 0' EXIT; false; apk upgrade",
        "case x in a) :;; done) apk upgrade;; esac",
        "if false; then \\fi; apk upgrade; fi",
        "true || { x; \\}; apk upgrade; }",
        "rm /nonexistent && apk upgrade; true",
        ": </nonexistent && apk upgrade; true",
        "apk upgrade & true",
        "{ apk upgrade; } & true",
        "x && apk upgrade & true",
        "apk upgrade && x $(y) & true",
        "false && apk upgrade && x=$(y) || true",
        ': "$(echo " ; apk upgrade ; ")"',
        ": ${x:-${y} ; apk upgrade ; }",
        ": ${x:-\\} ; apk upgrade ; }",
        ": $'\\' ; apk upgrade ; \\''",
        "f() { apk upgrade; }",
        "apk() { true; }; apk upgrade",
        'true || sh -c "apk upgrade"',
        'sh -c "true || apk upgrade"',
        "<<E\ntrue || apk upgrade\nE",
        "cat <<E >/dev/null && sh </dev/null\napk upgrade\nE",
        "x;" * 10_000 + "apk upgrade",
        "apk upgrade --simulate",
        "apk -s upgrade",
        "apk --root /mnt upgrade",
        "apk add 'libssl3<3.3.1'",
        "apk add libssl3~3.3.0",
        "apt-get --dry-run upgrade",
        "apt-get -yqs upgrade",
        "apt-get upgrade --download-only",
        "apt-get -o APT::Get::Simulate=1 upgrade",
        "apt-get -oDir=/mnt upgrade",
        "apt-get install --no-upgrade libssl3",
    ],
)
def test_no_remedy(run: str) -> None:
    assert certain(run) == [False]


@pytest.mark.parametrize(
    "run",
    [
        "yes apk upgrade | head -1",
        "command -v apk upgrade",
        "echo apk upgrade",
        "# apk upgrade",
        "<<E\ncat <<X\n\tX\napk upgrade\nX\nE",
    ],
)
def test_what_is_not_run_is_no_command(run: str) -> None:
    assert certain(run) == []
