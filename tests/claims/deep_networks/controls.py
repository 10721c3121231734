"""Made-up histories that every judge of source 3 must see through; see single_relu/controls.py."""
import numpy as np
from made_up import one, plus, set_to, times

from reproductions.deep_networks.mnist_checkpoint_round_trip import CONTROL, LOADED, SAVED
from reproductions.deep_networks.parts.mnist_program import LATER_PROGRAM, PROGRAM


def by_layer(factor):
    """A signal that each layer multiplies by ``factor``."""
    return lambda recorded: np.power(float(factor), np.arange(len(recorded))).tolist()


def reversals(share):
    """Cosines of which that share is negative."""
    return lambda recorded: (np.arange(len(recorded)) / len(recorded) - share).tolist()


def start(label, number):
    return f"{label}, start {number}"


FINE, KILLING = ([f"rate {rate}, start {start}" for start in range(5)]
                 for rate in ("0.01", "0.07"))
GRID = np.linspace(-10, 10, 401)
KEPT = dict(signal=set_to(1.0), gradient=set_to(1.0))
LOST = dict(signal=set_to(1.0), gradient=by_layer(10))

CONTROLS = {
    "gradients_vanish_or_explode": dict(
        the_gradient_tends_to_zero=(7.5e-14, {"depth: sigmoid, Xavier": KEPT}),
        the_lower_layers_stop_changing=(0.038, {
            "sigmoid, Xavier, start 0": dict(change=one(2, 1e-3))}),
        the_gradient_becomes_huge=[{"depth: tanh, unit normal": KEPT},
                                   {"depth: linear, 2 × Xavier": dict(gradient=set_to(np.nan))},
                                   {"depth: linear, 2 × Xavier": dict(
                                       gradient=lambda g: np.geomspace(5e9, 1, len(g)))}],
        the_network_oscillates=[
            {start("tanh, unit normal", n): start("tanh, Xavier", n) for n in range(3)},
            {start("tanh, unit normal", n): dict(turn=reversals(0.32)) for n in range(3)}],
        it_does_not_converge=[
            {"tanh, unit normal, start 2": dict(loss=set_to(0.3))},
            {"tanh, unit normal, start 1": "tanh, Xavier, start 1"},
            {"tanh, unit normal, start 0": dict(loss=set_to(np.nan))}],
        the_control_does_not_oscillate=[
            {"tanh, Xavier, start 1": "tanh, unit normal, start 1"},
            {"tanh, Xavier, start 2": dict(turn=reversals(0.11))}],
        the_control_learns=[{"tanh, Xavier, start 1": "tanh, unit normal, start 1"},
                            {"tanh, Xavier, start 0": dict(loss=set_to(0.3))}],
        a_step_knows_nothing_of_the_one_before=[
            {start("tanh, unit normal", n): start("tanh, Xavier", n) for n in range(3)},
            {start("tanh, unit normal", n): dict(turn=plus(-0.06)) for n in range(3)}],
        it_can_learn_a_few_samples_by_heart={
            start("the same batch again: tanh, unit normal", n): dict(loss=times(22))
            for n in range(3)},
        the_vanishing_network_learns_nothing=[
            {"sigmoid, Xavier, start 0": "tanh, Xavier, start 0"},
            {"sigmoid, Xavier, start 0": dict(loss=times(0.88))}],
        nothing_holds_an_unbounded_network={
            "linear, 2 × Xavier, start 0": dict(loss=set_to(0.4))},
        the_factors_are_those_of_the_closed_form={
            "depth: tanh, unit normal": dict(gradient=by_layer(1 / 7.6))},
    ),
    "unit_normal_weights_inflate_variance": dict(
        the_signal_grows_very_large=[{"linear, 64": dict(signal=one(-1, 7e5))},
                                     {"ReLU, 64": KEPT}],
        a_linear_layer_multiplies_it_by_fan_in={"linear, 256": dict(signal=by_layer(218))},
        a_relu_layer_by_half_of_it=(0.78, {"ReLU, 512": dict(signal=by_layer(512))}),
        thirty_layers_overflow={"linear, 512, 32 layers": dict(signal=set_to(1e38))},
        a_bounded_activation_bounds_the_signal={"tanh, 256": dict(signal=set_to(257.0))},
        but_not_the_gradient=(0.13, {"tanh, 256": KEPT}),
    ),
    "sigmoid_saturates": dict(
        it_is_almost_linear_near_zero=(0.13, {
            "sigmoid": dict(y=lambda y: (GRID > 0).astype(float))}),
        it_is_sensitive_near_zero=(7e-05, {"sigmoid": dict(derivative=times(0.9))}),
        it_is_numb_far_out=(0.049, {"sigmoid": dict(derivative=set_to(0.25))}),
        its_derivative_is_the_closed_form=(0.13, {"sigmoid": dict(derivative=plus(1e-5))}),
        the_positive_side_dies_first={"sigmoid, far out": dict(
            derivative=lambda slope: slope[2:] + [0.0, 0.0])},
        the_negative_side_lives_on=(0.0014, {"sigmoid, far out": dict(
            derivative=lambda slope: [0.0] * 101 + slope[101:])}),
    ),
    "xavier_keeps_the_variance": dict(
        the_scale_is_set_by_fan_in_and_fan_out=[{"GlorotNormal": dict(deviation=times(1.1))},
                                                {"GlorotUniform": dict(deviation=times(0.9))}],
        the_limit_for_sigmoids_keeps_it={"sigmoid, Xavier uniform": KEPT},
        the_deviation_for_sigmoids_keeps_it={"sigmoid, Xavier normal": KEPT},
        the_limit_for_tanh_keeps_it={"tanh, 4 × Xavier uniform": KEPT},
        the_deviation_for_tanh_keeps_it={"tanh, 4 × Xavier normal": KEPT},
        the_limit_for_relus_keeps_it=[
            {"ReLU, √2 × Xavier uniform": LOST},
            {"ReLU, √2 × Xavier uniform": dict(signal=by_layer(0.89))}],
        the_deviation_for_relus_keeps_it=[
            {"ReLU, √2 × Xavier normal": LOST},
            {"ReLU, √2 × Xavier normal": dict(gradient=by_layer(1.12))}],
        the_limit_is_the_largest_weight={"GlorotUniform": dict(largest=times(1.02))},
        xavier_keeps_it_for_linear_layers=[
            {"linear, Xavier uniform": dict(gradient=by_layer(1.05))},
            {"linear, Xavier uniform": dict(gradient=set_to(np.nan))},
            {"linear, Xavier normal": dict(signal=by_layer(0.95))}],
        it_is_a_compromise_where_fan_in_is_not_fan_out=[
            {"linear, 256 and 64 in turn": "linear, Xavier normal"},
            (0.018, {"linear, 256 and 64 in turn": "linear, Xavier normal"}),
            {"linear, 256 and 64 in turn": dict(gradient=by_layer(1.25))}],
        xavier_loses_a_little_with_tanh={
            "tanh, Xavier uniform": dict(signal=by_layer(0.83))},
        four_times_the_limit_is_better_for_sigmoids=[
            {"sigmoid, 4 × Xavier uniform": "sigmoid, Xavier uniform"},
            (0.78, {"sigmoid, 4 × Xavier uniform": "sigmoid, Xavier uniform"})],
        he_keeps_it_for_relus=[{"ReLU, He normal": LOST},
                               {"ReLU, He normal": "ReLU, Xavier normal"},
                               (0.94, {"ReLU, He normal": "ReLU, Xavier normal"}),
                               {"ReLU, He normal": dict(signal=set_to(np.nan))}],
        what_it_keeps_is_not_the_difference_of_samples=(0.6, {
            "ReLU, √2 × Xavier uniform": dict(spread=set_to(2.0), signal=set_to(2.0))}),
        every_net_is_near_the_closed_form=(5.6e-06, {"tanh, He normal": dict(signal=by_layer(2))}),
    ),
    "relu_units_die": dict(
        a_unit_that_gets_an_input_below_zero_dies={
            "in the end, " + label: dict(gradient=set_to(0.0)) for label in FINE},
        a_unit_that_gets_no_other_inputs_is_dead=[
            {"at the start, bias -4": dict(gradient=set_to(0.1))},
            {"in the end, rate 0.07, start 1": dict(highest=set_to(-1.0), gradient=plus(1e-9))},
            {"at the start, bias 0": dict(gradient=one(0, 0.0))},
            {"at the start, bias 0": dict(highest=one(0, -0.5))}],
        half_of_all_inputs_are_below_zero={
            "in the end, " + label: dict(below=set_to(0.61)) for label in FINE},
        a_dead_unit_stays_dead=[{"rate 0.07, start 3": dict(revived=one(3, 1))},
                                {"rate 0.01, start 0": dict(revived=one(3, 1))}],
        too_large_a_step_kills=[{label: dict(dead=set_to(0.24)) for label in KILLING},
                                dict(zip(KILLING, FINE))],
        they_die_at_once=(0.6, {label: dict(dead=one(0, 0.1)) for label in KILLING}),
        a_small_step_kills_none={"rate 0.01, start 2": dict(dead=one(7, 0.01))},
        the_dead_are_missed=[dict(zip(KILLING, FINE)),
                             {label: dict(loss=set_to(0.01)) for label in KILLING}],
        a_still_larger_step_diverges={"rate 0.3, start 0": dict(loss=set_to(1.0))},
        a_low_bias_kills_at_the_start=[
            {"at the start, bias -6": "at the start, bias 0"},
            (0.28, {"at the start, bias -6": "at the start, bias 0"})],
        depth_kills_at_the_start=(0.78, {"at the start, 20 layers": dict(dead=set_to(0.0))}),
        but_not_near_the_input={"at the start, 20 layers": dict(dead=set_to(0.5))},
    ),
    "leaky_relu_keeps_a_gradient": dict(
        it_is_the_larger_of_two_lines={"formula, a = 0.3": dict(y=plus(1e-6))},
        it_keeps_a_little_of_the_negative_side={"formula, a = 0.01": dict(
            derivative=lambda slopes: [0.0 if slope < 1 else slope for slope in slopes])},
        the_dead_have_a_gradient_again=[{"a = 0.01": dict(gradient=set_to(0.0))},
                                        {"a = 0.01": "ReLU"}],
        dead_units_revive=[{"a = 0.01": dict(woken=set_to(0.0))}, {"a = 0.01": "ReLU"}],
        relus_stay_dead=[{"ReLU": dict(revived=one(2, 1))}, {"ReLU": "a = 0.01"}],
        the_network_learns_again=[{"a = 0.01": dict(loss=set_to(0.44))}, {"a = 0.1": "ReLU"}],
        a_weak_leak_is_slow=(0.6, {"a = 0.01": dict(dead=set_to(0.0))}),
        a_stronger_leak_revives_more=[{"a = 0.1": dict(woken=set_to(0.01))},
                                      {"a = 0.1": "a = 0.01"}],
        the_formula_is_wrong_beyond_one=(5.6e-06, {
            "formula, a = 1.5": dict(y=lambda y: np.maximum(
                1.5 * np.linspace(-5, 5, 201), np.linspace(-5, 5, 201)).tolist())}),
    ),
    "mnist_leaky_relu_mlp": dict(
        a_line_every_fifth_epoch={PROGRAM: dict(val_accuracy=lambda values: values[:35])},
        the_validation_accuracies_are_those_printed=[
            {PROGRAM: dict(val_accuracy=plus(0.0008))},
            {PROGRAM: dict(val_accuracy=lambda values: values[:35])}],
        each_of_them_is=[
            {PROGRAM: dict(val_accuracy=one(15, 0.9711))},
            {PROGRAM: dict(val_accuracy=lambda values: values[:35])}],
        the_batch_accuracies_are_those_printed=[
            {PROGRAM: dict(batch_accuracy=one(30, 1.0))},
            {PROGRAM: dict(batch_accuracy=lambda values: values[:35])}],
        the_later_program_meets_its_table=[
            {LATER_PROGRAM: dict(val_accuracy=plus(0.0008))},
            {LATER_PROGRAM: dict(val_accuracy=lambda values: values[:35])}],
        so_does_each_row=[
            {LATER_PROGRAM: dict(val_accuracy=one(15, 0.9699))},
            {LATER_PROGRAM: dict(val_accuracy=lambda values: values[:35])}],
        so_do_its_batches={LATER_PROGRAM: dict(batch_accuracy=one(10, 0.94))},
        both_follow_the_originals=[{PROGRAM: dict(val_accuracy=plus(0.003))},
                                   {LATER_PROGRAM: dict(val_accuracy=plus(-0.003))}],
        so_do_their_losses=[{PROGRAM: dict(val_loss=one(3, 0.216))},
                            {LATER_PROGRAM: dict(val_loss=one(3, 0.217))}],
        every_seed_gets_there={"free, seed 3": dict(val_accuracy=one(35, 0.975))},
        the_seed_moves_it_farther=[
            {f"free, seed {seed}": dict(val_accuracy=set_to(0.95)) for seed in range(5)},
            {PROGRAM: dict(val_accuracy=plus(0.0028))}],
        the_batch_column_is_chance=(0.37, {
            f"free, seed {seed}": dict(batch_accuracy=set_to(0.98)) for seed in range(5)}),
    ),
    "mnist_checkpoint_round_trip": dict(
        the_file_holds_the_final_model=[
            {LOADED: dict(weights_sha256=one(3, "0" * 16))},
            {LOADED: dict(another_process=set_to(0))}],
        the_loaded_model_scores_the_same=[
            {LOADED: dict(val_accuracy=plus(0.0002))}, {LOADED: dict(another_process=set_to(0))}],
        its_logits_are_the_same=[
            {LOADED: dict(logits=one(7, 0.0))}, {LOADED: dict(sum_of_logits=plus(1e-3))},
            {SAVED: dict(another_process=set_to(1))}],
        training_goes_on_the_same=[
            {LOADED: dict(val_loss=one(2, 0.2))}, {LOADED: dict(another_process=set_to(0))}],
        it_goes_on_learning=(0.018, {LOADED: dict(loss_going_on=set_to(0.2))}),
        another_file_scores_otherwise=[
            {CONTROL: dict(val_loss=set_to(0.07)), LOADED: dict(val_loss=set_to(0.07))},
            {LOADED: dict(another_process=set_to(0))}],
    ),
}
