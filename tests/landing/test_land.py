"""Which lockfile lands in which target."""

import pytest

from bot.change import Contents, FileVersion, is_lockfile
from bot.dockerfile import parse
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.resolve import resolve_stages
from bot.dockerfile.shipped import what_is_shipped
from bot.dockerfile.sources import read_sources
from bot.image.platform import DEFAULT_PLATFORM
from bot.landing import patterns
from bot.landing.land import Build, land
from bot.landing.model import Landed


def tree(files: str, **texts: str) -> Contents:
    paths = sorted([*files.split(), *texts])
    lockfiles = tuple(path for path in paths if is_lockfile(path))
    read = {path: FileVersion(path, path, text.encode()) for path, text in texts.items()}
    return Contents(tuple(paths), lockfiles, read)


def landed(
    text: str, contents: Contents, path: str = "Dockerfile", context: str | None = None, **args: str
) -> Landed:
    dockerfile = parse(text)
    resolved = resolve_stages(dockerfile, args, DEFAULT_PLATFORM)
    shipped = what_is_shipped(resolved, read_sources(dockerfile, resolved))
    stages = frozenset(stage.index for stage in shipped.stages)
    return land(Build(path, resolved, stages, context), contents)


def brief(found: Landed) -> list[str]:
    """`path@line`, with what is special about it."""
    return [
        f"{each.path}@{each.location.start_line}"
        + ("" if each.shipped else " unshipped")
        + ("" if each.development else " prod")
        for each in found.landings
    ]


NODE = "package.json package-lock.json web/package.json web/package-lock.json tests/x/package-lock.json"

CASES = {
    "named": (NODE, "COPY package-lock.json /app/\nRUN cd /app && npm ci", ["package-lock.json@2"]),
    "a pattern": (NODE, "WORKDIR /app\nCOPY package*.json ./\nRUN npm install", ["package-lock.json@3"]),
    "everything": (NODE, "WORKDIR /app\nCOPY . .\nRUN npm ci", ["package-lock.json@3"]),
    "everything, installed below": (
        NODE,
        "COPY . /app\nRUN cd /app/web && npm ci --omit=dev",
        ["web/package-lock.json@2 prod"],
    ),
    "by a prefix": (NODE, "COPY . /app\nRUN npm --prefix /app/web ci", ["web/package-lock.json@2"]),
    "a folder": (NODE, "COPY web /app\nRUN make", ["web/package-lock.json@2"]),
    "no command that is known": (NODE, "COPY . .\nRUN make", ["package-lock.json@2"]),
    "nothing installs from it": (
        "package-lock.json requirements.txt",
        "COPY . /app\nWORKDIR /app\nRUN pip install -r requirements.txt",
        ["requirements.txt@2"],
    ),
    "named, and nothing installs": (
        "package-lock.json requirements.txt",
        "COPY package-lock.json requirements.txt /app/\nRUN pip install -r /app/requirements.txt",
        ["package-lock.json@2", "requirements.txt@2"],
    ),
    "a variable": (NODE, "ARG DIR=web\nCOPY ${DIR}/ /app/\nRUN cd /app; npm ci", ["web/package-lock.json@3"]),
    "outside the context": (NODE, "COPY ../../package-lock.json /app/", ["package-lock.json@2"]),
    "a heredoc": (NODE, "COPY <<package-lock.json /app/\n{}\npackage-lock.json\n", []),
    "a remote ADD": (NODE, "ADD https://x.io/package-lock.json /app/", []),
    "a checksum does not matter": (NODE, "ADD --chown=1:1 package-lock.json /app/", ["package-lock.json@2"]),
    "excluded": (NODE, "COPY --exclude=package-lock.json . /app/\nRUN make", []),
    "excluded below": (NODE, "COPY --exclude=**/*.json web /app/", []),
    "with parents": (
        NODE,
        "COPY --parents web/package-lock.json /app/\nRUN cd /app/web && npm ci",
        ["web/package-lock.json@2"],
    ),
    "with parents from a pivot": (
        "a/web/package-lock.json",
        "COPY --parents a/./web/package-lock.json /app/\nRUN cd /app/web && npm ci --omit=dev",
        ["a/web/package-lock.json@2 prod"],
    ),
    "many folders": (
        NODE,
        "COPY --parents **/package-lock.json /app/\nRUN cd /app && npm ci",
        [
            "package-lock.json@2",
            "tests/x/package-lock.json@2",
            "web/package-lock.json@2",
        ],
    ),
    "mounted": (
        NODE,
        "WORKDIR /app\nRUN --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci",
        ["package-lock.json@3"],
    ),
    "the context mounted": (
        "uv.lock pyproject.toml",
        "WORKDIR /src\nRUN --mount=target=/src uv sync --no-dev",
        ["uv.lock@3 prod"],
    ),
    "a cache is no file": (NODE, "RUN --mount=type=cache,target=/root/.npm npm ci", []),
    "another name": (
        "deps/requirements.txt",
        "COPY deps/requirements.txt /tmp/r.txt\nRUN pip install -r /tmp/r.txt",
        ["deps/requirements.txt@2"],
    ),
    "only those that pip reads": (
        "requirements.txt requirements-dev.txt",
        "COPY requirements*.txt ./\nRUN pip install -r requirements.txt",
        ["requirements.txt@2"],
    ),
    "those for developing too": (
        "requirements.txt requirements-dev.txt",
        "COPY requirements*.txt ./\nRUN python3 -m pip install -r requirements.txt -r requirements-dev.txt",
        ["requirements-dev.txt@2", "requirements.txt@2"],
    ),
    "go": ("go.mod main.go", "WORKDIR /src\nCOPY . .\nRUN go build -o /app ./cmd", ["go.mod@3 prod"]),
}


