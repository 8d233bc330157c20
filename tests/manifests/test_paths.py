"""Which files are looked at, and where the paths in them lead."""

import pytest

from bot.manifests import is_workflow, manifest_kind
from bot.manifests.paths import join


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("compose.yaml", "compose"),
        ("deploy/compose.yml", "compose"),
        ("docker-compose.yml", "compose"),
        ("docker-compose.prod.yaml", "compose"),
        ("docker-compose-dev.yml", "compose"),
        ("compose.override.yaml", "compose"),
        ("composer.yaml", "kubernetes"),
        ("docker-bake.hcl", "bake"),
        ("docker-bake.override.json", "bake"),
        ("bake.hcl", None),
        (".devcontainer.json", "devcontainer"),
        (".devcontainer/devcontainer.json", "devcontainer"),
        ("a/.devcontainer/python/devcontainer.json", "devcontainer"),
        ("devcontainer.json", None),
        (".github/workflows/ci.yml", "workflow"),
        (".github/workflows/old/ci.yml", None),
        (".github/actions/x/action.yaml", "workflow"),
        ("action.yml", "workflow"),
        (".github/dependabot.yml", None),
        (".github/plimsoll.yml", None),
        ("values.yaml", "helm"),
        ("chart/values-prod.yml", "helm"),
        ("prod-values.yaml", "helm"),
        ("chart/staging.values.yaml", "helm"),
        ("evalues.yaml", "kubernetes"),
        ("k8s/app.yaml", "kubernetes"),
        ("package.json", None),
        ("Dockerfile", None),
        ("", None),
    ],
)
def test_kinds(path, kind):
    assert manifest_kind(path) == kind


def test_only_the_folder_of_workflows_needs_their_permission():
    assert is_workflow(".github/workflows/ci.yml")
    assert not is_workflow(".github/actions/x/action.yml")


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("", ".", "Dockerfile"), "Dockerfile"),
        (("deploy", "..", "Dockerfile"), "Dockerfile"),
        (("deploy", "./api", "../Dockerfile.api"), "deploy/Dockerfile.api"),
        (("", "..", "Dockerfile"), None),
        (("a", "../..", "Dockerfile"), None),
        (("", "/srv", "Dockerfile"), None),
        (("", "~/x", "Dockerfile"), None),
        (("", "https://github.com/a/b.git", "Dockerfile"), None),
        (("", "git@github.com:a/b", "Dockerfile"), None),
        (("", "github.com/a/b", "Dockerfile"), None),
        (("", "a.git#main", "Dockerfile"), None),
        (("", "docker-image://x", "Dockerfile"), None),
        (("", "a\0b", "Dockerfile"), None),
    ],
)
def test_joined_paths_stay_in_the_repository(parts, path):
    assert join(*parts) == path
