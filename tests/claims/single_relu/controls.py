"""Made-up histories that every judge of source 1 must see through.

CONTROLS[claim][outcome] = {label: {series: function}}, or a list of these: the function makes of
the recorded series what is put in its place. In place of {series: function} another label puts the
history of that label there. A pair of a share and such changes goes only that share of the way from
the recorded numbers to the made-up ones. Each turns its outcome round: one that holds must fail,
and the documented ones that fail must hold. One of them at least lies just beyond the bound.
"""
import numpy as np
from made_up import later, one, plus, set_to, times

from lib import theory
from lib.measure.fates import DIVERGED, FLAT


def letters(letter):
    """A grid of the recorded size in which every unit met the same fate."""
    return lambda rows: [letter * len(row) for row in rows]


def numbers(escaped):
    """So many of 1,000 seeds, at every rate and momentum."""
    return lambda recorded: np.full_like(recorded, escaped).tolist()


def sorted_by(escape_rate):
    """The (momentum, rate) grid of claim 7 as another formula would have it."""
    def grid(rows):
        rates, momenta = np.logspace(-3, 1, 512), np.linspace(0, 0.98, 512)
        escapes = rates[:, None] > escape_rate(momenta)
        return ["".join("a" if one else FLAT for one in row) for row in escapes]
    return grid


def some_survive(rows):
    """The highest of the rates, but every second unit of it survives."""
    return rows[:-1] + ["".join("~" if number % 2 else DIVERGED for number in range(len(rows)))]


def no_escape_of_the_farthest(rows):
    """The last column of a grid of claim 7, w(0) = -10, never leaves the flat side."""
    return [row[:-1] + FLAT for row in rows]


def of_some_biases(first, end, letter):
    """The rows of a grid of claim 8 from ``first`` to ``end``, of the highest biases last."""
    return lambda rows: rows[:first] + [letter * len(row) for row in rows[first:end]] + rows[end:]


def along(start, end):
    """A straight line, from start to end."""
    return lambda recorded: np.linspace(start, end, len(recorded)).tolist()


def circling(axis, degrees=95):
    """So much of a circle around (0, 0), from 180°, as w or as b."""
    angles = np.pi, np.pi + np.radians(degrees)
    return lambda recorded: (2 * axis(np.linspace(*angles, len(recorded)))).tolist()


def late(recorded):
    """Nothing happens until it is too late to be called fast or steady."""
    return [recorded[0]] * (len(recorded) - 1) + [recorded[-1]]


def bumpy(surface):
    """A surface with a second valley and a crease far from (0, 0)."""
    surface = np.array(surface)
    surface[10, 10] -= 3
    return surface.tolist()


ESCAPES = dict(weight=one(-1, 1.0))     # in the end: a judge of another epoch is noticed
STAYS = dict(weight=one(-1, -0.5))
NOT_A_NUMBER = dict(weight=set_to(np.nan), loss=set_to(np.nan))
RING = [f"{angle}°" for angle in range(0, 360, 15)]

