"""What commands share, and what their help needs without importing them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.errors import ConfigError
from bot.settings import Settings
from bot.severity import Severity

Progress = Callable[[str], None]
SEVERITIES = [severity.word for severity in Severity if severity is not Severity.UNKNOWN]
#: The names of each command's `FORMATS`, the default first.
REVIEW_FORMATS = ("text", "markdown", "json")
SCAN_FORMATS = ("table", "json")
ADVICE_FORMATS = ("table", "json")
#: Those of `PLIMSOLL_ENGINE`.
ENGINES = ("embedded", "trivy", "grype", "syft")
ANY_AGE = 36500.0


def coloured() -> bool:
    """Whether stdout is a terminal that wants colour (NO_COLOR, see https://no-color.org)."""
    from rich.console import Console

    return Console().is_terminal and not Console().no_color


@contextmanager
def progress() -> Iterator[Progress]:
    """Tell on stderr what is being done, when somebody watches."""
    if not sys.stderr.isatty() or not sys.stdout.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Reading the change") as status:
        yield status.update


def with_options(
    settings: Settings, build_args: tuple[str, ...], accept_stale: bool, engine: str = ""
) -> Settings:
    """Return the settings with what the command line adds."""
    values = dict(settings.build_args)
    for pair in build_args:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise ConfigError(f"--build-arg {pair!r}: write NAME=VALUE")
        values[name] = value
    changes: dict[str, object] = {"build_args": values}
    if accept_stale:
        # Older than the limit for an error still warns: the report says how old they are.
        changes["advisory_error_days"] = ANY_AGE
    if engine:
        changes["engine"] = engine
    return settings.model_copy(update=changes)
