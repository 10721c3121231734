"""An ill-conditioned Hessian gets gradient descent stuck.

Claim    With an ill-conditioned Hessian SGD gets "stuck": even very small steps raise the cost.
Source   https://datascience.stackexchange.com/questions/15962, an answer, after I. Goodfellow,
         Y. Bengio and A. Courville, "Deep Learning" (2016), section 8.2.1.
Setup    ``Dense(1)`` without a bias on four samples (±√k, ±1) with the target 0, for condition
         numbers k from 1 to a million: the mean squared error is k w1² + w2², the Hessian
         diag(2 k, 2). The start, w1 = 0.01/√k, w2 = 1, leaves one part in 10,000 of the cost to the
         steep direction. For each k: the largest usable rate, by bisection; the steps at 0.9 of it
         until 1 % of the cost is left; and 60 steps at 0.9 and at 1.1 of it, both terms measured.
         Then a million once more with the inputs a thousandth as large, H = diag(2, 2/k).
Theory   Rates up to 2/(2 k) = 1/k are usable. A step shrinks the flat direction by 1 - 2 · rate, so
         a share s of the cost takes log(s)/(2 log(1 - 1.8/k)) steps: 1.28 k for a hundredth. Half
         gᵀHg exceeds gᵀg/rate where the steep direction holds enough of gᵀg: its part of gᵀHg is k
         times as large.
Differs  The source has no program. Each step sees all samples, so no other batch raises the cost
         (claim 13). The solution is 0, where float32 is finest.
"""
from lib.claims import below, exactly, near, source_says, suite_finds
from lib.command import run_script
from lib.measure.descents import many_descents
from lib.models import linear_unit
from lib.show.plotting import new_figure
from lib.training import train_each
from reproductions.learning_rate.parts import corners, term_balance

NUMBER = 12
ONE_SEED = "nothing is drawn at random"
TOLERANCE = 0.3             # between releases: of the curvature along what is mostly rounding
EPOCHS = 60                                     # ours: steps that are watched
CONDITIONS = [10.0 ** exponent for exponent in range(7)]    # ours: 1 to a million
BISECTION_STEPS = 2000                          # ours: enough for the steep direction to show
# Ours: what `fit` alone can do on old releases, where many steps are not one compiled call
ON_EVERY_RELEASE = {"conditions": (1.0, 10.0, 100.0, 1e3, 1e6), "bisection_steps": 400,
                    "precision": 1e-3, "solved_up_to": 1e3}
SWEEP, FLATTENED = "condition numbers", "condition 10⁶, largest curvature 2"
LEFT_IN_THEORY = (1 - 2 * corners.USABLE / CONDITIONS[-1]) ** (2 * corners.MANY_STEPS)


def run(seed=0, epochs=EPOCHS, conditions=CONDITIONS, bisection_steps=BISECTION_STEPS,
        precision=1e-4, solved_up_to=CONDITIONS[-1]):
    """The sweep, and the watched steps of each: {label: History}. Nothing is drawn at random.

    conditions: condition numbers, with 10 the second and a million the last; precision: of the
    usable rates, relative; solved_up_to: the largest condition number whose steps to 1 % of the
    cost are counted; for larger ones ``steps`` has NaN.
    """
    descend, watched = many_descents(linear_unit([0, 0])), {}

    def measure(condition, size=1.0):
        return corners.measure(descend, condition, bisection_steps, precision, solved_up_to, size)

    def measure_and_watch(condition):
        numbers = measure(condition)
        watched.update(term_balance.run(condition, numbers["usable_rate"], epochs))
        return numbers

    swept = train_each({condition: condition for condition in conditions}, measure_and_watch)
    flattened = measure(CONDITIONS[-1], size=CONDITIONS[-1] ** -0.5)
    return {SWEEP: corners.gathered(list(swept.values())),
            FLATTENED: corners.gathered([flattened]), **watched}


def judge(histories):
    sweep, flattened = histories[SWEEP], histories[FLATTENED]
    too_large = histories[term_balance.label_of(CONDITIONS[-1], term_balance.TOO_LARGE)]
    return dict(
        it_gets_stuck=source_says(
            "gets_stuck",
            "With an ill-conditioned Hessian gradient descent gets stuck (condition 10⁶, at 0.9 of "
            "the usable rate; share of the cost left after 1000 steps)",
            sweep.left[-1], near(LEFT_IN_THEORY, within=0.0005),
            "closed form: 1 - 0.0036; without any training it would be 1"),
        even_very_small_steps_raise_the_cost=source_says(
            "very_small_steps_raise_the_cost",
            "Even very small steps raise the cost (condition 10⁶; the smallest rate that does, "
            "relative to the one that the flat direction alone would tolerate)",
            sweep.usable_rate[-1] * sweep.smallest_curvature[-1] / 2, near(1e-6, within=2e-8),
            "closed form: 1/condition number; \"very small\": ours"),
        a_step_a_little_larger_does_at_once=source_says(
            "very_small_steps_raise_the_cost",
            "A very small step raises the cost at once (condition 10⁶, at 1.1 of the usable rate; "
            "first step on which the cost rises)", term_balance.first_rise(too_large), exactly(1)),
        a_well_conditioned_one_does_not=suite_finds(
            "With a well-conditioned Hessian it does not get stuck (condition 10, at 0.9 of the "
            "usable rate; share of the cost left after 1000 steps)",
            sweep.left[1], below(1e-6), "closed form: 0.82^2000"),
        the_steepness_forbids_the_step=suite_finds(
            "The steepness forbids a larger step, not the condition number (condition 10⁶, inputs "
            "a thousandth as large; largest usable rate)", flattened.usable_rate[0],
            near(1, within=0.02), "closed form: 2/largest curvature, which is 2"),
        it_is_stuck_all_the_same=suite_finds(
            "With smaller inputs, and so larger steps, it is stuck all the same (condition 10⁶, "
            "inputs a thousandth as large; share of the cost left after 1000 steps)",
            flattened.left[0], near(LEFT_IN_THEORY, within=0.0005), "closed form: 1 - 0.0036"),
        **corners.judge(sweep), **term_balance.judge(histories, sweep.condition))


def table(histories):
    """Each condition number with its rate and steps, for the terminal."""
    rows = [row + [term_balance.first_rise(
        histories[term_balance.label_of(condition, term_balance.TOO_LARGE)])]
        for condition, row in zip(histories[SWEEP].condition,
                                  corners.table_rows(histories[SWEEP]))]
    rows += [row + [""] for row in corners.table_rows(histories[FLATTENED])]    # not watched
    return dict.fromkeys(["condition", "largest curvature", "usable rate", "steps to 1 %",
                          "left after 1000", "first rise at 1.1"], "right"), rows


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8))
    corners.draw_left(left, histories[SWEEP])
    corners.draw_rates(middle, histories[SWEEP])
    term_balance.draw(right, histories, CONDITIONS[-1])
    right.set_title("Condition 10⁶: stuck, or worse")
    return figure


if __name__ == "__main__":
    run_script(__file__)
