"""Read Helm values: `{registry, repository, tag, digest}` maps, and `image: repository:tag` texts.

Charts are free in how they use their values, so this goes by the names that most charts use
(https://helm.sh/docs/chart_best_practices/values/). A chart's templates are not read.
"""

from bot.dockerfile.traced import Traced
from bot.manifests.found import Found, empty_place
from bot.manifests.tree import Mapping, Node, Scalar, get, scalar_of
from bot.manifests.values import literal

_TAGS = ("tag", "imageTag", "digest", "sha")
NO_TAG = "it has no tag here; the chart decides, mostly by its appVersion"


def read_helm_values(documents: list[Node], found: Found) -> None:
    """Find the images in all values."""
    seen: set[int] = set()
    for document in documents:
        everywhere = scalar_of(get(document, "global", "imageRegistry"))
        waiting: list[tuple[Node, str]] = [(document, "")]
        while waiting:
            node, name = waiting.pop()
            if id(node) in seen or isinstance(node, Scalar):
                continue
            seen.add(id(node))
            if isinstance(node, Mapping):
                _image(node, name, everywhere, found)
                waiting += [(child, _join(name, key)) for key, child in reversed(node.fields.items())]
            else:
                waiting += [(child, name) for child in reversed(node.items)]


def _join(name: str, key: str) -> str:
    # A key is hostile text: names are cut where they are shown, so they need not grow.
    return f"{name}.{key}".lstrip(".")[:200]


def _image(node: Mapping, name: str, everywhere: Scalar | None, found: Found) -> None:
    repository = scalar_of(node.get("repository"))
    if repository is not None and _is_image(node, name, repository):
        registry = scalar_of(node.get("registry"))
        if registry is not None and everywhere is not None:
            registry = everywhere
        _split(node, name, registry, repository, found)
    image = scalar_of(node.get("image"))
    if image is None or repository is not None:
        return
    if "imageTag" in node.fields or ("tag" in node.fields and ":" not in image.value.rpartition("/")[2]):
        _split(node, _join(name, "image"), None, image, found)
    elif ":" in image.value or "/" in image.value:
        found.image(_join(name, "image"), image, literal(image.traced))


def _is_image(node: Mapping, name: str, repository: Scalar) -> bool:
    """A chart repository is a URL and has a version; what is called an image needs no tag."""
    if "://" in repository.value:
        return False
    return any(each in node.fields for each in _TAGS) or name.lower().endswith("image")


def _split(node: Mapping, name: str, registry: Scalar | None, repository: Scalar, found: Found) -> None:
    tag = scalar_of(node.get("tag", "imageTag"))
    digest, sha = scalar_of(node.get("digest")), scalar_of(node.get("sha"))
    nodes = [each for each in (registry, repository, tag, digest or sha) if each is not None]
    pieces: list[tuple[str, Traced]] = []
    if registry is not None:
        pieces += [("registry", registry.traced), ("", Traced.foreign("/"))]
    pieces.append(("repository", repository.traced))
    if tag is not None:
        pieces += [("", Traced.foreign(":")), ("tag", tag.traced)]
    if digest is not None:
        pieces += [("", Traced.foreign("@")), ("digest", digest.traced)]
    elif sha is not None:
        start = "@" if sha.value.startswith("sha256:") else "@sha256:"
        pieces += [("", Traced.foreign(start)), ("digest", sha.traced)]
    why = "" if tag or digest or sha or ":" in repository.value else NO_TAG
    why = next(filter(None, (literal(text).unresolved for _, text in pieces)), why)
    found.split(name, nodes, pieces, why, empty_place(node.get("digest")))
