"""What install commands of a Dockerfile add: packages, and what nobody can name a version of."""

import pytest

from bot.report.brought import gaps_of
from tests.landing.shop import inspected, packages, side

KNOWN = {
    "uv tool install ruff@0.1.0": ["uv: ruff 0.1.0"],
    "uv tool install --with foo==1 black==23.1": ["uv: black 23.1", "uv: foo 1"],
    "uv add requests==2.29.0": ["uv: requests 2.29.0"],
    "uvx ruff@0.5.0 check .": ["uvx: ruff 0.5.0"],
    "uvx -p 3.12 --with six==1.0 ruff@0.5.0": ["uvx: six 1.0", "uvx: ruff 0.5.0"],
    "poetry add requests[security]@2.29.0 'django==3.2'": ["poetry: requests 2.29.0", "poetry: django 3.2"],
    "pdm add requests==2.29.0": ["pdm: requests 2.29.0"],
    "pipenv install requests==2.29.0": ["pipenv: requests 2.29.0"],
    "easy_install requests==2.29.0": ["easy_install: requests 2.29.0"],
    "pip download -d /wheels requests==2.29.0": ["pip: requests 2.29.0"],
    "bun add lodash@4.17.15": ["bun: lodash 4.17.15"],
    "bun install lodash@4.17.15": ["bun: lodash 4.17.15"],
    "deno install npm:lodash@4.17.15": ["deno: lodash 4.17.15"],
    "npx -y lodash@4.17.15 x y@1": ["npx: lodash 4.17.15"],
    "npx -p lodash@4.17.15 x": ["npx: lodash 4.17.15"],
    "npm exec -- lodash@4.17.15 x": ["npm: lodash 4.17.15"],
    "yarn dlx lodash@4.17.15": ["yarn: lodash 4.17.15"],
    "pnpm dlx lodash@4.17.15": ["pnpm: lodash 4.17.15"],
    "corepack prepare pnpm@8.1.0 --activate": ["corepack: pnpm 8.1.0"],
    "npm install old@npm:lodash@4.17.15": ["npm: lodash 4.17.15"],
    "yarn add old@npm:@a/lodash@4.17.15": ["yarn: lodash 4.17.15"],
    "cargo add serde@=1.0.1": ["cargo: serde 1.0.1"],
    "cargo binstall -y ripgrep@13.0.0": ["cargo: ripgrep 13.0.0"],
    "bundle add rack --version 2.2.3": ["bundle: rack 2.2.3"],
    "dotnet add web.csproj package A --version 9.0.1": ["dotnet: A 9.0.1"],
    "dotnet add package A -v 9.0.1": ["dotnet: A 9.0.1"],
    "mix archive.install --force hex plug 1.14.0": ["mix: plug 1.14.0"],
    "mvn dependency:get -Dartifact=org.example:core:2.14.1:jar": ["mvn: core 2.14.1"],
    "mvn dependency:get -DgroupId=g -DartifactId=a -Dversion=1.0": ["mvn: a 1.0"],
    "dart pub global activate melos 3.0.0": ["pub: melos 3.0.0"],
    "poetry run pip install six==1.0": ["pip: six 1.0"],
    "micromamba run -n base pip install six==1.0": ["pip: six 1.0"],
    "go run golang.org/x/tools@v0.1.0": ["go: tools v0.1.0"],
    "poetry --directory x run pip install six==1.0": ["pip: six 1.0"],
    "uv run --python 3.12 --extra web pip install six==1.0": ["pip: six 1.0"],
    "uv run --not-known x python -m pip install six==1.0": ["pip: six 1.0"],
    "pipenv run uv pip install six==1.0": ["pip: six 1.0"],
    "conda run -n pip conda run pip install six==1.0": ["pip: six 1.0"],
    "conda run -n base bash -lc 'pip install six==1.0'": ["pip: six 1.0"],
    "python -I -u -m pip install six==1.0": ["pip: six 1.0"],
    "python3 -m uv pip install six==1.0": ["pip: six 1.0"],
    "gosu app pip install six==1.0": ["pip: six 1.0"],
    "mise exec -- npm i lodash@4.17.15": ["npm: lodash 4.17.15"],
    "nvm exec 18 npm i lodash@4.17.15": ["npm: lodash 4.17.15"],
    "corepack pnpm add lodash@4.17.15": ["pnpm: lodash 4.17.15"],
    "npm --omit dev --loglevel error i lodash@4.17.15": ["npm: lodash 4.17.15"],
    "npm isntall lodash@4.17.15": ["npm: lodash 4.17.15"],
    "gem i rack -v 2.0.5": ["gem: rack 2.0.5"],
    "cargo +nightly install time@0.1.1": ["cargo: time 0.1.1"],
    "pipx inject app six==1.0": ["pipx: six 1.0"],
    "pipx runpip app install six==1.0": ["pipx: six 1.0"],
}


