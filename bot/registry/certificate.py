"""Read who a signing certificate of Sigstore names. Nothing is verified: it is what the signature claims.

Follows https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md.
"""

import warnings
from contextlib import suppress

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

_LONGEST = 500
_MAX_BYTES = 64 * 1024
_ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_ISSUER_AS_DER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_UTF8_STRING = 0x0C


def identity(certificate: bytes) -> str:
    """Return `NAME, by ISSUER` of a certificate in PEM or DER; empty when it names nobody or is none."""
    if len(certificate) > _MAX_BYTES:
        return ""
    try:
        read = x509.load_pem_x509_certificate if certificate.lstrip().startswith(b"-----") else None
        with warnings.catch_warnings():
            # Of serial numbers and the like that no authority would give: only names are read here.
            warnings.simplefilter("ignore")
            parsed = read(certificate) if read else x509.load_der_x509_certificate(certificate)
        name = _name(parsed)
        issuer = _issuer(parsed)
    except (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ""
    return f"{name}, by {issuer}" if name and issuer else name


def _name(certificate: x509.Certificate) -> str:
    with suppress(x509.ExtensionNotFound):
        names = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        if isinstance(names, x509.SubjectAlternativeName):
            for kind in (x509.RFC822Name, x509.UniformResourceIdentifier, x509.DNSName):
                for found in names.get_values_for_type(kind):
                    return shown(str(found))
    return ""


def _issuer(certificate: x509.Certificate) -> str:
    for oid in (_ISSUER_AS_DER, _ISSUER):
        with suppress(x509.ExtensionNotFound):
            value = certificate.extensions.get_extension_for_oid(oid).value
            if isinstance(value, x509.UnrecognizedExtension):
                return shown(_text(value.value))
    return ""


def _text(value: bytes) -> str:
    """Read the older form, plain text, or the newer one, a DER string; short ones have one byte of length."""
    if value[:1] == bytes([_UTF8_STRING]) and len(value) >= 2 and value[1] == len(value) - 2:
        value = value[2:]
    return value.decode(errors="replace")


def shown(text: str) -> str:
    """Keep what can be shown on one line."""
    return "".join(char for char in text[:_LONGEST] if char.isprintable()).strip()
