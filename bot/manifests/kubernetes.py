"""Read Kubernetes manifests: containers of whatever kind of object, image volumes, Kustomize's images.

Follows https://kubernetes.io/docs/concepts/containers/images/ and
https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/.
"""

from bot.dockerfile.traced import Traced
from bot.manifests.found import Found
from bot.manifests.tree import Mapping, Node, Scalar, get, items_of, scalar_of, text_of
from bot.manifests.values import literal

_CONTAINERS = {
    "containers": "container",
    "initContainers": "init container",
    "ephemeralContainers": "ephemeral container",
}
_KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml")


def read_kubernetes(documents: list[Node], found: Found) -> None:
    """Find the images of all objects; documents that are none say nothing."""
    seen: set[int] = set()
    for document in documents:
        if text_of(get(document, "kind")) in ("Kustomization", "Component") or (
            found.path.rpartition("/")[2] in _KUSTOMIZATION
        ):
            _kustomization(document, found)
        elif _is_object(document):
            _walk(document, found, seen)


def _is_object(node: Node) -> bool:
    return bool(text_of(get(node, "apiVersion")) and text_of(get(node, "kind")))


def _walk(document: Node, found: Found, seen: set[int]) -> None:
    """Go through everything once, in the order of the file; an object in a list has a name of its own."""
    waiting: list[tuple[Node, str]] = [(document, "")]
    while waiting:
        node, owner = waiting.pop()
        if id(node) in seen or isinstance(node, Scalar):
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            if _is_object(node):
                owner = f"{text_of(get(node, 'kind'))} {text_of(get(node, 'metadata', 'name'))}".strip()
            _containers(node, owner, found)
            waiting += [(child, owner) for child in reversed(node.fields.values())]
        else:
            waiting += [(child, owner) for child in reversed(node.items)]


def _containers(node: Mapping, owner: str, found: Found) -> None:
    for field, what in _CONTAINERS.items():
        for container in items_of(node.get(field)):
            _image(f"{owner}, {what} {text_of(get(container, 'name'))}", get(container, "image"), found)
    for volume in items_of(node.get("volumes")):
        _image(f"{owner}, volume {text_of(get(volume, 'name'))}", get(volume, "image", "reference"), found)


def _image(name: str, node: Node | None, found: Found) -> None:
    if scalar := scalar_of(node):
        found.image(name.strip(" ,"), scalar, literal(scalar.traced))


def _kustomization(document: Node, found: Found) -> None:
    """`{name: nginx, newName: acme/nginx, newTag: 1.2}`; a digest wins over a tag."""
    for image in items_of(get(document, "images")):
        repository = scalar_of(get(image, "newName")) or scalar_of(get(image, "name"))
        tag, digest = scalar_of(get(image, "newTag")), scalar_of(get(image, "digest"))
        if repository is None or (tag is None and digest is None and get(image, "newName") is None):
            continue
        pieces = [("repository", repository.traced)]
        why = "" if tag or digest else "its tag is what the resources say, which are not put together here"
        if tag is not None:
            pieces += [("", Traced.foreign(":")), ("tag", tag.traced)]
        if digest is not None:
            pieces += [("", Traced.foreign("@")), ("digest", digest.traced)]
        nodes = [node for node in (repository, tag, digest) if node]
        found.split(f"Kustomize image {text_of(get(image, 'name'))}", nodes, pieces, why)
