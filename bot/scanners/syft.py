"""Syft, as a catalog: it lists packages, and our advisories speak of them. https://github.com/anchore/syft"""

from collections.abc import Sequence
from pathlib import Path

from bot.sbom import SbomError, parse_sbom
from bot.scanners.tool import Answer, Tool, ToolError, document, text


def version(program: str) -> Sequence[str]:
    """The command that tells its version."""
    return (program, "version", "--output", "json")


def read_version(output: bytes) -> str:
    """`1.18.1`."""
    return text(document(output, "Syft").get("version"))


def _command(program: str, layout: Path) -> Sequence[str]:
    # Never quiet: it would hide why it failed. Without the prefix it would look for the name elsewhere too.
    return (program, "scan", f"oci-dir:{layout}", "--output", "syft-json")


def read(output: bytes) -> Answer:
    """Take the packages of its own form; raises ToolError."""
    try:
        sbom = parse_sbom(output)
    except SbomError as exc:
        raise ToolError(f"Syft's list cannot be read: {exc}") from exc
    return Answer(sbom.packages, sbom.release, sbom.skipped)


TOOL = Tool(
    command=_command,
    read=read,
    environment={
        "SYFT_CHECK_FOR_APP_UPDATE": "false",
        "SYFT_CACHE_DIR": "",
        "SYFT_FILE_METADATA_SELECTION": "none",
    },
)
