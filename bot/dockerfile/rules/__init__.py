"""Rules for Dockerfiles, one a file: what should not be there, why, and what to write instead. All pure.

To add one, write its file with a `RULE` and name it below; `make docs` gives it its section in docs/rules.md.
"""

from collections.abc import Mapping, Sequence

from bot.dockerfile.model import Dockerfile
from bot.dockerfile.parser import parse
from bot.dockerfile.rules import (
    build_tools,
    copy_everything,
    copy_secret_file,
    curl_pipe_shell,
    deprecated_image,
    docker_socket,
    git_add,
    ignores,
    latest_tag,
    missing_tag,
    no_digest,
    no_healthcheck,
    no_user,
    package_cache,
    package_upgrade,
    password_set,
    plain_http,
    privileged_build,
    recommended_packages,
    remote_add,
    root_user,
    secret_in_arg,
    secret_in_env,
    sensitive_port,
    set_id,
    single_stage,
    sudo,
    sudoers,
    tls_off,
    unpinned_packages,
    unsigned_packages,
    unverified_download,
    unverified_key,
    world_writable,
)
from bot.dockerfile.rules.facts import Facts, read_facts
from bot.dockerfile.rules.linting import Linted, excused_ids, finding, findings_of, set_aside
from bot.dockerfile.rules.model import Rule
from bot.dockerfile.rules.pragmas import read_pragmas
from bot.dockerfile.rules.sensitive_port import SENSITIVE
from bot.finding import Finding

__all__ = ["RULES", "Linted", "Rule", "examine", "examine_facts", "lint"]

RULES: tuple[Rule, ...] = (
    docker_socket.RULE,
    secret_in_env.RULE,
    secret_in_arg.RULE,
    copy_secret_file.RULE,
    password_set.RULE,
    tls_off.RULE,
    unsigned_packages.RULE,
    curl_pipe_shell.RULE,
    plain_http.RULE,
    remote_add.RULE,
    git_add.RULE,
    unverified_download.RULE,
    unverified_key.RULE,
    root_user.RULE,
    no_user.RULE,
    set_id.RULE,
    world_writable.RULE,
    sudo.RULE,
    sudoers.RULE,
    privileged_build.RULE,
    sensitive_port.RULE,
    copy_everything.RULE,
    deprecated_image.RULE,
    latest_tag.RULE,
    missing_tag.RULE,
    no_digest.RULE,
    build_tools.RULE,
    single_stage.RULE,
    package_upgrade.RULE,
    unpinned_packages.RULE,
    recommended_packages.RULE,
    package_cache.RULE,
    no_healthcheck.RULE,
    ignores.RULE,
)
_KNOWN = excused_ids(RULES)


def lint(
    text: str | bytes,
    path: str = "Dockerfile",
    *,
    build_args: Mapping[str, str] | None = None,
    has_dockerignore: bool | None = None,
    ports: Mapping[int, str] = SENSITIVE,
) -> list[Finding]:
    """List what the rules find in a Dockerfile; raises DockerfileError for what is none."""
    return list(
        examine(
            parse(text), path, build_args=build_args, has_dockerignore=has_dockerignore, ports=ports
        ).findings
    )


def examine(
    dockerfile: Dockerfile,
    path: str = "Dockerfile",
    *,
    build_args: Mapping[str, str] | None = None,
    has_dockerignore: bool | None = None,
    ports: Mapping[int, str] = SENSITIVE,
) -> Linted:
    """Ask every rule, and set aside what comments in the file excuse with a reason."""
    return examine_facts([read_facts(dockerfile, build_args or {}, has_dockerignore, ports)], path)


def examine_facts(readings: Sequence[Facts], path: str) -> Linted:
    """Do so for a Dockerfile that was read before, once for each way it is built."""
    facts = readings[0]
    pragmas = read_pragmas(facts.dockerfile, _KNOWN)
    kept, ignored = set_aside(findings_of(RULES, readings, path), pragmas)
    kept += [
        finding(ignores.RULE, hit, path, final=facts.named) for hit in ignores.bad_ignores(pragmas, facts)
    ]
    return Linted(tuple(kept), tuple(ignored), tuple(pragmas))
