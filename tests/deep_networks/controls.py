"""Made-up histories that every judge of source 3 must see through; see single_relu/controls.py."""
import numpy as np
from made_up import one, plus, set_to, times

from reproductions.deep_networks.mnist_checkpoint_round_trip import CONTROL, LOADED, SAVED
from reproductions.deep_networks.mnist_leaky_relu_mlp import LATER_PROGRAM, PROGRAM


def by_layer(factor):
    """A signal that each layer multiplies by ``factor``."""
    return lambda recorded: np.power(float(factor), np.arange(len(recorded))).tolist()


LARGE_RATES = ["rate {:g}".format(rate) for rate in (0.05, 0.06, 0.07, 0.08, 0.1, 0.12)]
GRID = np.linspace(-10, 10, 401)
KEPT = dict(signal=set_to(1.0), gradient=set_to(1.0))
LOST = dict(signal=set_to(1.0), gradient=by_layer(10))

CONTROLS = {
    "gradients_vanish_or_explode": dict(
        the_gradient_tends_to_zero={"depth: sigmoid, Xavier": KEPT},
        the_lower_layers_stop_changing={"sigmoid, Xavier": dict(change=set_to(0.1))},
        the_gradient_becomes_huge=[{"depth: tanh, unit normal": KEPT},
                                   {"depth: linear, 2 × Xavier": dict(gradient=set_to(np.nan))}],
        training_oscillates={"tanh, unit normal": dict(loss=one(50, 30.0))},
        its_first_layer_has_no_direction=[{"tanh, unit normal": dict(turn=set_to(0.5))},
                                          {"tanh, unit normal": dict(turn=set_to(-0.5))}],
        it_does_not_converge=[{"tanh, unit normal": dict(loss=set_to(0.01))},
                              {"tanh, unit normal": dict(loss=set_to(np.nan))}],
        the_vanishing_network_learns_nothing={"sigmoid, Xavier": dict(loss=set_to(0.01))},
        the_control_learns={"tanh, Xavier": dict(loss=set_to(0.4))},
        the_control_does_not_oscillate={"tanh, Xavier": dict(turn=set_to(-0.1))},
        nothing_holds_an_unbounded_network={"linear, 2 × Xavier": dict(loss=set_to(0.4))},
        a_sigmoid_passes_a_sixteenth={"depth: sigmoid, Xavier": dict(gradient=by_layer(10))},
        the_factors_are_those_of_the_closed_form={
            "depth: tanh, unit normal": dict(gradient=by_layer(1 / 7))},
    ),
    "unit_normal_weights_inflate_variance": dict(
        the_signal_grows_very_large={"linear, 64": KEPT},
        it_grows_very_large_behind_relus={"ReLU, 64": KEPT},
        a_linear_layer_multiplies_it_by_fan_in={"linear, 256": dict(signal=by_layer(128))},
        a_relu_layer_by_half_of_it={"ReLU, 512": dict(signal=by_layer(512))},
        thirty_layers_overflow={"linear, 512, 32 layers": dict(signal=set_to(1e38))},
        a_bounded_activation_bounds_the_signal={"tanh, 256": dict(signal=set_to(257.0))},
        but_not_the_gradient={"tanh, 256": KEPT},
    ),
    "sigmoid_saturates": dict(
        it_is_almost_linear_near_zero={"sigmoid": dict(y=lambda y: (GRID > 0).astype(float))},
        it_is_sensitive_near_zero={"sigmoid": dict(derivative=times(0.9))},
        it_is_numb_far_out={"sigmoid": dict(derivative=set_to(0.25))},
        it_lies_on_its_asymptotes_far_out={"sigmoid": dict(
            y=lambda y: (0.5 + np.arctan(GRID) / np.pi).tolist())},
        it_is_nowhere_steeper_than_at_zero={"sigmoid": dict(derivative=one(220, 0.3))},
        its_derivative_is_the_closed_form={"sigmoid": dict(derivative=plus(1e-5))},
        the_positive_side_dies_first={"sigmoid, far out": dict(derivative=set_to(0.1))},
        the_negative_side_lives_on={"sigmoid, far out": dict(
            derivative=lambda slope: [0.0] * 1000 + slope[1000:])},
    ),
    "xavier_keeps_the_variance": dict(
        the_scale_is_set_by_fan_in_and_fan_out={
            "kernels, Xavier normal": dict(deviation=times(1.2))},
        it_keeps_the_variance=[{"linear, Xavier uniform": dict(gradient=by_layer(1.2))},
                               {"linear, Xavier uniform": dict(gradient=set_to(np.nan))},
                               {"linear, Xavier normal": dict(signal=by_layer(0.8))}],
        the_printed_limit_keeps_it_for_sigmoids={"sigmoid, Xavier uniform": KEPT},
        the_printed_limit_keeps_it_for_tanh={"tanh, 4 × Xavier uniform": KEPT},
        the_printed_limit_keeps_it_for_relus=[
            {"ReLU, √2 × Xavier uniform": LOST},
            {"ReLU, √2 × Xavier uniform": dict(signal=by_layer(0.5))}],
        the_limit_is_the_largest_weight={"kernels, Xavier uniform": dict(largest=times(1.02))},
        xavier_loses_a_little_with_tanh={"tanh, Xavier uniform": LOST},
        four_times_the_limit_is_better_for_sigmoids={"sigmoid, 4 × Xavier uniform": KEPT},
        unit_normal_weights_multiply_it_by_fan_in={"linear, unit normal": KEPT},
        xavier_halves_it_for_relus={"ReLU, Xavier uniform": KEPT},
        he_keeps_it_for_relus=[{"ReLU, He normal": LOST},
                               {"ReLU, He normal": dict(signal=set_to(np.nan))}],
        what_it_keeps_is_not_the_difference_of_samples={
            "ReLU, √2 × Xavier uniform": dict(spread=set_to(2.0), signal=set_to(2.0))},
        every_net_follows_the_closed_form={"tanh, He normal": dict(signal=by_layer(2))},
    ),
    "relu_units_die": dict(
        units_with_only_negative_inputs_learn_nothing=[
            {"at the start, bias -4": dict(gradient=set_to(0.1))},
            {"in the end, at the deadliest rate": dict(highest=set_to(-1.0), gradient=plus(1e-9))},
            {"at the start, bias 0": dict(gradient=set_to(0.0))}],
        too_large_a_step_kills={label: dict(dead=set_to(0.0)) for label in LARGE_RATES},
        a_dead_unit_stays_dead={"rate 0.05": dict(revived=one(3, 1))},
        a_small_step_kills_none={"rate 0.01": dict(dead=one(7, 0.01))},
        they_die_at_once={label: dict(dead=one(0, 0.1)) for label in LARGE_RATES},
        the_dead_are_missed={label: dict(loss=set_to(0.01)) for label in LARGE_RATES},
        a_still_larger_step_diverges={"rate 0.3": dict(loss=set_to(1.0))},
        a_low_bias_kills_at_the_start={"at the start, bias -6": dict(highest=set_to(1.0))},
        none_is_dead_at_the_start_without_a_bias={
            "at the start, bias 0": dict(highest=one(5, -0.1))},
        depth_kills_at_the_start={"at the start, 20 layers": dict(dead=set_to(0.0))},
        but_not_near_the_input={"at the start, 20 layers": dict(dead=set_to(0.5))},
    ),
    "leaky_relu_keeps_a_gradient": dict(
        it_is_the_larger_of_two_lines={"formula, a = 0.3": dict(y=plus(1e-6))},
        it_keeps_a_little_of_the_negative_side={"formula, a = 0.01": dict(
            derivative=lambda slopes: [0.0 if slope < 1 else slope for slope in slopes])},
        no_unit_is_dead={"a = 0.01": dict(gradient=set_to(0.0))},
        dead_units_revive={"a = 0.01": dict(woken=set_to(0.0))},
        relus_stay_dead={"ReLU": dict(revived=one(2, 3))},
        relus_have_no_gradient={"ReLU": dict(gradient=set_to(1e-6))},
        the_network_learns_again={"a = 0.01": dict(loss=set_to(0.44))},
        a_weak_leak_is_slow={"a = 0.01": dict(dead=set_to(0.0))},
        a_stronger_leak_revives_more={"a = 0.1": dict(woken=set_to(0.01))},
        the_formula_is_wrong_beyond_one={
            "formula, a = 1.5": dict(y=lambda y: np.maximum(
                1.5 * np.linspace(-5, 5, 201), np.linspace(-5, 5, 201)).tolist())},
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
            {"free, seed {}".format(seed): dict(val_accuracy=set_to(0.95)) for seed in range(5)},
            {PROGRAM: dict(val_accuracy=plus(0.0022))}],
        the_batch_column_is_chance={
            "free, seed {}".format(seed): dict(batch_accuracy=set_to(0.98)) for seed in range(5)},
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
        it_goes_on_learning={LOADED: dict(loss_going_on=set_to(0.2))},
        another_file_scores_otherwise=[
            {CONTROL: dict(val_loss=set_to(0.07)), LOADED: dict(val_loss=set_to(0.07))},
            {LOADED: dict(another_process=set_to(0))}],
    ),
}
