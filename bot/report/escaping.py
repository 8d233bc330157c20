"""Make hostile text safe to show, once per medium.

Markdown as in https://github.github.com/gfm/. GitHub finds mentions, issue and commit links in the rendered
text, where a backslash is gone already, so they are broken by a zero-width space instead.
"""

import re

from markupsafe import Markup

MAX_VALUE = 240
"""Characters of one value; names longer than this are not read by anyone."""

MAX_PROSE = 700
"""Characters of what a rule says."""

_BREAK = "&#8203;"
_SPECIAL = re.compile(
    r"""
    (?P<start> ^ (?: [-+=] | [0-9]{1,9} (?= [.)] (?:[ ]|$) ) ) )   # would open a list or underline a heading
  | (?P<commit> (?<![\w-]) [0-9a-f] (?= [0-9a-f]{6,39} (?![\w-]) ) )
  | (?P<word> \b (?: gh- | www\. ) )
  | (?P<scheme> : (?= // ) )
  | (?P<mark> [@\#] )
  | (?P<char> [\\`*_\[\]<>&|~$] )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A link to an issue makes GitHub write on that issue, so only pages of advisories and hadolint may be linked there.
_LINK = re.compile(
    r"https://(?!(?:www\.|redirect\.)?github\.com/(?!advisories/|hadolint/hadolint/wiki/DL[0-9]{4}$))"
    r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}"
    r"(?:/[A-Za-z0-9._~/%?=#+,:-]*)?"
)
_MAX_LINK = 500
# A page that lists releases is linked without a trace on it.
_REPOSITORY = re.compile(
    r"https://github\.com/([A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100})(?:[/#?].*)?$"
)


def clean(text: object, limit: int = MAX_VALUE) -> str:
    """One line of printable characters: white space becomes a space, the invisible (bidi, escape) `�`."""
    whole = str(text).strip()
    start = whole[: limit * 4]
    line = " ".join(start.split()) + ("…" if len(whole) > len(start) else "")
    if not line.isprintable():
        line = "".join(char if char.isprintable() else "�" for char in line)
    return cut(line, limit)


def cut(line: str, limit: int) -> str:
    """Shorten a line to `limit` characters, with an ellipsis where something is missing."""
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def markdown(value: object) -> Markup:
    """Escape a value for Markdown prose, table cells and HTML such as `<summary>` alike."""
    if isinstance(value, Markup):
        return value
    return _marked(clean(value))


def code(value: object) -> Markup:
    """A code span, safe in table cells too: `<code>` where backticks would need care."""
    text = clean(value)
    if not text:
        return Markup("–")
    if any(char in "`|<>&" for char in text):
        return code_tag(text)
    return _literal(f"`{text}`")


def prose(value: object) -> Markup:
    """Sentences of a rule, in Markdown: what stands between backquotes is a code span, wherever it came from."""
    parts = clean(value, MAX_PROSE).split("`")
    if len(parts) % 2 == 0:
        return _marked("`".join(parts))
    return Markup("").join(code(part) if at % 2 else _marked(part) for at, part in enumerate(parts))


def code_tag(value: object) -> Markup:
    """A code span as HTML, for lines that Markdown does not look into, such as `<summary>`."""
    return Markup("<code>{}</code>").format(_marked(clean(value)))


def link(value: object, url: str) -> Markup:
    """A Markdown link when the address is one we can trust in that place, else the text alone."""
    text = markdown(value)
    return Markup("[{}]({})").format(text, _literal(url)) if is_linkable(url) else text


def source(url: str) -> Markup:
    """A link to where an image says it comes from: the releases of a repository on GitHub, or what may be linked."""
    on_github = _REPOSITORY.match(url[:_MAX_LINK])
    if on_github is not None:
        name = on_github[1].removesuffix(".git")
        return Markup("[{}]({})").format(
            _marked(f"releases of {name}"), _literal(f"https://github.com/{name}/releases")
        )
    return link(url.removeprefix("https://"), url) if is_linkable(url) else code(url)


def is_linkable(url: str) -> bool:
    """Whether an address from a feed may become a link: https, plain characters, no issue on GitHub."""
    return len(url) <= _MAX_LINK and _LINK.fullmatch(url) is not None


def plain(value: object) -> Markup:
    """A value in plain text, where nothing but control characters is special."""
    return value if isinstance(value, Markup) else _literal(clean(value))


def sentences(value: object) -> Markup:
    """Sentences of a rule, in plain text."""
    return _literal(clean(value, MAX_PROSE))


def quoted(value: object) -> Markup:
    """What is a code span in Markdown, in plain text."""
    text = clean(value)
    return _literal(f"`{text}`") if text else Markup("–")


def _literal(safe: str) -> Markup:
    return Markup(safe)  # noqa: S704 - callers pass text made of checked characters only


def _marked(line: str) -> Markup:
    return _literal(_SPECIAL.sub(_replace, line))


def _replace(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup in ("commit", "word", "scheme", "mark"):
        return found + _BREAK
    return "".join(f"&#{ord(char)};" for char in found)
