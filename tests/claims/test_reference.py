"""The records that the project ships are what a run gives here, to the last bits."""
import inspect
import json
import os
import subprocess
import sys

import last_bits
import pytest
from claims.against_record import differences

from lib import PROJECT
from lib.suite import pipeline, records
from lib.suite.catalogue import find_claims
from lib.suite.digests import digest_of_claim

CLAIMS = find_claims()
STEMS = [claim.stem for claim in CLAIMS]
TRAINED = [claim for claim in CLAIMS if not claim.reads_data]
KNOWN = last_bits.read()


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_record_has_the_verdict_of_its_histories(claim, reference_of, outcomes_of):
    """Of a run, for those that are trained here; a record can at least not contradict itself."""
    assert {name: row.holds for name, row in reference_of(claim).rows.items()} == {
        name: outcome.holds for name, outcome in outcomes_of(claim.stem).items()}


@pytest.mark.parametrize("claim", TRAINED, ids=[claim.stem for claim in TRAINED])
def test_each_history_has_the_settings_and_the_numbers_of_the_record(claim, reference_of,
                                                                     histories_of):
    """The claims on MNIST, which are not trained here, are held to theirs in test_mnist_setup.py.
    """
    assert differences(histories_of(claim.stem), reference_of(claim)) == {}


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_record_has_the_words_and_bounds_of_the_script(claim, reference_of, outcomes_of):
    """So that no bound moves unseen: it stands in a file that is committed."""
    def words(row, expected):
        return row.statement, expected, row.origin, row.by, row.sentence, row.where

    assert {name: words(row, row.expected) for name, row in reference_of(claim).rows.items()} == {
        name: words(outcome, outcome.expected.text)
        for name, outcome in outcomes_of(claim.stem).items()}


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_record_has_the_tolerances_and_the_settings_of_the_script(claim, reference_of):
    result = reference_of(claim)
    assert result.settings == pipeline.settings_of(claim)
    assert result.tolerances == {label: claim.tolerance_of(label) for label in result.histories}


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_a_run_without_words_is_that_of_the_record(claim, reference_of):
    """With its seed, and for as many epochs."""
    defaults = {name: one.default for name, one in
                inspect.signature(claim.module.run).parameters.items()}
    settings = reference_of(claim).settings
    assert {name: defaults[name] for name in settings} == settings


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_what_is_measured_differs_by_no_more_than_last_bits_make_of_it(claim, reference_of,
                                                                       outcomes_of):
    """On whatever processor this is: see tests/README.md."""
    by_variation = KNOWN[claim.name]["by_variation"]
    apart = {name: last_bits.difference(row.measured, outcomes_of(claim.stem)[name].measured)
             for name, row in reference_of(claim).rows.items()}
    assert {name: by for name, by in apart.items()
            if not by <= last_bits.allowed(by_variation, name)} == {}


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_no_last_bit_tips_an_outcome(claim):
    by_variation = KNOWN[claim.name]["by_variation"]
    tipping = {outcome: last_bits.tips(by_variation, outcome)
               for outcome in by_variation[last_bits.AS_IT_IS]}
    assert {outcome: names for outcome, names in tipping.items() if names} == {}


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_bands_are_those_of_todays_code_in_every_variation(claim):
    """Else run ``python tests/last_bits.py``."""
    assert KNOWN[claim.name]["code"] == digest_of_claim(claim)
    assert set(KNOWN[claim.name]["by_variation"]) == set(last_bits.variations_of(claim))


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_record_that_was_committed_names_the_commit_that_made_it(claim):
    shown = subprocess.run(["git", "show", f"HEAD:figures/{claim.name}.json"], cwd=PROJECT,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300)
    record = {} if shown.returncode else json.loads(shown.stdout.decode("utf-8"))
    if record.get("format") != records.FORMAT:
        pytest.skip("not a git checkout, or not committed yet as it is now")
    assert record["commit"] and not record["commit"].endswith("+changes")
    result = record["claims"][claim.name]
    assert (result["title"], result["settings"]["seed"]) == (claim.title, 0)
    assert {"processor", "vector_flags", "threads"} <= set(record["environment"])


def test_last_bits_that_tip_an_outcome_or_move_it_far_are_seen():
    """A made-up outcome that one thread moves by 0.5 and past its bound."""
    row = {"measured": 1.0, "holds": True, "margin": 0.2}
    by_variation = {last_bits.AS_IT_IS: {"it": row}, "XLA on": {"it": dict(row, measured=1.25)},
                    "1 thread": {"it": dict(row, measured=0.5, holds=False)}}
    assert last_bits.tips(by_variation, "it") == ["1 thread"]
    assert last_bits.spread(by_variation, "it") == 0.5
    assert last_bits.allowed(by_variation, "it") == pytest.approx(1.5, abs=1e-5)


def test_the_last_bits_of_a_start_are_moved_and_no_more():
    """In a process of its own, as the change would stay."""
    code = ("import numpy as np, last_bits; from lib.compat import keras; "
            "from lib.models import single_unit; "
            "last_bits.move_last_bits(keras, np.random.RandomState(1)); "
            "w = single_unit(keras.layers.ReLU(), -10.0).get_weights()[0][0, 0]; "
            "assert w != -10 and abs(w + 10) < 2e-6, w")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, timeout=300,
                   env=dict(os.environ, PYTHONPATH="tests"))


def test_the_table_of_the_last_bits_is_that_of_the_file():
    with open(os.path.join(PROJECT, "tests", "README.md"), encoding="utf-8") as file:
        shown = file.read().split("-->\n", 1)[1].split("<!-- end")[0]
    assert shown.strip() == "\n".join(last_bits.table(CLAIMS, KNOWN)).strip()