CONTROLS = {
    "loss_has_a_kink_at_zero": dict(
        the_loss_has_a_kink_at_zero=(0.049, {"ReLU": dict(gradient=set_to(0.0))}),
        the_gradient_vanishes_left_of_zero=(0.0039, {"ReLU": dict(gradient=plus(-0.5))}),
        zero_is_worse_than_one=(0.049, {"ReLU": dict(loss=set_to(0.5))}),
        some_line_meets_the_curve_three_times={
            "ReLU": dict(loss=lambda loss: (np.linspace(-2, 3, len(loss)) ** 2).tolist())},
        a_leak_keeps_a_gradient=[{"LeakyReLU(0.3)": "ReLU"},
                                 (0.6, {"LeakyReLU(0.3)": dict(gradient=plus(0.02))})],
        the_curve_is_the_closed_form=(0.018, {"ReLU": dict(loss=times(1.001))}),
    ),
    "relu_gets_stuck": dict(
        half_of_the_random_starts_fail=[
            {"random starts": dict(learned=lambda recorded: [1, 1, 0, 0, 0] * 400)},
            {"random starts": dict(learned=lambda recorded: [1, 1, 1, 0, 0] * 400)}],
        the_sign_decides_which={
            "random starts": dict(learned=lambda recorded: [1 - recorded[0]] + recorded[1:])},
        every_negative_start_stalls_at_zero=[(3.4e-06, {"w(0) = -10": STAYS}),
                                             {"w(0) = -0.1": ESCAPES}],
        no_negative_start_crosses_zero=(2.4e-10, {"w(0) = -0.1": ESCAPES}),
        the_nearer_to_zero_the_slower={
            "w(0) = -1": dict(weight=late)},
        the_loss_stays_at_one_half=(0.081, {"w(0) = -10": dict(loss=set_to(0.0))}),
        positive_starts_converge_to_one=[{"w(0) = 10": NOT_A_NUMBER},
                                         {"w(0) = 10": dict(weight=set_to(1.00012))}],
        positive_starts_converge_quickly=[(0.15, {"w(0) = 0.1": dict(weight=along(0.1, 1))}),
                                          {"w(0) = 0.1": dict(weight=set_to(-0.5))}],
        the_solution_stays_solved={"w(0) = 1, Adam": dict(loss=set_to(1e-30))},
        it_shrinks_by_a_constant_factor=(1.8e-09, {"w(0) = -10": dict(weight=late)}),
    ),
    "leaky_relu_escapes": dict(
        the_loss_falls_fast_to_a_small_value=[
            {"LeakyReLU(0.3), SGD, Keras": dict(loss=set_to(0.5))},
            (0.00035, {"LeakyReLU(0.3), SGD, Keras": dict(loss=late)})],
        the_weight_goes_to_one={"LeakyReLU(0.3), SGD, Keras": ESCAPES},
        the_weight_goes_to_the_leaky_optimum=(0.081, {"LeakyReLU(0.3), SGD, Keras": ESCAPES}),
        the_loss_ends_at_that_optimum=(0.049, {
            "LeakyReLU(0.3), SGD, Keras": dict(loss=set_to(0.0))}),
    ),
    "leak_slopes": dict(
        slope_zero_is_relu=[(0.6, {"c = 0": dict(weight=plus(2e-5))}), {"c = 0": "ReLU"},
                            {"ReLU": "c = 0"}],
        slope_one_is_the_identity=[(0.6, {"identity": dict(loss=plus(2e-5))}),
                                   {"identity": "c = 1"}, {"c = 1": "identity"}],
        slopes_beyond_one_explode_in_depth={
            "depth, c = -2": dict(gradient=lambda layers: np.geomspace(1, 700, len(layers)))},
        the_common_slopes_escape=(0.0039, {"c = 0.1, w(0) = -1": STAYS}),
        the_identity_learns_half=(0.049, {"c = 1": ESCAPES}),
        above_minus_one_a_negative_start_is_trapped=[
            {"c = -0.3": "c = -0.3, w(0) = 10"}, (0.081, {"c = -0.3": "c = -0.3, w(0) = 10"})],
        below_minus_one_a_positive_start_is_trapped=[
            {"c = -1.5, w(0) = 10": "c = -1.5"}, (0.13, {"c = -1.5, w(0) = 10": "c = -1.5"})],
        the_trap_changes_sides_at_minus_one=[
            {"sweep from -10": "sweep from 10"}, (0.13, {"sweep from -10": "sweep from 10"}),
            {"sweep from 10": "sweep from -10"},
            {"sweep from -10": dict(weight=times(0.5))}],
        a_negative_start_stays_left_at_every_negative_slope=(0.049, {
            "sweep from -10": dict(weight=one(0, 1 / 3.25))}),
        a_positive_start_stays_right_at_every_slope=(0.049, {
            "sweep from 10": dict(weight=one(0, -1.5 / 3.25))}),
        every_positive_slope_escapes=[{"sweep from -10": dict(weight=set_to(np.nan))},
                                      {"sweep from -10": dict(weight=plus(0.045))}],
        a_layer_multiplies_the_gradient=(0.88, {"depth, c = 2": dict(gradient=set_to(1.0))}),
        weights_made_for_the_slope_keep_the_gradient={
            "depth, c = 2, He's variance": dict(gradient=along(1, 5))},
    ),
    "far_start_resists_optimizers": dict(
        adam_does_not_help=(0.22, {"ReLU, Adam 0.01": ESCAPES}),
        amsgrad_does_not_help=(0.91, {"ReLU, AMSGrad 0.001": ESCAPES}),
        momentum_does_not_help={"ReLU, momentum 0.9, 0.01": STAYS},
        adam_slows_the_progress=[{"ReLU, Adam 0.001": dict(loss=one(3, 0.5))},
                                 {"ReLU, Adam 0.001": "ReLU, SGD 0.01"}],
        adam_slows_the_progress_at_the_rate_of_sgd=[
            {"ReLU, Adam 0.01": dict(loss=one(-1, 0.5))}, {"ReLU, SGD 0.01": "ReLU, Adam 0.01"}],
        weak_momentum_is_stuck={"ReLU, momentum 0.5, 0.01": dict(weight=set_to(-2e-6))},
        adam_escapes_when_its_memory_fades=[{"run on: ReLU, Adam 0.01": dict(weight=set_to(-0.5))},
                                            {"run on: ReLU, Adam 0.01": dict(weight=later(4))}],
        amsgrad_stays_stuck=(2.1e-06, {"run on: ReLU, AMSGrad 0.01": ESCAPES}),
        adam_goes_its_rate_a_step=(0.0039, {"ReLU, Adam 0.001": ESCAPES}),
        a_leak_helps_plain_and_momentum_sgd=(0.13, {"LeakyReLU(0.3), SGD 0.01": ESCAPES}),
        momentum_escapes_over_seeds={"seeds, SGD": dict(escaped=numbers(996))},
        the_others_are_stuck_over_seeds={"seeds, Adam": dict(escaped=numbers(4))},
        damping_decides_for_every_seed={
            "seeds, SGD": dict(escaped=one(slice(0, 3), [[999] * 50] * 3))},
    ),
    "near_start_lets_optimizers_escape": dict(
        adam_escapes=(0.011, {"ReLU, Adam 0.01": STAYS}),
        momentum_escapes=[{"ReLU, momentum 0.9, 0.01": NOT_A_NUMBER},
                          {"ReLU, momentum 0.9, 0.01": dict(weight=set_to(1.015))}],
        vanilla_sgd_escapes={"ReLU, SGD 0.01": ESCAPES},
        amsgrad_escapes=(0.011, {"ReLU, AMSGrad 0.01": STAYS}),
        vanilla_sgd_is_stuck=(1.7e-07, {"ReLU, SGD 0.01": ESCAPES}),
        vanilla_sgd_escapes_with_a_leak=(0.0065, {"LeakyReLU(0.3), SGD 0.01": STAYS}),
        adam_at_its_default_rate_does_not_escape=(0.029, {"ReLU, Adam 0.001": ESCAPES}),
        weak_momentum_is_stuck={"ReLU, momentum 0.9, 0.001": dict(weight=set_to(-2e-7))},
        they_escape_over_seeds={"seeds, AMSGrad": dict(escaped=numbers(996))},
        vanilla_sgd_is_stuck_over_seeds={"seeds, SGD": dict(escaped=numbers(4))},
        damping_decides_for_every_seed={
            "seeds, SGD": dict(escaped=one(slice(0, 3), [[999] * 50] * 3))},
    ),
    "large_steps_jump_over": dict(
        a_large_step_jumps_over=(0.011, {"SGD 1.5": STAYS}),
        every_start_has_such_a_step={"SGD": dict(state=no_escape_of_the_farthest)},
        a_smaller_step_does_not=(1.2e-06, {"SGD 0.5": ESCAPES}),
        the_lower_edge_is_at_one=[{"SGD, closer": dict(state=letters("a"))},
                                  {"SGD, closer": dict(rate=times(0.8))}],
        the_upper_edge_is_above_two=[{"SGD, closer": dict(state=letters(DIVERGED))},
                                     {"SGD, closer": dict(rate=times(0.8))}],
        no_start_bears_the_golden_ratio={"SGD, closer": dict(state=some_survive)},
        far_too_large_a_step_diverges={"SGD 4": dict(loss=one(-1, 1e30))},
        the_damping_condition_sorts_the_grids=[
            {"momentum 0.9": dict(state=letters("a"))},
            {"momentum": dict(state=sorted_by(lambda m: (1 - m) ** 2 / 4))},
            {"momentum": dict(state=sorted_by(lambda m: theory.escape_rate(m) * 1.1))}],
        adams_formula_sorts_the_grid={"AMSGrad": dict(state=letters("a"))},
    ),
    "bias_circles_around": dict(
        the_loss_is_simple={"surface": dict(loss=bumpy)},
        the_loss_is_smooth=(0.011, {"surface": dict(loss=bumpy)}),
        an_upside_down_start_gets_stuck=(0.049, {"180°": dict(final_loss=set_to(0.0))}),
        it_circles_around_the_origin=[
            {"150°": "165°"},
            {"150°": dict(weight=along(-2, -0.5), bias=along(0, -0.5)), "165°": "240°"}],
        it_moves_in_a_circle={"180°": dict(weight=circling(np.cos), bias=circling(np.sin))},
        upright_starts_with_a_low_bias_circle=(0.13, {
            "285°": dict(weight=along(0.5, 1), bias=along(-1.9, 0))}),
        other_starts_reach_the_minimum=(0.029, {"0°": dict(weight=set_to(0.0), bias=set_to(-2.0))}),
        the_kink_is_at_the_origin=(0.13, {"surface": dict(loss=lambda rows: np.zeros_like(rows))}),
        the_surface_is_the_closed_form=(0.029, {"surface": dict(loss=bumpy)}),
        without_a_bias_above_zero_it_is_always_stuck={"210°": dict(final_loss=set_to(0.4))},
        some_escape_over_a_positive_bias=[
            {"105°": dict(weight=set_to(0.96), bias=set_to(0.04))},
            {label: dict(final_loss=set_to(0.5)) for label in RING}],
        stuck_units_are_dead=(0.15, {"195°": dict(weight=set_to(-1.0), bias=set_to(0.0))}),
        every_start_learns_or_dies={"basin": dict(state=of_some_biases(158, 161, "e"))},
        most_upside_down_starts_get_stuck={"basin": dict(state=of_some_biases(0, 45, "l"))},
        upright_starts_learn_everywhere={"basin": dict(state=of_some_biases(151, 161, "d"))},
    ),
}
