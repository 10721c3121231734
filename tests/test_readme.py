"""What the README says is so, and its worked example works."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from lib import report, results
from lib.catalogue import find_claims
from lib.command import main

PROJECT = pathlib.Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_claims_is_that_of_the_records(capsys):
    main(["list", "--markdown"])
    table = re.search(r"<!-- claims:[^\n]*-->\n(.*?)<!-- end", README, re.DOTALL).group(1)
    assert table.strip() == capsys.readouterr().out.strip()


def test_the_verdict_that_it_explains_is_the_one_that_a_run_prints(capsys):
    path = PROJECT / "figures" / "single_relu" / "leaky_relu_escapes.json"
    report.print_verdict(results.read(str(path), "single_relu/leaky_relu_escapes"))
    assert capsys.readouterr().out.strip() in README


def test_the_commands_are_targets_of_the_makefile():
    commands = re.search(r"```\n(make .*?)```", README, re.DOTALL).group(1).split("\n")
    targets = re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in commands if line] == ["reproduce", "test"]
    assert {"reproduce", "test", "compare", "help"} <= set(targets)


def test_every_file_that_it_links_to_is_there():
    links = re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert links and [link for link in links if not (PROJECT / link).exists()] == []


def test_every_source_is_credited():
    notice = (PROJECT / "NOTICE").read_text(encoding="utf-8")
    for source in {claim.source for claim in find_claims()}:
        assert source.title in README and source.url in README, source.title
        assert source.title in notice and source.licence in notice, source.title


def test_the_layout_names_every_module_of_lib():
    layout = README[README.index("## Layout"):]
    modules = {path.name for path in (PROJECT / "lib").glob("*.py")} - {"__init__.py"}
    assert {name for name in modules if name not in layout} == set()


def test_the_worked_example_runs_as_it_stands(tmp_path):
    for folder in ("lib", "reproductions"):
        shutil.copytree(str(PROJECT / folder), str(tmp_path / folder))
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        path = tmp_path / block.split("\n")[0][len("# "):]
        path.parent.mkdir(exist_ok=True)
        path.write_text(block, encoding="utf-8")
    command = re.search(r"Then run it: `python (-m reproductions run \w+)`", README).group(1)
    done = subprocess.run([sys.executable] + command.split(), cwd=str(tmp_path),
                          stdout=subprocess.PIPE, universal_newlines=True)
    figures = os.listdir(str(tmp_path / "figures" / "my_source"))
    assert done.returncode == 0 and "REPRODUCED (1 OF 1)" in done.stdout, done.stdout
    assert sorted(figures) == ["half_the_rate_takes_twice_as_long.json",
                               "half_the_rate_takes_twice_as_long.png"]
