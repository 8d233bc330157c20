"""Advice made by hand: a Python base image with candidates on every track."""

from dataclasses import replace
from datetime import date

from bot.advisory.severity import Severity
from bot.bump.model import Advice, Candidate, Facts, Flaw, PackageChange, Rejected
from bot.image.tags.model import Track
from bot.inspection import Location
from bot.policy.bumps import Treatment
from tests.report.reviews import DIGESTS, SNAPSHOT, blocked, clean

PLATFORMS = ("linux/amd64", "linux/arm64")


def facts(number=1, **changes):
    values = {
        "index_digest": DIGESTS[number],
        "manifest_digest": DIGESTS[number + 4],
        "size": 45_300_000,
        "packages": 105,
        "release": "Debian GNU/Linux 12 (bookworm)",
        "libc": "glibc",
        "platforms": PLATFORMS,
        "supported_until": date(2028, 6, 30),
        "published": "2026-11-01T10:00:00+00:00",
        "published_by": "registry",
        "source": "https://github.com/docker-library/python.git#0123abc:3.12/slim-bookworm",
        "revision": "0123456789abcdef0123456789abcdef01234567",
    }
    return Facts(**values | changes)


def flaw(number, severity=Severity.HIGH, package="openssl", fixed="3.0.15-1~deb12u1"):
    name = f"CVE-2024-{number:04}"
    severe = severity >= Severity.HIGH
    return Flaw(package, name, severity, severe, fixed, f"https://security-tracker.debian.org/tracker/{name}")


def flaws(severe, others=0, start=1):
    return (
        *(flaw(start + each, Severity.CRITICAL if each < 2 else Severity.HIGH) for each in range(severe)),
        *(flaw(start + severe + each, Severity.LOW, "perl", "") for each in range(others)),
    )


def candidate(tag="3.12.8-slim-bookworm", track=Track.PATCH, treatment=Treatment.OPEN, **changes):
    values = {
        "tag": tag,
        "track": track,
        "treatment": treatment,
        "reference": f"docker.io/library/python:{tag}@{DIGESTS[2]}",
        "facts": facts(2, published="2026-11-15T10:00:00+00:00", size=45_100_000),
        "fixes": flaws(12, 40),
        "adds": (),
        "remaining": (("high", 2), ("medium", 30), ("low", 8), ("negligible", 2), ("unknown", 1)),
        "severe_left": 2,
        "packages": (
            PackageChange("libssl3", "3.0.11-1~deb12u1", "3.0.15-1~deb12u1"),
            PackageChange("python3-distutils", "3.11.2-3", ""),
            PackageChange("zlib1g-new", "", "1.3"),
        ),
    }
    return Candidate(**values | changes)


MINOR = candidate("3.13.1-slim-bookworm", Track.MINOR, Treatment.OFFER, fixes=flaws(12, 41))
VARIANT = candidate(
    "3.12.8-slim-trixie",
    Track.VARIANT,
    Treatment.SHOW,
    facts=facts(
        3,
        release="Debian GNU/Linux 13 (trixie)",
        supported_until=date(2030, 6, 30),
        platforms=(),
        size=41_000_000,
    ),
    fixes=flaws(13, 60),
    adds=(flaw(900, package="sqlite3"), flaw(901, Severity.LOW, package="tar", fixed="")),
    remaining=(("high", 2), ("low", 1)),
)
REJECTED = (
    Rejected("3.14.0-slim-bookworm", "it clears 0 vulnerabilities that gate and brings 2", Track.MINOR),
    Rejected("3.12.9-slim-bookworm", "ignored until 2026-12-31 because it breaks our build", Track.PATCH),
    Rejected("3.15.0a1-slim-bookworm", "a prerelease"),
)


def advice(*candidates, **changes):
    values = {
        "written": "python:${VERSION}",
        "reference": "docker.io/library/python:3.12.1-slim-bookworm",
        "platform": "linux/amd64",
        "location": Location("Dockerfile", 1, 1),
        "facts": facts(),
        "counts": (("critical", 2), ("high", 12), ("medium", 30), ("low", 48), ("negligible", 2)),
        "severe": 14,
        "candidates": candidates or (candidate(), MINOR, VARIANT),
        "rejected": REJECTED,
        "rejected_total": 1234,
        "snapshot": SNAPSHOT.id,
    }
    return Advice(**values | changes)


def nothing_better(**changes):
    """Advice that recommends nothing."""
    return replace(advice(), candidates=(), **changes)


def advised(*advices, review=None):
    """A review with advice."""
    return replace(review or blocked(), advice=advices or (advice(),))


def quiet(*advices):
    """A review that has nothing to tell but advice."""
    return advised(*advices, review=clean())
