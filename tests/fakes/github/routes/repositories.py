"""Repositories: https://docs.github.com/rest/repos/repos"""

import json

from tests.fakes.github.call import Answer, Call, invalid, route

MAX_KEYS, MAX_PAYLOAD, MAX_TYPE = 10, 64 * 1024, 100


@route("repos/get", "metadata:read")
def get_repository(call: Call) -> Answer:
    return Answer(200, call.payloads.repository(call.repo))


@route("repos/create-dispatch-event", "contents:write")
def dispatch(call: Call) -> Answer:
    """Take a `repository_dispatch`, for which workflows would start."""
    payload = call.body.get("client_payload", {})
    if len(payload) > MAX_KEYS:
        said = f"No more than {MAX_KEYS} properties are allowed; {len(payload)} were supplied."
        raise invalid(f"Invalid request.\n\n{said}")
    if len(json.dumps(payload).encode()) >= MAX_PAYLOAD:
        raise invalid("client_payload is too large.")
    if len(call.body["event_type"]) > MAX_TYPE:
        raise invalid("Invalid request.\n\nevent_type is too long")
    call.repo.dispatches.append(call.body)
    return Answer(204)
