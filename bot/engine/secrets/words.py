"""Names of variables that hold secrets, and values that are passwords rather than words of a form."""

import re

from bot.engine.secrets.shape import entropy, is_placeholder, is_reference

_NAME = re.compile(
    r"(?:^|.*?[^a-z])(?:pass|pw|pwd|auth|credentials?|secret|token|apikey|bearer|psk|pin_code)[0-9]?$"
    r"|.*(?:password|passwd|passphrase|_secret|_token)[0-9]?$|^(?:pg|my|db|root|admin|sudo|user)pass$"
    r"|(?:^|.*[^a-z])(?:api|access|secret|private|signing|encryption|auth|master|account|admin|service|app|client|session"
    r"|cookie|license|webhook|deploy|crypt(?:o|ion)?|hmac|jwt|storage|shared|root)[_.-]?(?:key|secret|token|password|pass)"
    r"(?:[_.-]base)?[0-9]?$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Names that end like a secret and hold none: working directories, programs that ask, public keys.
_NOT_A_NAME = re.compile(
    r"^(?:pwd|oldpwd|ssh_askpass|git_askpass|sudo_askpass|.*_?askpass)$"
    r"|(?:^|[^a-z])(?:public|pub|no|allow|disable|enable|require[sd]?|use|has|is|max|min|num|next|page|continuation"
    r"|csrf|xsrf|eos|bos|pad|unk|mask|sep|cls|special|stop|end|start|start_of|cancellation|syntax|skip|reset|forgot"
    r"|show|hide|change|confirm|verify|check|validate|parse|get|set|default|invalid|missing|expected|empty|first|last)"
    r"[_.-](?:[a-z]+[_.-])?(?:pass|password|passwd|token|key|secret|auth|pwd|credentials?)$"
)
#: Passwords that are words of forms and documentations. Some people do use them; a rule for them would only cry.
_WORDS = frozenset(
    b"""
    password passwd pass pwd secret secrets token key apikey api_key credentials credential auth none null nil true
    false yes no on off default test testing tester test123 admin administrator root user username guest public
    private postgres postgresql mysql mongo mongodb redis rabbitmq rabbit mariadb elastic changeme changeit
    change_it letmein qwerty abc123 foo bar baz foobar dummy fake demo example sample string str text value empty
    blank unset undefined required optional hidden masked redacted removed unknown todo tbd n/a somepassword
    some_password mypassword my_password yourpassword your_password password123 password1 passw0rd p@ssw0rd p@ssword
    pa$$word secret123 userpass user_pass dbpass dbpassword db_password passphrase hunter2 swordfish anonymous
    nobody localhost oauth2 basic bearer digest ntlm kerberos jwt oauth session cookie disabled enabled random
    generate generated plaintext plain prompt stdin env environment file vault keyring keychain pgpass md5
    scram-sha-256 trust peer sha256 sha512 bcrypt argon2 inline manual automatic auto local remote hello world
    testpass testpassword test_password pass123 passwordhere the_password thepassword newpassword new_password
    oldpassword old_password userpassword secretpassword supersecret super_secret topsecret top_secret verysecret
    very_secret secretkey secret_key secret-key sekret s3cret s3cr3t pass1234 admin123 administrator1 root123 toor
    master slave client server host port database dbname mydb passwort motdepasse parola unused
    """.split()
)
_CODE = re.compile(
    rb"^[a-z_][\w.]*[(\[{.]|^[\w.]+\(|\)$|^(?:os|process|self|this|config|settings|env|args|options|params|request|req|ctx"
    rb"|data|event|vars?|local|module|secrets?|props|state|kwargs)[.\[]|^(?:new|await|async|function|lambda|return) "
    rb"|^(?:str|int|bool|bytes|float|any|object|char|void|Optional|String|Boolean|Object|Any|None|Null|TRUE|FALSE)\b"
)
_PLACE = re.compile(
    rb"^(?:[./~]|[A-Za-z]:[\\/]|file:|https?://[^@]*$|s3://|gs://|arn:|/|projects/|secretsmanager|ssm:)"
)
_TAME = re.compile(
    rb"^(?:[0-9.,:_-]*|[A-Za-z]+|[a-z]+(?:[-_. ][a-z0-9]+)*|[A-Z]+(?:_[A-Z0-9]+)*|[a-z]+(?:[A-Z][a-z]+)+)$"
)


def names_a_secret(name: str) -> bool:
    """`DB_PASSWORD`, `apiKey` and `GITHUB_TOKEN` do, `PASSWORD_FILE`, `TOKEN_URL` and `PWD` do not."""
    low = _CAMEL.sub("_", name.strip("\"'")[-100:]).lower() if not name.isupper() else name[-100:].lower()
    return _NAME.match(low) is not None and _NOT_A_NAME.search(low) is None


def is_password(value: bytes) -> bool:
    """Say whether a value where a password belongs is one: no reference, no placeholder, no word of a form."""
    value = value[:256]
    low = value.lower()
    if len(value) < 4 or low in _WORDS or is_reference(value) or is_placeholder(value):
        return False
    return not _CODE.search(value) and not _PLACE.match(value) and len(set(low)) > 3


def is_set_secret(name: str, value: bytes) -> bool:
    """Say whether a variable of that name holds a real secret, as far as name and value tell."""
    if not names_a_secret(name) or len(value) < 6 or not is_password(value):
        return False
    # `DB_PASSWORD=${X}` is out already; a lone lower-case word is as often the name of something.
    return not re.fullmatch(rb"[0-9.]+[smhd]?|[a-z]+", value) or (
        len(value) >= 8 and entropy(value) >= 3.2 and b"pass" in name.lower().encode()
    )


def is_typed_key(value: bytes) -> bool:
    """Say whether a value in source is a key rather than a name, a path or a sentence."""
    return is_password(value) and _TAME.match(value) is None
