"""Read the value of `RUN --mount`: one CSV record of `key=value` fields, of a repeated key the last.

Follows https://docs.docker.com/reference/dockerfile/#run---mount.
"""

from bot.dockerfile.traced import Traced


def mount_source(mount: Traced) -> Traced | None:
    """`type=bind,from=alpine:3` → `alpine:3`."""
    return mount_fields(mount).get("from")


def mount_fields(mount: Traced) -> dict[str, Traced]:
    """`type=bind,from=alpine:3` → its keys in lower case and their values."""
    fields: dict[str, Traced] = {}
    for part in _csv_fields(mount):
        key, equals, _ = part.text.partition("=")
        if equals:
            fields[key.lower()] = part[len(key) + 1 :]
    return fields


def _csv_fields(record: Traced) -> list[Traced]:
    fields: list[list[int]] = [[]]
    quoted = False
    for index, char in enumerate(record.text):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            fields.append([])
        else:
            fields[-1].append(index)
    return [record.pick(kept) for kept in fields]
