import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.report.escaping import clean, code, code_tag, is_linkable, link, markdown, plain, prose, quoted

BREAK = "&#8203;"
COMMONMARK = MarkdownIt("commonmark").enable("table")
hostile = (
    st.text(st.sampled_from("`|<>&@#*_[]()!~$\\:/.- \n\r\t\x00\x1b\u202e\u200b\ud800ab7g1hGHwé")) | st.text()
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("openssl", "openssl"),
        ("@acme/security", f"@{BREAK}acme/security"),
        ("fixes #12", f"fixes #{BREAK}12"),
        ("gh-12", f"gh-{BREAK}12"),
        ("see deadbeef1 there", f"see d{BREAK}eadbeef1 there"),
        ("CVE-2024-1234567", "CVE-2024-1234567"),
        ("https://evil.example", f"https:{BREAK}//evil.example"),
        ("www.evil.example", f"www.{BREAK}evil.example"),
        ("<script>", "&#60;script&#62;"),
        ("a|b", "a&#124;b"),
        ("![x](y)", "!&#91;x&#93;(y)"),
        ("**bold**", "&#42;&#42;bold&#42;&#42;"),
        ("- item", "&#45; item"),
        ("1. item", "&#49;. item"),
        ("two\nlines\r\nthree", "two lines three"),
        ("\x1b[31mred", "�&#91;31mred"),
        ("abc\u202edef", "abc�def"),
        ("&amp;", "&#38;amp;"),
    ],
)
def test_prose(written, shown):
    assert markdown(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("openssl", "`openssl`"),
        ("@acme/left-pad", "`@acme/left-pad`"),
        ("a`b", "<code>a&#96;b</code>"),
        ("a|b", "<code>a&#124;b</code>"),
        ("<img src=x>", "<code>&#60;img src=x&#62;</code>"),
        ("back\\slash", "`back\\slash`"),
        ("", "–"),
        (" \n ", "–"),
    ],
)
def test_code_span(written, shown):
    assert code(written) == shown


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://security.alpinelinux.org/vuln/CVE-2024-0001", True),
        ("https://github.com/advisories/GHSA-xxxx-yyyy-zzzz", True),
        ("https://github.com/acme/shop/issues/1", False),
        ("https://www.github.com/acme/shop/pull/1", False),
        ("https://redirect.github.com/acme/shop/pull/1", False),
        ("https://github.com./acme/shop/pull/1", False),
        ("https://github.com:443/acme/shop/pull/1", False),
        ("http://plain.example", False),
        ("javascript:alert(1)", False),
        ("https://x.example/a)b", False),
        ("https://x.example/a b", False),
        ("https://user@x.example/", False),
        ("https://x.example/<b>", False),
        ("https://x.example/" + "a" * 600, False),
        ("", False),
    ],
)
def test_links(url, linked):
    assert is_linkable(url) is linked
    assert link("CVE-1", url) == (f"[CVE-1]({url})" if linked else "CVE-1")


def test_escaping_happens_once():
    assert markdown(markdown("<a|b>")) == markdown("<a|b>")
    assert plain(plain("a\x1b")) == "a�"


def test_long_values_are_cut():
    assert clean("x" * 1000, 10) == "x" * 9 + "…"
    assert clean(" " * 1000 + "x", 10) == "x"
    assert clean("x" + " " * 1000 + "y", 10) == "x…"


@given(hostile)
def test_prose_stays_text(text):
    """Rendered, it is the text and nothing else: no tag, no link, no block of its own, no mention."""
    tokens = COMMONMARK.parse(str(markdown(text)))
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {child.type for child in inline} <= {"text", "text_special"}
    shown = "".join(child.content for child in inline)
    assert shown.replace("\u200b", "") == clean(text)
    assert not re.search(r"[@#]\w|://", shown)


@given(hostile)
def test_sentences_of_a_rule_are_text_and_code_spans(text):
    tokens = COMMONMARK.parse(str(prose(text)))
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {child.type for child in inline} <= {"text", "text_special", "code_inline", "html_inline"}
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<code>", "</code>"}
    spoken = "".join(child.content for child in inline if child.type == "text")
    assert not re.search(r"[@#]\w|://", spoken)


@given(hostile)
def test_code_stays_code(text):
    tokens = COMMONMARK.parse(f"x {code(text)} y")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    html = COMMONMARK.renderInline(f"x {code(text)} y")
    assert re.fullmatch(r"x (–|<code>[^<]*</code>) y", html)


@given(hostile)
def test_a_cell_stays_one_cell(text):
    row = f"| {markdown(text)} | {code(text)} | {link(text, text)} | {prose(text)} |"
    tokens = COMMONMARK.parse(f"| a | b | c | d |\n| - | - | - | - |\n{row}\n")
    assert sum(token.type == "td_open" for token in tokens) == 4
    assert sum(token.type == "table_close" for token in tokens) == 1


@given(hostile)
def test_every_output_is_one_encodable_printable_line(text):
    for shown in (
        markdown(text),
        code(text),
        code_tag(text),
        plain(text),
        prose(text),
        quoted(text),
    ):
        assert str(shown).encode().decode() == shown
        assert shown.isprintable()
