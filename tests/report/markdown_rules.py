"""What must hold for every Markdown document we write, whatever was put into it."""

import re

from markdown_it import MarkdownIt

COMMONMARK = MarkdownIt("commonmark").enable("table")
OURS = re.compile(r"</?(?:details|summary|code)>|<!-- plimsoll -->")


def assert_safe(text: str) -> None:
    """Only our own tags, balanced folds, whole tables, no mention and no link that was not checked."""
    text.encode()
    assert "<" not in OURS.sub("", text)
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")
    assert_tables(text)
    for token in COMMONMARK.parse(text):
        assert token.type not in ("fence", "code_block"), token.content
        for child in token.children or ():
            assert child.type != "image"
            if child.type == "text":
                assert not re.search(r"[@#][\w]|://|\bGH-\d", child.content), child.content
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith("https://")


def assert_tables(text: str) -> None:
    """Every row has as many cells as the line that starts its table."""
    width = None
    for line in text.splitlines():
        if not line.startswith("| "):
            width = None
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        width = width or cells
        assert cells == width, line


def shown(text: str) -> str:
    """The first visible line as a reader sees it, without marks of emphasis."""
    tokens = [token for token in COMMONMARK.parse(text) if token.type == "inline"]
    return "".join(child.content for child in tokens[0].children or ()).replace("\u200b", "")
