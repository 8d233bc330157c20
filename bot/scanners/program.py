"""A program of somebody else: where it is, and which version."""

import os
import shutil
from dataclasses import dataclass

from bot.scanners.tool import ToolError


@dataclass(frozen=True, slots=True)
class Program:
    """One program: its name, and its path where the operator set one."""

    name: str
    path: str = ""

    def find(self) -> str:
        """Return its full path: the one that was set, else the first on PATH; raises ToolError."""
        found = shutil.which(self.path or self.name)
        if found is not None:
            return os.path.abspath(found)
        if self.path:
            raise ToolError(f"there is no program {self.path} (PLIMSOLL_{self.name.upper()})")
        raise ToolError(f"{self.name} is not installed: put it on PATH, or set PLIMSOLL_{self.name.upper()}")
