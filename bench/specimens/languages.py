"""Images of what managers of languages install: wheels, modules, Go and Rust programs, archives of Java."""

import json
import shutil
import sys
import zipfile
from pathlib import Path

from bench.specimens.model import Specimen
from bench.specimens.workshop import Workshop, of
from tests.fakes.images import BuiltImage

_WHEELS = (
    "flask==3.0.3 django==4.2.16 fastapi==0.115.6 sqlalchemy==2.0.36 celery==5.4.0 boto3==1.35.80 numpy==2.1.3 "
    "cryptography==44.0.0 requests==2.32.3 aiohttp==3.11.10 jupyter-core==5.7.2 ruamel.yaml==0.18.6 "
    "zope.interface==7.2 backports.tarfile==1.2.0 typing_extensions==4.12.2 importlib_metadata==8.5.0"
).split()
_NODE = {
    "express": "4.21.2",
    "@babel/core": "7.26.0",
    "eslint": "8.57.1",
    "@nestjs/common": "10.4.15",
    "reflect-metadata": "0.2.2",
    "rxjs": "7.8.1",
    "esbuild": "0.24.0",
}
_COMPOSER = {
    "symfony/console": "v5.4.47",
    "symfony/polyfill-mbstring": "v1.31.0",
    "monolog/monolog": "2.9.3",
    "psr/log": "1.1.4",
    "guzzlehttp/guzzle": "7.9.2",
    "laravel/framework": "v10.48.25",
    "twig/twig": "v3.16.0",
    "phpunit/phpunit": "9.6.22",
}
_ARCHIVES = ("libspring-web-java", "libspring-core-java", "libspring-beans-java", "libjackson2-databind-java")
_MORE_ARCHIVES = (
    "libjackson2-core-java",
    "libcommons-text-java",
    "liblog4j2-java",
    "libguava-java",
    "libnetty-java",
)


def _pip(shop: Workshop) -> BuiltImage:
    root = shop.tree("pip-target")
    shop.pip(root / "app/lib", *_WHEELS)
    return of(root)


