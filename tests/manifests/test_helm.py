"""Helm values: the maps and texts that charts use for images."""

from .reading import A, read, uses

SAMPLE = f"""\
    image:
      registry: docker.io
      repository: bitnami/nginx
      tag: 1.27.1-debian-12-r0
      digest: ""
      pullPolicy: IfNotPresent
    sidecars:
      - image: {{repository: quay.io/acme/side, tag: "2"}}
      - image: busybox:1.36
    init: {{image: {{repository: acme/app, tag: ""}}}}
    grafana: {{image: {{repository: grafana/grafana, tag: 11.1.0, sha: {A[7:]}}}}}
    old: {{image: redis, tag: 7.2}}
    webImage: {{repository: "acme/web"}}
    pinned: {{repository: acme/pinned, digest: {A}}}
    charts: {{repository: "https://charts.example.com", tag: x}}
    git: {{repository: acme/code, branch: main}}
    word: {{image: nginx}}
    templated: {{image: "{{{{ .Values.x }}}}:1"}}
    """


def test_images():
    assert uses("values.yaml", SAMPLE) == [
        "image: docker.io/bitnami/nginx:1.27.1-debian-12-r0",
        "sidecars.image: quay.io/acme/side:2",
        "sidecars.image: busybox:1.36",
        "init.image? it has no tag here; the chart decides, mostly by its appVersion",
        f"grafana.image: grafana/grafana:11.1.0@{A}",
        "old.image: redis:7.2",
        "webImage? it has no tag here; the chart decides, mostly by its appVersion",
        f"pinned: acme/pinned@{A}",
        "templated.image? it is a template, which is filled in later",
    ]


def test_a_registry_for_all_takes_the_place_of_others():
    text = """\
        global: {imageRegistry: mirror.example.com}
        image: {registry: docker.io, repository: acme/a, tag: "1"}
        other: {image: {repository: acme/b, tag: "1"}}
        """
    assert uses("values.yaml", text) == ["image: mirror.example.com/acme/a:1", "other.image: acme/b:1"]


def test_parts_and_lines():
    (image, *_) = read("values.yaml", SAMPLE).uses
    assert [part.what for part in image.parts] == ["registry", "repository", "tag", "digest"]
    assert (image.start_line, image.end_line) == (2, 4)


def test_what_well_known_charts_call_their_images():
    """ingress-nginx, jupyterhub, datadog, consul, cilium: fields other than `repository`, and names of their own."""
    text = f"""\
        controller: {{image: {{registry: registry.k8s.io, image: ingress-nginx/controller, tag: v1.10.0, digest: {A}}}}}
        defaultBackend: {{image: {{registry: registry.k8s.io, image: defaultbackend-amd64}}}}
        hub: {{image: {{name: quay.io/jupyterhub/k8s-hub, tag: 3.2.1}}}}
        agents: {{image: {{name: agent, tag: 7.51.0}}}}
        whole: {{registry: quay.io, image: "acme/a:1"}}
        pinned: {{image: acme/b, digest: {A}}}
        kubectlImage: bitnami/kubectl:1.29
        logoImage: assets/logo.png
        volumes: [{{name: data, tag: x}}]
        """
    no_tag = "it has no tag here; the chart decides, mostly by its appVersion"
    assert uses("values.yaml", text) == [
        f"controller.image.image: registry.k8s.io/ingress-nginx/controller:v1.10.0@{A}",
        f"defaultBackend.image.image? {no_tag}",
        "hub.image: quay.io/jupyterhub/k8s-hub:3.2.1",
        "agents.image? it has no registry here; the chart decides",
        "whole.image: quay.io/acme/a:1",
        f"pinned.image: acme/b@{A}",
        "kubectlImage: bitnami/kubectl:1.29",
    ]
