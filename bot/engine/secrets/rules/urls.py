"""Passwords within addresses and connection strings."""

import re
from urllib.parse import unquote_to_bytes

from bot.engine.secrets.place import outside_packages
from bot.engine.secrets.rule import Candidate, Rank, Rule, Span
from bot.engine.secrets.words import is_password
from bot.severity import Severity

_DATABASES = (
    b"postgres", b"postgresql", b"mysql", b"mariadb", b"mongodb", b"redis", b"rediss", b"amqp", b"amqps", b"mssql",
    b"sqlserver", b"clickhouse", b"cockroachdb", b"oracle", b"db2", b"couchdb", b"cassandra", b"influxdb",
    b"elasticsearch", b"opensearch", b"neo4j", b"nats", b"kafka",
)  # fmt: skip
_SCHEMES = (
    b"http", b"https", b"git", b"ssh", b"ftp", b"ftps", b"sftp", b"ldap", b"ldaps", b"smtp", b"smtps", b"imap",
    b"imaps", b"socks5", b"socks5h",
)  # fmt: skip
_HERE = re.compile(rb"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal)(?::|/|$)")
_MADE_UP_HOST = re.compile(
    rb"^(?:[^/@]{0,200}\.)?(?:example(?:\.(?:com|org|net|edu))?|invalid|test|host(?:name)?|server|domain\.(?:com|tld)"
    rb"|foo(?:bar)?(?:\.com)?|bar(?:\.com)?|my-?(?:host|server|proxy|domain)(?:\.[a-z]{2,6})?|some-?host|url|address"
    rb"|website\.com|a|b|x|y|h|proxy|proxy-?server|proxyhost|proxy\.company\.com|[$%{<*].*)(?::|/|$|\?)",
    re.IGNORECASE,
)
_USER_INFO = rb"[^\s:/@\"'`<>(){}\[\]\\|,;?#]{0,80}"
_PASSWORD = rb"[^\s/@\"'`<>\\|?#,]{3,160}"
_HOST = rb"[A-Za-z0-9\[$%{<][A-Za-z0-9._:\]$%{}<>-]{0,120}"
_CHOICE = b"|".join(_DATABASES)


def _password(candidate: Candidate) -> Span | None:
    """Leave out what is made up, and the passwords that containers of development have."""
    said, _, host = candidate.data[candidate.start : candidate.end].partition(b"://")[2].rpartition(b"@")
    user, password = said.partition(b":")[0], unquote_to_bytes(candidate.secret)
    if _MADE_UP_HOST.match(host) or password.lower() == user.lower():
        return None
    if candidate.data[candidate.end : candidate.end + 1] in b"({" and candidate.end < len(candidate.data):
        return None
    if _HERE.match(host) and (candidate.place.installed or len(password) < 8):
        return None
    return candidate.span if is_password(password) else None


def _connection(candidate: Candidate) -> Span | None:
    """Count a password that stands beside the name of a server."""
    around = candidate.around(300).lower()
    if not any(
        word in around for word in (b"server=", b"data source=", b"host=", b"database=", b"initial catalog=")
    ):
        return None
    return candidate.span if is_password(candidate.secret) else None


RULES = (
    Rule(
        "database-url",
        "Database address with a password",
        Severity.HIGH,
        _DATABASES,
        rb"(?:"
        + _CHOICE
        + rb")(?:\+[a-z0-9_]{2,20})?://"
        + _USER_INFO
        + b":(?P<secret>"
        + _PASSWORD
        + b")@"
        + _HOST,
        "A database or queue with its user's password.",
        check=_password,
        rank=Rank.FORM,
        where=outside_packages,
        before=rb"A-Za-z0-9",
        after=b"",
        prefilter=rb"(?:" + _CHOICE + rb")(?:\+[a-z0-9_]{2,20})?://[^\s:/@\"'`<>]{0,80}:[^\s/@\"'`<>]{3}",
        fold=True,
    ),
    Rule(
        "basic-auth-url",
        "Address with a password",
        Severity.HIGH,
        tuple(scheme + b"://" for scheme in _SCHEMES),
        rb"(?:" + b"|".join(_SCHEMES) + rb")://" + _USER_INFO + b":(?P<secret>" + _PASSWORD + b")@" + _HOST,
        "Any address with a user's password, such as a package index or a proxy.",
        check=_password,
        rank=Rank.FORM,
        where=outside_packages,
        before=rb"A-Za-z0-9",
        after=b"",
        prefilter=rb"(?:" + b"|".join(_SCHEMES) + rb")://[^\s:/@\"'`<>]{0,80}:[^\s/@\"'`<>]{3,160}@",
        fold=True,
    ),
    Rule(
        "connection-string",
        "Connection string with a password",
        Severity.HIGH,
        (b"password=", b"pwd="),
        rb"(?:password|pwd)=[\"']?(?P<secret>[^\s;\"'&<>]{6,100})",
        "A database by ODBC, JDBC or ADO.NET.",
        check=_connection,
        rank=Rank.FORM,
        where=outside_packages,
        before=rb"A-Za-z0-9_",
        after=b"",
        prefilter=rb"(?:;|server=|source=|host=|database=|catalog=)[^\n]{0,200}(?:password|pwd)=|(?:password|pwd)=[^\s;]{6,100};",
        fold=True,
    ),
)