@pytest.mark.parametrize(("files", "text", "expected"), CASES.values(), ids=CASES)
def test_one_stage(files: str, text: str, expected: list[str]) -> None:
    assert brief(landed(f"FROM a\n{text}\n", tree(files))) == expected


BUILD = "FROM node AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n"
STAGES = {
    "its modules": (
        f"{BUILD}FROM node\nCOPY --from=build /app/node_modules /x/node_modules",
        ["package-lock.json@3"],
    ),
    "what it made": (f"{BUILD}FROM nginx\nCOPY --from=build /app/dist /html", ["package-lock.json@3"]),
    "made elsewhere": (
        f"{BUILD}FROM scratch\nCOPY --from=build /usr/local/bin/app /",
        ["package-lock.json@3"],
    ),
    "by number": (f"{BUILD}FROM scratch\nCOPY --from=0 /out /", ["package-lock.json@3"]),
    "everything": (f"{BUILD}FROM scratch\nCOPY --from=build / /", ["package-lock.json@3"]),
    "built on": (f"{BUILD}FROM build\nRUN rm -r /tmp", ["package-lock.json@3"]),
    "mounted from it": (
        f"{BUILD}FROM a\nRUN --mount=from=build,source=/app,target=/b cp -r /b /c",
        ["package-lock.json@3"],
    ),
    "nothing of it": (f"{BUILD}FROM scratch\nCOPY x /", ["package-lock.json@3 unshipped"]),
    "only certificates": (
        f"{BUILD}FROM scratch\nCOPY --from=build /etc/ssl/certs /etc/ssl/certs",
        ["package-lock.json@3 unshipped"],
    ),
    "through a third stage": (
        f"{BUILD}FROM build AS b\nFROM a AS c\nCOPY --from=b /app/dist /d\nFROM a\nCOPY --from=c /d /e",
        ["package-lock.json@3"],
    ),
    "through a stage nothing is taken from": (
        f"{BUILD}FROM a AS c\nCOPY --from=build /app/dist /d\nFROM a",
        ["package-lock.json@3 unshipped"],
    ),
    "the final stage installs without what is for developing": (
        f"{BUILD}FROM node\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\n"
        "COPY --from=build /app/dist ./dist",
        ["package-lock.json@9 prod"],
    ),
    "pruned": (
        f"{BUILD}RUN npm prune --omit=dev\nFROM node\nCOPY --from=build /app /app",
        ["package-lock.json@3 prod"],
    ),
    "the lockfile of another stage": (
        "FROM a AS files\nCOPY package-lock.json /l/\nFROM node\nWORKDIR /app\nCOPY --from=files /l/ ./\nRUN npm ci",
        ["package-lock.json@2"],
    ),
    "one of two applications": (
        "FROM node AS build\nWORKDIR /app\nCOPY . .\nRUN cd web && npm ci\nRUN cd tests/x && npm ci\n"
        "FROM nginx\nCOPY --from=build /app/web/dist /html",
        ["tests/x/package-lock.json@3 unshipped", "web/package-lock.json@3"],
    ),
    "a trigger of a stage": (
        "FROM node AS base\nWORKDIR /app\nONBUILD COPY package-lock.json ./\nONBUILD RUN npm ci\nFROM base",
        ["package-lock.json@3"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), STAGES.values(), ids=STAGES)
def test_stages(text: str, expected: list[str]) -> None:
    assert brief(landed(text, tree(NODE))) == expected


DEVELOPMENT = [
    ("package-lock.json", "npm ci", True),
    ("package-lock.json", "npm ci --omit dev", False),
    ("package-lock.json", "npm install --production", False),
    ("package-lock.json", "NODE_ENV=production npm ci", False),
    ("package-lock.json", "export NODE_ENV=production && npm ci", False),
    ("package-lock.json", "npm ci && NODE_ENV=production npm run build", True),
    ("package-lock.json", "NODE_ENV=production npm ci --include=dev", True),
    ("yarn.lock", "yarn install --frozen-lockfile --production", False),
    ("yarn.lock", "yarn", True),
    ("pnpm-lock.yaml", "pnpm i --prod", False),
    ("poetry.lock", "poetry install --only main", False),
    ("poetry.lock", "poetry install --no-dev --no-root", False),
    ("poetry.lock", "poetry install --without dev,docs", False),
    ("poetry.lock", "poetry install", True),
    ("uv.lock", "uv sync --frozen --no-dev", False),
    ("uv.lock", "uv sync --locked", True),
    ("Pipfile.lock", "pipenv install --deploy --system", False),
    ("Pipfile.lock", "pipenv sync --dev", True),
    ("Gemfile.lock", "bundle config set --local without 'development test' && bundle install", False),
    ("Gemfile.lock", "bundle config without development && bundle", False),
    ("Gemfile.lock", "bundle install", True),
    ("composer.lock", "composer install --no-dev -o", False),
    ("composer.lock", "composer install", True),
    ("Cargo.lock", "cargo build --release", False),
    ("pom.xml", "./mvnw -B package", False),
    ("mix.lock", "mix deps.get --only prod", False),
]


@pytest.mark.parametrize(("path", "command", "expected"), DEVELOPMENT)
def test_what_is_only_needed_to_develop(path: str, command: str, expected: bool) -> None:
    (found,) = landed(f"FROM a\nWORKDIR /app\nCOPY . .\nRUN {command}\n", tree(path)).landings
    assert (found.shipped, found.development) == (True, expected)
    assert "installs it in line 4" in found.why


@pytest.mark.parametrize(
    "env", ["ENV NODE_ENV=production", "ARG NODE_ENV=production", "ENV NPM_CONFIG_OMIT=dev"]
)
def test_a_variable_leaves_it_out(env: str) -> None:
    (found,) = landed(f"FROM a\n{env}\nCOPY . .\nRUN npm ci\n", tree("package-lock.json")).landings
    assert not found.development


CONTEXTS = [
    ("web/Dockerfile", None, "COPY package-lock.json .", "web/package-lock.json", "web/package-lock.json@2"),
    ("web/Dockerfile", None, "COPY web/package-lock.json .", "web/package-lock.json", "web/package-lock.json@2"),
    ("web/Dockerfile", None, "COPY . .\nRUN npm ci", "web/package-lock.json", "web/package-lock.json@2"),
    ("docker/Dockerfile", None, "COPY . .\nRUN npm ci", "package-lock.json", "package-lock.json@2"),
    ("docker/Dockerfile", "web", "COPY . .\nRUN npm ci", "package-lock.json web/package-lock.json",
     "web/package-lock.json@2"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "context", "text", "files", "expected"), CONTEXTS)
def test_contexts(path: str, context: str | None, text: str, files: str, expected: str) -> None:
    found = landed(f"FROM a\n{text}\n", tree(files), path, context)
    assert brief(found) == [expected]
    assert found.gaps == ()


def test_a_context_that_could_be_either_is_named() -> None:
    found = landed("FROM a\nCOPY . .\nRUN npm ci\n", tree(NODE), "web/Dockerfile")
    assert brief(found) == ["package-lock.json@2"]
    assert [gap.why for gap in found.gaps] == ["no file says so; taken to be the root of the repository"]


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        ({".dockerignore": "package-lock.json"}, []),
        ({".dockerignore": "*\n!package-lock.json"}, ["package-lock.json@2"]),
        ({".dockerignore": "*", "Dockerfile.dockerignore": ""}, ["package-lock.json@2"]),
        ({"Dockerfile.dockerignore": "**/*.json"}, []),
    ],
)
def test_ignore_files(ignored: dict[str, str], expected: list[str]) -> None:
    assert brief(landed("FROM a\nCOPY . .\nRUN npm ci\n", tree("package-lock.json", **ignored))) == expected


