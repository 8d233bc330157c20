"""Import modules when they are first used: most commands need few of them, and all together take a second."""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def spare(name: str, attribute: str) -> None:
    """Have a module count as imported that somebody imports for an attribute nobody uses."""
    if name not in sys.modules:
        stand_in = ModuleType(name)
        setattr(stand_in, attribute, lambda: None)
        sys.modules[name] = stand_in


def later(name: str) -> ModuleType:
    """Return a module that is imported when something of it is asked for."""
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    loader = LazyLoader(spec.loader)
    spec.loader = loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    package, _, last = name.rpartition(".")
    setattr(sys.modules[package], last, module)
    loader.exec_module(module)
    return module
