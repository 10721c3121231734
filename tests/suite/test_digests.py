"""Which change of the code makes numbers those of other code, and which does not."""
import importlib
import types

import pytest

from lib.suite import digests

SCRIPT = '''\
"""A claim."""
from lib.show import plotting
from lib.sums import total
from reproductions.a.parts import more


def run(seed=0):
    """Adds."""
    return total([1, 2]) + more.drawn()  # three


def draw(histories):
    return "a figure"


def draw_more(histories):
    return "a second"


def animate(histories):
    return "an animation"


def table(histories):
    return "a table"


def lines(histories):
    return "a line"
'''
PART = '''\
"""A part of it."""


def drawn():
    return 3


def draw_part(panel):
    return "a panel"
'''
SUMS = '''\
"""Sums."""


def total(numbers):
    return sum(numbers)
'''


@pytest.fixture
def digest(tmp_path, monkeypatch):
    """A function from the text of a script and of what it imports to the digest of its claim."""
    for folder in ("reproductions/a/parts", "lib/show"):
        (tmp_path / folder).mkdir(parents=True)
    for package in ("reproductions", "reproductions/a", "reproductions/a/parts", "lib", "lib/show"):
        (tmp_path / package / "__init__.py").write_text("")
    monkeypatch.setattr(digests, "PROJECT", str(tmp_path))

    class MadeUp:
        module = types.ModuleType("reproductions.a.claim")

    def of(script=SCRIPT, sums=SUMS, part=PART, plotting=""):
        (tmp_path / "reproductions" / "a" / "claim.py").write_text(script)
        (tmp_path / "reproductions" / "a" / "parts" / "more.py").write_text(part)
        (tmp_path / "lib" / "sums.py").write_text(sums)
        (tmp_path / "lib" / "show" / "plotting.py").write_text(plotting)
        return digests.digest_of_claim(MadeUp)

    return of


@pytest.mark.parametrize("changes", [
    dict(script=SCRIPT.replace("[1, 2]", "[1, 3]")), dict(sums=SUMS.replace("sum(", "max(")),
    dict(script=SCRIPT.replace("seed=0", "seed=1")), dict(part=PART.replace("3", "4")),
    dict(script=SCRIPT.replace("lib.sums", "lib.other"))])
def test_a_change_of_what_is_run_changes_it(digest, changes):
    assert digest() != digest(**changes)


@pytest.mark.parametrize("changes", [
    dict(script=SCRIPT.replace("# three", "# 3")), dict(script=SCRIPT.replace("Adds.", "Add.")),
    dict(script=SCRIPT.replace("a figure", "another")),
    dict(script=SCRIPT.replace("a second", "another")),
    dict(script=SCRIPT.replace("an animation", "another")),
    dict(script=SCRIPT.replace("a table", "another")),
    dict(script=SCRIPT.replace("a line", "another")), dict(part=PART.replace("a panel", "another")),
    dict(plotting="COLOUR = 1"), dict(sums=SUMS.replace("Sums.", "All sums."))])
def test_words_and_figures_do_not(digest, changes):
    assert digest() == digest(**changes)


def test_it_reaches_what_a_real_claim_imports():
    script = importlib.import_module("reproductions.single_relu.relu_gets_stuck")
    with open(script.__file__, encoding="utf-8") as file:
        tree = digests.ast.parse(file.read())
    imported = set(digests._imported_by(tree))
    assert {"lib.training", "lib.data", "lib.claims"} <= imported
    assert not any(map(digests._changes_no_number, (
        "lib.training", "lib.claims", "lib.measure.sweeps", "lib.compat.fitting",
        "lib.datasets.mnist", "lib.many_steps", "lib.originals", "lib.theory")))


@pytest.mark.parametrize("module", ["lib.command", "lib.files", "lib.progress", "lib.show",
                                    "lib.show.plotting", "lib.suite.records",
                                    "lib.compat.machine"])
def test_what_prints_draws_keeps_and_describes_numbers_changes_none(module):
    assert digests._changes_no_number(module)


def test_files_of_folders_count_all_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr(digests, "PROJECT", str(tmp_path))
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    seen = set()
    for path, text in (("lib/one.py", "1"), ("lib/one.py", "2"), ("lib/deep/two.py", "1"),
                       ("setup.cfg", "1"), ("setup.cfg", "2")):
        (tmp_path / path).write_text(text)
        (tmp_path / "setup.cfg").touch()
        seen.add(digests.digest_of_files("lib", "setup.cfg"))
    (tmp_path / "lib" / "data.csv").write_text("1")
    assert digests.digest_of_files("lib", "setup.cfg") in seen and len(seen) == 5
