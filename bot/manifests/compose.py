"""Read compose files: the images of services, and what is built with which arguments.

Follows https://github.com/compose-spec/compose-spec/blob/main/spec.md. Variables have no value but their default:
what the environment or an `.env` file says is not known.
"""

from collections.abc import Iterator

from bot.manifests.found import Found, build_arg
from bot.manifests.model import BuildArg
from bot.manifests.tree import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    fields_of,
    get,
    items_of,
    scalar_of,
    text_of,
    value_of,
)
from bot.manifests.values import Value, expanded

_IMAGE = "docker-image://"


def read_compose(documents: list[Node], found: Found) -> None:
    """Find the uses and builds of all services."""
    for document in documents:
        services = fields_of(get(document, "services"))
        # The name that a service gives to what it builds is no image from elsewhere, wherever it is used.
        built = {text_of(get(each, "image")) for each in services.values() if _is_built(each)}
        for name, service in services.items():
            _service(name, service, built, found)


def _is_built(service: Node) -> bool:
    build = get(service, "build")
    return isinstance(build, Mapping) or scalar_of(build) is not None


def _service(name: str, service: Node, built: set[str], found: Found) -> None:
    image = scalar_of(get(service, "image"))
    if image is not None and image.value not in built:
        platform = text_of(get(service, "platform"))
        found.image(f"service {name}", image, _value(image, found), "" if "$" in platform else platform)
    build = get(service, "build")
    if isinstance(build, Scalar) and (context := _text(build, found)):
        found.build(f"service {name}", build.line, context, "Dockerfile", ())
    elif isinstance(build, Mapping):
        _build(f"service {name}", build, found)


def _build(name: str, build: Mapping, found: Found) -> None:
    others = list(_contexts(build.get("additional_contexts"), found))
    for context, scalar, value in others:
        if value.text is not None and value.text.text.startswith(_IMAGE):
            found.image(f"{name}, context {context}", scalar, value)
        elif scalar.value.startswith(_IMAGE):
            found.image(f"{name}, context {context}", scalar, value)
    inline = scalar_of(build.get("dockerfile_inline"))
    if inline is not None:
        found.image(name, inline, Value(None, "its Dockerfile stands in this file, where it is not read"))
        return
    found.build(
        name,
        build.line,
        _text(build.get("context"), found) or ".",
        _text(build.get("dockerfile"), found) or "Dockerfile",
        _args(build.get("args"), found),
        target=_text(build.get("target"), found),
        contexts=[context for context, _, _ in others],
    )


def _args(node: Node | None, found: Found) -> Iterator[BuildArg]:
    """`{V: 1}` or `[V=1]`; a name alone takes its value from the environment, which is not known."""
    for name, value in fields_of(node).items():
        if (scalar := value_of(value)) is not None:
            yield build_arg(name, scalar, _value(scalar, found))
    for item in items_of(node):
        if (scalar := scalar_of(item)) and "=" in scalar.value:
            name, _, _ = scalar.value.partition("=")
            yield build_arg(name, scalar, _value(scalar, found, len(name) + 1))


def _contexts(node: Node | None, found: Found) -> Iterator[tuple[str, Scalar, Value]]:
    for name, value in fields_of(node).items():
        if scalar := scalar_of(value):
            yield name, scalar, _value(scalar, found)
    for item in node.items if isinstance(node, Sequence) else []:
        if (scalar := scalar_of(item)) and "=" in scalar.value:
            name, _, _ = scalar.value.partition("=")
            yield name, scalar, _value(scalar, found, len(name) + 1)


def _value(scalar: Scalar, found: Found, start: int = 0) -> Value:
    return expanded(scalar.traced[start:], {}, found.budget)


def _text(node: Node | None, found: Found) -> str:
    """What a path says; what is not known keeps its variable, and the build is then left out."""
    scalar = scalar_of(node)
    if scalar is None:
        return ""
    value = _value(scalar, found)
    return value.text.text if value.text is not None else scalar.value
