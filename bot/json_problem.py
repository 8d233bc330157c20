"""Why a text is not read as JSON, in words: Python's own name its classes."""

import json


def why_no_json(problem: ValueError | RecursionError) -> str:
    """Say what `json.loads` raised."""
    match problem:
        case json.JSONDecodeError():
            return (
                f"it is not JSON that can be read, from line {problem.lineno:,}, column {problem.colno:,} on"
            )
        case UnicodeDecodeError():
            return "it is not JSON that can be read: not all of it is UTF-8"
        case RecursionError():
            return "it is not JSON that can be read: it is nested too deeply"
        case _:
            return "it is not JSON that can be read: a number in it is too long"
