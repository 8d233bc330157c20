"""package-lock.json in its three versions."""

import json

from tests.lockfiles.reading import left_open, lock, names, read, rows

V3 = """{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"express": "^4"}, "devDependencies": {"jest": "^29"}, "workspaces": ["packages/*"]},
    "node_modules/cart": {"resolved": "packages/cart", "link": true},
    "packages/cart": {"version": "1.0.0", "dependencies": {"debug": "^4"}},
    "node_modules/express": {
      "version": "4.18.2",
      "resolved": "https://registry.example.com/express/-/express-4.18.2.tgz",
      "dependencies": {"debug": "2.6.9", "@scope/alias": "^1"}
    },
    "node_modules/express/node_modules/debug": {"version": "2.6.9"},
    "node_modules/debug": {"version": "4.3.4"},
    "node_modules/jest": {"version": "29.7.0", "dev": true},
    "node_modules/both": {"version": "1.0.0", "devOptional": true},
    "node_modules/@scope/alias": {"name": "@real/thing", "version": "1.2.3"},
    "node_modules/forked": {"version": "0.1.0", "resolved": "git+ssh://git@github.com/a/forked.git#0123"},
    "node_modules/unversioned": {"resolved": "git+ssh://git@github.com/a/b.git#0123"},
    "node_modules/local": {"version": "0.0.1", "resolved": "file:../local"}
  }
}
"""


def test_version_3() -> None:
    lockfile = lock("web/package-lock.json", V3)
    assert rows(lockfile) == [
        ("express", "4.18.2", 8, False, True),
        ("debug", "2.6.9", 13, False, False),
        ("debug", "4.3.4", 14, False, True),  # A member of the workspace asks for it.
        ("jest", "29.7.0", 15, True, True),
        ("both", "1.0.0", 16, False, False),  # `--omit=dev` keeps it.
        ("@real/thing", "1.2.3", 17, False, False),
        ("forked", "0.1.0", 18, False, False),
    ]
    express, inner, *_ = lockfile.dependencies
    assert express.end_line == 12
    assert inner.wanted_by == ("express",)
    assert left_open(lockfile) == [("unversioned", "git+ssh://git@github.com/a/b.git#0123", 19)]


V1 = """{
  "lockfileVersion": 1,
  "dependencies": {
    "a": {"version": "1.0.0", "requires": {"b": "^1", "c": "*"}, "dependencies": {
      "b": {"version": "1.1.0", "requires": {"c": "*"}}
    }},
    "b": {"version": "2.0.0", "dev": true},
    "c": {"version": "npm:d@3.0.0"},
    "g": {"version": "git+https://example.com/g.git#abc"},
    "l": {"version": "file:../l"}
  }
}
"""


def test_version_1() -> None:
    manifest = json.dumps({"dependencies": {"a": "1"}, "devDependencies": {"b": "2"}})
    lockfile = lock("package-lock.json", V1, package_json=manifest)
    assert rows(lockfile) == [
        ("a", "1.0.0", 4, False, True),
        ("b", "1.1.0", 5, False, False),
        ("b", "2.0.0", 7, True, True),
        ("d", "3.0.0", 8, False, False),
    ]
    assert lockfile.dependencies[3].wanted_by == ("a", "b")
    assert left_open(lockfile) == [("g", "git+https://example.com/g.git#abc", 9)]
    assert {each.direct for each in lock("package-lock.json", V1).dependencies} == {None}


def test_version_2_counts_its_packages_alone() -> None:
    text = json.dumps(
        {"packages": {"node_modules/a": {"version": "2.0.0"}}, "dependencies": {"a": {"version": "1.0.0"}}}
    )
    assert names(lock("npm-shrinkwrap.json", text)) == ["a@2.0.0"]


def test_what_is_broken_is_told_with_its_line() -> None:
    broken = read("package-lock.json", {"package-lock.json": '{\n"packages": {\n"a" 1}}'})
    assert (broken.line, broken.dependencies) == (3, ())
    assert "JSON" in broken.problem
    assert "nested" in lock("package-lock.json", '{"packages": ' + "[" * 100_000).problem
    assert "number" in lock("package-lock.json", '{"a": ' + "1" * 5_000 + "}").problem
    assert lock("package-lock.json", "[]").problem


def test_names_nobody_can_have_are_left_open() -> None:
    text = json.dumps(
        {"packages": {"node_modules/a\nb": {"version": "1"}, "node_modules/c": {"version": "\ud800"}}}
    )
    lockfile = lock("package-lock.json", text)
    assert lockfile.dependencies == ()
    assert [each.name for each in lockfile.open] == ["a\ufffdb", "c"]