def test_an_ignore_file_that_cannot_be_read_is_named_and_hides_nothing() -> None:
    found = landed("FROM a\nCOPY . .\nRUN npm ci\n", tree("package-lock.json", **{".dockerignore": "["}))
    assert brief(found) == ["package-lock.json@2"]
    assert [gap.what for gap in found.gaps] == ["what .dockerignore leaves out"]


def test_a_source_nobody_knows_is_named() -> None:
    found = landed("FROM a\nARG DIR\nCOPY $DIR/ /app/\n", tree(NODE))
    assert [(gap.what, gap.location.start_line) for gap in found.gaps] == [("files copied from $DIR/", 3)]


def test_a_lockfile_left_aside_says_why() -> None:
    found = landed("FROM a\nCOPY . .\nRUN npm ci\n", tree(NODE))
    assert dict(found.left_aside) == {
        "tests/x/package-lock.json": "line 2 copies it along with a folder above, and nothing installs from it",
        "web/package-lock.json": "line 2 copies it along with a folder above, and nothing installs from it",
    }


def test_thousands_of_copies_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "MAX_WORK", 100_000)
    files = tree(" ".join(f"d{n}/package-lock.json" for n in range(300)))
    with pytest.raises(BeyondLimits):
        landed("FROM a\n" + "".join(f"COPY **/d*{n}*/**/*p*l* /x{n}/\n" for n in range(3_000)), files)


def test_following_more_copies_than_is_worth_it_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.landing.flow.MAX_STEPS", 3)
    taken = "FROM a AS c\n" + "COPY --from=b /etc/a /x\n" * 5 + "COPY --from=b /app /app\n"
    text = f"FROM a AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci\n{taken}FROM a\nCOPY --from=c /app /app\n"
    with pytest.raises(BeyondLimits):
        landed(text, tree("package-lock.json package.json"))
