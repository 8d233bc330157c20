"""What is a secret because of the file it stands in: client configurations, password files, states."""

import base64
import binascii
import re
from collections.abc import Callable
from functools import partial

from bot.engine.secrets.place import Place
from bot.engine.secrets.rule import Candidate, Rank, Rule, Span, when
from bot.engine.secrets.rules.keys import decode_body
from bot.engine.secrets.shape import is_placeholder
from bot.engine.secrets.words import is_password, is_set_secret
from bot.severity import Severity

_LINE_START = re.compile(
    rb"^[ \t]{0,20}(?:(?:export|set|declare -x|ENV|ARG|env|-|-e|--env|--build-arg)[ \t=]+)?[\"']?[A-Za-z0-9_.-]{0,60}$"
)


def _called(*names: str) -> Callable[[Place], bool]:
    return lambda place: place.name in names


def _ends(*suffixes: str) -> Callable[[Place], bool]:
    return lambda place: place.name.endswith(suffixes)


def _kube(place: Place) -> bool:
    return (
        place.path.endswith(".kube/config") or "kube" in place.name or place.name in ("admin.conf", "config")
    )


def _docker(place: Place) -> bool:
    return place.name in ("config.json", ".dockerconfigjson", ".dockercfg", "auth.json", "dockerconfig.json")


def _password(candidate: Candidate) -> bool:
    return is_password(candidate.secret)


def _user_and_password(candidate: Candidate) -> bool:
    """Decode `user:password`."""
    try:
        decoded = base64.b64decode(candidate.secret, validate=True)
    except binascii.Error:
        return False
    user, colon, password = decoded.partition(b":")
    return bool(user and colon) and decoded.isascii() and is_password(password)


def _key_data(candidate: Candidate) -> bool:
    return b"PRIVATE KEY-----" in decode_body(candidate.secret)[:64]


def _variable(candidate: Candidate) -> Span | None:
    """Count the value of a variable whose whole name is that of a secret, at the beginning of its line."""
    head = candidate.before(90)
    if not _LINE_START.match(head):
        return None
    tail = re.search(rb"[A-Za-z0-9_.-]*$", head)
    written = candidate.data[candidate.start : candidate.span[0]]
    rest = re.match(rb"[A-Za-z0-9_.-]*", written)
    name = (tail[0] if tail else b"") + (rest[0] if rest else b"")
    return candidate.span if is_set_secret(name.decode(), candidate.secret) else None


NAMES = (
    b"pass", b"pwd", b"secret", b"token", b"apikey", b"api_key", b"api-key", b"access_key", b"accesskey",
    b"private_key", b"secret_key", b"signing_key", b"encryption_key", b"auth", b"credential", b"master_key",
    b"account_key", b"app_key", b"license_key", b"service_key", b"jwt_key", b"crypt_key", b"root_key",
    b"session_key", b"cookie_key", b"hmac_key",
)  # fmt: skip
_NAMED = b"(?:" + b"|".join(NAMES) + b")"

_STATE_NAMES = (
    b"password", b"secret", b"private_key", b"private_key_pem", b"token", b"access_key", b"secret_key",
    b"primary_key", b"connection_string",
)  # fmt: skip
VARIABLE = Rule(
    "environment-secret",
    "Password or key",
    Severity.HIGH,
    NAMES,
    _NAMED + rb"[A-Za-z0-9_.-]{0,40}[\"']?[ \t]{0,4}[=:][ \t]{0,4}"
    rb"(?:\"(?P<secret>[^\"\n]{6,300})\"|'(?P<secret2>[^'\n]{6,300})'|(?P<secret3>[^\s\"'#][^\s#]{5,299}))",
    "A variable whose name says that it is a secret, in `.env` and its like.",
    check=_variable,
    rank=Rank.FILE,
    fold=True,
    before=b"",
    after=b"",
    where=lambda place: place.dotenv and not place.installed,
    reach=500,
)

#: What clients, servers and tools keep in files of their own: of most any password is one, wherever it ends.
_kept = partial(Rule, check=when(_password), rank=Rank.FILE, before=b"", after=b"", reach=500)

