"""Texts with and without secrets for every rule, put together when needed.

Nothing here is a secret or looks like one in this file, so that no scanner of the repository has to be told; the
generator is seeded, so every run sees the same texts.
"""

# ruff: noqa: E501 - a table with a text a line
import base64
import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.engine.secrets.shape import crc32_base62, is_random

_LOWER, _UPPER, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_HEX = _DIGITS + "abcdef"
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
Make = Callable[["Maker"], str]


class Maker:
    """Makes random texts."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def text(self, size: int, alphabet: str = _LOWER + _UPPER + _DIGITS) -> str:
        """A text that nobody would take for made up."""
        mixed = set(_LOWER + _UPPER + _DIGITS)
        while True:
            made = "".join(self._random.choice(alphabet) for _ in range(size))
            if size < 16 or not mixed <= set(alphabet) or is_random(made.encode()):
                return made

    def hex(self, size: int) -> str:
        """Hexadecimal digits."""
        return self.text(size, _HEX)

    def word(self, size: int) -> str:
        """As in base64 for addresses."""
        return self.text(size, _LOWER + _UPPER + _DIGITS + "_-")

    def upper(self, size: int) -> str:
        """Capitals and digits."""
        return self.text(size, _UPPER + _DIGITS)

    def lower(self, size: int) -> str:
        """Small letters and digits."""
        return self.text(size, _LOWER + _DIGITS)

    def base64(self, size: int) -> str:
        """Any base64."""
        return self.text(size, _LOWER + _UPPER + _DIGITS + "+/")

    def digits(self, size: int) -> str:
        """A number."""
        return self._random.choice("123456789") + self.text(size - 1, _DIGITS)

    def uuid(self) -> str:
        """A random UUID."""
        return "-".join(self.hex(size) for size in (8, 4, 4, 4, 12))

    def checksummed(self, prefix: str) -> str:
        """A token of GitHub's form."""
        body = self.text(30)
        return prefix + body + crc32_base62(body.encode()).decode()

    def bytes(self, size: int) -> bytes:
        """Random bytes."""
        return self._random.randbytes(size)

    def der(self, size: int) -> bytes:
        """An ASN.1 sequence of random content."""
        return b"\x30\x82" + size.to_bytes(2) + self.bytes(size)


def pem(label: str, body: bytes, headers: str = "") -> str:
    """A PEM file."""
    text = base64.b64encode(body).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{headers}{lines}\n-----END {label}-----\n"


def openssh(make: Maker, cipher: bytes) -> bytes:
    """The outer form of an OpenSSH key."""
    return b"openssh-key-v1\0" + len(cipher).to_bytes(4) + cipher + make.bytes(240)


def jwt(make: Maker, claims: dict[str, object], algorithm: str = "HS256") -> str:
    """A signed token."""
    parts = [
        json.dumps(part, separators=(",", ":")).encode()
        for part in ({"alg": algorithm, "typ": "JWT"}, claims)
    ]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), make.word(43)])


def age(make: Maker) -> str:
    """A key with the checksum of BIP 173."""
    values = [_BECH32.index(make.text(1, _BECH32)) for _ in range(52)]
    human = b"age-secret-key-"
    check = 1
    for value in [byte >> 5 for byte in human] + [0] + [byte & 31 for byte in human] + values + [0] * 6:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    check ^= 1
    values += [check >> 5 * (5 - at) & 31 for at in range(6)]
    return human.decode().upper() + "1" + "".join(_BECH32[value] for value in values)


def b64(text: str) -> str:
    """Base64 of a text."""
    return base64.b64encode(text.encode()).decode()


def service_account(make: Maker) -> str:
    """A key file of Google Cloud."""
    key = pem("PRIVATE KEY", make.der(1200))
    return json.dumps({
        "type": "service_account", "project_id": "shop", "private_key_id": make.hex(40), "private_key": key,
        "client_email": "robot@shop.iam.gserviceaccount.com",
    }, indent=2)  # fmt: skip


def atlassian(make: Maker) -> str:
    """A token that ends with its checksum."""
    body = "ATATT3xFfGF0" + make.word(172)
    return f"{body}={zlib.crc32(body.encode()):08X}"


def pypi(make: Maker, index: str) -> str:
    """A macaroon of a package index."""
    head = b"\x02\x01" + bytes([len(index)]) + index.encode() + b"\x02\x24"
    return "pypi-" + base64.urlsafe_b64encode(head + make.bytes(90)).decode().rstrip("=")


