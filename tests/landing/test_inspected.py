"""From two trees to what their targets bring: lockfiles and install commands, on both sides."""

import json

import pytest

from bot.finding import Origin
from bot.inspector import inspect
from bot.inventory import SkipKind
from tests.landing.shop import Shelf, Shop, image, inspected, installed, packages, side


def lock(**versions: str) -> str:
    """A package-lock.json; names with a leading underscore are only for developing."""
    entries: dict[str, object] = {"": {"dependencies": {}}}
    for name, version in versions.items():
        dev = {"dev": True} if name.startswith("_") else {}
        entries[f"node_modules/{name.lstrip('_')}"] = {"version": version, **dev}
    return json.dumps({"name": "shop", "lockfileVersion": 3, "packages": entries}, indent=1)


NODE = "FROM base\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n"


async def test_a_changed_lockfile_is_judged_in_the_dockerfile_that_takes_it_in() -> None:
    before = {"Dockerfile": NODE, "package-lock.json": lock(a="1.0.0"), "README.md": "x"}
    reader = Shelf({"base": image()}, flawed=["b"])
    found = await inspected(
        before, before | {"package-lock.json": lock(a="1.0.0", b="2.0.0", _c="3.0.0")}, reader
    )
    assert packages(side(found, old=True).brought) == ["package-lock.json: a 1.0.0"]
    (brought,) = side(found).brought
    assert packages([brought]) == [f"package-lock.json: {each}" for each in ("a 1.0.0", "b 2.0.0", "c 3.0.0")]
    assert [each.development for each in brought.packages] == [False, False, True]
    assert (brought.origin, brought.manager, brought.shipped) == (Origin.DEPENDENCY, "npm", True)
    assert (brought.location.path, brought.location.start_line) == ("Dockerfile", 3)
    assert brought.packages[0].location.path == "package-lock.json"
    assert [match.package.name for match in brought.matches] == ["b"]
    assert [(each.package.name, each.version) for each in brought.upgrades] == [("b", "9.9.9")]
    assert brought.upgrades[0].command == "npm update b"
    assert reader.needed == {"npm"}
    assert found.gaps == ()
    assert side(found).gaps == ()


async def test_an_unchanged_lockfile_counts_on_both_sides_of_a_changed_dockerfile_and_is_matched_once() -> (
    None
):
    before = {"Dockerfile": NODE, "package-lock.json": lock(a="1.0.0")}
    reader = Shelf({"base": image()})
    found = await inspected(before, before | {"Dockerfile": f"{NODE}ENV A=1\n"}, reader)
    assert side(found).brought == side(found, old=True).brought != ()
    assert reader.asked == [1]


async def test_only_what_is_not_left_out_is_brought() -> None:
    before = {"Dockerfile": NODE, "package-lock.json": lock(a="1.0.0", _b="1.0.0")}
    found = await inspected(before, before | {"Dockerfile": NODE.replace("npm ci", "npm ci --omit=dev")})
    assert packages(side(found).brought) == ["package-lock.json: a 1.0.0"]
    assert len(side(found, old=True).brought[0].packages) == 2


async def test_an_ignore_file_that_lets_a_lockfile_in() -> None:
    before = {"Dockerfile": NODE.replace("package*.json", "."), "package-lock.json": lock(a="1.0.0")}
    hidden = before | {".dockerignore": "package-lock.json"}
    found = await inspected(hidden, before)
    assert (side(found, old=True).brought, len(side(found).brought)) == ((), 1)


async def test_a_file_that_a_lockfile_includes() -> None:
    text = "FROM base\nCOPY requirements requirements\nRUN pip install -r requirements/prod.txt\n"
    before = {
        "Dockerfile": text,
        "requirements/prod.txt": "-r ../deps/common.txt\nb==1\n",
        "deps/common.txt": "a==1\n",
        "deps/requirements.txt": "",
    }
    found = await inspected(before, before | {"Dockerfile": f"{text}ENV A=1\n"})
    assert sorted(packages(side(found).brought)) == [
        "requirements/prod.txt: a 1",
        "requirements/prod.txt: b 1",
    ]
    (a,) = (each for each in side(found).brought[0].packages if each.package.name == "a")
    assert a.location.path == "deps/common.txt"


