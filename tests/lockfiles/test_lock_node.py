"""yarn.lock in both forms, and pnpm-lock.yaml in three."""

import json

import pytest

from tests.lockfiles.reading import left_open, lock, names, read, rows

MANIFEST = json.dumps(
    {
        "dependencies": {"a": "^1", "alias": "npm:real@^1"},
        "devDependencies": {"tool": "^1", "forked": "git+x"},
    }
)
YARN_1 = """\
# yarn lockfile v1


"@scope/b@^1.0.0", "@scope/b@^1.1.0":
  version "1.1.0"
  resolved "https://registry.example.com/@scope/b/-/b-1.1.0.tgz#0"

a@^1:
  version "1.0.0"
  dependencies:
    "@scope/b" "^1.0.0"

"alias@npm:real@^1":
  version "1.5.0"

"local@file:./local":
  version "0.0.0"

tool@^1:
  version "1.2.0"
  dependencies:
    "@scope/b" "^1.1.0"
    deep "~2.0.0"

deep@~2.0.0:
  version "2.0.1"
"""


def test_yarn_1() -> None:
    lockfile = lock("yarn.lock", YARN_1, package_json=MANIFEST)
    assert rows(lockfile) == [
        ("@scope/b", "1.1.0", 4, False, False),
        ("a", "1.0.0", 8, False, True),
        ("real", "1.5.0", 13, False, True),
        ("tool", "1.2.0", 19, True, True),
        ("deep", "2.0.1", 25, True, False),
    ]
    assert lockfile.dependencies[0].wanted_by == ("a", "tool")
    assert lockfile.dependencies[1].end_line == 11
    alone = lock("yarn.lock", YARN_1)
    assert {(each.development, each.direct) for each in alone.dependencies} == {(False, None)}


def test_yarn_1_with_members_that_cannot_be_listed_takes_nothing_for_development() -> None:
    manifest = json.dumps(json.loads(MANIFEST) | {"workspaces": ["packages/*"]})
    lockfile = lock("yarn.lock", YARN_1, package_json=manifest)
    assert not any(each.development for each in lockfile.dependencies)


BERRY = """\
__metadata:
  version: 6
  cacheKey: 8

"a@npm:^1":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    b: ^1.0.0
  languageName: node
  linkType: hard

"b@npm:^1.0.0, b@npm:^1.1.0":
  version: 1.10
  resolution: "b@npm:1.10"

"alias@npm:real@^1":
  version: 1.5.0
  resolution: "real@npm:1.5.0"

"cart@workspace:packages/cart":
  version: 0.0.0-use.local
  resolution: "cart@workspace:packages/cart"
  dependencies:
    p: ^1
  languageName: unknown
  linkType: soft

"forked@git+x":
  version: 3.0.0
  resolution: "forked@https://example.com/forked.git#commit=0"

"p@npm:^1":
  version: 1.0.0
  resolution: "p@npm:1.0.0"

"p@patch:p@npm%3A^1#./fix.patch":
  version: 1.0.0
  resolution: "p@patch:p@npm%3A1.0.0#./fix.patch"

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    a: ^1
    tool: ^1
  linkType: soft

"tool@npm:^1":
  version: 1.2.0
  resolution: "tool@npm:1.2.0"
"""


def test_yarn_berry() -> None:
    cart = json.dumps({"dependencies": {"p": "patch:p@npm%3A^1#./fix.patch"}})
    files = {"web/yarn.lock": BERRY, "web/package.json": MANIFEST, "web/packages/cart/package.json": cart}
    lockfile = read("web/yarn.lock", files)
    assert rows(lockfile) == [
        ("a", "1.0.0", 5, False, True),
        ("b", "1.10", 13, False, False),
        ("real", "1.5.0", 17, False, True),
        ("forked", "3.0.0", 29, True, True),
        ("p", "1.0.0", 33, False, False),
        ("tool", "1.2.0", 49, True, True),
    ]
    assert lockfile.dependencies[0].end_line == 11
    assert not any(each.development for each in lock("yarn.lock", BERRY).dependencies)


