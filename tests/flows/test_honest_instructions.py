"""DESIGN §2, "A predicted inventory is honest about instructions"."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import FLAW, FLAWED, SOUND, counts_of, know_flaw, rules_of, text_of
from tests.flows.scenes import review
from tests.harness import Advisories, Registry, RunningBot

CLEARED = {"introduced": "0", "fixed": "0", "unchanged": "0", "cleared": "1"}
BLOCKED = {"introduced": "1", "fixed": "0", "unchanged": "0", "cleared": "0"}
NOTHING = {"introduced": "0", "fixed": "0", "unchanged": "0", "cleared": "0"}
LISTS_MOUNTED = "--mount=type=cache,target=/var/lib/apt,sharing=locked"


@pytest.mark.parametrize(
    ("system", "instructions", "expected"),
    [
        ("alpine:3.20", "RUN apk upgrade --no-cache", CLEARED),
        ("alpine:3.20", "RUN apk update && apk add libssl3", BLOCKED),  # apk keeps what is there
        ("alpine:3.20", "RUN apk add --upgrade libssl3", CLEARED),
        ("alpine:3.20", "RUN apk add -Uu libssl3", CLEARED),
        ("alpine:3.20", "RUN apk add --no-cache curl", BLOCKED),
        ("alpine:3.20", "RUN apk add libssl3=3.3.0-r0", BLOCKED),
        ("alpine:3.20", "RUN apk upgrade $EXTRA", BLOCKED),
        ("alpine:3.20", "RUN apt-get upgrade -y", BLOCKED),
        ("alpine:3.20", "RUN apk del libssl3", BLOCKED),  # apk keeps what another package needs
        ("alpine:3.20", "RUN apk del libssl3 && apk add libssl3", BLOCKED),
        ("alpine:3.20", "RUN apk add libssl3 && apk upgrade", CLEARED),
        ("alpine:3.20", "RUN apk add libssl3=3.3.0-r0 && apk upgrade", BLOCKED),  # apk keeps to it
        ("alpine:3.20", "RUN apk add 'libssl3<3.3.1' && apk upgrade", BLOCKED),
        ("alpine:3.20", "RUN apk add -u 'libssl3<3.3.1'", BLOCKED),
        ("alpine:3.20", "RUN apk add libssl3~3.3.0 && apk upgrade", BLOCKED),
        ("alpine:3.20", "RUN apk upgrade --no-cache && apk add --no-cache libssl3", CLEARED),
        ("alpine:3.20", "RUN apk add --update libssl3 && apk upgrade", CLEARED),
        ("alpine:3.20", "RUN if x; then apk add libssl3; fi\nRUN apk upgrade", CLEARED),
        ("debian:12", "RUN apt-get update; apt-get -y upgrade\nRUN x=$(y); apt-get install libssl3", CLEARED),
        ("debian:12", "RUN apt-get update; apt-get -y upgrade\nRUN apt-get install -t old libssl3", BLOCKED),
        ("alpine:3.20", 'SHELL ["/bin/true"]\nRUN apk upgrade', BLOCKED),
        ("alpine:3.20", 'SHELL ["/bin/sh", "-nc"]\nRUN apk upgrade', BLOCKED),
        ("alpine:3.20", 'SHELL ["/bin/true"]\nRUN ["apk", "upgrade"]', CLEARED),
        ("alpine:3.20", 'SHELL ["/bin/ash", "-eo", "pipefail", "-c"]\nRUN apk upgrade', CLEARED),
        ("debian:12", "RUN apt-get update && apt-get -y upgrade", CLEARED),
        ("debian:12", "RUN apt-get -y upgrade", BLOCKED),  # the image has no package lists
        ("debian:12", "RUN apt-get install -y libssl3", BLOCKED),
        ("debian:12", "RUN apt-get update\nRUN apt-get -y upgrade", CLEARED),
        ("debian:12", "RUN apt-get update && rm -r /var/lib/apt/lists/*\nRUN apt-get -y upgrade", BLOCKED),
        ("debian:12", "RUN if x; then apt-get update; fi; apt-get -y upgrade", BLOCKED),
        ("debian:12", f"RUN {LISTS_MOUNTED} apt-get update && apt-get -y upgrade", CLEARED),
        ("debian:12", f"RUN {LISTS_MOUNTED} apt-get update\nRUN apt-get -y upgrade", BLOCKED),
        ("debian:12", f"RUN apt-get update\nRUN {LISTS_MOUNTED} apt-get -y upgrade", BLOCKED),
        ("debian:12", "RUN set -eux; apt-get update\nRUN rm x; apt-get -y upgrade", CLEARED),
        (
            "debian:12",
            "RUN apt-get update; find /var/lib/apt -type f -delete\nRUN apt-get -y upgrade",
            BLOCKED,
        ),
        (
            "debian:12",
            "RUN apt-get update\nRUN cd /var/lib/apt/lists && rm -rf *\nRUN apt-get -y upgrade",
            BLOCKED,
        ),
        ("debian:12", "RUN apt-get update && x=$(rm -r /var/lib/apt)\nRUN apt-get -y upgrade", BLOCKED),
        ("debian:12", "RUN apt-mark hold libssl3 && apt-get update && apt-get -y upgrade", BLOCKED),
        ("debian:12", "RUN apt-get update && apt-get install -y libssl3", CLEARED),
        ("debian:12", "RUN apt-get update && apt-get build-dep -y libssl3", BLOCKED),
        ("debian:12", "RUN apt-get update && apt-get install -y --only-upgrade libssl3", CLEARED),
        ("debian:12", "RUN apt-get update; apt-get install -y --only-upgrade $PACKAGES", BLOCKED),
        ("debian:12", "RUN apt-get update; cat list | xargs apt-get install -y --only-upgrade", BLOCKED),
        ("debian:12", "RUN apt-get purge -y libssl3", NOTHING),
    ],
)
def test_instructions_change_what_the_base_image_brings(
    bot: RunningBot,
    github: FakeGitHub,
    registry: Registry,
    advisories: Advisories,
    system: str,
    instructions: str,
    expected: dict[str, str],
) -> None:
    ecosystem = {"alpine:3.20": "Alpine:v3.20", "debian:12": "Debian:12"}[system]
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r0", ecosystem=ecosystem)
    sound = registry.push_image("shop:1", os=system, packages=SOUND)
    flawed = registry.push_image("shop:2", os=system, packages=FLAWED)
    pull = review(bot, github, f"FROM {sound}\n{instructions}\n", f"FROM {flawed}\n{instructions}\n")
    assert counts_of(pull) == expected
    assert pull.check.conclusion == ("failure" if expected is BLOCKED else "success")


def test_what_a_rebuild_clears_is_shown(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    image = registry.push_image("shop:1", packages=FLAWED)
    pull = review(bot, github, f"FROM {image}\n", f"FROM {image}\nRUN apk upgrade\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull) == CLEARED
    assert "cleared if rebuilt" in (pull.bot_comment or "")
    assert "an instruction upgrades it" in (pull.bot_comment or "")


def test_removing_the_upgrade_introduces_what_it_cleared(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    image = registry.push_image("shop:1", packages=FLAWED)
    pull = review(bot, github, f"FROM {image}\nRUN apk upgrade\n", f"FROM {image}\n")
    assert pull.check.conclusion == "failure"
    assert counts_of(pull) == BLOCKED
    assert "put back the instruction" in text_of(pull)


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ("FROM {image} AS build\nRUN apk upgrade\nFROM {image}\n", BLOCKED),
        ("FROM {image} AS base\nRUN apk upgrade\nFROM base\n", CLEARED),
    ],
)
def test_only_the_final_chain_counts(
    bot: RunningBot,
    github: FakeGitHub,
    registry: Registry,
    advisories: Advisories,
    dockerfile: str,
    expected: dict[str, str],
) -> None:
    know_flaw(advisories)
    image = registry.push_image("shop:1", packages=FLAWED)
    pull = review(bot, github, "FROM scratch\n", dockerfile.format(image=image))
    assert counts_of(pull) == expected


def test_an_unfixable_flaw_is_not_cleared(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    advisories.add(FLAW, package="openssl")
    image = registry.push_image("shop:1", packages=FLAWED)
    pull = review(bot, github, "FROM scratch\n", f"FROM {image}\nRUN apk upgrade\n")
    assert counts_of(pull) == BLOCKED
    assert rules_of(pull) == []


@pytest.mark.parametrize("name", ["libssl3", "libcrypto3"])
def test_one_reinstalled_binary_of_two_clears_nothing(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, name: str
) -> None:
    know_flaw(advisories)
    both = dict.fromkeys(("libssl3", "libcrypto3"), ("3.3.0-r0", "openssl"))
    image = registry.push_image("shop:1", packages=both)
    pull = review(bot, github, "FROM scratch\n", f"FROM {image}\nRUN apk add {name}\n")
    assert counts_of(pull) == BLOCKED


def test_triggers_of_the_base_image_apply(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image(
        "shop:2", packages=FLAWED, config={"OnBuild": ["RUN apk upgrade", "COPY . ."]}
    )
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull) == CLEARED


def test_what_a_trigger_installs_or_copies_is_named(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    triggers = ["RUN npm ci", "COPY --from=busybox:1 /bin/busybox /bin/"]
    image = registry.push_image("shop:1", packages=SOUND, config={"OnBuild": triggers})
    pull = review(bot, github, "FROM scratch\n", f"FROM {image}\n")
    assert pull.check.title.endswith("(partially analysed)")
    assert f"npm install by a trigger of {image}: no lockfile" in text_of(pull)
    assert f"files copied from busybox:1 by a trigger of {image}: not looked at yet" in text_of(pull)


@pytest.mark.parametrize(
    ("instruction", "named"),
    [
        ("RUN curl -o /x https://x.io/y", "what is fetched from https://x.io/y: not looked at yet"),
        ("RUN pip install -r requirements.txt", "pip install of requirements.txt: no lockfile that it reads"),
        ("RUN npm ci", "npm install: no lockfile that it reads is known to be there"),
        ("COPY --from=build /app /app", "files copied from stage build: not looked at yet"),
        ("COPY --from=0 /app /app", "files copied from stage build: not looked at yet"),
        ("COPY --from={image} /bin/busybox /bin/", "no package of it is known to lie there"),
    ],
)
def test_what_is_not_looked_at_is_named_on_its_line(
    bot: RunningBot, github: FakeGitHub, registry: Registry, instruction: str, named: str
) -> None:
    image = registry.push_image("shop:1", packages=SOUND)
    start = f"FROM {image} AS build\nFROM {image}\n"
    pull = review(bot, github, start, f"{start}{instruction}\n".replace("{image}", image))
    assert pull.check.conclusion == "success"
    assert pull.check.title.endswith("(partially analysed)")
    assert named in text_of(pull)
    assert [(note["start_line"], note["annotation_level"]) for note in pull.check.annotations] == [
        (3, "notice")
    ]


def test_a_changed_lockfile_is_named(bot: RunningBot, github: FakeGitHub, registry: Registry) -> None:
    repo = github.repo(files={"web/package-lock.json": "{}"})
    pull = repo.open_pull(files={"web/package-lock.json": '{"a": 1}'})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert "1 changed file not looked at" in pull.check.title
    assert [note["path"] for note in pull.check.annotations] == ["web/package-lock.json"]