async def test_contexts_that_compose_gives() -> None:
    files = {
        "docker/Dockerfile": "FROM base\nCOPY . /app\nRUN cd /app && npm ci\n",
        "compose.yaml": "services:\n  web: {build: {context: web, dockerfile: ../docker/Dockerfile}}\n"
        "  api: {build: {context: api, dockerfile: ../docker/Dockerfile}}\n",
        "web/package-lock.json": lock(a="1.0.0"),
        "api/package-lock.json": lock(b="1.0.0"),
    }
    found = await inspected(files, files | {"api/package-lock.json": lock(b="2.0.0")})
    brought = side(found, "docker/Dockerfile").brought
    assert sorted((each.source, each.part) for each in brought) == [
        ("api/package-lock.json", "service api in compose.yaml"),
        ("web/package-lock.json", "service web in compose.yaml"),
    ]


@pytest.mark.parametrize(
    ("files", "path", "why"),
    [
        ({}, "package-lock.json", "the repository has no Dockerfile that could take it in"),
        ({"Dockerfile": "FROM base\n"}, "package-lock.json", "no Dockerfile is known to take it in"),
        (
            {"Dockerfile": "FROM base\nCOPY . .\nRUN npm ci\n"},
            "tests/package-lock.json",
            "line 2 copies it along with a folder above, and nothing installs from it",
        ),
    ],
)
async def test_a_changed_lockfile_that_lands_nowhere_is_named(
    files: dict[str, str], path: str, why: str
) -> None:
    found = await inspected(files | {path: lock()}, files | {path: lock(a="1.0.0")})
    assert [(gap.what, gap.location.path) for gap in found.gaps] == [(f"npm lockfile {path}", path)]
    assert [gap.why for gap in found.gaps] == [why]
    assert found.pairs == ()


async def test_a_lockfile_that_cannot_be_read_is_no_clean_one() -> None:
    before = {"Dockerfile": NODE, "package-lock.json": lock(a="1.0.0")}
    found = await inspected(before, before | {"package-lock.json": "{"})
    (brought,) = side(found).brought
    assert [(each.what, each.kind) for each in brought.skipped] == [
        ("package-lock.json", SkipKind.UNREADABLE)
    ]
    assert side(found, old=True).brought[0].skipped == ()


async def test_a_symbolic_link_is_not_followed() -> None:
    files = {"Dockerfile": NODE, "package-lock.json": "../../etc/passwd"}
    shop = Shop({}, files, links=["package-lock.json"])
    (brought,) = side(await inspect(shop.change(), Shelf({"base": image()}))).brought
    assert [(each.why, each.kind) for each in brought.skipped] == [
        ("it is a symbolic link, which is not followed", SkipKind.UNREADABLE)
    ]