RULES = (
    _kept(
        "npmrc-credentials",
        "npm registry credentials",
        Severity.HIGH,
        (b"_authtoken", b"_auth", b"_password"),
        rb"_(?:authToken|auth|password)[ \t]{0,4}=[ \t]{0,4}\"?(?P<secret>[^\s\"]{8,1000})",
        "What `npm login` leaves in `.npmrc`.",
        fold=True,
        where=_called(".npmrc", "npmrc", ".yarnrc", ".yarnrc.yml"),
        reach=1100,
    ),
    _kept(
        "yarnrc-credentials",
        "npm registry credentials",
        Severity.HIGH,
        (b"npmauthtoken", b"npmauthident"),
        rb"npmAuth(?:Token|Ident):[ \t]{0,4}\"?(?P<secret>[^\s\"]{8,1000})",
        "What Yarn keeps in `.yarnrc.yml`.",
        fold=True,
        where=_called(".yarnrc.yml"),
        reach=1100,
    ),
    _kept(
        "pypirc-password",
        "Package index password",
        Severity.HIGH,
        (b"password",),
        rb"password[ \t]{0,4}[=:][ \t]{0,4}(?P<secret>[^\s]{4,300})",
        "What `twine` uploads with, in `.pypirc`.",
        fold=True,
        before=rb"A-Za-z0-9_#",
        where=_called(".pypirc", "pypirc"),
    ),
    _kept(
        "netrc-password",
        "Password in .netrc",
        Severity.HIGH,
        (b"password",),
        rb"password[ \t\r\n]{1,8}(?P<secret>[^\s]{4,300})",
        "A machine's password that `curl`, `git` and others use.",
        before=rb"A-Za-z0-9_#",
        where=_called(".netrc", "_netrc", "netrc"),
    ),
    _kept(
        "git-credentials",
        "Stored git credentials",
        Severity.CRITICAL,
        (b"https://", b"http://"),
        rb"https?://[^\s:/@]{1,100}:(?P<secret>[^\s/@]{4,300})@",
        "What `git credential-store` keeps.",
        rank=Rank.PROVIDER,
        before=rb"A-Za-z0-9",
        where=_called(".git-credentials", "git-credentials"),
    ),
    _kept(
        "pgpass-password",
        "Password in .pgpass",
        Severity.HIGH,
        (b":",),
        rb":(?:[0-9]{1,5}|\*):[^\s:]{1,100}:[^\s:]{1,100}:(?P<secret>[^\s]{4,200})",
        "A database password that `psql` uses.",
        where=_called(".pgpass", "pgpass.conf"),
    ),
    _kept(
        "kubeconfig-credentials",
        "Kubernetes credentials",
        Severity.CRITICAL,
        (b"client-key-data:",),
        rb"client-key-data:[ \t]{0,4}\"?(?P<secret>[A-Za-z0-9+/=]{80,8000})",
        "A client's key: what its certificate may do in the cluster.",
        check=when(_key_data),
        rank=Rank.PROVIDER,
        where=_kube,
        reach=8200,
    ),
    _kept(
        "kubeconfig-token",
        "Kubernetes token",
        Severity.CRITICAL,
        (b"token:",),
        rb"token:[ \t]{1,4}\"?(?P<secret>[A-Za-z0-9_.=/+-]{16,4000})",
        "A user's token: what it may do in the cluster.",
        check=when(lambda it: b"clusters:" in it.data[:200_000] and is_password(it.secret)),
        rank=Rank.PROVIDER,
        before=rb"A-Za-z0-9_-",
        where=_kube,
        reach=4200,
    ),
    _kept(
        "docker-config-auth",
        "Container registry credentials",
        Severity.CRITICAL,
        (b'"auth"', b'"_auth"', b'"identitytoken"', b'"auth\\"'),
        rb"\"auth\"\s{0,10}:\s{0,10}\"(?P<secret>[A-Za-z0-9+/]{8,4000}={0,2})\"",
        "What `docker login` leaves: user and password, in base64.",
        check=when(_user_and_password),
        rank=Rank.PROVIDER,
        where=_docker,
        reach=4200,
    ),
    _kept(
        "docker-identity-token",
        "Container registry identity token",
        Severity.CRITICAL,
        (b'"identitytoken"', b'"registrytoken"'),
        rb"\"(?:identitytoken|registrytoken)\"\s{0,10}:\s{0,10}\"(?P<secret>[A-Za-z0-9+/=_.-]{16,4000})\"",
        "A registry's token in Docker's configuration.",
        rank=Rank.PROVIDER,
        where=_docker,
        reach=4200,
    ),
    _kept(
        "password-hash",
        "Hashed password",
        Severity.MEDIUM,
        (b":$apr1$", b":$2y$", b":$2a$", b":$2b$", b":{sha}", b":$5$", b":$6$", b":$y$"),
        rb":(?P<secret>\$apr1\$[^\s:]{20,60}|\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}|\{SHA\}[A-Za-z0-9+/]{27}="
        rb"|\$[56y]\$[A-Za-z0-9./=$]{30,150})",
        "A password that can be guessed at leisure: of a site (`htpasswd`) or of the system (`shadow`).",
        check=when(lambda it: not is_placeholder(it.secret[-20:])),
        fold=True,
        where=lambda place: (
            place.name in ("shadow", "shadow-", "gshadow")
            or "htpasswd" in place.name
            or place.name in ("passwd", ".passwd", "users")
        ),
    ),
    _kept(
        "terraform-state-secret",
        "Secret in a Terraform state",
        Severity.HIGH,
        tuple(name + b'"' for name in _STATE_NAMES),
        rb"(?:" + b"|".join(_STATE_NAMES) + rb")\""
        rb"\s{0,4}:\s{0,4}\"(?P<secret>[^\"\n]{6,300})\"",
        "States keep the secrets of what they describe in the open.",
        fold=True,
        where=lambda place: ".tfstate" in place.name,
    ),
    VARIABLE,
)
