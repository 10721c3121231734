"""What is run on every release says the same as the source's form, in a fraction of the time."""
import pytest

from lib.suite import seeds
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE, SEED

STEMS = ("another_batch_raises_the_loss", "gradients_vanish_or_explode",
         "ill_conditioning_stalls", "large_steps_jump_over", "mnist_checkpoint_round_trip",
         "xavier_keeps_the_variance")
CLAIMS = {claim.stem: claim for claim in find_claims() if claim.stem in STEMS}


@pytest.fixture(scope="module")
def short_outcomes():
    """A function from a claim's stem to the outcomes of its short form, which is run once."""
    known = {}

    def outcomes(stem):
        if stem not in known:
            known[stem] = CLAIMS[stem].judge(CLAIMS[stem].run(SEED, **CLAIMS[stem].short_form))
        return known[stem]

    return outcomes


@pytest.mark.parametrize("stem", STEMS)
def test_each_outcome_is_judged_and_is_that_of_the_full_form(stem, short_outcomes, reference_of):
    outcomes, rows = short_outcomes(stem), reference_of(CLAIMS[stem]).rows
    assert {name: outcome.holds for name, outcome in outcomes.items()} == {
        name: row.holds for name, row in rows.items()}
    assert all(outcome.judged for outcome in outcomes.values())


@pytest.mark.parametrize("stem", STEMS)
def test_it_is_another_form_than_that_of_the_seeds(stem):
    """Of these claims the seeds were judged in the full form, or in a finer one."""
    claim = CLAIMS[stem]
    assert claim.short_form
    if not claim.one_seed:
        assert claim.seeds_form == seeds.read(REFERENCE)[claim.name].settings != claim.short_form