def discord(make: Maker) -> str:
    """A bot's token."""
    return f"{b64(make.digits(18)).rstrip('=')}.{make.word(6)}.{make.word(27)}"


def openai(make: Maker, prefix: str, size: int) -> str:
    """A key with the mark in its middle."""
    return f"{prefix}{make.text(size)}T3Blbk{'FJ'}{make.text(size)}"


@dataclass(frozen=True)
class Case:
    """A text, and the secret in it that the rule has to find."""

    rule: str
    path: str
    text: str
    secret: str


#: Rule, file, text around the secret, the secret. `{}` is where it stands.
_ROWS: list[tuple[str, str, str, Make]] = [
    ("aws-secret-access-key", "root/.aws/credentials", "[default]\naws_secret_access_key = {}\n", lambda m: m.base64(40)),
    ("aws-secret-access-key", "app/deploy.sh", 'export AWS_SECRET_ACCESS_KEY="{}"\n', lambda m: m.base64(40)),
    ("aws-secret-access-key", "app/s.js", "s3 = {{secretAccessKey: '{}'}}\n", lambda m: m.base64(40)),
    ("aws-session-token", "app/x.env", "AWS_SESSION_TOKEN={}\n", lambda m: "IQoJb3JpZ2lu" + m.base64(300)),
    ("gcp-api-key", "app/m.js", "maps('{}')\n", lambda m: "AIza" + m.word(35)),
    ("gcp-oauth-client-secret", "app/c.json", '{{"client_secret":"{}"}}', lambda m: "GOCSPX-" + m.word(28)),
    ("azure-storage-key", "app/c.cfg", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={};EndpointSuffix=core.windows.net\n", lambda m: m.base64(86) + "=="),
    ("azure-storage-key", "app/c.cfg", "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey={}\n", lambda m: m.base64(43) + "="),
    ("azure-client-secret", "app/c.cfg", "client = {}\n", lambda m: m.text(3) + "8Q~" + m.word(34)),
    ("azure-sas", "app/c.txt", "https://shop.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01T00:00:00Z&sp=rw&sig={}\n", lambda m: m.text(43) + "%3D"),
    ("digitalocean-token", "app/c.tf", 'token = "{}"\n', lambda m: "dop_v1_" + m.hex(64)),
    ("ibm-cloud-api-key", "app/c.tf", 'ibmcloud_api_key = "{}"\n', lambda m: m.text(44)),
    ("cloudflare-api-token", "app/c.sh", "export CLOUDFLARE_API_TOKEN={}\n", lambda m: m.text(40)),
    ("cloudflare-global-key", "app/c.sh", "export CLOUDFLARE_API_KEY={}\n", lambda m: m.hex(37)),
    ("cloudflare-origin-ca-key", "app/c.sh", "KEY={}\n", lambda m: f"v1.0-{m.hex(24)}-{m.hex(146)}"),
    ("heroku-token", "app/c.sh", "KEY={}\n", lambda m: "HRKU-AA" + m.word(58)),
    ("heroku-api-key", "app/c.sh", "HEROKU_API_KEY={}\n", lambda m: m.uuid()),
    ("terraform-cloud-token", "root/.terraformrc", 'credentials "app.terraform.io" {{ token = "{}" }}\n', lambda m: f"{m.text(14)}.atlasv1.{m.word(67)}"),
    ("vault-token", "root/.vault-token", "{}", lambda m: "hvs." + m.word(95)),
    ("vault-token-old", "app/c.sh", "export VAULT_TOKEN={}\n", lambda m: "s." + m.text(24)),
    ("doppler-token", "app/c.sh", "D={}\n", lambda m: "dp.st.prd." + m.text(43)),
    ("age-key", "root/.config/sops/age/keys.txt", "# created\n{}\n", age),
    ("tailscale-key", "app/c.sh", "tailscale up --authkey {}\n", lambda m: f"tskey-auth-{m.text(12)}CNTRL-{m.text(32)}"),
    ("fly-token", "app/c.sh", "FLY={}\n", lambda m: "fo1_" + m.word(43)),
    ("pulumi-token", "app/c.sh", "P={}\n", lambda m: "pul-" + m.hex(40)),
    ("supabase-token", "app/c.sh", "S={}\n", lambda m: "sbp_" + m.hex(40)),
    ("planetscale-token", "app/c.sh", "S={}\n", lambda m: "pscale_tkn_" + m.word(43)),
    ("vercel-token", "app/c.sh", "VERCEL_TOKEN={}\n", lambda m: m.text(24)),
    ("netlify-token", "app/c.sh", "NETLIFY_AUTH_TOKEN={}\n", lambda m: "nfp_" + m.text(36)),
    ("consul-token", "app/c.sh", "CONSUL_HTTP_TOKEN={}\n", lambda m: m.uuid()),
    ("onepassword-service-account", "app/c.sh", "OP={}\n", lambda m: "ops_" + b64(json.dumps({"s": m.text(240)})).rstrip("=")),
    ("github-token", "app/c.sh", "git clone https://{}@github.com/a/b\n", lambda m: m.checksummed("ghp_")),
    ("github-token", "app/c.yml", "token: {}\n", lambda m: m.checksummed("gho_")),
    ("github-token", "app/c.yml", "token: '{}'\n", lambda m: m.checksummed("ghu_")),
    ("github-refresh-token", "app/c.yml", "r: {}\n", lambda m: "ghr_" + m.text(76)),
    ("github-app-token", "app/c.yml", "r: {}\n", lambda m: m.checksummed("ghs_")),
    ("github-fine-grained-token", "app/c.yml", "r: {}\n", lambda m: f"github_pat_{m.text(22)}_{m.text(59)}"),
    ("gitlab-token", "app/c.yml", "r: {}\n", lambda m: "glpat-" + m.word(20)),
    ("gitlab-token", "app/c.yml", "r: {}\n", lambda m: f"glpat-{m.word(27)}.01.{m.lower(9)}"),
    ("gitlab-runner-token", "app/c.toml", 'token = "{}"\n', lambda m: "glrt-" + m.word(20)),
    ("bitbucket-app-password", "app/c.yml", "r: {}\n", lambda m: f"ATBB{m.text(24)}{m.text(8, 'ABCDEF0123456789')}"),
    ("atlassian-token", "app/c.yml", "r: {}\n", atlassian),
    ("atlassian-api-token", "app/c.yml", "jira_api_token: {}\n", lambda m: m.text(24)),
    ("sourcegraph-token", "app/c.yml", "r: {}\n", lambda m: f"sgp_{m.hex(16)}_{m.hex(40)}"),
    ("linear-api-key", "app/c.yml", "r: {}\n", lambda m: "lin_api_" + m.text(40)),
    ("notion-token", "app/c.yml", "r: {}\n", lambda m: f"ntn_{m.digits(11)}{m.text(35)}"),
    ("notion-token-old", "app/c.yml", "r: {}\n", lambda m: "secret_" + m.text(43)),
    ("figma-token", "app/c.yml", "r: {}\n", lambda m: "figd_" + m.word(40)),
    ("postman-api-key", "app/c.yml", "r: {}\n", lambda m: f"PMAK-{m.hex(24)}-{m.hex(34)}"),
    ("circleci-token", "app/c.yml", "CIRCLE_TOKEN: {}\n", lambda m: m.hex(40)),
    ("sonar-token", "app/c.yml", "SONAR_TOKEN: {}\n", lambda m: "sqp_" + m.hex(40)),
    ("npm-token", "root/x.txt", "//registry.example.com/:_authToken={}\n", lambda m: m.checksummed("npm_")),
    ("pypi-token", "root/.pypirc", "[pypi]\nusername = __token__\npassword = {}\n", lambda m: pypi(m, "pypi.org")),
    ("pypi-token", "app/c.sh", "twine upload -p {}\n", lambda m: pypi(m, "test.pypi.org")),
    ("rubygems-token", "root/.gem/credentials", ":rubygems_api_key: {}\n", lambda m: "rubygems_" + m.hex(48)),
    ("nuget-key", "app/c.sh", "nuget push --api-key {}\n", lambda m: "oy2" + m.lower(43)),
    ("docker-hub-token", "app/c.sh", "docker login -p {}\n", lambda m: "dckr_pat_" + m.word(27)),
    ("crates-token", "root/.cargo/credentials.toml", '[registry]\ntoken = "{}"\n', lambda m: "cio" + m.text(32)),
    ("clojars-token", "app/c.sh", "C={}\n", lambda m: "CLOJARS_" + m.lower(60)),
    ("artifactory-key", "app/c.sh", "A={}\n", lambda m: "AKCp" + m.text(69)),
    ("artifactory-reference-token", "app/c.sh", "A={}\n", lambda m: "cmVmdGtuO" + m.text(55)),
    ("buildkite-token", "app/c.sh", "A={}\n", lambda m: "bkua_" + m.lower(40)),
    ("packagist-token", "app/c.sh", "A={}\n", lambda m: "packagist_uut_" + m.hex(68)),
    ("slack-token", "app/c.py", "slack = '{}'\n", lambda m: f"xoxb-{m.digits(12)}-{m.digits(13)}-{m.text(24)}"),
    ("slack-token", "app/c.py", "slack = '{}'\n", lambda m: f"xoxp-{m.digits(12)}-{m.digits(12)}-{m.digits(12)}-{m.hex(32)}"),
    ("slack-app-token", "app/c.py", "slack = '{}'\n", lambda m: f"xapp-1-A{m.upper(10)}-{m.digits(13)}-{m.hex(64)}"),
    ("slack-config-token", "app/c.py", "slack = '{}'\n", lambda m: "xoxe.xoxp-1-" + m.text(160)),
    ("slack-webhook", "app/c.py", "post('https://hooks.slack.com/services/{}')\n", lambda m: f"T{m.upper(10)}/B{m.upper(10)}/{m.text(24)}"),
    ("discord-webhook", "app/c.py", "post('https://discord.com/api/webhooks/{}')\n", lambda m: f"{m.digits(18)}/{m.word(68)}"),
    ("discord-bot-token", "app/c.py", "DISCORD_TOKEN = '{}'\n", discord),
    ("telegram-bot-token", "app/c.py", "bot = '{}'\n", lambda m: f"{m.digits(10)}:AA{m.word(33)}"),
    ("teams-webhook", "app/c.py", "'https://shop.webhook.office.com/webhookb2/{}'\n", lambda m: f"{m.uuid()}@{m.uuid()}/IncomingWebhook/{m.hex(32)}/{m.uuid()}"),
    ("google-chat-webhook", "app/c.py", "'https://chat.googleapis.com/v1/spaces/AAAAx7Yq9Zk/messages?key=abc-def-ghi-jkl-mno-pqr-stu-vwx-yza-bcd&token={}'\n", lambda m: m.word(43)),
    ("stripe-secret-key", "app/c.py", "stripe.api_key = '{}'\n", lambda m: "sk_live_" + m.text(24)),
    ("stripe-secret-key", "app/c.py", "stripe.api_key = '{}'\n", lambda m: "rk_live_" + m.text(99)),
    ("stripe-test-key", "app/c.py", "stripe.api_key = '{}'\n", lambda m: "sk_test_" + m.text(24)),
    ("stripe-webhook-secret", "app/c.py", "w = '{}'\n", lambda m: "whsec_" + m.text(32)),
    ("square-token", "app/c.py", "w = '{}'\n", lambda m: "sq0atp-" + m.word(22)),
    ("square-access-token", "app/c.py", "w = '{}'\n", lambda m: "EAAA" + m.word(60)),
    ("braintree-token", "app/c.py", "w = '{}'\n", lambda m: f"access_token$production${m.lower(16)}${m.hex(32)}"),
    ("paypal-client-secret", "app/c.py", "PAYPAL_SECRET = '{}'\n", lambda m: "E" + m.word(79)),
    ("shopify-token", "app/c.py", "w = '{}'\n", lambda m: "shpat_" + m.hex(32)),
    ("adyen-key", "app/c.py", "w = '{}'\n", lambda m: f"AQE{m.lower(2)}h{m.base64(90)}-{m.base64(43)}=-{m.text(16)}"),
    ("flutterwave-key", "app/c.py", "w = '{}'\n", lambda m: f"FLWSECK-{m.hex(32)}-{m.text(11)}-X"),
    ("plaid-token", "app/c.py", "w = '{}'\n", lambda m: "access-production-" + m.uuid()),
    ("hugging-face-token", "app/c.py", "w = '{}'\n", lambda m: "hf_" + m.text(34, _LOWER + _UPPER)),
    ("hugging-face-organisation-token", "app/c.py", "w = '{}'\n", lambda m: "api_org_" + m.text(34, _LOWER + _UPPER)),
    ("openai-key", "app/c.py", "w = '{}'\n", lambda m: openai(m, "sk-", 20)),
    ("openai-key", "app/c.py", "w = '{}'\n", lambda m: openai(m, "sk-proj-", 74)),
    ("anthropic-key", "app/c.py", "w = '{}'\n", lambda m: f"sk-ant-api03-{m.word(93)}AA"),
    ("openrouter-key", "app/c.py", "w = '{}'\n", lambda m: "sk-or-v1-" + m.hex(64)),
    ("groq-key", "app/c.py", "w = '{}'\n", lambda m: "gsk_" + m.text(52)),
    ("xai-key", "app/c.py", "w = '{}'\n", lambda m: "xai-" + m.text(80)),
    ("perplexity-key", "app/c.py", "w = '{}'\n", lambda m: "pplx-" + m.text(48)),
    ("replicate-token", "app/c.py", "w = '{}'\n", lambda m: "r8_" + m.text(37)),
    ("nvidia-key", "app/c.py", "w = '{}'\n", lambda m: "nvapi-" + m.word(64)),
    ("langsmith-key", "app/c.py", "w = '{}'\n", lambda m: f"lsv2_pt_{m.hex(32)}_{m.hex(10)}"),
    ("databricks-token", "app/c.py", "w = '{}'\n", lambda m: "dapi" + m.hex(32)),
    ("pinecone-key", "app/c.py", "w = '{}'\n", lambda m: f"pcsk_{m.text(6)}_{m.text(63)}"),
    ("airtable-token", "app/c.py", "w = '{}'\n", lambda m: f"pat{m.text(14)}.{m.hex(64)}"),
    ("datadog-key", "app/c.yml", "DD_API_KEY: {}\n", lambda m: m.hex(32)),
    ("datadog-key", "app/c.yml", "datadog_app_key: {}\n", lambda m: m.hex(40)),
    ("new-relic-key", "app/c.yml", "w: {}\n", lambda m: "NRAK-" + m.upper(27)),
    ("new-relic-license-key", "app/c.yml", "license_key: {}\n", lambda m: m.hex(36) + "NRAL"),
    ("grafana-service-account-token", "app/c.yml", "w: {}\n", lambda m: f"glsa_{m.text(32)}_{m.hex(8)}"),
    ("grafana-cloud-token", "app/c.yml", "w: {}\n", lambda m: "glc_" + b64(json.dumps({"o": "12", "k": m.text(40)}))),
    ("grafana-api-key", "app/c.yml", "w: {}\n", lambda m: b64('{"k":"' + m.text(32) + '","n":"ci","id":1}')),
    ("sentry-token", "app/c.yml", "w: {}\n", lambda m: "sntryu_" + m.hex(64)),
    ("pagerduty-token", "app/c.yml", "pagerduty_token: {}\n", lambda m: "u+" + m.text(18)),
    ("sendgrid-key", "app/c.yml", "w: {}\n", lambda m: f"SG.{m.word(22)}.{m.word(43)}"),
    ("mailgun-key", "app/c.yml", "mailgun: {}\n", lambda m: "key-" + m.hex(32)),
    ("mailgun-api-key", "app/c.yml", "mailgun_key: {}\n", lambda m: f"{m.hex(32)}-{m.hex(8)}-{m.hex(8)}"),
    ("mailchimp-key", "app/c.yml", "w: {}\n", lambda m: m.hex(32) + "-us14"),
    ("brevo-key", "app/c.yml", "w: {}\n", lambda m: f"xkeysib-{m.hex(64)}-{m.text(16)}"),
    ("resend-key", "app/c.yml", "w: {}\n", lambda m: f"re_{m.text(8)}_{m.text(24)}"),
    ("twilio-api-key", "app/c.yml", "twilio:\n  sid: {}\n", lambda m: "SK" + m.hex(32)),
    ("twilio-auth-token", "app/c.yml", "TWILIO_AUTH_TOKEN: {}\n", lambda m: m.hex(32)),
    ("dynatrace-token", "app/c.yml", "w: {}\n", lambda m: f"dt0c01.{m.upper(24)}.{m.upper(64)}"),
    ("snyk-token", "app/c.yml", "SNYK_TOKEN: {}\n", lambda m: m.uuid()),
    ("algolia-admin-key", "app/c.yml", "ALGOLIA_ADMIN_KEY: {}\n", lambda m: m.hex(32)),
    ("jwt", "app/c.txt", "Authorization: Bearer {}\n", lambda m: jwt(m, {"sub": "robot", "exp": 4_000_000_000})),
    ("database-url", "app/c.yml", "url: postgresql://shop:{}@db.internal:5432/shop\n", lambda m: m.text(14)),
    ("database-url", "app/c.py", "connect('mongodb+srv://shop:{}@cluster0.ab1cd.mongodb.net/x')\n", lambda m: "tr0ub4dor-and-3"),
    ("database-url", "app/c.txt", "redis://:{}@cache.internal:6379/0\n", lambda m: m.text(20)),
    ("database-url", "app/c.txt", "mysql+pymysql://shop:{}@10.1.2.3/shop\n", lambda m: m.text(10)),
    ("database-url", "app/c.txt", "amqps://shop:{}@mq.internal/vhost\n", lambda m: m.text(12)),
    ("database-url", "app/c.txt", "mssql://sa:{}@sql.internal:1433\n", lambda m: m.text(12)),
    ("basic-auth-url", "etc/pip.conf", "index-url = https://robot:{}@pypi.shop.net/simple\n", lambda m: m.text(20)),
    ("basic-auth-url", "app/node_modules/x/package.json", '"_resolved": "git+https://ci:{}@git.shop.net/x.git"\n', lambda m: m.text(20)),
    ("connection-string", "app/appsettings.json", '"Server=sql.internal;Database=shop;User Id=sa;Password={};"\n', lambda m: "Tr0ub4dor&3".replace("&", "-")),
    ("npmrc-credentials", "root/.npmrc", "//npm.shop.net/:_authToken={}\n", lambda m: m.uuid()),
    ("npmrc-credentials", "app/.npmrc", "_auth = {}\n", lambda m: b64("robot:" + m.text(20))),
    ("yarnrc-credentials", "app/.yarnrc.yml", 'npmAuthToken: "{}"\n', lambda m: m.uuid()),
    ("pypirc-password", "root/.pypirc", "[shop]\nusername = robot\npassword = {}\n", lambda m: m.text(12)),
    ("netrc-password", "root/.netrc", "machine git.shop.net\nlogin robot\npassword {}\n", lambda m: m.text(12)),
    ("git-credentials", "root/.git-credentials", "https://robot:{}@git.shop.net\n", lambda m: m.text(20)),
    ("pgpass-password", "root/.pgpass", "db.internal:5432:shop:shop:{}\n", lambda m: m.text(12)),
    ("kubeconfig-credentials", "root/.kube/config", "users:\n- name: a\n  user:\n    client-key-data: {}\n", lambda m: b64(pem("RSA PRIVATE KEY", m.der(600)))),
    ("kubeconfig-token", "root/.kube/config", "apiVersion: v1\nclusters:\n- name: a\nusers:\n- user:\n    token: {}\n", lambda m: m.text(40)),
    ("docker-config-auth", "root/.docker/config.json", '{{"auths":{{"registry.shop.net":{{"auth":"{}"}}}}}}', lambda m: b64("robot:" + m.text(20))),
    ("docker-identity-token", "root/.docker/config.json", '{{"auths":{{"r":{{"identitytoken":"{}"}}}}}}', lambda m: m.uuid()),
    ("password-hash", "etc/nginx/.htpasswd", "robot:{}\n", lambda m: f"$apr1${m.text(8)}${m.text(22)}"),
    ("password-hash", "etc/shadow", "root:{}:19000:0:99999:7:::\n", lambda m: f"$6${m.text(16)}${m.text(86)}"),
    ("terraform-state-secret", "app/terraform.tfstate", '{{"attributes": {{"master_password": "{}"}}}}', lambda m: m.text(14)),
    ("environment-secret", "app/.env", "A=1\nDB_PASSWORD={}\n", lambda m: "hunter2-real"),
    ("environment-secret", "app/.env.production", 'export SECRET_KEY_BASE="{}"\n', lambda m: m.hex(64)),
    ("environment-secret", "app/prod.env", "SMTP_PASSWORD='{}'\n", lambda m: "corr3ct horse, battery"),
    ("generic-secret", "app/c.py", "API_KEY = '{}'\n", lambda m: m.text(32)),
    ("generic-secret", "app/c.yml", "encryption_key: {}\n", lambda m: m.base64(43) + "="),
    ("generic-secret", "app/c.js", "const clientSecret = \"{}\";\n", lambda m: m.word(32)),
]  # fmt: skip
_KEYS: list[tuple[str, str, Make]] = [
    ("rsa-private-key", "etc/k.pem", lambda m: pem("RSA PRIVATE KEY", m.der(1190))),
    ("rsa-private-key", "app/c.json", lambda m: json.dumps({"key": pem("RSA PRIVATE KEY", m.der(608))})),
    ("ec-private-key", "etc/k.pem", lambda m: pem("EC PRIVATE KEY", b"\x30\x77" + m.bytes(119))),
    ("dsa-private-key", "etc/k.pem", lambda m: pem("DSA PRIVATE KEY", m.der(440))),
    ("private-key", "etc/k.pem", lambda m: pem("PRIVATE KEY", m.der(1214))),
    ("private-key", "etc/k.pem", lambda m: pem("PRIVATE KEY", b"\x30\x2e" + m.bytes(46))),
    ("openssh-private-key", "root/.ssh/id", lambda m: pem("OPENSSH PRIVATE KEY", openssh(m, b"none"))),
    ("encrypted-private-key", "root/.ssh/id", lambda m: pem("OPENSSH PRIVATE KEY", openssh(m, b"aes256-ctr"))),
    ("encrypted-private-key", "etc/k.pem", lambda m: pem("ENCRYPTED PRIVATE KEY", m.der(1300))),
    ("encrypted-private-key", "etc/k.pem", lambda m: pem(
        "RSA PRIVATE KEY", m.bytes(608), f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{m.hex(32).upper()}\n\n")),
    ("pgp-private-key", "root/k.asc", lambda m: pem("PGP PRIVATE KEY BLOCK", b"\x95" + m.bytes(900), "Version: X 1\n\n")),
    ("putty-private-key", "root/k.ppk", lambda m: (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: k\nPublic-Lines: 1\n" + m.base64(64)
        + "\nPrivate-Lines: 1\n" + m.base64(48) + "\nPrivate-MAC: " + m.hex(64) + "\n")),
    ("gcp-service-account", "app/robot.json", service_account),
    ("gcp-oauth-refresh-token", "root/.config/gcloud/application_default_credentials.json", lambda m: json.dumps(
        {"client_id": "x", "refresh_token": "1//0" + m.word(90), "type": "authorized_user"})),
    ("aws-access-key", "app/c.py", lambda m: f"boto3.client('s3', 'AKIA{m.text(16, _UPPER + '234567')}', '{m.base64(40)}')\n"),
    ("aws-access-key", "app/keys.csv", lambda m: f"id,secret\nASIA{m.text(16, _UPPER + '234567')},{m.base64(40)}\n"),
    ("alibaba-access-key", "app/c.py", lambda m: f"Client('LTAI{m.text(20)}', '{m.text(30)}')\n"),
]  # fmt: skip
#: What takes the place of a secret in documentation and templates.
PLACEHOLDERS = (
    "${SECRET}",
    "{{ secret }}",
    "<your-secret>",
    "changeme",
    "password",
    "%(secret)s",
    "@SECRET@",
    "$SECRET",
)


def positives() -> Iterator[Case]:
    """Texts with a secret; without `secret` in the case, any place in the file counts."""
    for seed, (rule, path, around, secret) in enumerate(_ROWS):
        made = secret(Maker(seed))
        yield Case(
            rule,
            path,
            around.replace("{{", "\0")
            .replace("}}", "\1")
            .replace("{}", made)
            .replace("\0", "{")
            .replace("\1", "}"),
            made,
        )
    for seed, (rule, path, text) in enumerate(_KEYS):
        yield Case(rule, path, text(Maker(1000 + seed)), "")


def derived_negatives() -> Iterator[Case]:
    """The same texts with what documentation writes in a secret's place, and with its parts made up."""
    for case in positives():
        if not case.secret:
            continue
        prefix = case.secret[: 4 if len(case.secret) > 12 else 0]
        filler = "".join(char if not char.isalnum() else "x" for char in case.secret[len(prefix) :])
        digits = "".join(
            char if not char.isalnum() else "1234567890"[at % 10] for at, char in enumerate(case.secret)
        )
        for other in (
            *PLACEHOLDERS,
            prefix + filler,
            digits,
            "0" * len(case.secret),
            "EXAMPLE".ljust(len(case.secret), "E"),
        ):
            yield Case(case.rule, case.path, case.text.replace(case.secret, other), other)
