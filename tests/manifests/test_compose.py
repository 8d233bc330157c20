"""Compose files: services, defaults of variables, anchors, builds."""

from .reading import A, builds, read, uses

SAMPLE = f"""\
    x-app: &app
      image: "python:3.12-slim"   # kept in step
      restart: always
    services:
      web:
        <<: *app
        ports: ["80:80"]
      worker:
        <<: *app
        image: python:3.12
        platform: linux/arm64
      db:
        image: postgres:${{PG_VERSION:-16.1}}@{A}
      cache: {{image: 'redis'}}
      who: {{image: "${{WHO}}"}}
      what: {{image: "acme/${{A:-x}}:${{B}}"}}
      nothing: {{image: }}
      own:
        image: acme/shop:dev
        build: .
      other:
        image: acme/shop:dev
    """


def test_services():
    assert uses("compose.yaml", SAMPLE) == [
        "service web: python:3.12-slim",
        "service worker: python:3.12",
        f"service db: postgres:16.1@{A}",
        "service cache: redis",
        "service who? no value is known for WHO",
        "service what? no value is known for B",
    ]


def test_places():
    found = read("compose.yaml", SAMPLE).uses
    assert [use.start_line for use in found] == [2, 10, 13, 14, 15, 16]
    assert [use.platform for use in found][1] == "linux/arm64"
    assert all(use.shipped for use in found)
    assert found[2].parts[0].what == "whole"
    assert found[4].parts == ()


def test_a_service_is_one_place_however_often_it_is_merged():
    text = "services:\n  a: &a {image: x:1}\n  b: *a\n  c: {<<: *a, cpus: 2}\n"
    assert uses("compose.yaml", text) == ["service a: x:1"]


def test_builds():
    text = """\
        services:
          a: {build: ./api}
          b:
            build:
              context: .
              dockerfile: docker/Dockerfile.web
              target: prod
              args: {PY: 3.12, NODE: "${NODE:-20}", ONLY_CI: "${ONLY_CI}"}
          c:
            build:
              dockerfile: ../Dockerfile
              args: [PY=3.11, HOME, "X=${X-1}"]
          d: {build: https://github.com/acme/shop.git}
          e: {build: ../../elsewhere}
          f: {build: "${CONTEXT}"}
          g:
            build:
              dockerfile_inline: "FROM alpine"
        """
    assert builds("deploy/compose.yaml", text) == [
        "service a: deploy/api/Dockerfile",
        "service b: deploy/docker/Dockerfile.web PY=3.12 NODE=20 ONLY_CI=${ONLY_CI}",
        "service c: Dockerfile PY=3.11 X=1",
    ]
    assert uses("deploy/compose.yaml", text) == [
        "service g? its Dockerfile stands in this file, where it is not read"
    ]
    (_, build, _) = read("deploy/compose.yaml", text).builds
    assert (build.path, build.target) == ("deploy/compose.yaml", "prod")
    assert [arg.unresolved for arg in build.args] == ["", "", "no value is known for ONLY_CI"]


def test_an_empty_value_is_a_value_and_none_is_not():
    text = "services: {a: {build: {args: {V: '', W: , X: null, Y: \"\"}}}}"
    assert builds("compose.yaml", text) == ["service a: Dockerfile V= Y="]


def test_named_contexts():
    text = """\
        services:
          a:
            build:
              context: .
              additional_contexts:
                base: docker-image://alpine:3.19
                src: ../src
          b:
            build:
              additional_contexts: ["base=docker-image://alpine:${V:-3.20}", app=service:a]
        """
    assert uses("compose.yaml", text) == [
        "service a, context base: alpine:3.19",
        "service b, context base: alpine:3.20",
    ]
    assert [build.contexts for build in read("compose.yaml", text).builds] == [
        ("base", "src"),
        ("base", "app"),
    ]


def test_what_is_wrong_is_said_with_its_line():
    manifest = read("compose.yaml", "services:\n  a: [\n")
    assert "not YAML" in manifest.problem
    assert manifest.line == 3
    assert read("compose.yaml", "a: *b").problem == "there is no anchor 'b'"
    assert uses("compose.yaml", "services:\n  a: {image: 'Bad Name'}")[0].startswith(
        "service a? 'Bad Name' is not"
    )
    assert read("compose.yaml", "").problem == ""
