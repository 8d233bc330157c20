"""`plimsoll doctor`: each thing it looks at, present, absent and broken, and the exit code that follows."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.clock import SystemClock
from bot.commandline import options
from bot.commandline.checkup import programs
from bot.sandbox import NO_ISOLATION, Failed, Sandbox
from bot.scanners.engines import ENGINES
from bot.settings import Settings
from tests.fakes.github.keys import PRIVATE_KEY
from tests.harness import Advisories, HeldClock, Registry
from tests.scanners.stand_in import stand_in


@pytest.fixture
def plimsoll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in os.environ if name.startswith("PLIMSOLL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLIMSOLL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PLIMSOLL_HADOLINT", str(stand_in(tmp_path, "hadolint", "echo Haskell 2.15.1")))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(Sandbox, "run", _relaxed(Sandbox.run))

    def run(*words: str, **settings: object) -> Result:
        for name, value in settings.items():
            monkeypatch.setenv(f"PLIMSOLL_{name}", str(value))
        return CliRunner().invoke(main, ["doctor", *words])

    return run


def _relaxed(run):
    """Not every machine lets tests take the network away."""

    async def ran(self, command, folder):
        object.__setattr__(self, "isolate", False)
        return await run(self, command, folder)

    return ran


@pytest.fixture
def advisories(tmp_path: Path) -> Advisories:
    known = Advisories(tmp_path / "osv", tmp_path / "data" / "advisories.db", HeldClock(SystemClock().now()))
    known.import_now()
    return known


def said(result: Result) -> dict[str, str]:
    """The first line about each thing, by its name: its sign and its words."""
    lines = (line.split(maxsplit=1) for line in reversed(result.stdout.splitlines()))
    rows = ((sign, *rest.split("  ", 1)) for sign, rest in lines)
    return {name.strip(): f"{sign} {words.strip()}" for sign, name, words in rows}


def test_all_is_well(plimsoll, advisories, tmp_path):
    programs = {
        name.upper(): stand_in(tmp_path, name, f'echo \'{{"{key}": "1.2"}}\'')
        for name, key in (("trivy", "Version"), ("syft", "version"), ("grype", "version"))
    }
    result = plimsoll(**programs, APP_ID="1", PRIVATE_KEY=PRIVATE_KEY, WEBHOOK_SECRET="x", ENGINE="grype")
    found = said(result)
    assert result.exit_code == 0, result.stdout
    assert found["data folder"] == f"ok {tmp_path / 'data'}"
    assert found["engine"] == "ok grype"
    assert found["sandbox"].startswith("ok takes the network away")
    assert found["trivy"] == f"ok 1.2, {programs['TRIVY']}"
    assert found["hadolint"] == f"ok 2.15.1, {tmp_path / 'hadolint'}"
    assert "records, snapshot sha256:" in found["advisories"]
    assert found["KEV"].startswith("- not imported")
    assert found["GitHub App"] == "ok App 1 at https://api.github.com, with key and webhook secret"


def test_what_is_only_absent_is_no_failure(plimsoll, advisories):
    result = plimsoll(HADOLINT="off")
    assert result.exit_code == 0, result.stdout
    found = said(result)
    assert {
        name: found[name][0] for name in ("trivy", "grype", "syft", "hadolint", "GitHub App")
    } == dict.fromkeys(("trivy", "grype", "syft", "hadolint", "GitHub App"), "-")


@pytest.mark.parametrize(
    ("settings", "what", "words", "code"),
    [
        ({"ENGINE": "trivy"}, "trivy", "trivy is not installed: put it on PATH, or set PLIMSOLL_TRIVY", 2),
        ({"ENGINE": "grype"}, "syft", "syft is not installed", 2),
        ({"SYFT": "/nowhere"}, "syft", "there is no program /nowhere (PLIMSOLL_SYFT)", 2),
        ({"HADOLINT": "/nowhere"}, "hadolint", "/nowhere is no program", 2),
        ({"TRIVY_CACHE": "/nowhere"}, "Trivy's database", "none in /nowhere", 2),
        ({"GRYPE_DB": "/nowhere"}, "Grype's database", "there is no folder /nowhere", 2),
        ({"APP_ID": "1"}, "GitHub App", "PLIMSOLL_WEBHOOK_SECRET", 2),
        (
            {"APP_ID": "1", "WEBHOOK_SECRET": "x", "PRIVATE_KEY": "x"},
            "GitHub App",
            "not an unencrypted key",
            2,
        ),
        ({"DOCKER_CONFIG": "/nowhere"}, "credentials", "PLIMSOLL_DOCKER_CONFIG: /nowhere cannot be read", 2),
        ({"REGISTRY_CREDENTIALS": "/nowhere"}, "credentials", "_CREDENTIALS: /nowhere cannot be read", 2),
        ({"SERCH_SECRETS": "off"}, "settings", "PLIMSOLL_SERCH_SECRETS is none: PLIMSOLL_SEARCH_SECRETS?", 2),
        ({"docker_confg": "x"}, "settings", "PLIMSOLL_docker_confg is none: PLIMSOLL_DOCKER_CONFIG?", 2),
        ({"PORT_80_TCP_PROTO": "tcp"}, "settings", "PLIMSOLL_PORT_80_TCP_PROTO is none, and", 0),
        ({"DATA_DIR": "/dev/null/x"}, "data folder", "cannot be created", 2),
        ({"ADVISORY_ERROR_DAYS": "0.000000001"}, "advisories", "records", 3),
    ],
)
def test_what_is_wrong_and_what_to_do(plimsoll, advisories, settings, what, words, code):
    result = plimsoll(**settings)
    assert result.exit_code == code, result.stdout
    assert words in said(result)[what]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('{"auths": {"ghcr.io": {"auth": "YTpi"}}}', 0, "ok for 1 registry or folder of one"),
        ('{"credsStore": "pass"}', 0, "- for no registry: "),
        ("{", 2, "!! PLIMSOLL_DOCKER_CONFIG: "),
        ("[]", 2, "!! PLIMSOLL_DOCKER_CONFIG: "),
    ],
)
def test_what_a_docker_config_holds(plimsoll, advisories, tmp_path, text, code, words):
    (tmp_path / "config.json").write_text(text)
    result = plimsoll(DOCKER_CONFIG=tmp_path / "config.json")
    assert result.exit_code == code, result.stdout
    assert said(result)["credentials"].startswith(words)


def test_without_credentials_every_registry_is_asked_as_anybody(plimsoll, advisories):
    assert said(plimsoll())["credentials"].startswith("- none")


def test_without_advisories_nothing_can_be_judged(plimsoll):
    result = plimsoll()
    assert result.exit_code == 3
    assert "!! There is no advisory index" in said(result)["advisories"]


@pytest.mark.parametrize(
    ("settings", "sign", "words"),
    [({}, "-", "set PLIMSOLL_SANDBOX=relaxed"), ({"SANDBOX": "relaxed"}, "ok", "run with the network"),
     ({"ENGINE": "syft"}, "!!", NO_ISOLATION)],
)  # fmt: skip
def test_a_system_that_does_not_let_the_network_be_taken_away(plimsoll, monkeypatch, settings, sign, words):
    async def refused(self, command, folder):
        return Failed(NO_ISOLATION)

    monkeypatch.setattr(programs.Sandbox, "run", refused)
    found = said(plimsoll(**settings, HADOLINT="off"))["sandbox"]
    assert found.startswith(f"{sign} ")
    assert words in found


def test_what_a_registry_answers(plimsoll, registry: Registry):
    image = registry.push_image("shop:1")
    hosts = {"PRIVATE_HOSTS": registry.host, "INSECURE_HOSTS": registry.host}
    found = said(plimsoll("registry", image, **hosts))
    assert found["platform"] == "ok linux/amd64"
    assert found["digest"].startswith("ok sha256:")
    assert found["layers"].startswith("ok 1, 0.0 MB")
    assert found["tags"] == "ok 1"
    missing = plimsoll("registry", f"{registry.host}/absent:1")
    assert missing.exit_code == 3
    assert said(missing)["image"].startswith("!! ")


def test_the_engines_are_the_same_everywhere():
    setting = Settings.model_fields["engine"].annotation.__args__
    assert tuple(ENGINES) == setting == options.ENGINES == tuple(programs.NEEDED)
