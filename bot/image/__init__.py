"""Names of images and the platforms they are made for."""

from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import InvalidReference, Reference

__all__ = ["DEFAULT_PLATFORM", "InvalidReference", "Platform", "Reference"]
