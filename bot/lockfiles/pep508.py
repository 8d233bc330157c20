"""What a Python requirement says: its pin, and whether it can ever hold on Linux.

https://packaging.python.org/en/latest/specifications/dependency-specifiers/
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.version import InvalidVersion

_PYTHONS = tuple(f"3.{minor}" for minor in range(6, 16))
_MACHINES = ("x86_64", "aarch64")
_IMPLEMENTATIONS = (("cpython", "CPython"), ("pypy", "PyPy"))


def pinned_version(requirement: Requirement) -> str:
    """The one version it allows: `==1.2`, `===1.2`; empty when there are several."""
    exact = [each for each in requirement.specifier if each.operator in ("==", "===")]
    pins = {each.version for each in exact if not each.version.endswith(".*")}
    return pins.pop() if len(pins) == 1 else ""


def never_on_linux(marker: Marker | None) -> bool:
    """Whether no Python on Linux fulfils a marker: `sys_platform == "win32"`."""
    return marker is not None and _never_on_linux(str(marker))


@lru_cache(4096)
def _never_on_linux(written: str) -> bool:
    # Other differences than the platform are never known here: a package for one Python only may be installed.
    if "platform" not in written and "os_name" not in written:
        return False
    try:
        marker = Marker(written)
        return not any(marker.evaluate(each) for each in _environments(written))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, InvalidVersion, RecursionError):
        return False


def _environments(written: str) -> Iterator[dict[str, str]]:
    """The Pythons on Linux that differ in what the marker asks for."""
    pythons = _PYTHONS if "version" in written else _PYTHONS[-1:]
    machines = _MACHINES if "machine" in written else _MACHINES[:1]
    implementations = _IMPLEMENTATIONS if "implementation" in written else _IMPLEMENTATIONS[:1]
    for python, machine, (short, name) in product(pythons, machines, implementations):
        yield {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": machine,
            "platform_python_implementation": name,
            "implementation_name": short,
            "python_version": python,
            "python_full_version": f"{python}.9",
            "implementation_version": f"{python}.9",
            "platform_release": "6.1.0",
            "platform_version": "#1 SMP",
            "extra": "",
        }
