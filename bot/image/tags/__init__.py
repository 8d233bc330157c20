"""Tags of base images: read them, order them, and say where one could move to. Pure."""

from bot.image.tags.choice import candidates, libc_of
from bot.image.tags.grammar import Tag, parse_tag
from bot.image.tags.model import Candidates, Proposal, Rejection, Track

__all__ = ["Candidates", "Proposal", "Rejection", "Tag", "Track", "candidates", "libc_of", "parse_tag"]
