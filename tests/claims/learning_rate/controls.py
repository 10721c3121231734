"""Made-up histories that every judge of source 2 must see through; see single_relu/controls.py."""
import numpy as np
from made_up import later, one, plus, set_to, times

BATCHES = [f"batch {size}, rate {rate:g}" for size in (1, 4, 16, 64)
           for rate in (0.02, 0.06, 0.2)]
NEVER = dict(raising=set_to(0))


def geometric(start, factor):
    """What multiplies by a constant factor."""
    return lambda recorded: (start * np.power(float(factor), np.arange(len(recorded)))).tolist()


def from_the_start(start, factor):
    """The same, after the first step."""
    return geometric(start * factor, factor)


def ends(finite, infinite, last=np.nan):
    """So many finite numbers that grow to 1e13, so many of infinity, and another."""
    return lambda recorded: (np.geomspace(1e4, 1e13, finite).tolist() + [np.inf] * infinite
                             + [last] * (len(recorded) - finite - infinite))


def capped(recorded):
    """What stays below a trillion."""
    return [1e11] * len(recorded)


def starts_that(number, that, others):
    """Of the networks of each epoch, so many and the others."""
    return lambda recorded: [[that] * number + [others] * (32 - number) for _ in recorded]


# of the 32 starts of a network: what their losses are, and how many are dead
ALIVE = dict(losses=starts_that(32, 5e3, 0), dead=starts_that(32, 0, 0))
ALL_LOST = dict(losses=starts_that(32, np.nan, 0), dead=starts_that(32, 0, 0))
ALL_DEAD = dict(losses=starts_that(32, 2e4, 0), dead=starts_that(32, 1, 0))
ONE_ALIVE = dict(losses=starts_that(1, 2e4, np.nan), dead=starts_that(32, 0, 0))
ONE_LEARNED = dict(losses=starts_that(1, 100.0, np.nan), dead=starts_that(32, 0, 0))
ONE_NOT_LEARNED = dict(losses=starts_that(1, 7e3, 3e3), dead=starts_that(32, 0, 0))


def some(share):
    """That share of each count."""
    return lambda counts: [int(share * count) for count in counts]


def one_opposite(changes):
    """The shortest of the first steps that were tried goes the other way."""
    return [[-changes[0][0]] + changes[0][1:]] + changes[1:]


def as_high_as_at_first(losses):
    """One epoch has a loss a billionth higher than the first."""
    return one(100, losses[0] * (1 + 1.5e-9))(losses)


def watched(condition, share):
    return f"{condition:g}, {share} of the usable rate"


