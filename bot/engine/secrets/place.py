"""What kind of file a path names: which are worth reading for secrets, and which rules say something there."""

import re
from dataclasses import dataclass
from functools import lru_cache

LARGEST = 10 << 20
"""Bytes of a file that are searched, in one piece; callers name the larger ones that `is_missed` tells."""
SMALLEST = 8
#: Pictures, sound, fonts, archives and other things that hold no text, libraries and object files.
_NO_TEXT = frozenset(
    """
    7z a aac apk ar avi avif bin bmp br bz2 cab ccache class crate dat deb dll dmg dylib eot exe flac gem gif git
    gmo gz h5 hdr heic icc icns ico idx iso jar jfif jpeg jpg jxl ko la lib lz4 lzma m4a m4v mkv mo mov mp3 mp4 mpeg
    mpg msi nupkg o obj odt ogg onnx otf pack parquet pcf pdf pf2 pickle pkl png ppt pptx pt pyo qm rar rlib rpm
    safetensors so squashfs svgz swf tar tbz tgz tif tiff ttc ttf txz vmdk wasm wav webm webp whl wma wmv woff woff2
    xls xlsx xpi xz zip zst map nib pak tflite
    """.split()
)
_LIBRARY = re.compile(r"\.so(?:\.[0-9]+){1,4}$")
#: What package managers keep for themselves, documentation, translations; nobody puts keys there by mistake.
_NOT_ANYBODYS = re.compile(
    r"/(?:proc|sys|dev|boot|usr/include|etc/ssl/certs|etc/pki/ca-trust|(?:usr/)?lib/(?:modules|firmware))/"
    r"|/(?:var/cache/(?:apt|apk|dnf|yum|man|debconf|ldconfig)|var/lib/(?:apt/lists|dpkg|rpm|pacman|ucf)|lib/apk/db)/"
    r"|/usr/lib/(?:sysimage/rpm|locale|[a-z0-9_]{1,20}-linux-gnu[a-z]{0,8}/perl)/|/usr/src/linux[^/]*/"
    r"|/usr/(?:local/)?share/(?:doc|man|info|locale|i18n|zoneinfo|mime|icons|fonts|terminfo|ca-certificates|bug"
    r"|lintian|common-licenses|perl|perl5|vim|bash-completion|zsh|pixmaps|applications|gtk-doc|help|unicode|licenses"
    r"|misc|aclocal|gettext|X11|keyrings|nmap|javascript|fish|help-langpack)/"
)
_CACHES = re.compile(
    r"/(?:\.git/(?:objects|hooks|lfs)|_cacache|\.yarn/cache|pip/http(?:-v2)?|go/pkg/mod/cache|\.m2/repository"
    r"|\.cargo/registry/(?:index|cache)|\.gradle/caches|\.nuget/packages|node-gyp"
    r"|\.cache/(?:pip|go-build|yarn|uv|pypoetry))/"
)
#: Where registries' packages are put: what is in there, everybody can download.
_PACKAGES = re.compile(
    r"/(?:node_modules|site-packages|dist-packages|bower_components|gems|go/pkg/mod|\.cargo/registry|\.rustup)/"
)
#: Where others' files are put besides.
_INSTALLED = re.compile(
    r"/(?:vendor|usr/lib(?:64|exec)?|usr/share|usr/local/(?:lib|go|share)|opt/conda|\.venv|\.terraform/providers"
    r"|\.pyenv/versions|\.nvm|\.rbenv/versions|\.sdkman)/"
)
_TRIALS = re.compile(
    r"(?:^|[/._-])(?:tests?|testing|testdata|test_data|test-data|__tests__|__mocks__|specs?|fixtures?|examples?"
    r"|samples?|demos?|docs?|documentation|benchmarks?|cassettes|conformance|mock|mocks|testutil|selftest"
    r"|idlelib|licenses?)(?:[/._-]|$)",
    re.IGNORECASE,
)
#: Where an assignment is one: configuration, source, scripts.
_CONFIGURATION = frozenset(
    """
    bash bat bicep c cc cfg clj cmd cnf conf config cpp cs dart dockerfile envrc erl ex exs fish go gradle groovy hcl
    ini java js json json5 jsonc jsx kt kts lua mjs cjs nomad php pl plist pp properties ps1 psm1 py r rb rc rs scala
    service sh sql swift tf tfstate tfvars toml ts tsx vb vue xml yaml yml zsh env ipynb pyw cmake mk
    """.split()
)
_TEXTS = frozenset(
    "txt log sql csv tsv dump md html htm json jsonl ndjson har bak old orig out tfstate pem key".split()
)
_CONFIGURATION_NAMES = re.compile(
    r"^(?:\.?(?:bashrc|profile|bash_profile|bash_history|zshrc|zsh_history|history|npmrc|yarnrc|pypirc|netrc|env"
    r"|boto|s3cfg|pgpass|my\.cnf|dockercfg|envrc)|dockerfile.*|containerfile.*|makefile|jenkinsfile|vagrantfile"
    r"|procfile|credentials|config|environment|\.env\..*|.*\.env)$"
)
_LOCKFILES = re.compile(
    r"^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|composer\.lock|poetry\.lock|uv\.lock"
    r"|pdm\.lock|pipfile\.lock|cargo\.lock|gemfile\.lock|go\.sum|installed\.json|\.package-lock\.json|record|mix\.lock"
    r"|packages\.lock\.json|pubspec\.lock|.*\.(?:sum|sha256|sha512|md5|sig|asc\.md5))$"
)
_DOTENV = re.compile(r"^(?:\.env(?:\..*|rc)?|.*\.env|env|environment)$")
_DOTENV_MODEL = re.compile(r"(?:^|[._-])(?:example|sample|template|dist|defaults?|schema|tmpl)(?:[._-]|$)")
_MINIFIED = re.compile(r"[.-](?:min|bundle|prod|chunk|umd|esm-bundle)\.(?:js|mjs|cjs|css)$|\.css$|\.svg$")
_LONG_LINE = 2000


