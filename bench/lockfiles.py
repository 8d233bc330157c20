"""Read large lockfiles: median CPU time of five rounds each, `python -m bench.lockfiles`."""

import json
import statistics
import time
from collections.abc import Iterator

from bot.lockfiles import parse_lockfile

ROUNDS = 5
HASH = "0" * 86


def _npm(count: int) -> Iterator[tuple[str, dict[str, object]]]:
    for at in range(count):
        wants = {f"@scope/package-{(at * 7 + step) % count}": "^1.0.0" for step in range(3)}
        address = f"https://registry.example.com/@scope/package-{at}/-/package-{at}-1.{at}.0.tgz"
        entry = {
            "version": f"1.{at}.0",
            "resolved": address,
            "integrity": f"sha512-{HASH}==",
            "dev": at % 2 == 0,
        }
        yield f"@scope/package-{at}", entry | {"dependencies": wants, "engines": {"node": ">=6"}}


def _package_lock_1() -> str:
    entries = {name: dict(entry) for name, entry in _npm(9500)}
    for entry in entries.values():
        entry["requires"] = entry.pop("dependencies")
    return json.dumps({"lockfileVersion": 1, "dependencies": entries}, indent=2)


def _package_lock_3() -> str:
    packages = {f"node_modules/{name}": entry for name, entry in _npm(9000)}
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


def _yarn() -> str:
    return "".join(
        f'"@scope/p{at}@^1.0.0", "@scope/p{at}@^1.1.0":\n  version "1.{at}.0"\n  integrity sha512-{HASH}{HASH}==\n'
        f'  dependencies:\n    "@scope/p{at * 7 % 15000}" "^1.0.0"\n\n'
        for at in range(15_000)
    )


def _pnpm() -> str:
    packages = "".join(
        f"  '@scope/p{at}@1.{at}.0':\n    resolution: {{integrity: sha512-{HASH}==}}\n    engines: {{node: '>=6'}}\n\n"
        for at in range(19_000)
    )
    snapshots = "".join(
        f"  '@scope/p{at}@1.{at}.0':\n    dependencies:\n      '@scope/p{at * 7 % 19000}': 1.{at * 7 % 19000}.0\n\n"
        for at in range(19_000)
    )
    return f"lockfileVersion: '9.0'\n\npackages:\n\n{packages}snapshots:\n\n{snapshots}"


def _uv() -> str:
    wheel = f'    {{ url = "https://files.example/packages/{HASH}.whl", hash = "sha256:{HASH[:64]}", size = 12 }},\n'
    return "".join(
        f'[[package]]\nname = "p{at}"\nversion = "1.0.{at}"\ndependencies = [{{ name = "p{at * 7 % 3000}" }}]\n'
        f"wheels = [\n{wheel * 7}]\n\n"
        for at in range(3_000)
    )


FILES = {
    "package-lock.json, version 1": ("package-lock.json", _package_lock_1),
    "package-lock.json, version 3": ("package-lock.json", _package_lock_3),
    "yarn.lock": ("yarn.lock", _yarn),
    "pnpm-lock.yaml": ("pnpm-lock.yaml", _pnpm),
    "uv.lock": ("uv.lock", _uv),
}


def main() -> None:
    contents = {name: make().encode() for name, (_, make) in FILES.items()}
    times: dict[str, list[float]] = {name: [] for name in FILES}
    for _ in range(ROUNDS):
        for name, content in contents.items():
            started = time.process_time()
            lockfile = parse_lockfile(FILES[name][0], content, {}.get)
            times[name].append(time.process_time() - started)
            assert lockfile.dependencies, lockfile.problem
    for name, content in contents.items():
        print(f"{name}: {len(content) / 1e6:.1f} MB in {statistics.median(times[name]):.2f} s of CPU")


if __name__ == "__main__":
    main()
