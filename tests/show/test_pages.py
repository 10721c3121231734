"""What the README and docs say is so, and their worked examples work."""
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap

import pages
import pytest

from lib.suite.catalogue import find_claims

PROJECT = pathlib.Path(__file__).parent.parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = [PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md",
                                     "tests/README.md", "figures/versions/README.md")
         ] + sorted((PROJECT / "docs").glob("*.md"))


def python_blocks(name):
    text = (PROJECT / "docs" / name).read_text("utf-8")
    return [textwrap.dedent(block) for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("path", pages.generated())
def test_what_is_generated_is_that_of_the_code_and_the_records(path):
    """Otherwise run ``make pages``."""
    expected = pages.page(path, pages.generated()[path])
    assert (PROJECT / path).read_text(encoding="utf-8") == expected


def test_a_generated_block_without_a_place_is_an_error():
    assert pages.with_block("a\n<!-- it -->\nold\n<!-- end of it -->\n", "it", "new") == (
        "a\n<!-- it -->\nnew\n<!-- end of it -->\n")
    with pytest.raises(ValueError, match="no place for 'it'"):
        pages.with_block("<!-- it -->", "it", "new")


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150


def test_the_first_commands_are_targets_of_the_makefile():
    commands = re.search(r"```\n(make .*?)```", README, re.DOTALL).group(1).split("\n")
    targets = re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in commands if line] == ["reproduce", "test"]
    assert {"setup", "reproduce", "figures", "test", "compare", "help"} <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_is_there(page):
    links = re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_source_is_credited():
    notice = (PROJECT / "NOTICE").read_text(encoding="utf-8")
    for source in {claim.source for claim in find_claims()}:
        assert source.title in README and source.url in README, source.title
        assert source.title in notice and source.licence in notice, source.title


def test_the_layout_names_every_room_of_lib():
    layout = README[README.index("## Layout"):]
    modules = {path.name for path in (PROJECT / "lib").glob("*.py")} - {"__init__.py"}
    folders = {path.name + "/" for path in (PROJECT / "lib").iterdir()
               if (path / "__init__.py").exists()}
    assert {name for name in modules | folders if name not in layout} == set()


def test_the_example_of_a_claim_runs_as_it_stands(tmp_path):
    for folder in ("lib", "reproductions"):
        shutil.copytree(str(PROJECT / folder), str(tmp_path / folder))
    for block in python_blocks("adding-a-claim.md"):
        path = tmp_path / block.split("\n")[0][len("# "):]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
    text = (PROJECT / "docs" / "adding-a-claim.md").read_text("utf-8")
    command = re.search(r"Then run it: `python (-m reproductions run \w+)`", text).group(1)
    done = subprocess.run([sys.executable] + command.split(), cwd=str(tmp_path), timeout=300,
                          stdout=subprocess.PIPE, universal_newlines=True)
    written = sorted(path.name for path in (tmp_path / "runs" / "my_source").iterdir())
    assert done.returncode == 0 and "REPRODUCED (1 OF 1)" in done.stdout, done.stdout
    assert written == ["half_the_rate_takes_twice_as_long.json",
                       "half_the_rate_takes_twice_as_long.png"]


def test_the_example_of_the_library_runs_as_it_stands():
    code, = python_blocks("library.md")
    done = subprocess.run([sys.executable, "-c", code], cwd=str(PROJECT), timeout=300,
                          stdout=subprocess.PIPE, universal_newlines=True, check=True)
    rate = float(re.search(r"largest stable learning rate: (\S+)", done.stdout).group(1))
    assert 0 < rate < 10
