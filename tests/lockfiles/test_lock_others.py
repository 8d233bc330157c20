"""The lockfiles of Rust, Ruby, PHP, .NET, Gradle, Elixir, Dart and C++."""

import json

import pytest

from tests.lockfiles.reading import left_open, lock, names, read, rows

CARGO = """\
version = 3

[[package]]
name = "rand"
version = "0.8.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["libc"]

[[package]]
name = "libc"
version = "0.2.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "shop"
version = "0.1.0"
dependencies = ["rand 0.8.5 (registry+https://github.com/rust-lang/crates.io-index)", "tempfile"]

[[package]]
name = "tempfile"
version = "3.0.0"
source = "git+https://example.com/tempfile#0"
"""


def test_cargo() -> None:
    manifest = '[package]\nname = "shop"\n[dependencies]\nr = {package = "rand"}\n[dev-dependencies]\ntempfile = "3"\n'
    lockfile = lock("Cargo.lock", CARGO, Cargo_toml=manifest)
    assert rows(lockfile) == [
        ("rand", "0.8.5", 3, False, True),
        ("libc", "0.2.1", 9, False, False),
        ("tempfile", "3.0.0", 19, True, True),
    ]
    assert not any(each.development for each in lock("Cargo.lock", CARGO).dependencies)


def test_a_crate_that_cargo_toml_does_not_ask_for_counts_as_running() -> None:
    left = '[[package]]\nname = "left"\nversion = "1.0.0"\nsource = "registry+https://example.com"\n'
    stale = CARGO.replace('"tempfile"]', '"tempfile", "dropped"]') + left + left.replace("left", "dropped")
    manifest = '[package]\nname = "shop"\n[dependencies]\nrand = "0.8"\n[dev-dependencies]\ntempfile = "3"\n'
    lockfile = lock("Cargo.lock", stale, Cargo_toml=manifest)
    assert [each.package.source_name for each in lockfile.dependencies if each.development] == ["tempfile"]


def test_cargo_members_are_found_behind_a_pattern() -> None:
    member = '[package]\nname = "shop"\n[dependencies]\nrand = {workspace = true}\n[dev-dependencies]\ntempfile = "3"\n'
    files = {
        "Cargo.lock": CARGO,
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.dependencies]\nrand = "0.8"\n',
        "crates/shop/Cargo.toml": member,
    }
    assert [row[3] for row in rows(read("Cargo.lock", files))] == [False, False, True]


GEMFILE_LOCK = """\
GIT
  remote: https://example.com/forked.git
  revision: 0123
  specs:
    forked (0.1.0)

PATH
  remote: engines/own
  specs:
    own (0.0.1)
      rack (>= 2)

GEM
  remote: https://gems.example.com/
  specs:
    nokogiri (1.15.4-arm64-darwin)
      racc (~> 1.4)
    nokogiri (1.15.4-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.1)
    rack (2.2.8)
    rspec (3.12.0)
      rspec-core (~> 3.12.0)
    rspec-core (3.12.2)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  forked!
  nokogiri (~> 1.15)
  own!
  rspec

BUNDLED WITH
   2.4.1
"""


def test_bundler() -> None:
    gemfile = """\
source "https://gems.example.com"
gem "nokogiri", "~> 1.15"
gem 'forked', git: "https://example.com/forked.git"
if ENV["CI"]
  gem "own", path: "engines/own"
end
group :development, :test do
  gem "rspec"
end
"""
    lockfile = lock("Gemfile.lock", GEMFILE_LOCK, Gemfile=gemfile)
    assert rows(lockfile) == [
        ("forked", "0.1.0", 5, False, True),
        ("nokogiri", "1.15.4", 16, False, True),
        ("racc", "1.7.1", 20, False, False),
        ("rack", "2.2.8", 21, False, False),
        ("rspec", "3.12.0", 22, True, True),
        ("rspec-core", "3.12.2", 24, True, False),
    ]
    assert lockfile.dependencies[3].wanted_by == ("own",)
    again = gemfile.replace("if ENV", 'gem "rspec", group: :assets\nif ENV')
    assert not any(
        each.development for each in lock("Gemfile.lock", GEMFILE_LOCK, Gemfile=again).dependencies
    )


def test_composer() -> None:
    text = json.dumps(
        {
            "packages": [
                {"name": "Symfony/Console", "version": "v6.3.0", "require": {"psr/log": "^3"}},
                {"name": "psr/log", "version": "3.0.0"},
                {"name": "a/branch", "version": "dev-main"},
                {"name": "a/own", "version": "1.0", "dist": {"type": "path"}},
            ],
            "packages-dev": [{"name": "phpunit/phpunit", "version": "10.0.1"}],
        },
        indent=1,
    )
    manifest = json.dumps({"require": {"symfony/console": "^6"}, "require-dev": {"phpunit/phpunit": "^10"}})
    lockfile = lock("composer.lock", text, composer_json=manifest)
    assert rows(lockfile) == [
        ("symfony/console", "6.3.0", 3, False, True),
        ("psr/log", "3.0.0", 10, False, False),
        ("phpunit/phpunit", "10.0.1", 27, True, True),
    ]
    assert lockfile.dependencies[1].wanted_by == ("symfony/console",)
    assert left_open(lockfile) == [("a/branch", "dev-main", 14)]


