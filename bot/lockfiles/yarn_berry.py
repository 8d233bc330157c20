"""yarn.lock from Yarn 2 on, which is YAML and names the members of the workspace."""

from urllib.parse import unquote

from bot.lockfiles.found import Found
from bot.lockfiles.node import split_descriptor
from bot.lockfiles.spots import Spot
from bot.lockfiles.yaml_spots import read_yaml
from bot.lockfiles.yarn_graph import Entry, take_entries

_LOCAL = ("workspace:", "link:", "portal:", "file:", "patch:")


def read_berry(source: str, found: Found) -> None:
    """Read the packages; members of the workspace, local folders and patches are left out."""
    found.form = "berry"
    entries: list[Entry] = []
    members: dict[int, str] = {}
    for keys, spot in read_yaml(source).fields().items():
        if keys == "__metadata":
            continue
        name, reference = split_descriptor(spot.get("resolution").text)
        if reference.startswith("workspace:"):
            members[len(entries)] = reference.removeprefix("workspace:")
        needs = _needs(spot)
        if reference.startswith("patch:"):
            # The package that is patched stands there as well.
            needs.append(unquote(reference.removeprefix("patch:").partition("#")[0]))
        version = spot.get("version").text
        entries.append(
            Entry(
                name or split_descriptor(keys.partition(", ")[0])[0],
                version if version != "0.0.0-use.local" else "",
                spot.line,
                spot.end_line,
                tuple(keys.split(", ")),
                tuple(needs),
                local=reference.startswith(_LOCAL) or version == "0.0.0-use.local",
                place=reference,
            )
        )
    take_entries(entries, found, members)


def _needs(spot: Spot) -> list[str]:
    return [f"{name}@{each.text}" for name, each in spot.get("dependencies").fields().items()]
