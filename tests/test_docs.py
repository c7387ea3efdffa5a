import re
from pathlib import Path

import pytest

from epochscope.schema import META, TABLES

ROOT = Path(__file__).parent.parent
FOLDERS = ("analytics", "assets", "benchmarks", "callbacks", "data", "demo", "docs",
           "epochscope", "figures", "pages", "parts", "tests")  # fmt: skip


@pytest.mark.parametrize("name", FOLDERS)
def test_architecture_names_every_folder(name):
    assert f"`{name}/`" in (ROOT / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("name", [*TABLES, *META])
def test_data_model_names_every_table(name):
    assert f"`{name}`" in (ROOT / "docs" / "data-model.md").read_text()


@pytest.mark.parametrize(
    "query", sorted((ROOT / "data" / "sql").glob("*.sql")), ids=lambda path: path.stem
)
def test_every_query_is_used(query):
    readers = "".join(file.read_text() for file in (ROOT / "data").glob("*.py"))
    assert f'"{query.stem}"' in readers


@pytest.mark.parametrize(
    "module",
    sorted(path for path in (ROOT / "analytics").glob("*.py") if path.stem != "__init__"),
    ids=lambda path: path.stem,
)
def test_papers_names_every_analysis(module):
    assert f"`analytics/{module.name}`" in (ROOT / "docs" / "papers.md").read_text()


def test_readme_shows_the_block_that_is_executed():
    block = (ROOT / "docs" / "first_run.py").read_text().split("# fmt: off\n\n", 1)[1]
    assert f"```python\n{block}```" in (ROOT / "README.md").read_text()


def test_readme_shows_a_picture_that_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert len(pictures) == 1
    assert (ROOT / pictures[0]).is_file()
