"""What the help of commands says without importing them is what they have."""

from bot.commandline import bump, local, options, scan


def test_formats():
    assert tuple(local.FORMATS) == options.REVIEW_FORMATS
    assert tuple(scan.FORMATS) == options.SCAN_FORMATS
    assert tuple(bump.ADVICE_FORMATS) == options.ADVICE_FORMATS
