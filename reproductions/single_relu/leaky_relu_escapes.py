"""A leaky ReLU escapes from w = -10 and learns w = 1, the optimum.

Claim    With LeakyReLU(0.3) instead of ReLU, SGD from w(0) = -10 brings the loss down fast to a
         small value, and the weight to 1, said to be the optimum.
Source   https://stats.stackexchange.com/questions/379884, accepted answer: program and figure.
Setup    One unit without a bias, LeakyReLU(0.3); a fresh batch of 1000 x ~ N(0, 1) every step,
         target max(x, 0); mean squared error; 'sgd'; 100 steps an epoch, 20 epochs; w(0) = -10.
Theory   With slope c the loss is least at w* = 1/(1 + c²) = 0.917, where it is
         c²/(2 (1 + c²)) = 0.041: this unit cannot become a ReLU, and its optimum is not 1.
Differs  fit replaces fit_generator; RandomState(seed) replaces the global state and draws the same
         numbers; one call runs all steps of an epoch, which changes no number; SGD(0.01) is what
         'sgd' stands for.
"""
from lib import theory
from lib.claims import below, first_epoch, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
from lib.show.plotting import learning_figure
from lib.training import train

NUMBER = 3
NEGATIVE_SLOPE = 0.3        # the source
START = -10.0               # the source
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
LABEL = "LeakyReLU(0.3), SGD, Keras"


def run(seed=0, epochs=EPOCHS):
    """Train the leaky unit: {label: History}."""
    unit = single_unit(keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE), START)
    return {LABEL: train(unit, ReLUBatches(seed), keras.optimizers.SGD(learning_rate=LEARNING_RATE),
                         "mean_squared_error", epochs, STEPS_PER_EPOCH)}


def judge(histories):
    history = histories[LABEL]
    best_weight, best_loss = theory.right_minimum(NEGATIVE_SLOPE)
    return dict(
        the_loss_falls_fast_to_a_small_value=source_says(
            "leaky_loss_falls",
            "The loss falls fast to a small value (epochs until it stays below 0.05)",
            first_epoch(largest(history.loss[k:]) < 0.05 for k in range(len(history.loss))),
            below(8), "\"fast\" and \"small\": ours; by then the original program's figure is "
                      "flat, and in closed form it is the sixth epoch"),
        the_weight_goes_to_one=source_says(
            "leaky_learns_one", "The weight goes to 1, the optimum (final weight)",
            history.weight[-1], near(1, within=0.01),
            fails_because="1 is the optimum of a ReLU; this unit's is 1/(1 + c²) = 0.917, where "
                          "the source's own program ends too"),
        the_weight_goes_to_the_leaky_optimum=suite_finds(
            "The weight goes to 1/(1 + c²) (final weight)", history.weight[-1],
            near(best_weight, within=0.005), "closed form"),
        the_loss_ends_at_that_optimum=suite_finds(
            "The loss goes to c²/(2 (1 + c²)), not to 0 (loss of the last epoch)",
            history.loss[-1], near(best_loss, within=0.002), "closed form"),
    )


def draw(histories):
    history = histories[LABEL]
    figure = learning_figure("LeakyReLU learning ReLU", histories,
                             theory.closed_forms_of([history]), originals_of([history]))
    optimum, _ = theory.right_minimum(NEGATIVE_SLOPE)
    closer = figure.axes[1].inset_axes([0.4, 0.22, 0.57, 0.56])
    closer.plot(history.weight, marker="o", markersize=4)
    closer.set(xlim=(5, len(history.weight) - 0.5), ylim=(0.86, 1.04))
    closer.grid(True)
    for weight, text, points_above in ((optimum, f"{optimum:.3f} = 1/(1 + c²)", -13),
                                       (1.0, "1, says the source", 4)):
        closer.axhline(weight, color="black", linestyle="--", linewidth=1)
        closer.annotate(text, (11, weight), xytext=(0, points_above), textcoords="offset points",
                        fontsize=9)
    return figure


if __name__ == "__main__":
    run_script(__file__)
