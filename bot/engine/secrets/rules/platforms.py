"""Keys of hosting platforms, infrastructure tools and stores of secrets."""

import re

from bot.engine.secrets.rule import Candidate, Rule, named, token, when
from bot.engine.secrets.shape import is_placeholder, is_random
from bot.severity import Severity

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_BECH32 = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def _random(candidate: Candidate) -> bool:
    return is_random(candidate.secret)


def _age_checksum(candidate: Candidate) -> bool:
    """Verify the checksum of BIP 173, which age keys end with."""
    human, _, data = candidate.secret.lower().rpartition(b"1")
    values = [byte >> 5 for byte in human] + [0] + [byte & 31 for byte in human]
    values += [_BECH32.lower().index(byte) for byte in data]
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check == 1


def _old_vault(candidate: Candidate) -> bool:
    return re.search(rb"(?i)vault", candidate.around(200)) is not None and is_random(candidate.secret)


def _random_uuid(candidate: Candidate) -> bool:
    return not is_placeholder(candidate.secret) and not candidate.secret.startswith(b"00000000")


RULES = (
    named(
        "cloudflare-api-token",
        "Cloudflare API token",
        Severity.CRITICAL,
        (b"cloudflare", b"cf_api", b"cf-api", b"cf_token"),
        rb"[A-Za-z0-9_-]{40}",
        "A Cloudflare token: DNS, certificates and code at the edge.",
        check=when(_random),
    ),
    named(
        "cloudflare-global-key",
        "Cloudflare global API key",
        Severity.CRITICAL,
        (b"cloudflare", b"cf_api", b"cf_global"),
        rb"[a-f0-9]{37}",
        "The global key of a Cloudflare account: everything in it.",
    ),
    token(
        "cloudflare-origin-ca-key",
        "Cloudflare origin CA key",
        Severity.HIGH,
        (b"v1.0-",),
        rb"[a-f0-9]{24}-[a-f0-9]{146}",
        "A key that signs origin certificates.",
    ),
    token(
        "heroku-token",
        "Heroku API key",
        Severity.CRITICAL,
        (b"HRKU-AA",),
        rb"[A-Za-z0-9_-]{58}",
        "A Heroku key: the account's applications and their variables.",
    ),
    named(
        "heroku-api-key",
        "Heroku API key",
        Severity.CRITICAL,
        (b"heroku_api", b"heroku-api", b"heroku_key", b"heroku_token", b"heroku_oauth"),
        _UUID,
        "A Heroku key of the older form, by the name it is assigned to.",
        check=when(_random_uuid),
    ),
    Rule(
        "terraform-cloud-token",
        "Terraform Cloud token",
        Severity.CRITICAL,
        (b".atlasv1.",),
        rb"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}",
        "A token for HCP Terraform: states, and runs with the clouds' credentials.",
        starts=(14,),
        after=rb"A-Za-z0-9_-",
        binary=True,
    ),
    token(
        "vault-token",
        "HashiCorp Vault token",
        Severity.CRITICAL,
        (b"hvs.", b"hvb.", b"hvr."),
        rb"[A-Za-z0-9_-]{24,300}",
        "A Vault token: what its policies let it read.",
        reach=500,
    ),
    Rule(
        "vault-token-old",
        "HashiCorp Vault token",
        Severity.CRITICAL,
        (b"s.",),
        rb"s\.[A-Za-z0-9]{24}",
        "A Vault token of the form before 1.10, where Vault is spoken of.",
        check=when(_old_vault),
        before=rb"A-Za-z0-9_.\)\]",
        after=rb"A-Za-z0-9_.\(",
    ),
    token(
        "doppler-token",
        "Doppler token",
        Severity.CRITICAL,
        (b"dp.pt.", b"dp.st.", b"dp.ct.", b"dp.sa.", b"dp.scim.", b"dp.audit.", b"dp.said."),
        rb"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        "A Doppler token: the secrets of a project or workplace.",
    ),
    token(
        "age-key",
        "age secret key",
        Severity.HIGH,
        (b"AGE-SECRET-KEY-1",),
        rb"[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        "Decrypts what is encrypted to it, such as files of SOPS; its checksum is verified.",
        check=when(_age_checksum),
    ),
    token(
        "tailscale-key",
        "Tailscale key",
        Severity.CRITICAL,
        (b"tskey-auth-", b"tskey-api-", b"tskey-client-", b"tskey-scim-", b"tskey-webhook-"),
        rb"[A-Za-z0-9]{8,20}CNTRL-[A-Za-z0-9]{20,40}",
        "A key that joins or administers a private network.",
    ),
    token(
        "fly-token",
        "Fly.io token",
        Severity.CRITICAL,
        (b"FlyV1 fm", b"fo1_"),
        rb"[A-Za-z0-9_+/=,-]{40,1000}",
        "A Fly.io token: the organisation's machines.",
        reach=1100,
        after=b"A-Za-z0-9",
    ),
    token(
        "pulumi-token",
        "Pulumi access token",
        Severity.CRITICAL,
        (b"pul-",),
        rb"[a-f0-9]{40}",
        "A Pulumi token: states, and the secrets in them.",
    ),
    token(
        "supabase-token",
        "Supabase token",
        Severity.CRITICAL,
        (b"sbp_", b"sb_secret_"),
        rb"(?:[a-f0-9]{40}|[A-Za-z0-9_-]{31})",
        "A Supabase personal or secret key: databases without their row rules.",
    ),
    token(
        "planetscale-token",
        "PlanetScale credential",
        Severity.CRITICAL,
        (b"pscale_tkn_", b"pscale_pw_", b"pscale_oauth_"),
        rb"[A-Za-z0-9=._-]{32,64}",
        "A PlanetScale token or database password.",
    ),
    named(
        "vercel-token",
        "Vercel token",
        Severity.CRITICAL,
        (b"vercel_token", b"vercel_api", b"vercel-token"),
        rb"[A-Za-z0-9]{24}",
        "A Vercel token: deployments and their variables.",
        check=when(_random),
    ),
    named(
        "netlify-token",
        "Netlify token",
        Severity.CRITICAL,
        (b"netlify",),
        rb"(?:nf[pcoub]_[A-Za-z0-9]{36}|[A-Za-z0-9_-]{43,46})",
        "A Netlify token: sites and their variables.",
        check=when(_random),
    ),
    named(
        "consul-token",
        "Consul or Nomad token",
        Severity.HIGH,
        (b"consul_http_token", b"nomad_token", b"consul_token"),
        _UUID,
        "An ACL token of Consul or Nomad.",
        check=when(_random_uuid),
    ),
    token(
        "onepassword-service-account",
        "1Password service account token",
        Severity.CRITICAL,
        (b"ops_eyJ",),
        rb"[A-Za-z0-9_-]{200,1200}={0,3}",
        "A 1Password token: the vaults it may read.",
        reach=1300,
    ),
)