INSTALLED = [
    ("RUN apt-get install -y curl=7.88-1 git", ["apt-get: curl 7.88-1", "apt-get: git ?"]),
    ("RUN apt-get install -y 'curl=7.*' git/sid libc6:amd64=2.36-9", [
        "apt-get: libc6 2.36-9", "apt-get: curl=7.* ?", "apt-get: git/sid ?",
    ]),
    ("RUN apt-get build-dep -y python3", ["apt-get: python3 ?"]),
    ("RUN apk add a=1.2-r0 'b<2' c~1", ["apk: a 1.2-r0", "apk: b<2 ?", "apk: c~1 ?"]),
    ("RUN apk add -t .deps gcc=1-r0 && make && apk del .deps", []),
    ("RUN apk add -t .deps gcc && true || apk del .deps", ["apk: gcc ?"]),
    ("RUN apt-get install -y gcc make\nRUN apt-get purge -y gcc", ["apt-get: make ?"]),
    ("RUN dnf install -y bash-5.1.8-6.el9 vim", ["dnf: bash 5.1.8-6.el9", "dnf: vim ?"]),
    ("RUN zypper in -y vim=9.0-1", ["zypper: vim 9.0-1"]),
    ("RUN pip install Flask==2.0 'b>=1' ./c https://x.io/d.whl git+https://x.io/e", [
        "pip: flask 2.0", "pip: b>=1 ?", "pip: ./c ?", "pip: https://x.io/d.whl ?", "pip: git+https://x.io/e ?",
    ]),
    ("ENV V=2.1\nRUN python3 -m pip install flask==$V", ["pip: flask 2.1"]),
    ("ARG V\nRUN pip install flask==$V", ["pip: flask==$V ?"]),
    ("RUN uv pip install a==1 -e .", ["pip: a 1", "pip: . ?"]),
    ("RUN npm i -g npm@10.2.3 @a/b@1 c@latest acme/d", [
        "npm: npm 10.2.3", "npm: @a/b@1 ?", "npm: c@latest ?", "npm: acme/d ?",
    ]),
    ("RUN yarn global add a@1.2.3 && pnpm add -g b@2.0.0", ["yarn: a 1.2.3", "pnpm: b 2.0.0"]),
    ("RUN gem install rake -v 13.0.6", ["gem: rake 13.0.6"]),
    ("RUN go install github.com/a/b/cmd/c@v1.2.3 && go install x.io/y@latest", [
        "go: b v1.2.3", "go: x.io/y@latest ?",
    ]),
    ("RUN cargo install --locked just@1.2.3 && cargo install --git https://x.io/z", [
        "cargo: just 1.2.3", "cargo: https://x.io/z ?",
    ]),
    ("RUN composer global require a/b:1.2.3 && dotnet tool install -g c --version 1.2.3", [
        "composer: b 1.2.3", "dotnet: c 1.2.3",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), INSTALLED)
async def test_what_instructions_install(text: str, expected: list[str]) -> None:
    found = await inspected({}, {"Dockerfile": f"FROM base\n{text}\n"})
    brought = side(found).brought
    assert packages(brought) == expected
    assert all(each.origin is Origin.INSTRUCTION and each.shipped for each in brought)
    assert side(found).gaps == ()


async def test_packages_of_the_system_are_of_its_base_images_release() -> None:
    base = image(installed("deb", "libssl3", "3.0.11-1", "var/lib/dpkg/status", source="openssl"))
    text = "FROM base\nRUN apt-get install -y libssl3=3.0.15-1+b2 \\\n  curl=7.88-1\n"
    (brought,) = side(await inspected({}, {"Dockerfile": text}, Shelf({"base": base}))).brought
    libssl3, curl = (each.package for each in brought.packages)
    assert (libssl3.source_name, libssl3.source_version) == ("openssl", "3.0.15-1")
    assert (curl.source_name, curl.ecosystem, curl.namespace) == ("curl", "Debian:12", "debian")


async def test_without_a_release_they_stay_unresolved() -> None:
    text = {"Dockerfile": "FROM base\nRUN apt-get install -y curl=7.88-1\n"}
    (brought,) = side(await inspected({}, text, Shelf({"base": image(release=None)}))).brought
    assert (brought.packages, brought.unresolved[0].requirement) == ((), "=7.88-1")


@pytest.mark.parametrize(
    ("text", "shipped"),
    [
        ("FROM base AS b\nRUN pip install --prefix=/i a==1\nFROM base\nCOPY --from=b /i /usr/local", True),
        (
            "FROM base AS b\nRUN python -m venv /v && /v/bin/pip install a==1\nFROM base\nCOPY --from=b /v /v",
            True,
        ),
        ("FROM base AS b\nRUN go install x.io/y@v1.0.0\nFROM base\nCOPY --from=b /go/bin/y /y", True),
        ("FROM base AS b\nRUN pip install a==1\nFROM base\nCOPY --from=b /app /app", False),
        ("FROM base AS b\nRUN apt-get install -y gcc\nFROM base\nCOPY --from=b /app /app", False),
        ("FROM base AS b\nRUN pip install a==1\nFROM base", False),
        ("FROM base AS b\nRUN pip install a==1\nFROM b", True),
        ("FROM base AS b\nONBUILD RUN pip install a==1\nFROM b", True),
    ],
)
async def test_which_stages_count(text: str, shipped: bool) -> None:
    (brought,) = side(await inspected({}, {"Dockerfile": text})).brought
    assert brought.shipped is shipped


async def test_triggers_of_the_base_image_bring_likewise() -> None:
    triggers = [
        "WORKDIR /app",
        "COPY package-lock.json ./",
        "RUN npm ci && npm i -g a@1.0.0",
        "RUN pip install b",
    ]
    reader = Shelf({"base": image(triggers=triggers)})
    files = {"Dockerfile": "# x\nFROM base\n", "package-lock.json": lock(c="1.0.0")}
    state = side(await inspected({}, files, reader))
    assert packages(state.brought) == ["package-lock.json: c 1.0.0", "npm: a 1.0.0", "pip: b ?"]
    assert {each.location.start_line for each in state.brought} == {2}
    assert state.gaps == ()


async def test_what_is_copied_from_an_image_by_its_path() -> None:
    tool = image(
        installed("deb", "libc6", "2.36", "var/lib/dpkg/status"),
        installed("golang", "x.io/tool", "v1", "usr/bin/tool"),
        installed("pypi", "six", "1", "usr/lib/python3/dist-packages/six.dist-info/METADATA", owner="libc6"),
        installed("npm", "npm", "10", "usr/local/lib/node_modules/npm/package.json"),
    )
    text = (
        "FROM base\nCOPY --from=tool /usr/bin/tool /bin/\nCOPY --from=tool:2 /usr/lib/python3 /usr/lib/python3\n"
        "COPY --from=tool /etc/x /etc/\nCOPY --from=gone /bin/x /bin/\n"
    )
    state = side(await inspected({}, {"Dockerfile": text}, Shelf({"base": image(), "tool": tool})))
    assert packages(state.brought) == ["tool: x.io/tool v1", "tool:2: libc6 2.36"]
    assert [(gap.what, gap.why) for gap in state.gaps] == [
        ("files copied from image tool", "no package of it is known to lie there"),
        ("files copied from image gone", "the registry answered 404"),
    ]


def test_nothing_is_read_for_what_lands_nowhere() -> None:
    files = {"Dockerfile": "FROM base\n", "web/package-lock.json": lock(), "README.md": ""}
    assert Shop(files, files | {"README.md": "x"}).change().files == ()
    shop = Shop(files, files | {"Dockerfile": "FROM base:2\n"})
    shop.change()
    assert shop.read == ["Dockerfile"]


def test_dockerfiles_read_for_a_lockfile_are_bounded() -> None:
    files = {f"d{number:03}/Dockerfile": "FROM base\n" for number in range(80)} | {"go.mod": "module x\n"}
    shop = Shop(files, files | {"go.mod": "module y\n"})
    change = shop.change()
    dockerfiles = [path for path in shop.read if path.endswith("Dockerfile")]
    # One for the folder of the lockfile besides.
    assert (len(dockerfiles), change.unread_dockerfiles) == (51, 29)
    assert [file.path for file in change.files] == ["go.mod"]


async def test_a_lockfile_that_lands_in_a_dockerfile_nobody_read_is_no_pass() -> None:
    files = {f"d{number:03}/Dockerfile": "FROM base\n" for number in range(80)} | {"go.mod": "module x\n"}
    found = await inspected(files, files | {"go.mod": "module y\n"})
    assert found.incomplete.startswith("nobody knows where the lockfile go.mod lands")


async def test_each_of_many_lockfiles_is_judged_in_the_dockerfile_beside_it() -> None:
    apps = [f"apps/a{number:02}" for number in range(60)]
    before = {f"{app}/Dockerfile": NODE for app in apps}
    before |= {f"{app}/package-lock.json": lock(a="1.0.0") for app in apps}
    found = await inspected(before, before | {f"{app}/package-lock.json": lock(a="2.0.0") for app in apps})
    assert (len(found.pairs), found.gaps, found.incomplete) == (60, (), "")


async def test_a_dockerfile_that_takes_in_more_lockfiles_than_are_followed_is_not_passed_over() -> None:
    apps = [f"a{number}" for number in range(201)]
    before = {
        "Dockerfile": "FROM base\nCOPY . /app\n" + "".join(f"RUN cd /app/{app} && npm ci\n" for app in apps)
    }
    before |= {f"{app}/package-lock.json": lock(a="1.0.0") for app in apps}
    found = await inspected(before, before | {"a7/package-lock.json": lock(a="2.0.0")})
    problem = side(found).problem
    assert problem is not None
    assert problem.reason == "more than 200 lockfiles are copied"
