"""Dockerfiles: parse them as BuildKit does, find the images they use, change a reference in place. All pure.

Follows https://docs.docker.com/reference/dockerfile/.
"""

from bot.dockerfile.edit import replace
from bot.dockerfile.errors import BeyondLimits, DockerfileError
from bot.dockerfile.heredoc import Heredoc
from bot.dockerfile.managers import Verb
from bot.dockerfile.model import ArgDefinition, Dockerfile, Instruction, Stage
from bot.dockerfile.packages import PackageCommand, PackageWord, lasting_commands, package_commands
from bot.dockerfile.parser import parse
from bot.dockerfile.paths import is_dockerfile
from bot.dockerfile.resolve import final_chain
from bot.dockerfile.sources import UseKind
from bot.dockerfile.uses import ImageUse, image_uses
from bot.dockerfile.words import expand

__all__ = [
    "ArgDefinition",
    "BeyondLimits",
    "Dockerfile",
    "DockerfileError",
    "Heredoc",
    "ImageUse",
    "Instruction",
    "PackageCommand",
    "PackageWord",
    "Stage",
    "UseKind",
    "Verb",
    "expand",
    "final_chain",
    "image_uses",
    "is_dockerfile",
    "lasting_commands",
    "package_commands",
    "parse",
    "replace",
]
