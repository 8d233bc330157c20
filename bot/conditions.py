"""What is wrong besides known flaws: secrets in an image, what of it is past its end of life, the file's own faults."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.advisory.model import FixState
from bot.finding import Finding, Kind, Origin
from bot.image.names import called
from bot.image.supported import Support
from bot.inspection import Base, DockerfileState, Location, SeenImage
from bot.inventory import ImageSecret, SecretPlace
from bot.severity import Severity

END_OF_LIFE = "end-of-life"


def own_findings(state: DockerfileState | None, target: str) -> Iterator[Finding]:
    """Yield what the rules say of the file itself, filed under the target."""
    for finding in state.findings if state else ():
        yield replace(finding, target=target)


def image_findings(
    base: Base, seen: SeenImage, target: str, location: Location, today: date
) -> Iterator[Finding]:
    """Yield the secrets of an image, and what of it gets no security fixes any more."""
    for secret in seen.inventory.secrets:
        yield _secret(secret, base, target, location)
    for support in seen.support:
        if support.is_over(today):
            yield _ended(support, base, target, location)


def _secret(secret: ImageSecret, base: Base, target: str, location: Location) -> Finding:
    place = _place(secret)
    return replace(
        _condition(Kind.SECRET, secret.rule, base, target, location),
        package=place,
        severity=secret.severity,
        layer=secret.layer_digest,
        title=f"{secret.title} in {place} ({secret.hint})",
        explanation="Whoever can pull the image can read it"
        + (", though a later layer deletes the file." if secret.deleted else "."),
        remedy="Use an image without it, and replace the secret itself.",
    )


def _place(secret: ImageSecret) -> str:
    match secret.place:
        case SecretPlace.FILE:
            return secret.path
        case SecretPlace.HISTORY:
            return "the image's history"
        case SecretPlace.ENV:
            return f"the variable {secret.path}"
        case SecretPlace.LABEL:
            return f"the label {secret.path}"


def _ended(support: Support, base: Base, target: str, location: Location) -> Finding:
    ended = f"ended on {support.ends}" if support.ends else "has ended"
    return replace(
        _condition(Kind.END_OF_LIFE, END_OF_LIFE, base, target, location),
        package=support.product,
        version=support.cycle,
        severity=Severity.HIGH,
        title=f"{support.line} is past its end of life",
        explanation=f"Its security support {ended}: new flaws in it stay open, and nobody says so.",
        remedy=f"Move to a line of {called(support.product)} that is supported.",
    )


def _condition(kind: Kind, rule: str, base: Base, target: str, location: Location) -> Finding:
    return Finding(
        kind=kind,
        target=target,
        package_type="",
        package="",
        version="",
        binaries=(),
        ids=(rule,),
        records=(),
        severity=Severity.UNKNOWN,
        severity_source="rule",
        fix_state=FixState.NOT_FIXED,
        fixed_version="",
        summary="",
        url="",
        origin=Origin.BASE,
        shipped=base.shipped,
        location=location,
        image=base.written,
        layer="",
    )
