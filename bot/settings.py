"""What the operator sets, by environment variables `PLIMSOLL_*`.

`docs/settings.md` is generated from these fields (`python -m bot.settings`); a test keeps it true.
"""

import os
import re
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from bot.errors import ConfigError
from bot.image.platform import Platform

PREFIX = "PLIMSOLL_"
# GitHub signs an App in by either: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
_APP_ID = re.compile(r"[0-9]+|Iv[0-9A-Za-z.]+")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]+)(:(?P<port>[0-9]{1,5}))?")


def _data_dir() -> Path:
    root = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(root).expanduser() / "plimsoll"


class Settings(BaseSettings):
    """Operator settings. Every one has a default that needs no file, except the GitHub App's own identity."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=_data_dir, description="Where the database, caches and advisories live."
    )
    database_url: str = Field(
        "",
        description="Another SQLite file for the database, `sqlite:////PATH`. Empty: one in the data folder.",
    )

    github_url: str = Field(
        "https://api.github.com", description="GitHub's API; `https://HOST/api/v3` for a server."
    )
    app_id: str = Field("", description="The GitHub App's id.")
    private_key: SecretStr = Field(SecretStr(""), description="The App's private key (PEM).")
    private_key_file: Path | None = Field(None, description="A file that holds the private key, instead.")
    webhook_secret: SecretStr = Field(SecretStr(""), description="The App's webhook secret.")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    max_payload: int = Field(25_000_000, gt=0, description="Largest webhook body accepted, in bytes.")

    workers: int = Field(4, ge=1, le=64, description="Reviews worked on at the same time.")
    review_minutes: float = Field(
        15, gt=0, description="A review that takes longer is concluded as an error."
    )
    on_error: Literal["failure", "neutral"] = Field(
        "failure", description="Conclusion of a check that could not look. GitHub lets `neutral` through."
    )
    keep_days: int = Field(30, ge=4, description="Days finished jobs, deliveries and old verdicts are kept.")

    osv_url: str = Field(
        "https://osv-vulnerabilities.storage.googleapis.com",
        description="Advisory feeds in OSV.dev's layout.",
    )
    ecosystems: str = Field(
        "AlmaLinux,Alpine,Azure Linux,Bitnami,Chainguard,Debian,Go,Hex,Maven,NuGet,Packagist,Pub,PyPI,Red Hat,"
        "Rocky Linux,RubyGems,SUSE,Ubuntu,Wolfi,crates.io,npm,openSUSE",
        description="Advisory feeds to fetch, comma-separated.",
    )
    kev_url: str = Field(
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        description="Where CISA's catalogue of exploited vulnerabilities is fetched. Empty: nowhere.",
    )
    epss_url: str = Field(
        "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        description="Where FIRST's scores of exploitation are fetched. Empty: nowhere.",
    )
    advisory_warn_days: float = Field(7, gt=0, description="Advisories older than this warn.")
    advisory_error_days: float = Field(30, gt=0, description="Advisories older than this are an error.")
    advisory_update_hours: float = Field(
        6, ge=0, description="How often `serve` fetches the feeds; 0 leaves it to `plimsoll db update`."
    )
    lifecycle_url: str = Field(
        "https://endoflife.date/api/v1",
        description="Where support dates are fetched with the advisories, in endoflife.date's form. Empty: nowhere.",
    )

    hadolint: str = Field(
        "",
        description="Path of hadolint, which lints Dockerfiles beside our rules. Empty: the one on the path, if any; "
        "`off`: none.",
    )
    search_secrets: bool = Field(True, description="Whether the files of images are searched for secrets.")

    engine: Literal["embedded", "trivy", "grype", "syft"] = Field(
        "embedded", description="What looks into images; see docs/engines.md."
    )
    trivy: str = Field("", description="Path of Trivy. Empty: the one on the path.")
    trivy_cache: Path | None = Field(
        None, description="Trivy's cache folder. With a database in it, Trivy's own findings are taken."
    )
    grype: str = Field("", description="Path of Grype. Empty: the one on the path.")
    grype_db: Path | None = Field(None, description="Folder of Grype's database, its `GRYPE_DB_CACHE_DIR`.")
    syft: str = Field("", description="Path of Syft, which Grype needs too. Empty: the one on the path.")
    sandbox: Literal["strict", "relaxed"] = Field(
        "strict",
        description="Whether these programs are refused where the system cannot take the network from them; "
        "`relaxed` runs them with it.",
    )
    sandbox_user: str = Field("", description="`UID:GID` these programs run as, where Plimsoll runs as root.")

    platform: str = Field("linux/amd64", description="Platform looked at when a Dockerfile names none.")
    build_args: dict[str, str] = Field(
        {}, description='Values of `ARG`s that only your builder knows, as JSON: `{"BASE": "alpine:3.20"}`.'
    )
    docker_config: Path | None = Field(None, description="A docker config.json; only its `auths` are read.")
    registry_credentials: Path | None = Field(
        None,
        description="A JSON table of registry credentials bound to repositories; see docs/registries.md.",
    )
    private_hosts: str = Field(
        "",
        description="Hosts on private or loopback addresses that may be reached, comma-separated, `host[:port]`.",
    )
    insecure_hosts: str = Field("", description="Hosts that may be reached over plain HTTP, comma-separated.")
    proxy: str = Field("", description="HTTP proxy for registries and feeds; it then resolves their names.")
    cache_bytes: int = Field(
        10_000_000_000, gt=0, description="Largest size of the registry cache, in bytes."
    )

    @field_validator("app_id")
    @classmethod
    def _is_app_id(cls, text: str) -> str:
        if text and not _APP_ID.fullmatch(text):
            raise ValueError(f"{text!r} is not the id of an App: write the number GitHub shows as App ID")
        return text

    @field_validator("github_url", "osv_url", "kev_url", "epss_url", "lifecycle_url", "proxy")
    @classmethod
    def _is_url(cls, text: str) -> str:
        # Not repeated in the message: a proxy's may hold a password.
        if text and not _is_http(text):
            raise ValueError(
                "not a URL: write http://HOST[:PORT] or https://HOST[:PORT], with a path if need be"
            )
        return text

    @field_validator("database_url")
    @classmethod
    def _is_database_url(cls, text: str) -> str:
        if text and not re.match(r"[a-z0-9_+]+://", text):
            raise ValueError("not a database URL: write one such as sqlite:////var/lib/plimsoll/plimsoll.db")
        return text

    @field_validator("private_hosts", "insecure_hosts")
    @classmethod
    def _are_hosts(cls, text: str) -> str:
        for word in split(text):
            found = _HOST.fullmatch(word)
            if found is None or int(found["port"] or 0) > 65535:
                raise ValueError(f"{word!r} is not a host: write HOST or HOST:PORT, without a scheme")
        return text

    @field_validator("sandbox_user")
    @classmethod
    def _is_user(cls, text: str) -> str:
        if text and not re.fullmatch(r"[1-9][0-9]{0,9}:[1-9][0-9]{0,9}", text):
            raise ValueError(f"{text!r} is no user and group: write UID:GID, two numbers, neither of root")
        return text

    @field_validator("platform")
    @classmethod
    def _is_platform(cls, text: str) -> str:
        try:
            Platform.parse(text)
        except ConfigError as exc:
            raise ValueError(str(exc)) from None
        return text

    @property
    def database(self) -> str:
        """The database URL, with its default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'plimsoll.db'}"

    @property
    def advisories(self) -> Path:
        """Where the advisory index is."""
        return self.data_dir / "advisories.db"

    @property
    def support_dates(self) -> Path:
        """Where fetched support dates are."""
        return self.data_dir / "lifecycle.json"

    def make_data_dir(self) -> None:
        """Create the data folder; raises ConfigError when that cannot be."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise ConfigError(f"{PREFIX}DATA_DIR: {self.data_dir} is a file, not a folder") from None
        except OSError as exc:
            raise ConfigError(f"{PREFIX}DATA_DIR: {self.data_dir} cannot be created: {exc.strerror}") from exc

    def app_key(self) -> str:
        """Return the private key's text; raises ConfigError when there is none or its file cannot be read."""
        if self.private_key_file is None:
            return self.private_key.get_secret_value()
        try:
            return self.private_key_file.read_text()
        except OSError as exc:
            raise ConfigError(f"{PREFIX}PRIVATE_KEY_FILE: {exc.strerror}: {self.private_key_file}") from exc
        except UnicodeDecodeError as exc:
            raise ConfigError(
                f"{PREFIX}PRIVATE_KEY_FILE: {self.private_key_file} is no text: "
                "give the file as GitHub makes it (PEM), which begins with -----BEGIN"
            ) from exc

    def require_app(self) -> None:
        """Raise ConfigError naming each setting `serve` cannot do without."""
        needed = {
            "APP_ID": self.app_id,
            "PRIVATE_KEY (or PLIMSOLL_PRIVATE_KEY_FILE)": self.app_key(),
            "WEBHOOK_SECRET": self.webhook_secret.get_secret_value(),
        }
        if missing := [PREFIX + name for name, value in needed.items() if not value]:
            raise ConfigError(
                f"not set: {', '.join(missing)}. README.md says how to register the GitHub App."
            )


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # For a port that is none; its own words would repeat what may be a password.
        return False


def split(words: str) -> tuple[str, ...]:
    """Read a comma-separated setting."""
    return tuple(word.strip() for word in words.split(",") if word.strip())


def load_settings() -> Settings:
    """Read the environment; raises ConfigError that names each variable and what is wrong with it."""
    try:
        return Settings()
    except ValidationError as exc:
        problems = "; ".join(
            f"{PREFIX}{'_'.join(str(part) for part in error['loc']).upper()}: "
            f"{error['msg'].removeprefix('Value error, ')}"
            for error in exc.errors()
        )
        raise ConfigError(problems) from None
    except SettingsError:
        # Of all fields only this one is read as JSON.
        raise ConfigError(
            f'{PREFIX}BUILD_ARGS: write names and values as JSON, such as {{"BASE": "alpine:3.20"}}'
        ) from None


def table() -> str:
    """Return the settings as a Markdown table."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = _default_word(name, field.default)
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def _default_word(name: str, default: object) -> str:
    if name == "data_dir":
        return "`~/.local/share/plimsoll`"
    if default in (None, "", {}) or isinstance(default, SecretStr):
        return ""
    return f"`{default}`"


if __name__ == "__main__":
    sys.stdout.write(table())
