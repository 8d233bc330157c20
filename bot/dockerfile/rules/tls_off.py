"""Certificates are not checked, so anybody on the way may answer in the server's place."""

from collections.abc import Iterator, Sequence

from bot.dockerfile.calls import Call
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import assignments, curl_options, program, source
from bot.dockerfile.stages import arg_definitions
from bot.severity import Severity

_OFF = frozenset({"0", "false", "no", "off", "none"})
_ON = frozenset({"1", "true", "yes", "on"})
#: Variables that switch it off, and with which values; none given: with any.
_VARIABLES = {
    "NODE_TLS_REJECT_UNAUTHORIZED": _OFF,
    "PYTHONHTTPSVERIFY": _OFF,
    "NPM_CONFIG_STRICT_SSL": _OFF,
    "YARN_STRICT_SSL": _OFF,
    "YARN_ENABLE_STRICT_SSL": _OFF,
    "CONDA_SSL_VERIFY": _OFF,
    "GIT_SSL_NO_VERIFY": _ON,
    "PIP_TRUSTED_HOST": frozenset[str](),
    "GOINSECURE": frozenset[str](),
}
#: By program: options that switch it off by being there.
_OPTIONS = {
    "curl": {"--insecure", "--proxy-insecure"},
    "wget": {"--no-check-certificate"},
    "apk": {"--no-check-certificate"},
    "aws": {"--no-verify-ssl"},
    "helm": {"--insecure-skip-tls-verify"},
    "kubectl": {"--insecure-skip-tls-verify", "--insecure-skip-tls-verify=true"},
    "npm": {"--no-strict-ssl", "--strict-ssl=false"},
    "pnpm": {"--no-strict-ssl", "--strict-ssl=false"},
    "yarn": {"--strict-ssl=false"},
    "bower": {"--config.strict-ssl=false"},
}
#: Settings in whatever place of the command line, in lower case, and the value that switches it off.
_SETTINGS = {
    "http.sslverify": _OFF,
    "strict-ssl": _OFF,
    "ssl_verify": _OFF,
    "sslverify": _OFF,
    "disable-tls": _ON,
    "global.trusted-host": frozenset[str](),
    "ssl_verify_mode": _OFF,
    "enablestrictssl": _OFF,
    "acquire::https::verify-peer": _OFF,
    "acquire::https::verify-host": _OFF,
}
_CONFIGURED = frozenset(
    "git npm pnpm yarn pip conda mamba composer bundle dnf yum microdnf apt apt-get".split()
)


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("ENV", "ARG"):
        pairs = [pair.partition("=")[::2] for pair in step.instruction.args]
        if step.cmd == "ARG":
            definitions = arg_definitions(step.instruction, facts.dockerfile.escape)
            pairs = [(each.name, each.default or "") for each in definitions]
        for name, value in pairs:
            if _switches(name, value):
                yield Hit(
                    step, f"{step.cmd} {name}", f"{step.cmd} {name} switches the check of certificates off."
                )
    for step in facts.runs():
        for call in step.every_call():
            if what := _switched(call):
                lines = call.line, call.line
                yield Hit(step, what, f"Certificates are not checked: {what}.", lines=lines)


def _switches(name: str, value: str) -> bool:
    values = _VARIABLES.get(name.upper())
    text = value.strip("'\"").strip().lower()
    return values is not None and (text in values if values else bool(text))


def _switched(call: Call) -> str:
    """What of a call switches the check off, in words; empty when nothing does."""
    for name, value in assignments(call):
        if _switches(name, value):
            return f"variable {name}"
    words = call.words
    name = program(words)
    if name == "curl" and "k" in curl_options(words):
        return f"curl from {source(words)}"
    if not _OPTIONS.get(name, set()).isdisjoint(words):
        return f"{name} from {source(words)}" if name in ("curl", "wget") else name
    if name.startswith(("pip", "python")) or name == "uv":
        return _trusted_host(words)
    return f"{name} setting" if name in _CONFIGURED and _sets(words) else ""


def _trusted_host(words: Sequence[str]) -> str:
    for index, word in enumerate(words):
        if word.startswith("--trusted-host=") or (word == "--trusted-host" and words[index + 1 : index + 2]):
            return "pip trusted host"
    return "pip trusted host" if _sets(words) and "config" in words else ""


def _sets(words: Sequence[str]) -> bool:
    """`git config http.sslVerify false`, `npm config set strict-ssl=false`, `yum --setopt=sslverify=0`."""
    for index, word in enumerate(words):
        text = word.lower().removeprefix("--setopt=").removeprefix("-o").lstrip("-").removeprefix("setopt=")
        key, equals, value = text.partition("=")
        values = _SETTINGS.get(key)
        if values is None:
            continue
        given = value if equals else next(iter(words[index + 1 : index + 2]), "").lower()
        if given in values if values else bool(given):
            return True
    return False


RULE = Rule(
    id="tls-verification-off",
    severity=Severity.HIGH,
    title="Certificates are not checked",
    explanation="Without the check anybody between the build and the server can send other files, which then are in"
    " the image, and can read the credentials that are sent.",
    remedy="Take the option out. For a server with a certificate of your own, add its authority:"
    " `COPY ca.crt /usr/local/share/ca-certificates/` and `update-ca-certificates`.",
    check=_check,
)