def test_nuget() -> None:
    one = {"type": "Direct", "requested": "[1, )", "resolved": "1.2.0", "dependencies": {"Deep": "2.0.0"}}
    deep = {"type": "Transitive", "resolved": "2.0.0"}
    text = json.dumps(
        {
            "version": 1,
            "dependencies": {
                "net6.0": {"One": one, "Deep": deep, "own": {"type": "Project"}},
                "net8.0": {"One": one, "Deep": deep | {"resolved": "2.1.0"}},
            },
        },
        indent=1,
    )
    lockfile = lock("packages.lock.json", text)
    assert rows(lockfile) == [
        ("One", "1.2.0", 5, False, True),
        ("Deep", "2.0.0", 13, False, False),
        ("Deep", "2.1.0", 30, False, False),
    ]
    assert lockfile.dependencies[1].wanted_by == ("One",)


def test_gradle() -> None:
    text = "# by Gradle\na.b:c:1.0=compileClasspath,testRuntimeClasspath\na.b:t:2.0=testCompileClasspath\nempty=x\n"
    assert rows(lock("gradle.lockfile", text)) == [
        ("a.b:c", "1.0", 2, False, None),
        ("a.b:t", "2.0", 3, True, None),
    ]
    assert rows(lock("buildscript-gradle.lockfile", "a.b:c:1.0=classpath\n"))[0][3]


MIX = """\
%{
  "cowboy": {:hex, :cowboy, "2.10.0", "00", [:make, :rebar3], [{:ranch, "1.8.0", [hex: :ranch]}], "hexpm", "00"},
  "credo": {:hex, :credo, "1.7.0", "00", [:mix], [], "hexpm", "00"},
  "forked": {:git, "https://example.com/forked.git", "0123", [branch: "main"]},
  "ranch": {:hex, :"ranch_real", "1.8.0", "a\\"b", [:make], [], "hexpm", "00"}, # The end.
}
"""


def test_mix() -> None:
    manifest = (
        'defp deps do [{:cowboy, "~> 2.0"}, {:credo, "~> 1.7", only: [:dev, :test], runtime: false}] end'
    )
    lockfile = lock("mix.lock", MIX, mix_exs=manifest)
    assert rows(lockfile) == [
        ("cowboy", "2.10.0", 2, False, True),
        ("credo", "1.7.0", 3, True, True),
        ("ranch_real", "1.8.0", 5, False, False),
    ]
    assert lockfile.dependencies[2].wanted_by == ("cowboy",)
    assert left_open(lockfile) == [("forked", "https://example.com/forked.git", 4)]


def test_pub() -> None:
    text = """\
packages:
  http:
    dependency: "direct main"
    description:
      name: http
      url: "https://pub.example.com"
    source: hosted
    version: "1.1.0"
  flutter:
    dependency: "direct main"
    description: flutter
    source: sdk
    version: "0.0.0"
  lints:
    dependency: "direct dev"
    source: hosted
    version: "2.1.1"
  meta:
    dependency: transitive
    source: hosted
    version: "1.10"
"""
    assert rows(lock("pubspec.lock", text)) == [
        ("http", "1.1.0", 2, False, True),
        ("lints", "2.1.1", 14, True, True),
        ("meta", "1.10", 18, False, False),
    ]


def test_conan() -> None:
    lists = {
        "version": "0.5",
        "requires": ["zlib/1.2.13#0%1", "b/1@u/c#0"],
        "build_requires": ["cmake/3.27#0"],
    }
    assert rows(lock("conan.lock", json.dumps(lists, indent=1))) == [
        ("zlib", "1.2.13", 4, False, None),
        ("b", "1", 5, False, None),
        ("cmake", "3.27", 8, True, None),
    ]
    nodes = {
        "0": {"ref": "shop/1.0", "requires": ["1"], "build_requires": ["3"]},
        "1": {"ref": "openssl/3.1.0#0", "requires": ["2"]},
        "2": {"ref": "zlib/1.2.13"},
        "3": {"ref": "cmake/3.27"},
    }
    text = json.dumps({"graph_lock": {"nodes": nodes}}, indent=1)
    assert [
        (name, development, direct) for name, _, _, development, direct in rows(lock("conan.lock", text))
    ] == [
        ("openssl", False, True),
        ("zlib", False, False),
        ("cmake", True, True),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Gemfile.lock", "<<<<<<< HEAD\n"),
        ("Gemfile.lock", ""),
        ("Gemfile.lock", "GEM\n  specs:\n    a( (1)\n"),
        ("composer.lock", "[]"),
        ("packages.lock.json", "{}"),
        ("gradle.lockfile", "a.b:c\n"),
        ("mix.lock", '%{"a": {'),
        ("mix.lock", "%{" * 60),
        ("mix.lock", '%{"a": {:hex}} %{}'),
        ("mix.lock", "<<<<<<<"),
        ("pubspec.lock", "packages: 1\n"),
        ("conan.lock", "{}"),
        ("Pipfile.lock", '{"default": 1}'),
    ],
)
def test_broken(path: str, text: str) -> None:
    lockfile = lock(path, text)
    assert lockfile.problem
    assert not lockfile.dependencies


def test_several_lockfiles_are_known_by_name() -> None:
    from bot.lockfiles import Manager, beside, manager_of

    assert manager_of("a/PACKAGE-LOCK.JSON") is Manager.NPM
    assert manager_of("requirements/prod.txt") is Manager.PIP
    assert manager_of("dev_requirements.txt") is Manager.PIP
    assert manager_of("requirements.in") is None
    assert manager_of("notes.txt") is None
    assert beside("a/poetry.lock") == ("a/pyproject.toml",)
    assert names(lock("gems.locked", "GEM\n  specs:\n    a (1)\n")) == ["a@1"]
