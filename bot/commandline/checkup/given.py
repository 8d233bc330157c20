"""What the operator set: whether it is a setting at all, and whether the files of credentials can be read."""

import os
from collections.abc import Iterator
from difflib import get_close_matches

from bot.commandline.checkup.line import Line, Mark
from bot.compose import keychain
from bot.errors import ConfigError
from bot.settings import PREFIX, Settings

NEAR = 0.8
"""How alike two names are, of 1, for one to be the other misspelt. Kubernetes sets names that only begin the same."""


def look_at_settings() -> Iterator[Line]:
    """Name the variables that are no setting, which change nothing."""
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        ending = name.upper().removeprefix(PREFIX)
        if not name.upper().startswith(PREFIX) or ending in known:
            continue
        if near := get_close_matches(ending, known, n=1, cutoff=NEAR):
            yield Line("settings", f"{name} is none: {PREFIX}{near[0]}?", Mark.SETTING)
        else:
            yield Line("settings", f"{name} is none, and changes nothing: see docs/settings.md", Mark.ABSENT)


def look_at_credentials(settings: Settings) -> Line:
    """Read the files of credentials, as every review does."""
    try:
        count = len(keychain(settings).credentials)
    except ConfigError as exc:
        return Line("credentials", str(exc), Mark.SETTING)
    if count:
        what = "registry or folder of one" if count == 1 else "registries or folders of them"
        return Line("credentials", f"for {count} {what}")
    if settings.docker_config or settings.registry_credentials:
        said = "for no registry: there is no user name with a password in it; helper programs are not asked"
        return Line("credentials", said, Mark.ABSENT)
    return Line("credentials", "none: every registry is asked as anybody may", Mark.ABSENT)
