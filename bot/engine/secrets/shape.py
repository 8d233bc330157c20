"""What a made-up or random text looks like: placeholders, references, entropy, checksums. Pure functions on bytes."""

import itertools
import re
import zlib
from math import log2

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#: Too long to be in a random text by chance.
_WORDS = (
    b"example", b"placeholder", b"changeme", b"change_me", b"change-me", b"change_this", b"change-this",
    b"changethis", b"xxxxx", b"*****", b"your_", b"your-", b"yourpass", b"yoursecret", b"yourtoken", b"yourapi",
    b"yourkey", b"dummy", b"redacted", b"replace_", b"replace-", b"replaceme", b"insert_", b"insert-",
    b"my_secret", b"my-secret", b"mysecret", b"my_password", b"my-password", b"mypassword", b"my_token",
    b"my-token", b"my_api", b"my-api", b"fixme", b"notreal", b"not_real", b"not-real", b"not-a-real",
    b"fake_", b"fake-", b"fakekey", b"faketoken", b"fakesecret", b"sample", b"lorem", b"00000000", b"deadbeef",
    b"secret_here", b"secret-here", b"key_here", b"key-here", b"token_here", b"token-here", b"password_here",
    b"....", b"foobar", b"undefined",
)  # fmt: skip
#: What is written where a reference will be put in: `${VAR}`, `{{ x }}`, `<token>`, `%s`, `%(x)s`, `@X@`, `[token]`.
_REFERENCE = re.compile(
    rb"\$[A-Za-z_({]|\$\$|\{\{|\}\}|#\{|^\{[A-Za-z_.]{0,80}\}|^<|<[A-Za-z_ .-]{1,80}>"
    rb"|^%[(A-Za-z_%]+[)%]|%[sd](?![0-9a-fA-F])|^@[A-Za-z_]+@$"
    rb"|^\[[A-Za-z _-]+\]$|^__[A-Za-z_]+__$|^\(|\\[(]|^!|^&[a-z]|^\*[a-z]|\.\.\."
)
_RUN = 6
_PERIOD = 5
_ENOUGH = 256


def is_reference(text: bytes) -> bool:
    """Say whether it only names where the secret comes from."""
    return _REFERENCE.search(text[:_ENOUGH]) is not None


def is_placeholder(text: bytes) -> bool:
    """Say whether it was plainly made up: a word, a template, one character, a sequence, a repetition."""
    text = text[:_ENOUGH]
    low = text.lower()
    if is_reference(text) or any(word in low for word in _WORDS):
        return True
    if len(text) >= 16 and len(set(low)) < max(5, min(8, len(text) // 3)):
        return True
    return _longest_sequence(low) >= _RUN or _repeats(low)


def entropy(text: bytes) -> float:
    """Shannon's entropy in bits a character."""
    counts = [text.count(byte) for byte in set(text)]
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)


def is_random(text: bytes) -> bool:
    """Say whether nobody would have typed it: as even as a key, of several kinds of characters."""
    if len(text) < 16 or is_placeholder(text):
        return False
    letters = [byte for byte in text if chr(byte).isalpha()]
    digits = sum(chr(byte).isdigit() for byte in text)
    if all(byte in b"0123456789abcdefABCDEF" for byte in text):
        return len(text) >= 32 and digits > 0 and bool(letters) and entropy(text) >= 3.0
    return mixes(text) and digits >= 2 and entropy(text) >= 3.5


def mixes(text: bytes) -> bool:
    """Say whether digits stand between capitals and small letters, which words and names seldom do."""
    kinds = (rb"[a-z]", rb"[A-Z]", rb"[0-9]")
    return all(re.search(kind, text) for kind in kinds)


def is_digest(text: bytes) -> bool:
    """Say whether it may be a checksum or commit: hexadecimal and as long as one."""
    return len(text) in (32, 40, 56, 64, 96, 128) and re.fullmatch(rb"[0-9a-fA-F]+", text) is not None


def crc32_base62(text: bytes) -> bytes:
    """The checksum that GitHub and npm put behind their tokens, six digits."""
    number, digits = zlib.crc32(text), bytearray()
    while number:
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return bytes(reversed(digits)).rjust(6, b"0")


def _longest_sequence(text: bytes) -> int:
    """`abcdef` and `987654` are sequences of six."""
    longest = up = down = 1
    for last, byte in itertools.pairwise(text):
        up = up + 1 if byte == last + 1 else 1
        down = down + 1 if byte == last - 1 else 1
        longest = max(longest, up, down)
    return longest


def _repeats(text: bytes) -> bool:
    """Say whether it is one piece over and over, or mostly one character."""
    if len(text) < 8:
        return len(set(text)) <= 2
    if max(text.count(byte) for byte in set(text)) * 10 >= len(text) * 6:
        return True
    return any((text[:size] * (len(text) // size + 1))[: len(text)] == text for size in range(1, _PERIOD))
