"""From w = -1 at step size 0.01 Adam, momentum and even plain SGD escape.

Claim    With w(0) = -1 and step size 0.01, Adam escapes (with AMSGrad in the answer's code); so
         does SGD with momentum; so does even vanilla SGD.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words; its code has
         SGD(0.01, momentum 0.9) and Adam(0.01, AMSGrad).
Setup    One unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target max(x, 0);
         mean squared error; 100 steps an epoch, 20 epochs; w(0) = -1.
Theory   On the flat side of a ReLU, vanilla SGD takes w to (1 - rate) w in expectation: from every
         start w decays geometrically towards 0. The answer's text follows a program with
         LeakyReLU(0.3): with that activation the statement holds, and the weight goes to
         1/(1 + c²) = 0.917.
Differs  fit replaces fit_generator; RandomState(seed) replaces the global state and draws the same
         numbers; one call runs all steps of an epoch, which changes no number. Other rates and the
         LeakyReLU(0.3) runs are ours: they show under which conditions the claim holds. So are the
         1,000 seeds at each rate and momentum (see claim 5).
"""
from lib.claims import above, below, near, source_says, suite_finds
from lib.command import run_script
from lib.show.plotting import COURSE, FAILS, GREY, HOLDS, band, name_curve, new_figure
from lib.training import FROM_THE_START
from reproductions.single_relu.parts import optimizers, seeds as over_seeds
from reproductions.single_relu.parts.seeds import HEAVY_BALL, SEEDS

NUMBER = 6
OVER_SEEDS = 8              # ours: it takes ten seconds and more
START = -1.0                # the source
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
ON_EVERY_RELEASE = {"seeds": 0}     # ours: most releases need a training for each rate
# background of the figure: other rates, and a momentum of ours
ASIDE = ("momentum 0.5, 0.01", "momentum 0.9, 0.001", "Adam 0.001", "AMSGrad 0.001")


def run(seed=0, epochs=EPOCHS, seeds=SEEDS, resume=FROM_THE_START):
    """Train each activation with each optimizer: {"ReLU, SGD 0.01": History, …}; and many seeds."""
    histories = optimizers.run(START, seed, epochs, STEPS_PER_EPOCH)
    histories.update(over_seeds.run(START, seed, epochs, STEPS_PER_EPOCH, seeds, resume))
    return histories


def judge(histories):
    final = optimizers.final_weights(histories)
    return dict(
        adam_escapes=source_says(
            "near_start_adam", "From w(0) = -1 Adam escapes (final weight; rate 0.01)",
            final["ReLU, Adam 0.01"], near(1, within=0.01)),
        amsgrad_escapes=source_says(
            "near_start_adam",
            "From w(0) = -1 Adam with AMSGrad, as in the answer's code, escapes (final weight; "
            "rate 0.01)",
            final["ReLU, AMSGrad 0.01"], near(1, within=0.01)),
        momentum_escapes=source_says(
            "near_start_momentum",
            "From w(0) = -1 SGD with momentum escapes (final weight; momentum 0.9, rate 0.01)",
            final["ReLU, momentum 0.9, 0.01"], near(1, within=0.01)),
        vanilla_sgd_escapes=source_says(
            "near_start_sgd", "From w(0) = -1 even vanilla SGD escapes (final weight; rate 0.01)",
            final["ReLU, SGD 0.01"], near(1, within=0.01),
            fails_because="On the flat side of a ReLU each step of SGD multiplies w by 1 - rate, "
                          "so w never crosses 0; with LeakyReLU, which the answer's program uses, "
                          "vanilla SGD does escape"),
        vanilla_sgd_is_stuck=suite_finds(
            "From w(0) = -1 vanilla SGD on a ReLU gets stuck at 0 (final weight; rate 0.01)",
            final["ReLU, SGD 0.01"], near(0, within=1e-7), "closed form: -0.99^2000 = -1.9e-9"),
        vanilla_sgd_escapes_with_a_leak=suite_finds(
            "From w(0) = -1 vanilla SGD escapes with LeakyReLU(0.3) (final weight; rate 0.01)",
            final["LeakyReLU(0.3), SGD 0.01"],
            near(optimizers.OPTIMA["LeakyReLU(0.3)"], within=0.005), "closed form 1/(1 + c²)"),
        adam_at_its_default_rate_does_not_escape=suite_finds(
            "From w(0) = -1 Adam at its default rate of 0.001 has not escaped after 20 epochs "
            "(final weight)",
            final["ReLU, Adam 0.001"], below(0),
            "what counts for Adam is rate/|w(0)|, here the same as from -10 at 0.01 in claim 5"),
        **optimizers.judge(histories),
        **judge_seeds(histories),
    )


