"""Read Helm values: `{registry, repository, tag, digest}` maps, `image: repository:tag`, `kubectlImage: …`.

Charts are free in how they use their values, so this goes by the names that most charts use
(https://helm.sh/docs/chart_best_practices/values/). A chart's templates are not read.
"""

from bot.dockerfile.traced import Traced
from bot.image.reference import InvalidReference, Reference
from bot.manifests.found import Found, empty_place
from bot.manifests.tree import Mapping, Node, Scalar, get, scalar_of
from bot.manifests.values import literal

_TAGS = ("tag", "imageTag", "digest", "sha")
NO_TAG = "it has no tag here; the chart decides, mostly by its appVersion"
NO_REGISTRY = "it has no registry here; the chart decides"


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
    registry = scalar_of(node.get("registry"))
    if registry is not None and everywhere is not None:
        registry = everywhere
    repository, image = scalar_of(node.get("repository")), scalar_of(node.get("image"))
    own = scalar_of(node.get("name"))
    if repository is not None:
        if _is_image(node, name, repository):
            _split(node, name, registry, repository, found)
    elif image is not None:
        _beside(node, _join(name, "image"), registry, image, found)
    elif own is not None and "tag" in node.fields and _is_called_image(name):
        _split(node, name, registry, own, found, "" if registry or "/" in own.value else NO_REGISTRY)
    _named_so(node, name, found)


def _beside(node: Mapping, name: str, registry: Scalar | None, image: Scalar, found: Found) -> None:
    """`image: nginx` beside the fields for its registry or tag, or a reference of its own."""
    whole = ":" in image.value.rpartition("/")[2]
    if registry is not None or "imageTag" in node.fields or (_has_tag(node) and not whole):
        _split(node, name, registry, image, found)
    elif ":" in image.value or "/" in image.value:
        found.image(name, image, literal(image.traced))


def _named_so(node: Mapping, name: str, found: Found) -> None:
    """`kubectlImage: bitnami/kubectl:1.29`; a text without a version may be any other image, such as a logo."""
    for key, value in node.fields.items():
        text = scalar_of(value)
        if text is not None and key != "image" and _is_called_image(key) and _is_complete(text.value):
            found.image(_join(name, key), text, literal(text.traced))


def _is_complete(text: str) -> bool:
    try:
        reference = Reference.parse(text)
    except InvalidReference:
        return False
    return bool(reference.tag or reference.digest)


def _is_image(node: Mapping, name: str, repository: Scalar) -> bool:
    """A chart repository is a URL and has a version; what is called an image needs no tag."""
    return "://" not in repository.value and (_has_tag(node) or _is_called_image(name))


def _has_tag(node: Mapping) -> bool:
    return any(each in node.fields for each in _TAGS)


def _is_called_image(name: str) -> bool:
    return name.lower().endswith("image")


def _split(
    node: Mapping, name: str, registry: Scalar | None, repository: Scalar, found: Found, why: str = ""
) -> None:
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
    if not (tag or digest or sha or ":" in repository.value):
        why = why or NO_TAG
    why = next(filter(None, (literal(text).unresolved for _, text in pieces)), why)
    found.split(name, nodes, pieces, why, empty_place(node.get("digest")))
