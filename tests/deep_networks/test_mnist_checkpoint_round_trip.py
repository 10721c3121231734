"""The outcomes of mnist_checkpoint_round_trip, one test each."""


def test_the_loaded_model_scores_the_same(outcome):
    assert outcome.holds, outcome


def test_its_loss_is_the_same(outcome):
    assert outcome.holds, outcome


def test_its_logits_are_the_same(outcome):
    assert outcome.holds, outcome


def test_training_goes_on_the_same(outcome):
    assert outcome.holds, outcome


def test_it_goes_on_learning(outcome):
    assert outcome.holds, outcome
