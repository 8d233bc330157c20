"""The templates and the environments that render them: one per medium, each escaping every value once.

The only module that knows where `templates/` is. https://jinja.palletsprojects.com/en/stable/api/#jinja2.Environment
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.report import escaping

# Values have no newlines, so blank lines come from templates only.
_BLANK_LINES = re.compile(r"\n{3,}")
_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Inside the package, where a wheel puts the templates; else beside it, as in a checkout."""
    inside = _PACKAGE / "templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def render_markdown(template: str, **values: object) -> str:
    """Render a template to Markdown, ending in exactly one newline."""
    text = _markdown().get_template(template).render(values)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def macro(template: str, name: str, *arguments: object) -> str:
    """The plain words of one macro."""
    return str(getattr(_text().get_template(template).module, name)(*arguments)).strip()


def say(name: str, *arguments: object) -> str:
    """The plain words of one macro of `words.j2`."""
    return macro("words.j2", name, *arguments)


@cache
def _markdown() -> Environment:
    return _environment(
        escaping.markdown,
        code=escaping.code,
        link=escaping.link,
        prose=escaping.prose,
        source=escaping.source,
    )


@cache
def _text() -> Environment:
    return _environment(escaping.plain, code=escaping.quoted, prose=escaping.sentences)


def _environment(escape: Callable[[object], Markup], **filters: Callable[..., Markup]) -> Environment:
    # `finalize` alone would escape what macros return a second time; with autoescape that is Markup already.
    environment = Environment(
        loader=FileSystemLoader(folder()),
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters, sentence=_sentence, digest=_digest, bytes=_bytes)
    return environment


def _sentence(text: Markup) -> Markup:
    """Start a sentence with a capital."""
    return text[:1].upper() + text[1:]


def _digest(value: str) -> str:
    """`sha256:0123456789ab…` → its first twelve digits, enough to recognise it."""
    algorithm, colon, digits = value.partition(":")
    return f"{algorithm}:{digits[:12]}" if colon else value[:12]


def _bytes(size: int) -> str:
    """`45_300_000` → `45.3 MB`, as registries count."""
    if size < 1_000_000:
        return f"{size / 1000:.1f} kB"
    return f"{size / 1_000_000:.1f} MB" if size < 1_000_000_000 else f"{size / 1_000_000_000:.1f} GB"
