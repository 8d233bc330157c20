"""One real root and one real registry for all system tests, and the command line that is pointed at them."""

import fcntl
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from tests.harness import Advisories, HeldClock
from tests.system.programs import need, run
from tests.system.real_registry import RealRegistry, docker_registry
from tests.system.root import Root, bootstrap

Plimsoll = Callable[..., str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.system)


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    need("mmdebstrap", "dpkg-query")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return bootstrap(tmp_path_factory.mktemp("root"))
    # The folder of this run, which its workers share: who comes first makes the root for all.
    kept = tmp_path_factory.getbasetemp().parent / "root.pickle"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            made = pickle.dumps(bootstrap(tmp_path_factory.mktemp("root")))
            kept.write_bytes(made)
        return cast(Root, pickle.loads(kept.read_bytes()))  # noqa: S301 - written above


@pytest.fixture(scope="session")
def real_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    need("docker-registry", "skopeo")
    with docker_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="session")
def pushed(real_registry: RealRegistry, root: Root) -> str:
    return real_registry.push("library/debian:12", root.image)


@pytest.fixture
def plimsoll(tmp_path: Path) -> Callable[[str], Plimsoll]:
    """The command with a data folder of its own, allowed to reach these hosts."""

    def allowed(*hosts: str, **settings: str) -> Plimsoll:
        env = {
            "PLIMSOLL_DATA_DIR": str(tmp_path / "data"),
            "PLIMSOLL_PRIVATE_HOSTS": ",".join(hosts),
            "PLIMSOLL_INSECURE_HOSTS": ",".join(hosts),
            **settings,
        }
        return lambda *arguments, ok=(0,): run(sys.executable, "-m", "bot", *arguments, env=env, ok=ok)

    return allowed


@pytest.fixture
def advisories(tmp_path: Path) -> Advisories:
    # The command line reads the machine's clock, so the records are as of the machine's own today.
    return Advisories(tmp_path / "osv", tmp_path / "data" / "advisories.db", HeldClock(datetime.now(UTC)))
