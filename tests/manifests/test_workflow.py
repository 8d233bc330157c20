"""Workflows and actions: containers, services, docker:// steps, matrices and builds."""

from .reading import builds, read, uses

SAMPLE = """\
    on: push
    jobs:
      test:
        strategy:
          matrix:
            image: ["python:3.11", 'python:3.12']
            version: [15, 16]
            computed: ${{ fromJSON(inputs.x) }}
            include:
              - version: 17
                extra: yes
        container: ${{ matrix.image }}
        services:
          db:
            image: postgres:${{ matrix.version }}
          cache: {image: "redis:7"}
          x: {image: "${{ matrix.computed }}"}
        steps:
          - uses: actions/checkout@v4
          - name: Lint
            uses: docker://hadolint/hadolint:v2.12.0
      build:
        container:
          image: node:20
        steps:
          - uses: docker/build-push-action@v6
            with:
              context: "{{defaultContext}}:api"
              build-args: |
                PY=3.12
                TOKEN=${{ secrets.X }}
              build-contexts: base=docker-image://alpine:3.19
          - name: Image
            uses: docker/build-push-action@v6
            with: {file: ./docker/Dockerfile, target: prod, build-args: "PY=3.11"}
          - uses: docker/build-push-action@v6
            with: {context: "https://github.com/acme/x.git"}
          - uses: docker/build-push-action@v6
    """


def test_uses():
    path = ".github/workflows/ci.yml"
    unknown = "it has an expression, whose value only the run knows"
    assert uses(path, SAMPLE) == [
        "job test, container: python:3.11",
        "job test, container: python:3.12",
        "job test, service db: postgres:15",
        "job test, service db: postgres:16",
        "job test, service db: postgres:17",
        "job test, service cache: redis:7",
        f"job test, service x? {unknown}",
        "job test, step Lint: hadolint/hadolint:v2.12.0",
        "job build, container: node:20",
        "job build, step docker/build-push-action, context base: alpine:3.19",
    ]
    assert not any(use.shipped for use in read(path, SAMPLE).uses)


def test_builds():
    assert builds(".github/workflows/ci.yml", SAMPLE) == [
        "job build, step docker/build-push-action: api/Dockerfile PY=3.12 TOKEN=${{ secrets.X }}",
        "job build, step Image: docker/Dockerfile PY=3.11",
        "job build, step docker/build-push-action: Dockerfile",
    ]
    first = read(".github/workflows/ci.yml", SAMPLE).builds[0]
    assert [arg.line for arg in first.args] == [30, 31]
    assert [bool(arg.unresolved) for arg in first.args] == [False, True]


def test_a_matrix_makes_several_builds():
    text = """\
        jobs:
          a:
            strategy: {matrix: {py: ["3.11", "3.12"]}}
            steps:
              - uses: docker/build-push-action@v6
                with: {build-args: "PY=${{ matrix.py }}", file: "${{ github.workspace }}/x/Dockerfile"}
        """
    assert [line.partition(": ")[2] for line in builds(".github/workflows/a.yml", text)] == [
        "x/Dockerfile PY=3.11",
        "x/Dockerfile PY=3.12",
    ]


def test_a_matrix_makes_the_runs_that_github_makes():
    numbers = ", ".join(map(str, range(60)))
    text = f"""\
        jobs:
          many:
            strategy: {{matrix: {{v: [{numbers}]}}}}
            container: x:${{{{ matrix.v }}}}
          told:
            strategy:
              matrix:
                os: [a, b]
                v: ["1", "2"]
                exclude: [{{os: b, v: "1"}}, {{os: a, v: [x]}}, {{}}, word]
                include: [{{os: a, s: -slim}}, {{os: c, v: "3"}}, {{os: [q]}}]
            container: "${{{{ matrix.os }}}}:${{{{ matrix.v }}}}${{{{ matrix.s }}}}"
          alone:
            strategy:
              matrix:
                include:
                  - {{dir: one, base: "python:3.12"}}
                  - {{dir: two, base: "node:20"}}
            steps:
              - uses: docker/build-push-action@v6
                with: {{context: "./${{{{ matrix.dir }}}}", build-args: "BASE=${{{{ matrix.base }}}}"}}
        """
    found = uses(".github/workflows/a.yml", text)
    assert found[:60] == [f"job many, container: x:{number}" for number in range(60)]
    images = ["a:1-slim", "a:2-slim", "b:2", "c:3"]
    assert sorted(found[60:]) == [f"job told, container: {image}" for image in images]
    assert [line.partition(": ")[2] for line in builds(".github/workflows/a.yml", text)] == [
        "one/Dockerfile BASE=python:3.12",
        "two/Dockerfile BASE=node:20",
    ]


def test_a_matrix_that_github_refuses_is_said():
    values = list(range(17))
    text = f"jobs: {{a: {{strategy: {{matrix: {{v: {values}, w: {values}}}}}, container: x}}}}"
    problem = read(".github/workflows/a.yml", text).problem
    assert problem == "a matrix of more than 256 combinations, which GitHub does not run"


def test_actions():
    assert uses("action.yml", "runs: {using: docker, image: 'docker://acme/a:1'}") == ["action: acme/a:1"]
    assert builds("x/action.yml", "runs: {using: docker, image: Dockerfile}") == ["action: x/Dockerfile"]
    text = "runs: {using: composite, steps: [{uses: 'docker://acme/a:1'}]}"
    assert uses(".github/actions/a/action.yml", text) == ["action, step docker://acme/a: acme/a:1"]
