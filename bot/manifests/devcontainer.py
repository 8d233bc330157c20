"""Read devcontainer.json: the image, or the Dockerfile that is built with which arguments. Nothing of it ships.

Follows https://containers.dev/implementors/json_reference/.
"""

from bot.manifests.found import Found, build_arg
from bot.manifests.tree import Node, fields_of, get, scalar_of, text_of, value_of
from bot.manifests.values import literal


def read_devcontainer(document: Node, found: Found) -> None:
    """Find the image, and what is built. Compose files that it names are read as such."""
    found.shipped = False
    if image := scalar_of(get(document, "image")):
        found.image("devcontainer", image, literal(image.traced))
    build = get(document, "build")
    dockerfile = scalar_of(get(build, "dockerfile")) or scalar_of(get(document, "dockerFile"))
    if dockerfile is None:
        return
    args = [
        build_arg(name, scalar, literal(scalar.traced))
        for name, value in fields_of(get(build, "args")).items()
        if (scalar := value_of(value)) is not None
    ]
    # The Dockerfile is relative to this file, whatever the context is.
    context = text_of(get(build, "context")) or text_of(get(document, "context"))
    found.build(
        "devcontainer",
        dockerfile.line,
        "",
        dockerfile.value,
        args,
        target=text_of(get(build, "target")),
        files=context or ".",
    )