async def judged(run: str, start: str = "") -> list[str]:
    found = await inspected({}, {"Dockerfile": f"FROM base\n{start}RUN {run}\n"})
    return packages(side(found).brought)


@pytest.mark.parametrize(("run", "expected"), KNOWN.items(), ids=KNOWN)
async def test_an_exact_version_is_a_package(run: str, expected: list[str]) -> None:
    assert await judged(run) == expected


UNKNOWN = {
    "poetry add 'flask@^2'": "poetry install of flask @^2: which version fits",
    "uv add flask": "uv install of flask: no version is given",
    "cargo add serde@1.0.1": "cargo install of serde @1.0.1: which version fits",
    "npm i old@npm:lodash": "npm install of lodash: no version is given",
    "npm i file:../x": "npm install of file:../x: what this address holds",
    "deno add jsr:@std/x@1": "deno install of jsr:@std/x @1: what this address holds",
    "deno install -n tool --allow-net https://x.io/y.ts": "deno install of https://x.io/y.ts: what this address",
    "sbt clean assembly": "sbt install: which packages these are",
    "stack build --copy-bins": "stack install: which packages these are",
    "deno cache main.ts": "deno install of ./main.ts: what lies there",
    "npx cowsay hi": "npx install of cowsay: no version is given",
    "mix local.hex --force": "mix install of hex: no version is given",
    "conda install -y -c conda-forge numpy=1.2": "conda install of numpy =1.2: packages of conda are not looked",
    "micromamba install -n base x": "micromamba install of x: packages of micromamba are",
    "conda env create -f environment.yml": "conda install of environment.yml: which packages these are",
    "bun install --frozen-lockfile": "bun install: which packages these are",
    "rpm -ivh https://x.io/a.rpm": "rpm install of https://x.io/a.rpm: what this address holds",
    "rpm -Uvh --nodeps /tmp/a.rpm": "rpm install of /tmp/a.rpm: what lies there",
    "pacman -Syu --noconfirm git": "pacman install of git: packages of pacman are not looked into",
    "pacman --noconfirm -S git": "pacman install of git: packages of pacman are not looked into",
    "emerge -j 4 app/vim": "emerge install of app/vim: packages of emerge are not looked into",
    "nix-env -f '<nixpkgs>' -iA hello": "nix-env install of hello: packages of nix-env",
    "nix profile install nixpkgs#hello": "nix install of nixpkgs#hello: packages of nix profile",
    "brew install wget": "brew install of wget: packages of brew",
    "snap install --classic go": "snap install of go: packages of snap",
    "flatpak install -y org.x.Y": "flatpak install of org.x.Y: packages of flatpak",
    "opkg install curl": "opkg install of curl: packages of opkg",
    "luarocks install lua-cjson 2.1.0": "luarocks install of lua-cjson 2.1.0: packages of luarocks",
    "cpanm --notest Foo::Bar": "cpanm install of Foo::Bar: packages of cpanm",
    "cpan Foo::Bar": "cpan install of Foo::Bar: packages of cpan",
    "cat list | xargs cpanm": "cpanm install: which packages these are",
    "pecl install --configureoptions 'a=\"yes\"' redis-5.3.7": "pecl install of redis-5.3.7: packages of pecl",
    "pear install X": "pear install of X: packages of pear",
    "R -e \"install.packages(c('a', 'b'), repos = 'cran')\"": "R install of a, b: packages of R",
    'Rscript -e \'remotes::install_version("a", version = "3")\'': "R install of a: packages of R",
    "perl -MCPAN -e 'install Foo::Bar'": "perl install of Foo::Bar: packages of perl",
    "bash -lc '. ~/.nvm/nvm.sh && nvm install 18'": "nvm install of 18: what nvm brings",
    "pyenv install 3.11.4": "pyenv install of 3.11.4: what pyenv brings",
    "asdf install nodejs 18.0.0": "asdf install of nodejs 18.0.0: what asdf brings",
    "volta install node@18": "volta install of node@18: what volta brings",
    "rustup toolchain install --profile minimal nightly": "rustup install of nightly: what rustup toolchain",
    "fnm install 18": "fnm install of 18: what fnm brings",
    "mise install": "mise install: which packages these are",
    "sdk install java 17.0.1-tem": "sdk install of java 17.0.1-tem: what sdk brings",
    "dnf module install -y nodejs:18": "dnf install of nodejs:18: what is in this group",
    "git clone --depth 1 https://x.io/y && make -C y install": "what is fetched from https://x.io/y: not looked",
    "git clone -b v1 git@x.io:y.git /src": "what is fetched from git@x.io:y.git: not looked",
}


