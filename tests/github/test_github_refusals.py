"""Which refusal is which, by GitHub's own words: the owner has to do something else for each."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError, OperatorError
from bot.github.answers import fault
from bot.github.errors import (
    Archived,
    Forbidden,
    NotFound,
    PermissionMissing,
    Protected,
    Suspended,
    Unprocessable,
)
from tests.github.stand_in import START

REFS = httpx.Request("POST", "https://api.github.com/repos/org/shop/git/refs")
PAGES = "https://docs.github.com"


def refused(code: int, body: object, **headers: str) -> BotError | None:
    return fault(httpx.Response(code, json=body, headers=headers, request=REFS), START)


@pytest.mark.parametrize(
    ("code", "said", "page", "error"),
    [
        (
            422,
            "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n",
            "",
            Protected,
        ),
        (
            409,
            "Repository rule violations found\n\nChanges must be made through a pull request.",
            "",
            Protected,
        ),
        (422, "Changes must be made through a pull request.", "", Protected),
        (403, "Cannot update this protected ref.", "", Protected),
        (422, "Cannot delete this protected branch", "", Protected),
        (
            422,
            'Required status check "ci" is expected.',
            f"{PAGES}/articles/about-protected-branches",
            Protected,
        ),
        (422, "Validation Failed", f"{PAGES}/rest/git/refs#create-a-reference", Unprocessable),
        (422, "Reference already exists", "", Unprocessable),
        (409, "Git Repository is empty.", "", Unprocessable),
        (404, "Protected branch", "", NotFound),
        (403, "Repository was archived so is read-only.", "", Archived),
        (403, "Resource not accessible by integration", "", PermissionMissing),
        (403, "You do not have permission to create labels on this repository.", "", Forbidden),
        (403, "This installation has been suspended", "", Suspended),
        (410, "Issues has been disabled in this repository.", "", NotFound),
    ],
)
def test_what_a_refusal_means(code, said, page, error):
    found = refused(code, {"message": said, "documentation_url": page})
    assert type(found) is error
    assert isinstance(found, OperatorError)
    assert said.partition("\n")[0] in str(found)


def test_a_missing_permission_says_what_to_do():
    body = {"message": "Resource not accessible by integration"}
    found = refused(403, body, **{"x-accepted-github-permissions": "contents=write"})
    assert isinstance(found, PermissionMissing)
    assert found.needs == "contents=write"
    assert str(found).endswith(
        "the app needs contents=write, set in its settings and accepted by the installation"
    )


def test_a_reason_without_words_is_told_by_its_field():
    body = {"message": "Validation Failed", "errors": [{"resource": "X", "field": "base", "code": "invalid"}]}
    assert "Validation Failed; base invalid" in str(refused(422, body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["message", "errors", "documentation_url", "field", "code"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from([400, 403, 404, 409, 422, 500]), JSON)
def test_no_body_breaks_the_reading(code, body):
    assert isinstance(refused(code, body), BotError)
