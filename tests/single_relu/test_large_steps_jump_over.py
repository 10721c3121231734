"""The outcomes of large_steps_jump_over, one test each."""


def test_a_large_step_jumps_over(outcome):
    assert outcome.holds, outcome


def test_some_pairs_jump_over(outcome):
    assert outcome.holds, outcome


def test_a_smaller_step_does_not(outcome):
    assert outcome.holds, outcome


def test_the_lower_edge_is_at_one(outcome):
    assert outcome.holds, outcome


def test_the_upper_edge_is_above_two(outcome):
    assert outcome.holds, outcome


def test_no_start_bears_the_golden_ratio(outcome):
    assert outcome.holds, outcome


def test_far_too_large_a_step_diverges(outcome):
    assert outcome.holds, outcome


def test_momentum_lowers_the_edge(outcome):
    assert outcome.holds, outcome


def test_the_damping_condition_sorts_the_grid(outcome):
    assert outcome.holds, outcome


def test_adam_scales_with_the_start(outcome):
    assert outcome.holds, outcome


def test_adams_formula_sorts_the_grid(outcome):
    assert outcome.holds, outcome
