"""The outcomes of leak_slopes, one test each."""


def test_slope_zero_is_relu(outcome):
    assert outcome.holds, outcome


def test_slope_one_is_the_identity(outcome):
    assert outcome.holds, outcome


def test_slopes_beyond_one_explode_in_depth(outcome):
    assert outcome.holds, outcome


def test_the_common_slopes_escape(outcome):
    assert outcome.holds, outcome


def test_the_identity_learns_half(outcome):
    assert outcome.holds, outcome


def test_a_negative_slope_traps(outcome):
    assert outcome.holds, outcome


def test_the_trap_has_a_high_loss(outcome):
    assert outcome.holds, outcome


def test_every_negative_slope_traps(outcome):
    assert outcome.holds, outcome


def test_every_positive_slope_escapes(outcome):
    assert outcome.holds, outcome


def test_a_layer_multiplies_the_gradient(outcome):
    assert outcome.holds, outcome


def test_weights_made_for_the_slope_keep_the_gradient(outcome):
    assert outcome.holds, outcome