def _venv(shop: Workshop) -> BuiltImage:
    root = shop.tree("venv")
    shop.run(sys.executable, "-m", "venv", "--without-pip", "--copies", str(root / "opt/venv"))
    site = (
        root / "opt/venv/lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    )
    shop.pip(
        site, "pip==24.3.1", "setuptools==75.6.0", "wheel==0.45.1", "gunicorn==23.0.0", "rpds-py==0.22.3"
    )
    return of(root)


def _npm(shop: Workshop) -> BuiltImage:
    root = shop.tree("npm")
    shop.npm(root / "app", _NODE)
    return of(root)


def _pnpm(shop: Workshop) -> BuiltImage:
    root = shop.tree("pnpm")
    shop.npm(root / "app", _NODE, "npx", "--yes", "pnpm@9.15.0", "install", "--ignore-scripts")
    return of(root)


def _yarn(shop: Workshop) -> BuiltImage:
    root = shop.tree("yarn")
    shop.npm(root / "app", _NODE, "npx", "--yes", "yarn@1.22.22", "install", "--ignore-scripts")
    return of(root)


def _npm_global(shop: Workshop) -> BuiltImage:
    root = shop.tree("npm-global")
    wanted = ("npm@10.9.2", "corepack@0.30.0", "typescript@5.7.2")
    words = ("install", "--global", "--ignore-scripts", "--no-audit", "--no-fund")
    shop.run("npm", *words, f"--prefix={root / 'usr/local'}", *wanted)
    return of(root)


def _go(shop: Workshop) -> BuiltImage:
    """A program of the module proxy's, and the same without symbols."""
    root = shop.tree("go-scratch")
    for name, flags in (("goimports", ""), ("goimports-stripped", "-s -w")):
        out = shop.tree("go-bin")
        module = "golang.org/x/tools/cmd/goimports@v0.28.0"
        shop.run("go", "install", f"-ldflags={flags}", module, GOBIN=str(out), CGO_ENABLED="0")
        shutil.copy(out / "goimports", root / name)
    return of(root)


def _go_large(shop: Workshop) -> BuiltImage:
    """Programs of Go that npm's packages bring: esbuild, and the compiler of TypeScript."""
    root = shop.tree("go-large")
    shop.npm(root / "app", {"@esbuild/linux-x64": "0.24.0", "hugo-extended": "0.140.0"})
    return of(root)


def _rust(shop: Workshop) -> BuiltImage:
    """A small program with real crates, built with the list of them in it where cargo-auditable is installed."""
    root, source = shop.tree("rust"), shop.tree("rust-source")
    (source / "src").mkdir()
    (source / "src/main.rs").write_text(
        'fn main() { println!("{} {}", itoa::Buffer::new().format(1), ryu::Buffer::new().format(1.0)); }\n'
    )
    crates = 'itoa = "=1.0.14"\nryu = "=1.0.18"\n'
    (source / "Cargo.toml").write_text(
        f'[package]\nname = "specimen"\nversion = "0.3.1"\nedition = "2021"\n[dependencies]\n{crates}'
    )
    build = ("cargo", "auditable", "build") if shutil.which("cargo-auditable") else ("cargo", "build")
    shop.run(*build, "--release", "--quiet", cwd=source)
    (root / "usr/bin").mkdir(parents=True)
    shutil.copy(source / "target/release/specimen", root / "usr/bin/specimen")
    return of(root)


def _jars(shop: Workshop) -> BuiltImage:
    """Archives that wheels and modules bring: shaded ones, and plain."""
    root = shop.tree("jars")
    shop.pip(root / "app", "tabula-py==2.10.0", "py4j==0.10.9.7", "--no-deps")
    shop.npm(root / "srv", {"google-closure-compiler-java": "20240317.0.0"})
    return of(root)


def _war(shop: Workshop) -> BuiltImage:
    """Debian's archives as a war, and as Spring Boot packs a program."""
    root = shop.tree("war")
    found = shop.unowned("war-source", *_ARCHIVES, *_MORE_ARCHIVES)
    jars = sorted(path for path in found.glob("usr/share/java/*.jar") if not path.is_symlink())
    (root / "app").mkdir()
    _zip(root / "app/shop.war", {f"WEB-INF/lib/{jar.name}": jar for jar in jars}, {})
    pom = "groupId=org.example\nartifactId=shop\nversion=1.4.0\n"
    own = {"META-INF/maven/org.example/shop/pom.properties": pom}
    _zip(root / "app/shop-1.4.0.jar", {f"BOOT-INF/lib/{jar.name}": jar for jar in jars}, own)
    return of(root)


def _zip(path: Path, files: dict[str, Path], texts: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nStart-Class: org.example.Shop\n")
        for name, text in texts.items():
            archive.writestr(name, text)
        for name, file in files.items():
            archive.write(file, name)


def _gems(shop: Workshop) -> BuiltImage:
    """Gems where `gem install` and bundler put them, with the specification each has in its sources."""
    root = shop.tree("gems")
    found = shop.unowned(
        "gems-source", "ruby-rack", "ruby-nokogiri", "ruby-sinatra", "ruby-concurrent", "ruby-thor"
    )
    bundle = root / "usr/local/bundle"
    (bundle / "specifications").mkdir(parents=True)
    for spec in sorted(found.glob("usr/share/rubygems-integration/*/specifications/*.gemspec")):
        shutil.copy(spec, bundle / "specifications")
        folder = bundle / "gems" / spec.stem
        folder.mkdir(parents=True)
        (folder / f"{spec.stem.rpartition('-')[0]}.gemspec").write_text(
            "Gem::Specification.new { |s| s.name = NAME }\n"
        )
    return of(root)


def _composer(shop: Workshop) -> BuiltImage:
    """The list as Composer 2 writes it, and as 1 did."""
    root = shop.tree("composer")
    packages = [
        {
            "name": name,
            "version": version,
            "version_normalized": f"{version.removeprefix('v')}.0",
            "type": "library",
        }
        for name, version in _COMPOSER.items()
    ]
    two = {"packages": packages, "dev": True, "dev-package-names": ["phpunit/phpunit"]}
    for folder, content in (("app", two), ("old", packages[:4])):
        place = root / folder / "vendor/composer"
        place.mkdir(parents=True)
        (place / "installed.json").write_text(json.dumps(content, indent=4))
    return of(root)


def _dotnet(shop: Workshop) -> BuiltImage:
    root = shop.tree("dotnet")
    shop.pip(root / "app", "dotnetcore2==3.1.23", "pythonnet==3.0.5", "--no-deps")
    return of(root)


SPECIMENS = (
    Specimen("pip-target", "wheels in a folder", _pip),
    Specimen("venv", "a virtual environment with its interpreter", _venv),
    Specimen("npm", "a project of npm's, scoped and nested modules", _npm),
    Specimen("pnpm", "a project of pnpm's, modules in its store", _pnpm),
    Specimen("yarn", "a project of yarn's", _yarn),
    Specimen("npm-global", "programs installed globally, with bundled modules", _npm_global),
    Specimen("go-scratch", "a Go program alone, plain and stripped", _go),
    Specimen("go-in-npm", "Go programs that modules bring", _go_large),
    Specimen("rust", "a Rust program that lists its crates", _rust),
    Specimen("jars", "Java archives, shaded ones among them", _jars),
    Specimen("war", "a war and a program of Spring Boot's, archives inside", _war),
    Specimen("gems", "gems as `gem install` leaves them", _gems),
    Specimen("composer", "lists of Composer 1 and 2", _composer),
    Specimen("dotnet", "a shared framework and libraries of .NET", _dotnet),
)
