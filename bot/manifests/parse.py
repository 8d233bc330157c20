"""Read one file that uses images: by its kind into a tree, and from that its uses and builds. Never raises."""

from collections.abc import Callable

from bot.dockerfile.arguments import clean
from bot.manifests.bake import read_bake
from bot.manifests.compose import read_compose
from bot.manifests.devcontainer import read_devcontainer
from bot.manifests.errors import BrokenYaml, ManifestError
from bot.manifests.found import Found
from bot.manifests.hcl_tree import read_hcl
from bot.manifests.helm import read_helm_values
from bot.manifests.json_tree import read_json
from bot.manifests.kubernetes import read_kubernetes
from bot.manifests.model import Manifest, ManifestKind
from bot.manifests.paths import manifest_kind
from bot.manifests.tree import MAX_SIZE, Node
from bot.manifests.workflow import read_workflow
from bot.manifests.yaml_tree import read_yaml

_YAML: dict[ManifestKind, Callable[[list[Node], Found], None]] = {
    ManifestKind.COMPOSE: read_compose,
    ManifestKind.KUBERNETES: read_kubernetes,
    ManifestKind.HELM_VALUES: read_helm_values,
    ManifestKind.WORKFLOW: read_workflow,
}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def parse_manifest(path: str, content: bytes) -> Manifest:
    """Read a file; what is wrong with it is its `problem`."""
    kind = manifest_kind(path)
    if kind is None:
        return Manifest(path, ManifestKind.KUBERNETES, problem="it is no file that uses images")
    found = Found(path, kind)
    try:
        _read(content, found)
    except ManifestError as exc:
        if _is_foreign(kind, content, exc):
            return Manifest(path, kind, foreign=exc.reason, line=exc.line or 1)
        return Manifest(path, kind, problem=exc.reason, line=exc.line or 1)
    uses = sorted(found.uses, key=lambda use: use.span[0])
    return Manifest(path, kind, tuple(uses), tuple(found.builds))


def decode_manifest(content: bytes) -> str:
    """One character for each character, or undecodable byte, of the file."""
    if len(content) > MAX_SIZE:
        raise ManifestError(f"the file is larger than {MAX_SIZE:,} bytes")
    if content.startswith(_UTF16):
        raise ManifestError("the file is not UTF-8")
    return clean(content.decode("utf-8", "surrogateescape"))


def _read(content: bytes, found: Found) -> None:
    source = decode_manifest(content)
    if found.kind is ManifestKind.DEVCONTAINER:
        read_devcontainer(read_json(source), found)
    elif found.kind is ManifestKind.BAKE:
        hcl = found.path.endswith(".hcl")
        read_bake(read_hcl(source) if hcl else read_json(source), found)
    elif found.kind is not ManifestKind.KUBERNETES or _may_use_images(source):
        _YAML[found.kind](read_yaml(source), found)


def _may_use_images(source: str) -> bool:
    """Most YAML files are none of Kubernetes; those that cannot be are not even parsed."""
    return "image" in source or "\\" in source


def _is_foreign(kind: ManifestKind, content: bytes, error: ManifestError) -> bool:
    """Whether a file that cannot be read is likely none of ours: a template, or no object of Kubernetes.

    A file beyond a limit is no template for that.
    """
    if kind not in (ManifestKind.KUBERNETES, ManifestKind.HELM_VALUES):
        return False
    if isinstance(error, BrokenYaml) and b"{{" in content:
        return True
    return kind is ManifestKind.KUBERNETES and not (b"apiVersion" in content and b"kind" in content)
