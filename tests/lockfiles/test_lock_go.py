"""go.mod with go.sum."""

from tests.lockfiles.reading import left_open, lock, read, rows

MOD = """\
module example.com/shop // the shop

go 1.21
toolchain go1.22.1

require example.com/one v1.2.3
require (
\texample.com/two/v2 v2.0.0+incompatible // indirect
\t"example.com/three" v0.0.0-20230101000000-abcdefabcdef // indirect; for a tool
\texample.com/local v1.0.0
\texample.com/moved v1.0.0
\texample.com/banned v1.0.0
\texample.com/branch main
)
replace example.com/local => ../local
replace (
\texample.com/moved v1.0.0 => example.com/fork v1.0.1
\texample.com/one v9.9.9 => example.com/never v1.0.0
)
exclude example.com/banned v1.0.0
retract v1.0.0
tool example.com/one/cmd
"""


def test_directives() -> None:
    lockfile = lock("go.mod", MOD)
    assert rows(lockfile) == [
        ("example.com/one", "v1.2.3", 6, False, True),
        ("example.com/two/v2", "v2.0.0+incompatible", 8, False, False),
        ("example.com/three", "v0.0.0-20230101000000-abcdefabcdef", 9, False, False),
        ("example.com/fork", "v1.0.1", 11, False, True),
    ]
    assert left_open(lockfile) == [
        ("example.com/banned", "v1.0.0", 12),
        ("example.com/branch", "main", 13),
    ]


def test_before_go_1_17_the_sums_tell_the_rest() -> None:
    files = {
        "go.mod": "module m\ngo 1.16\nrequire a.io/x v1.0.0\n",
        "go.sum": "a.io/x v1.0.0 h1:x=\na.io/y v1.9.0 h1:x=\na.io/y v1.10.0 h1:x=\n"
        "a.io/y v1.10.0-rc.1 h1:x=\na.io/z v1.0.0/go.mod h1:x=\n",
    }
    lockfile = read("go.mod", files)
    assert [
        (each.package.source_name, each.package.version, each.path) for each in lockfile.dependencies
    ] == [
        ("a.io/x", "v1.0.0", ""),
        ("a.io/y", "v1.10.0", "go.sum"),
    ]
    assert len(read("go.mod", files | {"go.mod": "module m\ngo 1.17\n"}).dependencies) == 0
    assert read("go.sum", files).includes == ("go.mod",)


def test_what_is_no_go_mod() -> None:
    assert lock("go.mod", "module m\n<<<<<<< HEAD\n").line == 2
    assert lock("go.mod", "module m\nrequire (\n a v1\n").problem
    assert lock("go.mod", "require a\n").problem
