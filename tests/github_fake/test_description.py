"""The cut description: what the cutting changes, and how paths find their operation."""

import pytest

from tests.fakes.github import schema
from tests.fakes.github.cut_openapi import closed, plain
from tests.fakes.github.wanted import OPERATIONS


@pytest.mark.parametrize(
    ("schema_in", "schema_out"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"allOf": [{}], "nullable": True}, {"anyOf": [{"allOf": [{}]}, {"type": "null"}]}),
        ({"title": "x", "x-y": 1, "type": "object"}, {"type": "object"}),
        ({"properties": {"title": {"description": "x"}}}, {"properties": {"title": {}}}),
        ({"$ref": "#/components/schemas/user"}, {"$ref": "#/$defs/user"}),
    ],
)
def test_plain(schema_in, schema_out):
    assert plain(schema_in) == schema_out


def test_closed_reaches_through_references_and_leaves_branches_open():
    definitions = {"leaf": {"properties": {"a": {}}}}
    request = {"properties": {"list": {"items": {"$ref": "#/$defs/leaf"}}}, "oneOf": [{"properties": {}}]}
    result = closed(request, definitions)
    assert result["unevaluatedProperties"] is False
    assert result["properties"]["list"]["items"]["unevaluatedProperties"] is False
    assert "unevaluatedProperties" not in result["oneOf"][0]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/repos/o/r/commits/feature/x", "repos/get-commit"),
        ("GET", "/repos/o/r/commits/feature/x/check-runs", "checks/list-for-ref"),
        ("GET", "/repos/o/r/contents/a/b%2Fc", "repos/get-content"),
        ("GET", "/repos/o/r/issues/comments/1", "issues/get-comment"),
        ("GET", "/repos/o/r/compare/main...a/b", "repos/compare-commits-with-basehead"),
        ("GET", "/repos/o/r/installation", "apps/get-repo-installation"),
        ("DELETE", "/repos/o/r", None),
        ("GET", "/repos/o/r/", None),
    ],
)
def test_find(method, path, operation):
    found = schema.rest().find(method, path)
    assert (found[0].id if found else None) == operation


def test_a_reference_may_hold_slashes():
    found = schema.rest().find("GET", "/repos/o/r/contents/a/b%2Fc%3F")
    assert found is not None
    assert found[1] == {"owner": "o", "repo": "r", "path": "a/b/c?"}


def test_every_wanted_operation_is_there():
    assert {operation.id for operation in schema.rest().operations} == OPERATIONS
