"""The outcomes of mnist_leaky_relu_mlp, one test each."""


def test_the_validation_accuracies_are_those_printed(outcome):
    assert outcome.holds, outcome


def test_the_batch_accuracies_are_those_printed(outcome):
    assert outcome.holds, outcome


def test_it_reaches_97_9_percent(outcome):
    assert outcome.holds, outcome


def test_it_follows_the_original_program(outcome):
    assert outcome.holds, outcome


def test_so_does_its_loss(outcome):
    assert outcome.holds, outcome


def test_every_seed_gets_there(outcome):
    assert outcome.holds, outcome


def test_the_printed_rows_are_one_draw(outcome):
    assert outcome.holds, outcome


def test_the_batch_column_is_chance(outcome):
    assert outcome.holds, outcome