CONTROLS = {
    "one_order_of_magnitude": dict(
        the_loss_grows_exponentially=[
            (0.88, {"rate 0.001": dict(loss=lambda loss: np.geomspace(1e8, 1e2, len(loss)))}),
            {"rate 0.001": dict(loss=lambda loss: np.exp(
                0.2 * np.arange(len(loss)) ** 2).tolist())}],
        after_one_epoch_a_trillion={
            "network, rate 0.001": dict(losses=one(0, [9e11] * 18 + [1e13] * 14))},
        then_to_infinity=[{"rate 0.001": dict(loss=capped)},
                          {"rate 0.001": dict(loss=ends(3, 0))},
                          {"rate 0.001": dict(loss=ends(0, 3))}],
        then_to_nan=[{"rate 0.001": dict(loss=ends(3, 5, np.inf))},
                     {"rate 0.001": dict(loss=one(4, np.nan))}],
        the_smaller_rate_works=[(0.13, {"rate 0.0001": dict(loss=set_to(500.0))}),
                                {"rate 0.0001": dict(loss=set_to(np.nan))}],
        the_threshold_is_two_over_the_curvature={
            "threshold: all samples": dict(threshold=times(1.03))},
        the_weights_tell_the_rates_apart=[
            {"rate 0.001": dict(steep_weight=set_to(1e6))},
            {"rate 0.0001": dict(steep_weight=set_to(1e36))}],
        one_decade_decides_for_a_network_too=[
            (0.78, {"network, rate 0.0001": ALIVE}), {"network, rate 0.00001": ALL_LOST},
            {"network, rate 0.00001": ALL_DEAD}],
        the_curvature_is_that_of_the_data=(0.13, {
            "threshold: all samples": dict(largest_curvature=times(1.001))}),
        batches_break_a_little_later=(0.6, {
            "threshold: batches": dict(threshold=times(0.99))}),
        the_growth_is_that_of_the_batches={
            "rate 0.001": dict(loss=geometric(1e4, 10 ** 5.35))},
        the_other_weight_has_hardly_moved=(0.029, {"rate 0.0001": dict(flat_weight=set_to(1.0))}),
        the_regression_comes_from_thousands={
            "threshold: all samples": dict(loss_at_start=set_to(999.0))},
        for_the_network_neither_rate_works=[{"network, rate 0.001": ONE_ALIVE},
                                            {"network, rate 0.0001": ONE_ALIVE}],
        some_die_at_a_finite_loss={"network, rate 0.0001": ALL_LOST},
        two_decades_lower_all_learn=[{"network, rate 0.000001": ONE_NOT_LEARNED},
                                     {"network, rate 0.000001": ALL_LOST}],
    ),
    "minimizing_raises_the_loss": dict(
        a_step_scales_with_the_gradient={"rate 0.12": dict(gradient=times(1.00013))},
        it_lands_beyond_the_minimum={"rate 0.12": dict(weight=from_the_start(-4.0, 1.4))},
        farther_out_than_before={"rate 0.12": dict(weight=from_the_start(-4.0, -0.9))},
        it_raises_the_loss=[{"rate 0.12": dict(loss=one(100, 1.0))},
                            {"rate 0.12": dict(loss=set_to(np.nan))}],
        a_small_rate_approaches={"rate 0.01": dict(weight=times(1.1))},
        it_does_not_overshoot={"rate 0.01": dict(weight=from_the_start(-4.0, 0.8015))},
        the_curvature_is_known=(1.5e-05, {"rate 0.12": dict(curvature=set_to(10.0))}),
        the_weight_becomes_nan={"rate 0.12": dict(weight=later(2))},
        the_loss_becomes_infinite={"rate 0.12": dict(loss=later(2))},
        in_between_it_overshoots_and_arrives={
            "rate 0.095": dict(weight=from_the_start(-4.0, -0.9015))},
        on_x_squared_it_approaches={
            "rate 0.12 on x²": dict(weight=from_the_start(-4.0, 0.7615))},
    ),
    "second_order_term_wins": dict(
        the_change_is_the_sum_of_the_terms=[
            (0.6, {"tanh network": dict(trial_change=times(1.1))}),
            {"regression": dict(curvature_along=times(2))},
            {"two linear layers": dict(trial_change=set_to([np.nan] * 7))}],
        the_cost_rises_where_the_first_term_wins={
            "regression, too fast": dict(change=one(20, -1.0))},
        the_sign_is_that_of_the_winner={"regression": dict(change=one(3, 1.0))},
        on_a_quadratic_cost_it_is_exact={
            "regression, too fast": dict(trial_change=times(1.007))},
        elsewhere_a_long_step_may_go_the_other_way={"two linear layers": dict(
            curvature_along=set_to(0.0), trial_change=set_to([-1.0] * 7), change=set_to(-1.0))},
        but_no_shorter_one={"tanh network": dict(trial_change=one_opposite)},
        the_curvature_does_not_stay=(0.049, {
            "two linear layers": dict(largest_curvature=set_to(1.9))}),
        all_this_is_so_along_real_training=[{"tanh network": dict(loss=set_to(0.5))},
                                            {"regression": dict(loss=lambda loss: loss[:1])}],
    ),
    "ill_conditioning_stalls": dict(
        it_gets_stuck=[(0.0014, {"condition numbers": dict(left=one(-1, 0.5))}),
                       {"condition numbers": dict(left=set_to(1.0))}],
        even_very_small_steps_raise_the_cost={
            "condition numbers": dict(usable_rate=one(-1, 1.03e-6))},
        a_step_a_little_larger_does_at_once={watched(1e6, 1.1): dict(change=one(0, -1e-9))},
        a_well_conditioned_one_does_not=(1.2e-05, {"condition numbers": dict(left=one(1, 0.1))}),
        the_steepness_forbids_the_step=(0.029, {
            "condition 10⁶, largest curvature 2": dict(usable_rate=set_to(1e-6))}),
        it_is_stuck_all_the_same=[
            (0.00087, {"condition 10⁶, largest curvature 2": dict(left=set_to(0.0))}),
            {"condition 10⁶, largest curvature 2": dict(left=set_to(1.0))}],
        the_usable_rate_is_two_over_the_curvature=(3.7e-08, {
            "condition numbers": dict(usable_rate=lambda rates: [rates[0]] * len(rates))}),
        the_condition_number_is_known=(0.13, {
            "condition numbers": dict(smallest_curvature=times(1.001))}),
        the_steps_grow_like_the_condition_number=[
            {"condition numbers": dict(steps=lambda steps: np.sqrt(steps).tolist())},
            {"condition numbers": dict(steps=times(1.05))}],
        at_usable_rates_the_first_term_never_wins=(0.37, {
            watched(100, 0.9): dict(curvature_along=times(200))}),
        the_cost_rises_where_it_wins={watched(1e4, 1.1): dict(change=one(30, -1e-9))},
        the_first_rise_is_that_of_the_closed_form={watched(100, 1.1): dict(change=one(15, 1.0))},
    ),
    "another_batch_raises_the_loss": dict(
        a_learned_batch_has_a_larger_successor={
            "learned batches of 4": dict(new_loss=one(slice(0, 40), [0.0] * 40))},
        so_has_one_that_is_at_its_minimum={
            "learned batches of 32": dict(new_loss=one(slice(0, 60), [0.0] * 60))},
        a_large_batch_makes_it_less_likely=[
            (0.0065, {"learned batches of 256": dict(new_loss=set_to(9.0))}),
            {"learned batches of 256": dict(new_loss=set_to(0.0))}],
        the_batches_are_learned=[(0.6, {"learned batches of 64": dict(loss=plus(0.02))}),
                                 {"learned batches of 64": dict(loss=one(3, np.nan))}],
        new_values_gain_all_the_same=(0.88, {
            "learned batches of 32": dict(new_loss_before=one(slice(0, 20), [0.0] * 20))}),
        a_good_step_can_raise_the_loss_on_the_next_batch={"batch 64, rate 0.02": NEVER},
        at_first_often_with_one_sample=(0.37, {"batch 1, rate 0.02": NEVER}),
        at_first_never_with_many=(0.22, {"batch 64, rate 0.02": dict(raising=one(2, 30))}),
        at_first_a_larger_rate_raises_it_more=(0.6, {"batch 64, rate 0.2": NEVER}),
        in_the_end_it_is_a_coin_toss=[(0.6, {label: dict(raising=some(0.9)) for label in BATCHES}),
                                      {"batch 16, rate 0.06": dict(raising=some(1.2))}],
        it_is_less_where_many_steps_are_not_good={"batch 4, rate 0.2": dict(raising=some(1.1))},
        the_steps_are_as_good_as_independent=(0.081, {"batch 4, rate 0.02": dict(
            raising_of_stream=lambda counts: [100, 0] * (len(counts) // 2))}),
        one_sample_has_a_curvature_of_its_own={"batch 1, rate 0.2": dict(loss=set_to(1e30))},
    ),
    "adam_default_is_safe": dict(
        it_does_not_diverge=[{"Adam 0.001": dict(loss=one(100, 1e4))},
                             {"Adam 0.001": dict(loss=as_high_as_at_first)},
                             {"Adam 0.001": dict(loss=one(100, np.nan))}],
        where_gradient_descent_does={"SGD 0.001": dict(loss=set_to(1.0))},
        it_can_be_used=(1.2e-06, {"Adam 0.001": dict(loss=set_to(4700.0))}),
        it_can_be_used_for_a_network={"network, Adam": ONE_NOT_LEARNED},
        another_optimizer_does_not_help={
            label: ALL_LOST for label in ("network, momentum 0.9", "network, RMSprop",
                                          "network, Adam")},
        another_loss_does_not_help={
            label: ALL_LOST for label in ("network, absolute error", "network, Huber")},
        other_data_do_not_help={"network, 192 rows": ONE_LEARNED},
        momentum_does_not_help=[{"network, momentum 0.9": ONE_LEARNED},
                                {"network, SGD": ONE_LEARNED}],
        it_takes_its_time=(0.37, {"Adam 0.001": dict(
            steep_weight=lambda weights: np.minimum(2, 0.02 * np.arange(len(weights))).tolist())}),
        it_follows_its_formula={"Adam 0.001": dict(steep_weight=plus(0.05))},
        the_flat_weight_is_later=(0.94, {"Adam 0.001": dict(flat_weight=set_to(1.0))}),
        gradient_descent_is_faster_on_the_steep_weight={
            "SGD 0.0001": dict(steep_weight=one(0, 1.9))},
        but_leaves_the_flat_one_behind=(0.37, {"SGD 0.0001": dict(flat_weight=set_to(1.0))}),
        a_larger_rate_is_faster={"Adam 0.1": dict(flat_weight=one(slice(0, 11), [0.0] * 11))},
    ),
}
