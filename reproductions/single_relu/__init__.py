"""Source 1: one ReLU that should learn a ReLU, and often does not.

All its scripts use the set-up of the source's program: every step draws a fresh batch of 1000
x ~ N(0, 1); the target is max(x, 0); the model is one weight, no bias, then the activation; the
loss is the mean squared error; 'sgd' runs at its default rate of 0.01 unless said otherwise; there
are 20 epochs of 100 steps, and after each the program keeps the weight and the epoch's mean loss.
"""
from lib.claims import Sentence, Source

QUESTION, WITH_BIAS = "question, before its program", "question, after its program"
CURVE, STALLS = "answer, on the plots of the loss", "answer, on a negative start"
LEAKY, PROGRAM = "answer, on leaky ReLU", "answer, its program and figure"
STEPS, OPTIMIZER = "answer, on finite steps", "answer, on optimizers"

SOURCE = Source(
    title="Why can't a single ReLU learn a ReLU?",
    url="https://stats.stackexchange.com/questions/379884",
    published="Cross Validated, question 379884 and its accepted answer, 2018",
    licence="CC BY-SA 4.0",
    program="trains one unit without a bias",
    sentences={
        "half_of_random_starts_fail": Sentence(
            QUESTION, "Started at a random weight, one ReLU that should learn one ReLU fails to "
            "converge half of the time"),
        "right_sign_learns": Sentence(
            QUESTION, "Started with the right sign, it learns quickly and converges to the weight "
            "1"),
        "backwards_is_stuck": Sentence(
            QUESTION, "Started with the wrong sign, it gets stuck at a weight of 0 and never goes "
            "through it to where the loss is lower"),
        "bias_smooth_and_simple": Sentence(
            WITH_BIAS, "With a bias the loss, now over two dimensions, is smooth and simple"),
        "bias_circles_and_sticks": Sentence(
            WITH_BIAS, "With a bias, a ReLU that starts upside down circles around and gets stuck"),
        "bias_others_learn": Sentence(
            WITH_BIAS, "With a bias, the other starts go to the minimum"),
        "kink": Sentence(CURVE, "The loss as a function of w has a kink near w = 0"),
        "vanishes_left": Sentence(CURVE, "Left of the kink the gradient vanishes towards 0"),
        "zero_is_suboptimal": Sentence(
            CURVE, "w = 0 is not the optimum: the loss there is higher than at w = 1"),
        "not_convex": Sentence(
            CURVE, "The loss is not convex: some line meets its curve in three or more places"),
        "may_end_suboptimal": Sentence(
            STALLS, "So a negative start may converge to a solution that is not the optimum"),
        "nearer_is_slower": Sentence(
            STALLS, "From w < 0 it is hard to cross 0, because the gradient there is tiny: the "
            "closer w gets to 0 from the left, the slower it moves"),
        "all_stall": Sentence(STALLS, "Every trajectory from w(0) < 0 stalls near 0"),
        "leak_keeps_a_gradient": Sentence(
            LEAKY, "The gradient of a leaky ReLU does not vanish like this, because its derivative "
            "on the left is not 0"),
        "slope_zero": Sentence(LEAKY, "A leak of slope c = 0 is ReLU"),
        "usual_slopes": Sentence(
            LEAKY, "Most people choose a slope such as 0.1 or 0.3",
            not_judged="no run can show what people choose; a row of claim 4 shows that both "
                       "slopes escape"),
        "negative_slopes": Sentence(
            LEAKY, "The author has seen no c < 0 and would like to see its effect studied",
            not_judged="it asks and claims nothing; claim 4 answers it in rows of the suite"),
        "slope_one": Sentence(LEAKY, "A leak of slope c = 1 is the identity"),
        "slopes_beyond_one": Sentence(
            LEAKY, "With |c| > 1, many such layers may make the gradients explode"),
        "leaky_loss_falls": Sentence(
            PROGRAM, "With LeakyReLU(0.3) from w(0) = -10 the loss falls quickly to a small value"),
        "leaky_learns_one": Sentence(
            PROGRAM, "With LeakyReLU(0.3) from w(0) = -10 the weight goes to 1, the optimum"),
        "finite_steps_jump": Sentence(
            STEPS, "Steps are finite, so a negative start does jump over for particular pairs of "
            "w(0) and a large enough step size"),
        "far_start_resists": Sentence(
            OPTIMIZER, "From w(0) = -10 neither Adam nor Adam with AMSGrad nor SGD with momentum "
            "helps"),
        "adam_slows": Sentence(OPTIMIZER, "Going from SGD to Adam even slows the progress"),
        "near_start_adam": Sentence(
            OPTIMIZER, "From w(0) = -1 with a step size of 0.01 Adam gets past the flat side (in "
            "the answer's code, Adam with AMSGrad)"),
        "near_start_momentum": Sentence(
            OPTIMIZER, "From w(0) = -1 with a step size of 0.01 SGD with momentum gets past the "
            "flat side too"),
        "near_start_sgd": Sentence(
            OPTIMIZER, "From w(0) = -1 with a step size of 0.01 even vanilla SGD gets past the "
            "flat side"),
    },
)
