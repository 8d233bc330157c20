"""A platform an image is made for: `linux/arm64/v8` (OCI image-spec, image-index.md)."""

from dataclasses import dataclass

from bot.errors import ConfigError

# As containerd's platforms package reads them.
ALIASES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386"}
ARCHITECTURES = {"386", "amd64", "arm", "arm64", "loong64", "ppc64le", "riscv64", "s390x", *ALIASES}


@dataclass(frozen=True, slots=True)
class Platform:
    """Operating system, architecture and optional variant; prints as `os/architecture[/variant]`."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> "Platform":
        """Read `linux/arm64/v8`, or an architecture alone; raises ConfigError for anything else."""
        parts = text.strip().lower().split("/")
        if parts[0] in ARCHITECTURES:
            parts = ["linux", *parts]
        if len(parts) > 1:
            parts[1] = ALIASES.get(parts[1], parts[1])
        if len(parts) not in (2, 3) or not all(parts):
            raise ConfigError(
                f"{text!r} is not a platform: write OS/ARCHITECTURE[/VARIANT], such as linux/arm64"
            )
        return cls(*parts)

    def serves(self, wanted: "Platform") -> bool:
        """Whether what is made for it runs on another: a variant left out on either side does not matter."""
        if (self.os, self.architecture) != (wanted.os, wanted.architecture):
            return False
        return self.variant == wanted.variant or not self.variant or not wanted.variant

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


DEFAULT_PLATFORM = Platform()
