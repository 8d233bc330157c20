"""Images of many kinds, made of real packages, for comparing scanners: one line an image in each module."""

from bench.specimens import databases, debian, languages, layered
from bench.specimens.model import Specimen

SPECIMENS: dict[str, Specimen] = {
    specimen.name: specimen
    for specimen in (
        *debian.SPECIMENS,
        *databases.SPECIMENS,
        *languages.SPECIMENS,
        *layered.SPECIMENS,
    )
}
