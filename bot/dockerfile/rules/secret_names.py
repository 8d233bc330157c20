"""Tell by its name alone whether a variable holds a secret; values are another part's."""

import re

_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = frozenset(
    "PASSWORD PASSWD PASSPHRASE PASSWORDS SECRET SECRETS TOKEN APIKEY CREDENTIAL CREDENTIALS APITOKEN SECRETKEY".split()
)
#: Words that name a secret only together.
_PAIRS = frozenset(
    tuple(pair.split("_"))
    for pair in (
        "API_KEY ACCESS_KEY PRIVATE_KEY ENCRYPTION_KEY SIGNING_KEY AUTH_KEY ACCOUNT_KEY MASTER_KEY DEPLOY_KEY SSH_KEY"
        " DB_PASS MYSQL_PWD"
    ).split()
)
#: What may follow without making it something about a secret, as `_FILE` and `_URL` do.
_HARMLESS = frozenset(
    "KEY BASE VALUE PROD PRODUCTION DEV DEVELOPMENT STAGING STAGE TEST CI B64 BASE64 OLD NEW DEFAULT BACKUP".split()
)
_LITERAL_WORDS = frozenset(
    "true false yes no on off none null nil 0 1 disabled enabled optional required".split()
)
_PLACEHOLDER = re.compile(
    r"<.*>|\{\{.*|x{3,}|\*{3,}|\.{3,}|.*(change[-_ ]?(me|it|this)|replace|placeholder|example|dummy|your[-_ ]|todo"
    r"|insert|not[-_ ]?(a[-_ ])?(real|secret|used)|fake|unused|build[-_ ]?(time|only)).*",
    re.IGNORECASE | re.DOTALL,
)


def names_secret(name: str) -> bool:
    """`DB_PASSWORD`, `npmToken` and `SECRET_KEY_BASE`, but not `PASSWORD_FILE` or `TOKEN_URL`."""
    tokens = [token.upper() for token in _TOKENS.findall(name[:200])]
    last = -1
    for index, token in enumerate(tokens):
        if token in _SECRET or tuple(tokens[max(index - 1, 0) : index + 1]) in _PAIRS:
            last = index
    return last >= 0 and all(token in _HARMLESS or token.isdecimal() for token in tokens[last + 1 :])


def literal(value: str) -> str:
    """A value that stands in the file itself; empty for references, paths, addresses, switches and no value."""
    text = value.strip().strip("'\"").strip()
    if (
        "$" in text
        or text.startswith(("/", "file:", "http://", "https://"))
        or text.lower() in _LITERAL_WORDS
    ):
        return ""
    return text


def is_placeholder(value: str) -> bool:
    """Whether somebody is meant to put another value there."""
    return _PLACEHOLDER.fullmatch(value[:500]) is not None
