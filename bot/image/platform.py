"""A platform an image is made for: `linux/arm64/v8` (OCI image-spec, image-index.md)."""

from dataclasses import dataclass

from bot.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Platform:
    """Operating system, architecture and optional variant; prints as `os/architecture[/variant]`."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> "Platform":
        """Read `linux/arm64/v8`; raises ConfigError for anything else."""
        parts = text.strip().lower().split("/")
        if len(parts) not in (2, 3) or not all(parts):
            raise ConfigError(
                f"{text!r} is not a platform: write OS/ARCHITECTURE[/VARIANT], such as linux/arm64"
            )
        return cls(*parts)

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


DEFAULT_PLATFORM = Platform()
