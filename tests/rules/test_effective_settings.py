"""What a container runs with, from its instructions and its base image together; and an image by itself."""

import pytest

from bot.change import FileVersion
from bot.codec import dump, load
from bot.dockerfile import parse
from bot.effective import effective, effective_findings, image_findings, with_effective
from bot.engine.config import parse_config
from bot.finding import Origin
from bot.inspection import Base, DockerfileState, Location, SeenImage
from bot.inventory import ImageConfig, Inventory, SetIdFile, Skipped
from bot.linting.report import Report
from bot.misconfigurations import Setup, dockerfile_findings, with_rules

HEALTHY = ("CMD", "true")


def seen(**config):
    return SeenImage("sha256:1", "sha256:2", "linux/amd64", Inventory(config=ImageConfig(**config)))


def state(text, image=None, reports=()):
    dockerfile = parse(text)
    setup = Setup(dockerfile, has_dockerignore=True)
    found = dockerfile_findings(FileVersion("Dockerfile", "b", text.encode()), [setup], reports=reports)
    where = Location("Dockerfile", 1, 1)
    base = Base("a:1", "docker.io/library/a:1", where, (), "0", True, seen=image)
    bases = () if text.startswith("FROM scratch") else (base,)
    return with_rules(DockerfileState("Dockerfile", "b", bases), found)


def ids(text, image=None):
    of_user = ("root-user", "no-user", "no-healthcheck", "sensitive-port", "docker-socket")
    return sorted(found.id for found in with_effective(state(text, image)).findings if found.id in of_user)


@pytest.mark.parametrize(
    ("text", "image", "expected"),
    [
        ("FROM a:1\n", seen(), ["no-healthcheck", "no-user"]),
        ("FROM a:1\n", None, ["no-healthcheck", "no-user"]),
        ("FROM a:1\n", seen(user="root"), ["no-healthcheck", "root-user"]),
        ("FROM a:1\n", seen(user="0:0", healthcheck=HEALTHY), ["root-user"]),
        ("FROM a:1\n", seen(user="65532", healthcheck=HEALTHY), []),
        ("FROM a:1\n", seen(user="node", healthcheck=("NONE",)), ["no-healthcheck"]),
        ("FROM a:1\nHEALTHCHECK NONE\n", seen(user="node", healthcheck=HEALTHY), ["no-healthcheck"]),
        ("FROM a:1\nHEALTHCHECK CMD a\nUSER app\n", seen(), []),
        ("FROM a:1\nHEALTHCHECK CMD a\nUSER root\n", seen(user="app"), ["root-user"]),
        ("FROM a:1\nHEALTHCHECK CMD a\nUSER $X\n", seen(), []),
        ("FROM scratch\nHEALTHCHECK CMD a\n", None, ["no-user"]),
        (
            "FROM a:1\nUSER app\nHEALTHCHECK CMD a\n",
            seen(exposed_ports=("22/tcp", "80/tcp")),
            ["sensitive-port"],
        ),
        (
            "FROM a:1\nUSER app\nHEALTHCHECK CMD a\n",
            seen(volumes=("/var/run/docker.sock",)),
            ["docker-socket"],
        ),
    ],
)
def test_instructions_and_base_image_decide_together(text, image, expected):
    assert ids(text, image) == expected


def test_what_the_base_image_brings_says_so():
    image = seen(exposed_ports=("2375/tcp",))
    (found,) = effective_findings(state("FROM a:1\nUSER x\nHEALTHCHECK CMD a\n", image))
    assert (found.origin, found.image, found.severity.word) == (Origin.BASE, "a:1", "high")
    assert found.package == "final stage: port 2375"


def test_a_user_that_only_the_builder_knows_is_said():
    (gap,) = effective(state("FROM a:1\nRUN true\nUSER ${UID}\n", seen())).gaps
    assert (gap.what, gap.location.start_line) == ("who the container runs as: USER ${UID}", 3)


def test_a_comment_excuses_what_the_base_image_decides():
    text = "# plimsoll ignore=no-user,root-user the agent needs it\nFROM a:1\nHEALTHCHECK CMD a\n"
    done = effective(state(text, seen(user="root")))
    assert done.findings == ()
    assert [(each.finding.id, each.reason) for each in done.ignored] == [("root-user", "the agent needs it")]


def test_hadolint_that_did_not_run_is_a_gap_and_not_clean():
    missed = Skipped("what hadolint says", "not linted by hadolint: it took longer than 10 seconds")
    assert [gap.why for gap in state("FROM a:1\n", reports=missed).gaps] == [missed.why]


def test_hadolints_reports_are_merged():
    reports = (Report("DL3027", "warning", 2, "no apt"),)
    assert "DL3027" in {found.id for found in state("FROM a:1\nRUN apt x\n", reports=reports).findings}


def test_what_goes_beyond_the_limits_is_a_gap(monkeypatch):
    monkeypatch.setattr("bot.dockerfile.rules.facts.MAX_CALLS", 10)
    (gap,) = state("FROM a:1\nRUN " + "a;" * 11).gaps
    assert gap.why == "more than 10 commands are run"


def test_a_state_is_kept_as_it_is():
    whole = with_effective(state("FROM a:1\n# plimsoll ignore=sudo it has to\nRUN sudo a\n", seen()))
    assert whole.ignored
    assert load(DockerfileState, dump(DockerfileState, whole)) == whole


def found_in(image, base=None):
    return sorted(
        (each.id, each.package.partition(": ")[2], each.severity.word) for each in image_findings(image, base)
    )


def test_an_image_by_itself():
    config = ImageConfig(
        env=("PATH=/bin", "DB_PASSWORD=hunter2", "TOKEN_URL=https://x.io"),
        exposed_ports=("22/tcp", "8080/tcp"),
        volumes=("/run/docker.sock",),
    )
    files = (
        SetIdFile("usr/bin/su", 0o104755, 0, "util-linux"),
        SetIdFile("opt/x", 0o104755, 1),
        SetIdFile("y", 0o2755, 1),
    )
    image = SeenImage("sha256:1", "sha256:2", "linux/amd64", Inventory(config=config, set_id_files=files))
    expected = [
        ("docker-socket", "volume /run/docker.sock", "high"),
        ("no-healthcheck", "health check", "negligible"),
        ("no-user", "user", "medium"),
        ("secret-in-env", "ENV DB_PASSWORD", "high"),
        ("sensitive-port", "port 22", "medium"),
        ("set-id", "set-id of /opt/x", "medium"),
        ("set-id", "set-id of /y", "low"),
    ]
    assert found_in(image) == expected
    base = SeenImage("sha256:3", "sha256:4", "linux/amd64", Inventory(set_id_files=files[1:2]))
    assert found_in(image, base) == [row for row in expected if row[1] != "set-id of /opt/x"]


def test_an_image_without_fault():
    assert found_in(seen(user="1000", healthcheck=HEALTHY)) == []


def test_the_configuration_is_read_as_far_as_it_says():
    data = b'{"config": {"Healthcheck": {"Test": ["CMD", "a", 1]}, "Entrypoint": ["/b"], "Cmd": "c"}}'
    config = parse_config(data)
    assert isinstance(config, ImageConfig)
    assert (config.healthcheck, config.entrypoint, config.cmd) == (("CMD", "a"), ("/b",), ())


@pytest.mark.parametrize(
    ("user", "expected"),
    [(":0", True), (":staff", True), ("+0", True), ("0:1", True), ("+1", False), ("app:0", False)],
)
def test_other_ways_to_name_root(user, expected):
    assert ("root-user" in {each.id for each in image_findings(seen(user=user))}) is expected
