"""Keys of the large clouds."""

import re

from bot.engine.secrets.rule import ASSIGNED, Candidate, Rule, Span, genuine, named, token, when
from bot.engine.secrets.shape import entropy, is_placeholder, mixes
from bot.severity import Severity

_AWS_SECRET = re.compile(rb"(?<![A-Za-z0-9/+=_.-])([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_-])")
_ALIBABA_SECRET = re.compile(rb"(?<![A-Za-z0-9])([A-Za-z0-9]{30})(?![A-Za-z0-9])")
_NEAR = 300


def _random_beside(form: re.Pattern[bytes], candidate: Candidate) -> Span | None:
    """Find the secret that belongs to a key's id: the next random text of its form."""
    if is_placeholder(candidate.secret):
        return None
    start = max(0, candidate.start - _NEAR)
    found = [
        match.span(1)
        for match in form.finditer(candidate.data, start, candidate.end + _NEAR)
        if looks_random(match[1])
    ]
    return min(found, key=lambda span: abs(span[0] - candidate.start), default=None)


def looks_random(text: bytes) -> bool:
    """Say whether a long text of mixed characters is a key and no path or word."""
    return mixes(text) and not is_placeholder(text) and entropy(text) >= 3.8


def _aws_pair(candidate: Candidate) -> Span | None:
    return _random_beside(_AWS_SECRET, candidate)


def _alibaba_pair(candidate: Candidate) -> Span | None:
    return _random_beside(_ALIBABA_SECRET, candidate)


def _random(candidate: Candidate) -> bool:
    return looks_random(candidate.secret)


def _service_account(candidate: Candidate) -> Span | None:
    """Find the private key in the object that says it is a service account."""
    around = candidate.around(4000)
    if b'"private_key"' not in around or b'"client_email"' not in around:
        return None
    match = re.search(
        rb'"private_key"\s{0,5}:\s{0,5}"-----BEGIN PRIVATE KEY-----(?:\\n)?([A-Za-z0-9+/=\\]{400,8000})-----END',
        around,
    )
    if match is None or is_placeholder(match[1][:200].replace(b"\\n", b"")):
        return None
    offset = max(0, candidate.start - 4000)
    return match.start(1) + offset, match.end(1) + offset


def _gcloud_refresh(candidate: Candidate) -> Span | None:
    around = candidate.around(1000)
    match = re.search(rb'"refresh_token"\s{0,5}:\s{0,5}"(1//[A-Za-z0-9_-]{40,200})"', around)
    if match is None or is_placeholder(match[1]):
        return None
    offset = max(0, candidate.start - 1000)
    return match.start(1) + offset, match.end(1) + offset


def _shared_signature(candidate: Candidate) -> bool:
    """A signature counts with the version and expiry that Azure signs beside it."""
    around = candidate.around(500)
    signed = b"sv=20" in around or b"sp=" in around
    return signed and b"se=" in around and genuine(candidate)


RULES = (
    Rule(
        "aws-access-key",
        "AWS access key",
        Severity.CRITICAL,
        (b"AKIA", b"ASIA"),
        rb"A[KS]IA[A-Z2-7]{16}",
        "An access key id with its secret key within 300 bytes: the account, as far as the key's user may go.",
        check=_aws_pair,
        before=rb"A-Za-z0-9+/",
    ),
    named(
        "aws-secret-access-key",
        "AWS secret access key",
        Severity.CRITICAL,
        (
            b"aws_secret",
            b"aws-secret",
            b"awssecret",
            b"secret_access_key",
            b"secretaccesskey",
            b"secret-access-key",
        ),
        rb"[A-Za-z0-9/+]{40}",
        "The secret half of an AWS key, by the name it is assigned to.",
        check=when(_random),
    ),
    named(
        "aws-session-token",
        "AWS session token",
        Severity.HIGH,
        (b"session_token", b"sessiontoken", b"security_token"),
        rb"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[A-Za-z0-9/+=]{80,2000}",
        "Temporary AWS credentials; they expire within hours, their appearance says how keys are handled.",
        reach=2200,
    ),
    Rule(
        "gcp-service-account",
        "Google Cloud service account key",
        Severity.CRITICAL,
        (b'"service_account"',),
        rb'"service_account"',
        "The JSON key file of a service account: all its roles, until it is revoked.",
        check=_service_account,
        before=b"",
        after=b"",
    ),
    token(
        "gcp-api-key",
        "Google API key",
        Severity.HIGH,
        (b"AIza",),
        rb"[A-Za-z0-9_-]{35}",
        "A Google API key: whatever it is not restricted from, on the project's bill.",
    ),
    Rule(
        "gcp-oauth-refresh-token",
        "Google application default credentials",
        Severity.CRITICAL,
        (b'"authorized_user"',),
        rb'"authorized_user"',
        "What `gcloud auth application-default login` leaves: a person's access to Google Cloud.",
        check=_gcloud_refresh,
        before=b"",
        after=b"",
    ),
    token(
        "gcp-oauth-client-secret",
        "Google OAuth client secret",
        Severity.HIGH,
        (b"GOCSPX-",),
        rb"[A-Za-z0-9_-]{28}",
        "The secret of an OAuth client: sign-ins in its name.",
    ),
    Rule(
        "azure-storage-key",
        "Azure storage account key",
        Severity.CRITICAL,
        (b"accountkey=", b"sharedaccesskey="),
        rb"(?:AccountKey|SharedAccessKey)=(?P<secret>[A-Za-z0-9+/]{42,86}={1,2})",
        "A connection string with the account's or bus's key: everything in it.",
        fold=True,
        before=b"",
        after=rb"A-Za-z0-9+/=",
    ),
    Rule(
        "azure-client-secret",
        "Azure client secret",
        Severity.CRITICAL,
        (b"Q~",),
        rb"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
        "The secret of an application in Entra ID: its permissions in the tenant.",
        starts=(4,),
        before=rb"A-Za-z0-9_~.-",
        after=rb"A-Za-z0-9_~.-",
        binary=True,
    ),
    Rule(
        "azure-sas",
        "Azure shared access signature",
        Severity.HIGH,
        (b"sig=",),
        rb"sig=(?P<secret>[A-Za-z0-9%/+]{43,80}(?:=|%3[Dd])?)",
        "A signed URL: what it names, until it expires.",
        check=when(_shared_signature),
        before=rb"A-Za-z0-9_",
    ),
    token(
        "digitalocean-token",
        "DigitalOcean token",
        Severity.CRITICAL,
        (b"dop_v1_", b"doo_v1_", b"dor_v1_"),
        rb"[a-f0-9]{64}",
        "A personal or OAuth token: the account's servers and data.",
    ),
    Rule(
        "alibaba-access-key",
        "Alibaba Cloud access key",
        Severity.CRITICAL,
        (b"LTAI",),
        rb"LTAI[A-Za-z0-9]{12,20}",
        "An AccessKey id with its secret beside it.",
        check=_alibaba_pair,
    ),
    Rule(
        "ibm-cloud-api-key",
        "IBM Cloud API key",
        Severity.CRITICAL,
        (b"ibmcloud", b"ibm_cloud", b"ibm-cloud"),
        rb"(?:ibmcloud|ibm_cloud|ibm-cloud)[A-Za-z0-9_.-]{0,20}key"
        + ASSIGNED
        + rb"(?P<secret>[A-Za-z0-9_-]{44})",
        "An IBM Cloud key: the resources of its user.",
        check=when(_random),
        fold=True,
        before=b"",
        after=rb"A-Za-z0-9_-",
    ),
)
