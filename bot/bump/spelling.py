"""How a moved reference is written at each place: as short or as long as it is there. Pure."""

from dataclasses import dataclass

from bot.errors import UserError
from bot.image.reference import DOCKER_HUB, Reference

_HUB = (None, DOCKER_HUB, "index.docker.io")
_OFFICIAL = "library/"


@dataclass(frozen=True, slots=True)
class Move:
    """From one image to another, both normalised; `before` with its digest where it is pinned."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A move, read."""

    before: Reference
    after: Reference

    @classmethod
    def of(cls, move: Move) -> "Moved":
        """Read a move; raises InvalidReference."""
        return cls(Reference.parse(move.before).normalized(), Reference.parse(move.after).normalized())

    def matches(self, reference: Reference | None) -> bool:
        """Whether a use is one of the image that is moved."""
        return reference is not None and reference.normalized() == self.before

    def allows(self, old: Reference, new: Reference) -> bool:
        """Whether a change of a use is what this move makes of it."""
        return self.matches(old) and str(self.spelled(old)) == str(new)

    def spelled(self, reference: Reference) -> Reference:
        """Write the new image as this use writes the old one; UserError when its pin would be lost."""
        if reference.digest and not self.after.digest:
            raise UserError(f"it is pinned, and the digest of {self.after} is not known")
        registry, repository = self._name(reference)
        if reference.digest and not reference.tag:
            return Reference(registry, repository, None, self.after.digest)
        tag = self.after.tag
        if tag == "latest" and not reference.tag and not self.after.digest:
            tag = None
        return Reference(registry, repository, tag, self.after.digest)

    def _name(self, reference: Reference) -> tuple[str | None, str]:
        if self.before.name == self.after.name:
            return reference.registry, reference.repository
        registry, repository = self.after.registry, self.after.repository
        if registry == DOCKER_HUB and reference.registry in _HUB:
            registry = reference.registry
        if self.after.registry == DOCKER_HUB and not reference.repository.startswith(_OFFICIAL):
            repository = repository.removeprefix(_OFFICIAL)
        return registry, repository
