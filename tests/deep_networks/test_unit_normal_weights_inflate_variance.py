"""The outcomes of unit_normal_weights_inflate_variance, one test each."""


def test_the_signal_grows_very_large(outcome):
    assert outcome.holds, outcome


def test_it_grows_very_large_behind_relus(outcome):
    assert outcome.holds, outcome


def test_a_linear_layer_multiplies_it_by_fan_in(outcome):
    assert outcome.holds, outcome


def test_a_relu_layer_by_half_of_it(outcome):
    assert outcome.holds, outcome


def test_thirty_layers_overflow(outcome):
    assert outcome.holds, outcome


def test_a_bounded_activation_bounds_the_signal(outcome):
    assert outcome.holds, outcome


def test_but_not_the_gradient(outcome):
    assert outcome.holds, outcome
