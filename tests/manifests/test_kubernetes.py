"""Kubernetes objects of whatever kind, Kustomize, and YAML that is neither."""

from .reading import A, read, uses

SAMPLE = f"""\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: shop}}
    spec:
      template:
        spec:
          initContainers:
            - name: init
              image: busybox:1.36
          containers:
            - {{name: app, image: "ghcr.io/acme/shop:1.2@{A}"}}
            - name: side
              image: >-
                envoyproxy/envoy:v1.30.1
          volumes:
            - name: model
              image: {{reference: quay.io/acme/model:3}}
            - name: plain
              emptyDir: {{}}
    ---
    apiVersion: v1
    kind: List
    items:
      - apiVersion: batch/v1
        kind: CronJob
        metadata: {{name: tidy}}
        spec: {{jobTemplate: {{spec: {{template: {{spec: {{containers: [{{name: c, image: alpine}}]}}}}}}}}}}
      - apiVersion: example.com/v1
        kind: Cluster
        spec: {{podTemplate: {{spec: {{containers: [{{image: "{{{{ .Values.image }}}}"}}, {{image: "a:$TAG"}}]}}}}}}
    """


def test_objects():
    assert uses("k8s/app.yaml", SAMPLE) == [
        "Deployment shop, init container init: busybox:1.36",
        f"Deployment shop, container app: ghcr.io/acme/shop:1.2@{A}",
        "Deployment shop, container side: envoyproxy/envoy:v1.30.1",
        "Deployment shop, volume model: quay.io/acme/model:3",
        "CronJob tidy, container c: alpine",
        "Cluster, container? it is a template, which is filled in later",
        "Cluster, container? it has a variable, whose value the file does not tell",
    ]
    assert [use.start_line for use in read("k8s/app.yaml", SAMPLE).uses] == [9, 11, 13, 17, 27, 30, 30]


def test_yaml_that_is_no_object_says_nothing():
    text = "containers: [{name: a, image: nginx:1}]\nspec: {containers: [{image: x}]}\n"
    assert uses("config.yaml", text) == []
    assert uses("mkdocs.yml", "- &a [image]\n- *a\n") == []


def test_a_template_or_broken_yaml_of_another_kind_is_no_problem():
    template = "apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nspec:\n  containers: [{image: a}]\n{{ end }}"
    assert read("chart/templates/pod.yaml", template).problem == ""
    assert read("a.yaml", "image: [").problem == ""
    assert "not YAML" in read("a.yaml", "apiVersion: v1\nkind: Pod\nimage: [").problem


def test_kustomize():
    text = f"""\
        resources: [app.yaml]
        images:
          - name: nginx
            newName: acme/nginx
            newTag: "1.27"
          - {{name: redis, newTag: 7.2-alpine}}
          - {{name: shop, newName: ghcr.io/acme/shop, digest: {A}}}
          - {{name: moved, newName: ghcr.io/acme/moved}}
          - {{name: nothing}}
        """
    assert uses("overlay/kustomization.yaml", text) == [
        "Kustomize image nginx: acme/nginx:1.27",
        "Kustomize image redis: redis:7.2-alpine",
        f"Kustomize image shop: ghcr.io/acme/shop@{A}",
        "Kustomize image moved? its tag is what the resources say, which are not put together here",
    ]
    (first, *_) = read("overlay/kustomization.yaml", text).uses
    assert [(part.what, part.text) for part in first.parts] == [("repository", "acme/nginx"), ("tag", "1.27")]
    assert (first.start_line, first.end_line) == (4, 5)
