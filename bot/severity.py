"""How bad something is: one ladder for vulnerabilities, secrets and everything else."""

from enum import IntEnum


class Severity(IntEnum):
    """Ordered, so `severity >= Severity.HIGH` reads as it should. UNKNOWN is not "harmless": see the gate."""

    UNKNOWN = 0
    NEGLIGIBLE = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def word(self) -> str:
        """The name as people write it: `critical`."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> "Severity":
        """Read a severity word, raising ValueError when it is none."""
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise ValueError(
                f"{word!r} is not a severity: use one of {', '.join(s.word for s in cls)}"
            ) from None
