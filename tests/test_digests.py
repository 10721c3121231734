"""Which change of the code makes numbers those of other code, and which does not."""
import importlib
import types

import pytest

from lib import digests

SCRIPT = '''\
"""A claim."""
from lib.sums import total


def run(seed=0):
    """Adds."""
    return total([1, 2])  # three


def draw(histories):
    return "a figure"
'''
SUMS = '''\
"""Sums."""


def total(numbers):
    return sum(numbers)
'''


@pytest.fixture
def digest(tmp_path, monkeypatch):
    """A function from the text of a script and of what it imports to the digest of its claim."""
    for folder in ("reproductions/a", "lib"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "reproductions" / "__init__.py").write_text("")
    (tmp_path / "reproductions" / "a" / "__init__.py").write_text("")
    monkeypatch.setattr(digests, "PROJECT", str(tmp_path))

    class MadeUp:
        module = types.ModuleType("reproductions.a.claim")

    def of(script=SCRIPT, sums=SUMS):
        (tmp_path / "reproductions" / "a" / "claim.py").write_text(script)
        (tmp_path / "lib" / "sums.py").write_text(sums)
        return digests.digest_of_claim(MadeUp)

    return of


@pytest.mark.parametrize("changes", [
    dict(script=SCRIPT.replace("[1, 2]", "[1, 3]")), dict(sums=SUMS.replace("sum(", "max(")),
    dict(script=SCRIPT.replace("seed=0", "seed=1"))])
def test_a_change_of_what_is_run_changes_it(digest, changes):
    assert digest() != digest(**changes)


@pytest.mark.parametrize("changes", [
    dict(script=SCRIPT.replace("# three", "# 3")), dict(script=SCRIPT.replace("Adds.", "Add.")),
    dict(script=SCRIPT.replace("a figure", "another")),
    dict(sums=SUMS.replace("Sums.", "All sums."))])
def test_words_and_figures_do_not(digest, changes):
    assert digest() == digest(**changes)


def test_it_reaches_what_a_real_claim_imports():
    script = importlib.import_module("reproductions.single_relu.relu_gets_stuck")
    with open(script.__file__, encoding="utf-8") as file:
        tree = digests.ast.parse(file.read())
    imported = set(digests._imported_by(tree))
    assert {"lib.training", "lib.data", "lib.claims"} <= imported
    assert {"lib.training", "lib.claims"}.isdisjoint(digests.NO_PART_IN_NUMBERS)