def judge_seeds(histories):
    seeds = over_seeds.number_of_seeds(histories)
    if not seeds:
        return {}
    return dict(
        they_escape_over_seeds=suite_finds(
            f"Over {seeds:,} seeds momentum 0.9, Adam and AMSGrad at 0.01 escape (lowest share, "
            "lower end of its 95 % interval)",
            over_seeds.lowest_share(histories, (HEAVY_BALL, 0.01, 0.9), ("seeds, Adam", 0.01),
                                    ("seeds, AMSGrad", 0.01)),
            above(0.99), "exact interval of the runs counted"),
        vanilla_sgd_is_stuck_over_seeds=suite_finds(
            f"Over {seeds:,} seeds vanilla SGD at 0.01 does not escape (share, upper end of its "
            "95 % interval)",
            over_seeds.highest_share(histories, (HEAVY_BALL, 0.01, 0.0)), below(0.01),
            "exact interval of the runs counted"),
        **over_seeds.judge(histories),
    )


def draw(histories):
    """The weights, in large, and the losses on a ReLU and on a leaky one."""
    figure, panels = new_figure(2, 2, size=(12, 6.2), height_ratios=(2.2, 1))
    below, above = {"xytext": (4, -13)}, {"xytext": (4, 13)}
    bare = {"path_effects": [], "annotation_clip": True}     # left out if the run is too short
    names = {
        "ReLU": ("On a ReLU Adam and momentum escape, plain SGD does not", (
            (1, 1, "momentum 0.9", HOLDS, above),
            (3.5, 0.4, "Adam", HOLDS, {"ha": "right", "xytext": (-4, 0)}),
            (4.5, 0.5, "AMSGrad", HOLDS, {}),
            (7, 1, "all three learn 1 at a rate of 0.01", HOLDS, above),
            (7, 0, "SGD at 0.01 is stuck at 0", FAILS, above),
            (6, -0.5, "grey: smaller rates and weaker momentum", GREY, below),
            (20, -0.9, "below 0: not escaped", GREY, {"ha": "right"}))),
        "LeakyReLU(0.3)": ("With LeakyReLU(0.3) plain SGD escapes, too", (
            (2, 0.44, "SGD", HOLDS, below),
            (7, 0.92, "all four escape at a rate of 0.01", HOLDS, above),
            (8, -0.4, "Adam and AMSGrad at 0.001", GREY, below)))}
    for (weight, loss), (activation, (title, words)) in zip(panels.T, names.items()):
        optimizers.draw(weight, "weight", histories, activation, ASIDE)
        optimizers.draw(loss, "loss", histories, activation, ASIDE)
        weight.set_title(title)
        weight.set_ylim(-1.08, 1.3)
        for epoch, height, name, colour, place in words:
            name_curve(weight, epoch, height, name, colour, **bare, **place)
    band(panels[0, 0], -1.08, 0)
    name_curve(panels[1, 0], 20, 3e-3, COURSE, GREY, ha="right", **bare)
    return figure


def draw_more(histories):
    return over_seeds.draw(histories, "From w(0) = -1, in {epochs} epochs: momentum and rate "
                                      "decide, not the batches")


if __name__ == "__main__":
    run_script(__file__)
