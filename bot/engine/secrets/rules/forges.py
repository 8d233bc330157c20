"""Tokens of forges: GitHub, GitLab, Bitbucket and what is sold beside them.

GitHub's form: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/.
"""

import zlib

from bot.engine.secrets.rule import Candidate, genuine, named, token, when
from bot.engine.secrets.shape import crc32_base62, is_placeholder, is_random
from bot.severity import Severity


def checksummed(candidate: Candidate) -> bool:
    """Verify the six digits at the end of a token of GitHub's form."""
    body = candidate.secret.rpartition(b"_")[2]
    return crc32_base62(body[:-6]) == body[-6:] and not is_placeholder(body[:-6])


def _atlassian(candidate: Candidate) -> bool:
    """Verify the eight digits at the end where they are a checksum; tokens without it count all the same."""
    body, equals, check = candidate.secret.rpartition(b"=")
    if not equals or len(check) != 8:
        return genuine(candidate)
    return f"{zlib.crc32(body):08X}".encode() == check and genuine(candidate)


def _random(candidate: Candidate) -> bool:
    return is_random(candidate.secret)


RULES = (
    token(
        "github-token",
        "GitHub token",
        Severity.CRITICAL,
        (b"ghp_", b"gho_", b"ghu_", b"ghr_"),
        rb"[A-Za-z0-9]{36}",
        "A personal, OAuth or user token; its checksum is verified.",
        check=when(checksummed),
    ),
    token(
        "github-refresh-token",
        "GitHub refresh token",
        Severity.CRITICAL,
        (b"ghr_",),
        rb"[A-Za-z0-9]{76}",
        "Renews a user token of a GitHub App.",
    ),
    token(
        "github-app-token",
        "GitHub App installation token",
        Severity.HIGH,
        (b"ghs_",),
        rb"[A-Za-z0-9]{36}",
        "An installation or workflow token; it lives an hour.",
        check=when(checksummed),
    ),
    token(
        "github-fine-grained-token",
        "GitHub fine-grained token",
        Severity.CRITICAL,
        (b"github_pat_",),
        rb"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        "A personal token for chosen repositories.",
    ),
    token(
        "gitlab-token",
        "GitLab token",
        Severity.CRITICAL,
        (
            b"glpat-",
            b"gldt-",
            b"glptt-",
            b"glcbt-",
            b"gloas-",
            b"glsoat-",
            b"glffct-",
            b"glft-",
            b"glimt-",
            b"glagent-",
        ),
        rb"[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
        "A personal, deploy, trigger, job or feed token.",
        reach=450,
    ),
    token(
        "gitlab-runner-token",
        "GitLab runner token",
        Severity.HIGH,
        (b"glrt-", b"glrtr-", b"GR1348941"),
        rb"[A-Za-z0-9_-]{20,60}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
        "Registers a runner, or is one: jobs with their variables.",
    ),
    token(
        "bitbucket-app-password",
        "Bitbucket app password",
        Severity.CRITICAL,
        (b"ATBB",),
        rb"[A-Za-z0-9_=.-]{24}[A-F0-9]{8}",
        "A Bitbucket app password.",
    ),
    token(
        "atlassian-token",
        "Atlassian API token",
        Severity.CRITICAL,
        (b"ATATT3", b"ATCTT3", b"ATSTT3"),
        rb"[A-Za-z0-9_+/=-]{150,300}",
        "A token for Jira, Confluence or Bitbucket; its checksum is verified where it has one.",
        check=when(_atlassian),
        after=rb"A-Za-z0-9_+/=-",
    ),
    named(
        "atlassian-api-token",
        "Atlassian API token",
        Severity.HIGH,
        (b"atlassian_", b"atlassian-", b"jira_api", b"jira_token", b"confluence_"),
        rb"[A-Za-z0-9]{24}",
        "An Atlassian token of the older form, by the name it is assigned to.",
        check=when(_random),
    ),
    token(
        "sourcegraph-token",
        "Sourcegraph token",
        Severity.HIGH,
        (b"sgp_",),
        rb"(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}",
        "A Sourcegraph token: all code it indexes.",
    ),
    token(
        "linear-api-key",
        "Linear API key",
        Severity.HIGH,
        (b"lin_api_", b"lin_oauth_"),
        rb"[A-Za-z0-9]{40,64}",
        "A Linear key: issues and what is written in them.",
    ),
    token(
        "notion-token",
        "Notion token",
        Severity.HIGH,
        (b"ntn_",),
        rb"[0-9]{11}[A-Za-z0-9]{35}",
        "A Notion integration: the pages shared with it.",
    ),
    token(
        "notion-token-old",
        "Notion token",
        Severity.HIGH,
        (b"secret_",),
        rb"[A-Za-z0-9]{43}",
        "A Notion integration of the older form.",
        check=when(_random),
        binary=False,
    ),
    token(
        "figma-token",
        "Figma token",
        Severity.HIGH,
        (b"figd_", b"figo_"),
        rb"[A-Za-z0-9_-]{40,64}",
        "A Figma token: files and comments.",
    ),
    token(
        "postman-api-key",
        "Postman API key",
        Severity.HIGH,
        (b"PMAK-",),
        rb"[a-f0-9]{24}-[a-f0-9]{34}",
        "A Postman key: collections, and the secrets people keep there.",
    ),
    named(
        "circleci-token",
        "CircleCI token",
        Severity.CRITICAL,
        (b"circle_token", b"circleci", b"circle_ci"),
        rb"(?:CCIP[A-Z]{2}_[A-Za-z0-9]{22}_[a-f0-9]{40}|[a-f0-9]{40})",
        "A CircleCI token: builds and their variables.",
    ),
    named(
        "sonar-token",
        "SonarQube token",
        Severity.HIGH,
        (b"sonar",),
        rb"(?:sq[apu]_)?[a-f0-9]{40}",
        "A SonarQube or SonarCloud token: code and its flaws.",
    ),
)