#: What pip and npm note of where a package came from, the password in its address included.
_RECORDS = frozenset({"direct_url.json", "package.json", ".package-lock.json", "installed.json"})


@dataclass(frozen=True, slots=True)
class Place:
    """A file, as far as the rules ask."""

    path: str
    name: str
    """The last part, in lower case."""
    configuration: bool
    """An assignment means something here."""
    dotenv: bool
    """Every line is a variable."""
    installed: bool
    """Somebody else wrote it and a package manager put it there."""
    package: bool
    """It is part of a registry's package, so everybody has it."""
    trial: bool
    """Tests, examples and documentation."""


@dataclass(frozen=True, slots=True)
class _Folder:
    wanted: bool
    installed: bool
    package: bool
    trial: bool


def place_of(path: str) -> Place:
    """Tell what kind of file a path names."""
    directory, _, name = path.rpartition("/")
    folder, name = _folder(directory), name.lower()
    suffix = name.rpartition(".")[2] if "." in name else ""
    dotenv = _DOTENV.match(name) is not None and _DOTENV_MODEL.search(name) is None
    configuration = dotenv or suffix in _CONFIGURATION or _CONFIGURATION_NAMES.match(name) is not None
    return Place(
        path=path,
        name=name,
        configuration=configuration and not _LOCKFILES.match(name) and not _MINIFIED.search(name),
        dotenv=dotenv,
        installed=folder.installed,
        package=folder.package,
        trial=folder.trial or _TRIALS.search(name) is not None,
    )


def anywhere(place: Place) -> bool:
    """Everywhere."""
    return True


def outside_packages(place: Place) -> bool:
    """Everywhere but in what a registry's package brings, whose keys and samples everybody has."""
    return not place.package or place.name in _RECORDS


def in_own_configuration(place: Place) -> bool:
    """In configuration and source that belongs to the image's maker."""
    return place.configuration and not place.installed and not place.trial


def wants(path: str, size: int) -> bool:
    """Say whether a file may hold a secret worth naming and is small enough to be searched."""
    return SMALLEST <= size <= LARGEST and _may_hold(path)


def is_missed(path: str, size: int) -> bool:
    """Say whether a file of text would have been searched were it smaller, so that it has to be named."""
    if size <= LARGEST or not _may_hold(path):
        return False
    return place_of(path).configuration or path.rpartition(".")[2].lower() in _TEXTS


def _may_hold(path: str) -> bool:
    directory, _, name = path.rpartition("/")
    dot = name.rfind(".")
    if dot > 0 and (name[dot + 1 :].lower() in _NO_TEXT or (name[-1].isdigit() and _LIBRARY.search(name))):
        return False
    folder = _folder(directory)
    # Test vectors that packages ship are theirs and known to all.
    return folder.wanted and not (folder.installed and _TRIALS.search(name))


@lru_cache(maxsize=4096)
def _folder(directory: str) -> _Folder:
    """Judge a directory once for all its files."""
    path = f"/{directory.lstrip('/')}/"
    package = _PACKAGES.search(path) is not None
    installed = package or _INSTALLED.search(path) is not None
    trial = _TRIALS.search(path) is not None
    wanted = not _CACHES.search(path) and not _NOT_ANYBODYS.match(path) and not (trial and installed)
    return _Folder(wanted, installed, package, trial)


def is_binary(data: bytes) -> bool:
    """Say whether it is compiled or packed rather than text."""
    return b"\0" in data[:8192]


def is_minified(data: bytes) -> bool:
    """Say whether it is a bundle, in whose long lines an assignment says nothing."""
    return data.find(b"\n", 0, _LONG_LINE) < 0 and len(data) > _LONG_LINE
