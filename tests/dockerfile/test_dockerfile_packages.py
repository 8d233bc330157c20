"""Package manager commands in RUN instructions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dockerfile import PackageWord, Verb, package_commands, parse
from bot.dockerfile.shell import read_script


def commands(text):
    return [found for each in parse(f"FROM a\n{text}").instructions for found in package_commands(each)]


def brief(text):
    return [
        (found.manager, found.verb, [f"{each.name}={each.version}" for each in found.packages])
        for found in commands(text)
    ]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("apt-get update", [("apt-get", Verb.UPDATE_INDEX, [])]),
        ("apt-get -y upgrade", [("apt-get", Verb.UPGRADE, [])]),
        ("apt-get dist-upgrade -y", [("apt-get", Verb.UPGRADE, [])]),
        ("apt-get install -y -t sid curl=7.1 git", [("apt-get", Verb.INSTALL, ["curl=7.1", "git="])]),
        ("apt-get install --only-upgrade curl", [("apt-get", Verb.UPGRADE, ["curl="])]),
        ("/usr/bin/apt install curl", [("apt", Verb.INSTALL, ["curl="])]),
        ("apt-get purge curl", [("apt-get", Verb.REMOVE, ["curl="])]),
        (
            "apk add --no-cache a=1-r0 b~2 'c>3' d@edge",
            [("apk", Verb.INSTALL, ["a=1-r0", "b=~2", "c=", "d="])],
        ),
        ("apk add 'a<2' 'b>=1' c@edge=1 d=~1", [("apk", Verb.INSTALL, ["a=<2", "b=", "c=@edge=1", "d==~1"])]),
        ("apk del a", [("apk", Verb.REMOVE, ["a="])]),
        ("apk --no-cache upgrade", [("apk", Verb.UPGRADE, [])]),
        ("dnf -y --setopt=x=y install a", [("dnf", Verb.INSTALL, ["a="])]),
        ("microdnf update", [("microdnf", Verb.UPGRADE, [])]),
        ("zypper --non-interactive in a", [("zypper", Verb.INSTALL, ["a="])]),
        ("pip3 install a==1 'b>=2' c[x]==3 d", [("pip", Verb.INSTALL, ["a=1", "b=", "c=3", "d="])]),
        ("python3.12 -m pip install -U pip", [("pip", Verb.INSTALL, ["pip="])]),
        ("uv pip install a", [("pip", Verb.INSTALL, ["a="])]),
        ("npm install -g @a/b@1.2 c", [("npm", Verb.INSTALL, ["@a/b=1.2", "c="])]),
        ("npm i old@npm:@a/b@1.2 npm:c", [("npm", Verb.INSTALL, ["@a/b=1.2", "c="])]),
        ("rm -rf /x /var/lib/apt/lists/*", [("apt-get", Verb.DROP_INDEX, [])]),
        ("rm -rf /var/cache/apk/*", []),
        ("apt-mark hold a", [("apt-mark", Verb.HOLD, ["a="])]),
        ("echo a hold | dpkg --set-selections", [("dpkg", Verb.HOLD, [])]),
        ("dpkg -i a.deb", [("dpkg", Verb.INSTALL, ["a.deb="])]),
        (
            "dnf install -y bash-5.1.8-6.el9.x86_64 java-17-openjdk",
            [("dnf", Verb.INSTALL, ["bash=5.1.8-6.el9", "java-17-openjdk="])],
        ),
        ("yarn global add a@1.2.3", [("yarn", Verb.INSTALL, ["a=1.2.3"])]),
        ("composer global require a/b:1.2", [("composer", Verb.INSTALL, ["a/b=1.2"])]),
        ("dotnet tool install -g a --version 1.2.3", [("dotnet", Verb.INSTALL, ["a=1.2.3"])]),
        ("uv sync --frozen", []),
        ("npm ci", [("npm", Verb.INSTALL, [])]),
        ("yarn", [("yarn", Verb.INSTALL, [])]),
        ("gem install rake -v 13", [("gem", Verb.INSTALL, ["rake=13"])]),
        ("go install x.io/y@v1", [("go", Verb.INSTALL, ["x.io/y=v1"])]),
        ("cargo install --locked a@1", [("cargo", Verb.INSTALL, ["a=1"])]),
        ("A=1 B='2 3' sudo -E -u root apk add a", [("apk", Verb.INSTALL, ["a="])]),
        ("if true; then apk add a; fi", [("apk", Verb.INSTALL, ["a="])]),
        ("( apk add a ) 2>&1 >/dev/null | tee x", [("apk", Verb.INSTALL, ["a="])]),
        ("yes | apt-get install a", [("apt-get", Verb.INSTALL, ["a="])]),
        ("cat list | xargs -n 1 apt-get install -y", [("apt-get", Verb.INSTALL, [])]),
        ("sh -c 'apk add a && apk del b'", [("apk", Verb.INSTALL, ["a="]), ("apk", Verb.REMOVE, ["b="])]),
        ('["bash", "-lc", "apk add a"]', [("apk", Verb.INSTALL, ["a="])]),
        ('["apk", "add", "a b"]', [("apk", Verb.INSTALL, ["a b="])]),
        ("apk add a>/dev/null", [("apk", Verb.INSTALL, ["a="])]),
        ("echo apk add a", []),
        ("echo 'x; apk add a'", []),
        ("echo $(apk add a)", []),
        ("curl https://x.io | sh", []),
        ("apk --version", []),
        ("pip --version", []),
        ("go build ./...", []),
        ("sh -c " * 9 + "'apk add a'", []),
        ("", []),
    ],
)
def test_commands(run, expected):
    assert brief(f"RUN {run}") == expected


def test_words_with_variables_are_kept_and_marked():
    (command,) = commands("RUN apt-get install curl=$V $MORE git")
    assert command.packages == (
        PackageWord("curl", "$V", unresolved=True),
        PackageWord("$MORE", unresolved=True),
        PackageWord("git"),
    )


def test_files_and_virtual_names():
    requirements, build_deps = commands(
        "RUN pip install -r a.txt --requirement=b.txt && apk add -t .deps gcc"
    )
    assert requirements.files == ("a.txt", "b.txt")
    assert build_deps.packages == (PackageWord("gcc"),)


def test_lines():
    text = "RUN apk update \\\n# c\n && apk add \\\n   a \\\n ; apk del b"
    assert [command.line for command in commands(text)] == [2, 4, 6]


def test_heredoc_scripts():
    text = "RUN <<EOF\nset -e\napk add a\ncat <<X > y\napk add no\nX\napk add \\\n b\nEOF"
    assert [(command.line, command.packages[0].name) for command in commands(text)] == [(4, "a"), (8, "b")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RUN <<E\n#!/bin/bash\napk add a\nE", 1),
        ("RUN <<E\n#!/usr/bin/env python3\napk add a\nE", 0),
        ("RUN bash <<E\napk add a\nE", 1),
        ("RUN python3 <<E\napk add a\nE", 0),
        ("RUN cat <<E > f\napk add a\nE", 0),
        ("COPY <<E /x\napk add a\nE", 0),
        ("CMD apk add a", 0),
    ],
)
def test_which_documents_are_scripts(text, found):
    assert len(commands(text)) == found


@given(st.text("ab;&|<>()$`'\"\\{}\n #-1", max_size=60))
def test_any_script_splits_into_words_at_true_places(script):
    for command, _ in read_script(script):
        for word in command:
            assert script[word.at] not in " \t\r\n;&|()<>"