PNPM_5 = """\
lockfileVersion: 5.4

importers:
  .:
    specifiers:
      a: ^1
    dependencies:
      a: 1.0.0_react@17.0.2
    devDependencies:
      tool: 1.2.0

packages:

  /@scope/b/1.1.0:
    resolution: {integrity: sha512-x}
    dev: false

  /a/1.0.0_react@17.0.2:
    resolution: {integrity: sha512-x}
    dependencies:
      '@scope/b': 1.1.0
    dev: false

  /tool/1.2.0:
    resolution: {integrity: sha512-x}
    dev: true

  github.com/x/forked/0123:
    resolution: {tarball: https://codeload.github.com/x/forked/tar.gz/0123}
    name: forked
    version: 3.0.0

  file:local:
    name: local
    version: 1.0.0
"""
PNPM_6 = """\
lockfileVersion: '6.0'

dependencies:
  a:
    specifier: ^1
    version: 1.0.0(react@17.0.2)

devDependencies:
  tool:
    specifier: ^1
    version: 1.2.0

packages:

  /@scope/b@1.1.0:
    dev: false
  /a@1.0.0(react@17.0.2):
    dependencies:
      '@scope/b': 1.1.0
    dev: false
  /tool@1.2.0:
    dev: true
"""
PNPM_9 = """\
lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      a:
        specifier: ^1
        version: 1.0.0(react@17.0.2)
      cart:
        specifier: workspace:*
        version: link:packages/cart
    devDependencies:
      tool:
        specifier: ^1
        version: 1.2.0

packages:

  '@scope/b@1.1.0':
    resolution: {integrity: sha512-x}

  a@1.0.0:
    resolution: {integrity: sha512-x}

  tool@1.2.0:
    resolution: {integrity: sha512-x}

  gitty@https://codeload.github.com/x/gitty/tar.gz/0123:
    resolution: {tarball: https://codeload.github.com/x/gitty/tar.gz/0123}

snapshots:

  '@scope/b@1.1.0': {}

  a@1.0.0(react@17.0.2):
    dependencies:
      '@scope/b': 1.1.0

  tool@1.2.0: {}
"""


@pytest.mark.parametrize(
    ("text", "lines"), [(PNPM_5, (14, 18, 24)), (PNPM_6, (15, 17, 21)), (PNPM_9, (20, 23, 26))]
)
def test_pnpm(text: str, lines: tuple[int, int, int]) -> None:
    lockfile = lock("pnpm-lock.yaml", text)
    assert [row for row in rows(lockfile) if row[0] not in ("forked", "gitty")] == [
        ("@scope/b", "1.1.0", lines[0], False, False),
        ("a", "1.0.0", lines[1], False, True),
        ("tool", "1.2.0", lines[2], True, True),
    ]
    assert lockfile.dependencies[0].wanted_by == ("a",)


def test_pnpm_packages_from_elsewhere() -> None:
    assert "forked@3.0.0" in names(lock("pnpm-lock.yaml", PNPM_5))
    assert "local@1.0.0" not in names(lock("pnpm-lock.yaml", PNPM_5))
    assert left_open(lock("pnpm-lock.yaml", PNPM_9)) == [
        ("gitty", "https://codeload.github.com/x/gitty/tar.gz/0123", 29)
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("yarn.lock", "<<<<<<< HEAD\n"),
        ("yarn.lock", '  version "1"\n'),
        ("yarn.lock", "__metadata:\n  x: [\n"),
        ("pnpm-lock.yaml", "a: 1\n"),
        ("pnpm-lock.yaml", "lockfileVersion: 5.4\n<<<<<<< HEAD\n"),
        ("pnpm-lock.yaml", "a: *b\n"),
        ("pnpm-lock.yaml", "[" * 500),
    ],
)
def test_broken(path: str, text: str) -> None:
    assert lock(path, text).problem
