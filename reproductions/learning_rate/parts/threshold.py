"""The rate at which the regression breaks, by bisection, beside its closed forms (claim 9)."""
import numpy as np

from lib import theory
from lib.claims import History, between, near, suite_finds
from lib.measure.curvature import LossSurface
from lib.measure.descents import many_descents, mean_squared_error, threshold_rate
from lib.models import linear_unit
from lib.show.plotting import FAILS, GREY, HOLDS, THEORY, label, name_curve
from reproductions.learning_rate.parts import regression

WHOLE, BATCHES = "threshold: all samples", "threshold: batches"
STEPS = 400                                     # ours: 20 epochs


def run(seed, low, high):
    """Both bisections: {label: History}.

    low, high: rates below and above the threshold.
    """
    batches, whole = regression.data(seed), regression.data(seed, regression.SAMPLES)
    model = linear_unit(regression.START)
    start = model.get_weights()     # once: the first bisection moves the model
    loss, _, hessian = LossSurface(model, mean_squared_error, whole.x, whole.y).derivatives()

    def bisection(data, **measured):
        rate, tried = threshold_rate(many_descents(model), start, data, low, high, STEPS)
        return History(dict(data.settings(), steps=STEPS, start=regression.START, optimizer="SGD"),
                       threshold=[rate], tried=[one for one, _ in tried],
                       ratio=[ratio for _, ratio in tried], **measured)

    return {
        WHOLE: bisection(whole, loss_at_start=[loss], largest_curvature=[steepest(hessian)],
                         closed_form=[steepest(theory.least_squares_hessian(whole.x))]),
        BATCHES: bisection(batches, largest_curvature=[
            steepest(theory.least_squares_hessian(x)) for x in batches.stacked()[0]])}


def steepest(hessian):
    """The largest eigenvalue."""
    return float(np.linalg.eigvalsh(hessian)[-1])


def growth_per_epoch(losses):
    """By what each epoch multiplied the loss, while it is finite."""
    finite = np.array([loss for loss in losses if np.isfinite(loss)])
    return finite[1:] / finite[:-1]


def judge(histories, large, small):
    """What closed forms say of the regression.

    histories: with those of ``run``; large, small: the trainings at the source's two rates.
    """
    whole, batches = histories[WHOLE], histories[BATCHES]
    limit = 2 / whole.largest_curvature[0]
    growth = growth_per_epoch(large.loss)
    rate, slow_rate = (history.settings["learning_rate"] for history in (large, small))
    steps = len(small.loss) * small.settings["steps_per_epoch"]
    return dict(
        the_threshold_is_two_over_the_curvature=suite_finds(
            "The regression breaks at 2/largest curvature (measured threshold relative to that, "
            "all samples in each step)", whole.threshold[0] / limit, near(1, within=0.02),
            "closed form"),
        the_curvature_is_that_of_the_data=suite_finds(
            "The largest curvature is that of 2 E[x xᵀ] (automatic differentiation relative to the "
            "closed form)", whole.largest_curvature[0] / whole.closed_form[0],
            near(1, within=1e-4), "closed form; float32"),
        batches_break_a_little_later=suite_finds(
            "In batches the regression breaks at a slightly higher rate (relative to the threshold "
            "of all samples)", batches.threshold[0] / whole.threshold[0],
            near(theory.threshold_of_batches(batches.largest_curvature) / limit, within=0.005),
            "closed form: the mean of log|1 - rate · h| over the batches is 0"),
        the_growth_is_that_of_the_batches=suite_finds(
            "At 0.001 the loss grows as the curvatures of the batches say (decades per epoch, "
            "median)", np.log10(np.median(growth)) if len(growth) else np.nan,
            near(2 * np.sum(np.log10(np.abs(1 - rate * np.array(batches.largest_curvature)))),
                 within=0.1), "closed form: the product of (1 - rate · h)² over the batches"),
        the_other_weight_has_hardly_moved=suite_finds(
            "At 0.0001 the weight of the small input is still far from its target of 1 (after the "
            "last epoch)", small.flat_weight[-1],
            near(1 - (1 - 2 * slow_rate) ** steps, within=0.02),
            "closed form: 1 - (1 - 2 · rate)^steps"),
        the_regression_comes_from_thousands=suite_finds(
            "The regression starts in the thousands, as in the source (loss before the first step)",
            whole.loss_at_start[0], between(1000, 9999), "we chose its scale for that"),
    )


def draw(panel, history):
    """The rates tried by one bisection, and what became of the loss at each."""
    rates, falls = np.array(history.tried), np.array(history.ratio) <= 1
    trial = np.arange(1, len(rates) + 1)
    limit = 2 / history.largest_curvature[0]
    panel.axhline(limit, **THEORY)
    panel.semilogy(trial[~falls], rates[~falls], color=FAILS, marker="^", linestyle="none")
    panel.semilogy(trial[falls], rates[falls], color=HOLDS, marker="o", linestyle="none")
    name_curve(panel, 4, 4e-3, "the loss grows", FAILS, xytext=(6, 0), fontsize="medium")
    name_curve(panel, 4, 2.5e-4, "the loss falls", HOLDS, xytext=(6, 0), fontsize="medium")
    name_curve(panel, trial[-1], limit, "grey road:\n2 / largest curvature", GREY, ha="right",
               xytext=(0, -22))
    label(panel, "Trial of a bisection", "Learning rate", "The rate that decides")
