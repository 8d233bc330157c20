import pytest
from jinja2 import UndefinedError

from bot.report import templating
from bot.report.templating import folder, render_markdown

TEMPLATES = sorted(path.relative_to(folder()).as_posix() for path in folder().rglob("*.j2"))
FOR_MARKDOWN = [name for name in TEMPLATES if name.endswith(".md.j2") or name == "words.j2"]
FOR_TEXT = [name for name in TEMPLATES if not name.endswith(".md.j2")]


@pytest.mark.parametrize("name", FOR_MARKDOWN)
def test_markdown_templates_compile(name):
    assert templating._markdown().get_template(name).name == name


@pytest.mark.parametrize("name", FOR_TEXT)
def test_text_templates_compile(name):
    assert templating._text().get_template(name).module


def test_a_missing_value_is_an_error():
    with pytest.raises(UndefinedError):
        render_markdown("comment/help.md.j2")


def test_the_package_comes_before_the_checkout(tmp_path, monkeypatch):
    package = tmp_path / "bot"
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(templating, "_PACKAGE", package)
    assert folder() == tmp_path / "templates"
    (package / "templates").mkdir(parents=True)
    assert folder() == package / "templates"
