"""Debian's docker-registry on loopback, pushed to with skopeo."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.images import BuiltImage
from tests.system.programs import run
from tests.system.root import write_layout

CONFIG = """\
version: 0.1
log: {{level: info}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: 127.0.0.1:{port}, secret: not-used}}
{auth}
"""


@dataclass(frozen=True)
class RealRegistry:
    """A registry that runs."""

    host: str
    folder: Path

    def push(self, name: str, built: BuiltImage, credentials: str = "") -> str:
        """Copy an image to `repository:tag`; return its reference."""
        layout = write_layout(self.folder / "layouts" / name.replace(":", "-"), built)
        login = [f"--dest-creds={credentials}"] if credentials else []
        target = f"docker://{self.host}/{name}"
        run("skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false", *login, f"oci:{layout}", target)
        return f"{self.host}/{name}"


@contextmanager
def docker_registry(folder: Path, auth: str = "", storage: Path | None = None) -> Iterator[RealRegistry]:
    """Run a registry until the block ends; `auth` is that section of its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    config = folder / "config.yml"
    config.write_text(CONFIG.format(storage=storage or folder / "storage", port=port, auth=auth))
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen(
            ["docker-registry", "serve", str(config)], stdout=log, stderr=subprocess.PIPE, text=True
        )
        try:
            _until_listening(process)
            yield RealRegistry(f"127.0.0.1:{port}", folder)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _until_listening(process: "subprocess.Popen[str]") -> None:
    said = ""
    for line in process.stderr or ():
        said += line
        if "listening on" in line:
            return
    raise AssertionError(f"docker-registry ended: {said}")
