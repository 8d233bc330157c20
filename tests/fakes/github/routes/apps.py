"""The App itself: https://docs.github.com/rest/apps"""

from dataclasses import replace
from typing import Any

from tests.fakes.github.auth import mint
from tests.fakes.github.call import Answer, Call, Page, not_found, route
from tests.fakes.github.git_payloads import iso
from tests.fakes.github.webhooks import Delivery

READ_ONLY_LIMIT = {"limit": 5000, "used": 0, "remaining": 5000}


@route("apps/get-authenticated", auth="app")
def get_app(call: Call) -> Answer:
    return Answer(200, call.payloads.app() | {"installations_count": 1})


@route("apps/list-installations", auth="app")
def list_installations(call: Call) -> Page:
    return Page([None], lambda _: call.payloads.installation())


@route("apps/get-installation", auth="app")
def get_installation(call: Call) -> Answer:
    _check_installation(call)
    return Answer(200, call.payloads.installation())


@route("apps/get-repo-installation", auth="app")
def get_repo_installation(call: Call) -> Answer:
    found = call.state.repository(call.params["owner"], call.params["repo"])
    if found is None or not found.installed:
        raise not_found()
    return Answer(200, call.payloads.installation())


@route("apps/create-installation-access-token", auth="app")
def create_token(call: Call) -> Answer:
    _check_installation(call)
    token = mint(call.state, call.body or {})
    body: dict[str, Any] = {
        "token": token.value,
        "expires_at": iso(int(token.expires_at.timestamp())),
        "permissions": token.permissions,
        "repository_selection": "selected" if token.repository_ids is not None else "all",
    }
    if token.repository_ids is not None:
        chosen = (call.state.repositories[number] for number in sorted(token.repository_ids))
        body["repositories"] = [call.payloads.repository(repository) for repository in chosen]
    return Answer(201, body)


def _check_installation(call: Call) -> None:
    if call.number("installation_id") != call.state.installation_id:
        raise not_found()


@route("apps/revoke-installation-access-token")
def revoke_token(call: Call) -> Answer:
    assert call.token is not None
    del call.state.tokens[call.token.value]
    return Answer(204)


@route("apps/list-repos-accessible-to-installation")
def list_repositories(call: Call) -> Page:
    chosen = call.token.repository_ids if call.token else None
    reachable = [item for item in call.state.installed() if chosen is None or item.id in chosen]
    return Page(reachable, call.payloads.repository, key="repositories")


@route("rate-limit/get")
def rate_limit(call: Call) -> Answer:
    limit = READ_ONLY_LIMIT | {"reset": int(call.state.clock().timestamp()) + 3600}
    return Answer(200, {"rate": limit, "resources": {"core": limit, "search": limit}})


# As GitHub's description of the parameter says.
LISTED_AS = {"success": range(200, 400), "failure": range(400, 600)}


@route("apps/list-webhook-deliveries", auth="app")
def list_deliveries(call: Call) -> Answer:
    """List newest first; `cursor` is the id of the last one seen, as opaque to the caller as GitHub's."""
    found = [item for item in reversed(call.webhooks.deliveries) if _wanted(call, item)]
    size = min(int(call.query.get("per_page", 30)), 100)
    headers = {}
    if len(found) > size:
        last = found[size - 1].id
        url = f"{call.payloads.api}/app/hook/deliveries?per_page={size}&cursor=v1_{last}"
        headers["link"] = f'<{url}>; rel="next"'
    return Answer(200, [item.summary() for item in found[:size]], headers)


def _wanted(call: Call, delivery: Delivery) -> bool:
    cursor = call.query.get("cursor", "").removeprefix("v1_")
    if cursor.isdigit() and delivery.id >= int(cursor):
        return False
    status = call.query.get("status")
    return status is None or delivery.status_code in LISTED_AS[status]


@route("apps/get-webhook-delivery", auth="app")
def get_delivery(call: Call) -> Answer:
    return Answer(200, _delivery(call).detail())


@route("apps/redeliver-webhook-delivery", auth="app")
def redeliver(call: Call) -> Answer:
    original = _delivery(call)
    again = replace(original, id=call.state.next_id("delivery"), redelivery=True, status_code=0)
    call.webhooks.waiting.append(again)
    return Answer(202, {})


def _delivery(call: Call) -> Delivery:
    wanted = call.number("delivery_id")
    for delivery in call.webhooks.deliveries:
        if delivery.id == wanted:
            return delivery
    raise not_found()
