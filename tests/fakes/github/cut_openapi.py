"""Cut the operations and webhooks we use out of GitHub's own descriptions, into compressed test data.

Run by `make openapi`. They come from npm's `@octokit/openapi` and `@octokit/openapi-webhooks` (both MIT), see
https://github.com/octokit/openapi. Prose goes; of the examples only the payload templates stay.
"""

import argparse
import json
import lzma
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.fakes.github.wanted import OPERATIONS, TEMPLATES, WEBHOOKS

Json = dict[str, Any]

DATA = Path(__file__).parents[2] / "data" / "github"
MEMBER = "package/generated/api.github.com.json"
PROSE = frozenset({"description", "title", "example", "examples", "externalDocs", "default", "deprecated"})
#: Keywords whose values are names mapped to schemas, so that a property named "title" survives.
NAMED = frozenset({"properties", "patternProperties", "$defs"})
APPLICATORS = ("allOf", "anyOf", "oneOf")


def plain(schema: Any) -> Any:
    """Strip prose, turn OpenAPI's `nullable` into JSON Schema and point references at `$defs`."""
    if isinstance(schema, list):
        return [plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _keyword(key, value) for key, value in schema.items() if not _is_prose(key)}
    return _with_null(kept) if kept.pop("nullable", False) else kept


def _is_prose(key: str) -> bool:
    return key in PROSE or key.startswith("x-")


def _keyword(key: str, value: Any) -> Any:
    if key in NAMED:
        return {name: plain(item) for name, item in value.items()}
    if key in {"enum", "const", "required"}:
        return value
    if key == "$ref":
        return value.replace("#/components/schemas/", "#/$defs/")
    return plain(value)


def _with_null(schema: Json) -> Json:
    if set(schema) & {"$ref", *APPLICATORS} or not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    if "enum" in schema and None not in schema["enum"]:
        schema = schema | {"enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def closed(schema: Any, definitions: Json, *, value: bool = True) -> Any:
    """Refuse unknown fields in a request: GitHub ignores them, so a misspelt one would never be noticed.

    Only where a value begins, not in the branches of an `allOf`, which each see a part of it.
    """
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return closed(definitions[schema["$ref"].split("/")[-1]], definitions, value=value)
    result = dict(schema)
    for key in APPLICATORS:
        if key in schema:
            result[key] = [closed(branch, definitions, value=False) for branch in schema[key]]
    if "properties" in schema:
        result["properties"] = {
            name: closed(item, definitions) for name, item in schema["properties"].items()
        }
        if value and "additionalProperties" not in schema:
            result["unevaluatedProperties"] = False
    if "items" in schema:
        result["items"] = closed(schema["items"], definitions)
    return result


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the definitions a schema refers to."""
    if isinstance(schema, dict):
        if isinstance(target := schema.get("$ref"), str):
            yield target.split("/")[-1]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def closure(roots: Any, definitions: Json) -> Json:
    """Keep the definitions that can be reached."""
    found: Json = {}
    waiting = list(references(roots))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definitions[name]
            waiting.extend(references(definitions[name]))
    return found


def cut_rest(description: Json) -> Json:
    """Cut the wanted operations: `{operation id: {method, path, query, body, responses}}`."""
    components = description["components"]
    definitions = {name: plain(schema) for name, schema in components["schemas"].items()}
    operations = {
        operation["operationId"]: cut_operation(operation, method, path, components, definitions)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and operation.get("operationId") in OPERATIONS
    }
    if missing := OPERATIONS - set(operations):
        raise SystemExit(f"not in GitHub's description any more: {', '.join(sorted(missing))}")
    templates = {name: components["examples"][key]["value"] for name, key in TEMPLATES.items()}
    return {
        "version": description["info"]["version"],
        "operations": operations,
        "$defs": closure(operations, definitions),
        "templates": templates,
    }


def cut_operation(operation: Json, method: str, path: str, components: Json, definitions: Json) -> Json:
    parameters = [resolve(item, components["parameters"]) for item in operation.get("parameters", ())]
    responses = {
        status: schema_of(resolve(response, components["responses"]))
        for status, response in operation["responses"].items()
    }
    return {
        "method": method.upper(),
        "path": path,
        "query": {p["name"]: plain(p["schema"]) for p in parameters if p["in"] == "query"},
        "body": closed(schema_of(operation.get("requestBody", {})), definitions),
        "body_required": operation.get("requestBody", {}).get("required", False),
        "responses": responses,
    }


def resolve(item: Json, table: Json) -> Json:
    return table[item["$ref"].split("/")[-1]] if "$ref" in item else item


def schema_of(content_holder: Json) -> Any:
    """Return the JSON schema of a body, or None when it has no JSON body."""
    content = content_holder.get("content", {}).get("application/json", {})
    return plain(content.get("schema"))


def cut_webhooks(description: Json) -> Json:
    """Cut the wanted webhook payloads: `{operation id, as "pull-request/opened": schema}`."""
    definitions = {name: plain(schema) for name, schema in description["components"]["schemas"].items()}
    found = {
        item["post"]["operationId"]: schema_of(item["post"]["requestBody"])
        for item in description["webhooks"].values()
        if item["post"]["operationId"] in WEBHOOKS
    }
    if missing := WEBHOOKS - set(found):
        raise SystemExit(f"not in GitHub's webhooks any more: {', '.join(sorted(missing))}")
    return {
        "version": description["info"]["version"],
        "webhooks": found,
        "$defs": closure(found, definitions),
    }


def download(package: str, folder: Path) -> Json:
    """Fetch a package with npm and read the one description we use."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    archive = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(folder / archive) as tar:
        member = tar.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{package} has no {MEMBER}")
        description: Json = json.load(member)
    return description


def write(path: Path, document: Json) -> None:
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{path.name}: {len(text)} bytes, {path.stat().st_size} compressed")


def main(arguments: Iterable[str] | None = None) -> None:
    """Write `rest.json.xz` and `webhooks.json.xz`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=DATA)
    into = parser.parse_args(arguments).into
    with tempfile.TemporaryDirectory() as folder:
        write(into / "rest.json.xz", cut_rest(download("@octokit/openapi", Path(folder))))
        write(into / "webhooks.json.xz", cut_webhooks(download("@octokit/openapi-webhooks", Path(folder))))


if __name__ == "__main__":
    main()
