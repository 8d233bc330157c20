"""What the help of commands says without importing them is what they have."""

import subprocess
import sys

from bot.commandline import bump, local, options, scan


def test_formats():
    assert tuple(local.FORMATS) == options.REVIEW_FORMATS
    assert tuple(scan.FORMATS) == options.SCAN_FORMATS
    assert tuple(bump.ADVICE_FORMATS) == options.ADVICE_FORMATS


def test_a_command_imports_no_other():
    code = "import sys, bot.cli; print(sorted({'httpx', 'jinja2', 'rich', 'sqlalchemy'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
        == "[]\n"
    )