async def named(run: str) -> list[str]:
    found = await inspected({}, {"Dockerfile": f"FROM base\nRUN {run}\n"})
    assert not [each for brought in side(found).brought for each in brought.packages]
    return [f"{gap.what}: {gap.why}" for gap in gaps_of(side(found))]


@pytest.mark.parametrize(("run", "expected"), UNKNOWN.items(), ids=UNKNOWN)
async def test_what_has_no_known_version_is_listed(run: str, expected: str) -> None:
    (gap,) = await named(run)
    assert gap.startswith(expected)


NOTHING = [
    "npm run build",
    "corepack enable",
    "stack --version",
    "swift test",
    "dotnet add reference ../x",
    "rpm -qi bash",
    "rpm --import https://x.io/key",
    "rpm -e foo",
    "pacman -Ss vim",
    "pacman --noconfirm -Syu",
    "emerge --sync",
    "nix --version",
    "perl -pi -e 's/install/x/' file",
    "Rscript -e 'x <- 1'",
    "Rscript run.R",
    "uv tool install --help",
    "uv tool uninstall ruff",
    "git status",
    "git config --global url.https://x.io/.insteadOf git@x.io:",
]


@pytest.mark.parametrize("run", NOTHING)
async def test_what_installs_nothing_is_not_named(run: str) -> None:
    assert await named(run) == []


@pytest.mark.parametrize(
    "run", ["uv sync", "poetry install", "pdm install", "pipenv install", "npm ci", "mvn package", "go run ."]
)
async def test_what_takes_from_a_lockfile_is_named_as_such(run: str) -> None:
    (gap,) = await named(run)
    assert gap.endswith("no lockfile that it reads is known to be there")


@pytest.mark.parametrize(
    ("run", "expected"),
    [("npx tsc", []), ("npx tsc@5.0.0", ["npx: tsc 5.0.0"]), ("npx -y tsc", ["npx: tsc ?"])],
)
async def test_what_lies_in_node_modules_is_run_from_there(run: str, expected: list[str]) -> None:
    assert await judged(run, "RUN npm ci\n") == expected


async def test_a_file_of_requirements_beside_packages_is_named() -> None:
    found = await inspected({}, {"Dockerfile": "FROM base\nRUN pip install six==1.0 -r gone.txt\n"})
    (gap,) = gaps_of(side(found))
    assert gap.what == "pip install of gone.txt"
    assert packages(side(found).brought) == ["pip: six 1.0"]


async def test_a_removal_takes_away_what_its_own_manager_added() -> None:
    assert await judged("npm install six@1.0.0 && gem uninstall six") == ["npm: six 1.0.0"]
    assert await judged("npm install six@1.0.0 && npm uninstall six") == []


@pytest.mark.parametrize("behind", ["conda run -n other", "poetry run", "gosu app"])
async def test_a_removal_in_another_environment_takes_nothing_away_here(behind: str) -> None:
    assert await judged(f"pip install six==1.0 && {behind} pip uninstall six") == ["pip: six 1.0"]


async def test_each_reason_is_told_with_the_packages_it_is_about() -> None:
    assert await named("pip install flask 'urllib3>=1.26,<2' six git+https://x.io/y") == [
        "pip install of flask, six: no version is given, so the newest there is comes",
        "pip install of urllib3 >=1.26,<2: which version fits is only known when it is built",
        "pip install of git+https://x.io/y: what this address holds is only known when it is built",
    ]
