"""Source 3: why deep networks are hard to train, what helps, and a program that does."""
from lib.claims import Sentence, Source

GRADIENTS, WEIGHTS = "section on gradients", "section on initial weights"
SATURATION, XAVIER = "section on saturation", "section on Xavier initialization"
RELU, LEAKY_RELU, PROGRAM = "section on ReLU", "section on leaky ReLU", "program"
TABLE = "A. Géron, \"Hands-On Machine Learning\", 1st edition, table 11-1"

SOURCE = Source(
    title="DNN training: problems and methods",
    url="https://www.heiqu.com/wppjwj.html",
    published="a Chinese blog's notes of a university course, after chapter 11 of A. Géron, "
              "\"Hands-On Machine Learning with Scikit-Learn and TensorFlow\", 1st edition, 2017",
    licence="all rights reserved",
    program="trains a network of leaky ReLUs on MNIST",
    sentences={
        "error_passed_back": Sentence(
            GRADIENTS, "A deep network passes its error back layer by layer, and each layer "
            "multiplies it by a factor",
            not_judged="this is the chain rule; the rows judge what such factors lead to"),
        "small_factor_vanishes": Sentence(
            GRADIENTS, "With a factor below 1 the gradient tends to 0"),
        "small_factor_stops_layers": Sentence(
            GRADIENTS, "With a factor below 1 the lower layers stop changing"),
        "large_factor_explodes": Sentence(
            GRADIENTS, "With a factor above 1 the gradient becomes huge"),
        "large_factor_oscillates": Sentence(
            GRADIENTS, "Correcting a network with such a huge gradient makes it oscillate"),
        "large_factor_does_not_converge": Sentence(
            GRADIENTS, "A network that is corrected with such a huge gradient cannot converge"),
        "unit_normal_inflates": Sentence(
            WEIGHTS, "With weights from the standard normal distribution the variance of a signal "
            "grows very large through the layers"),
        "sigmoid_almost_linear": Sentence(
            SATURATION, "Near 0 the sigmoid is almost linear"),
        "sigmoid_sensitive": Sentence(
            SATURATION, "Near 0 the sigmoid is sensitive to its input"),
        "sigmoid_numb": Sentence(
            SATURATION, "Far from 0 a strong input gets a numb output: the sigmoid saturates"),
        "xavier_scale": Sentence(
            XAVIER, "Xavier initialization sets the scale of the weights by fan-in and fan-out, "
            "for uniform and for normal weights"),
        "xavier_variants": Sentence(
            XAVIER, "Each activation function has its own variant of Xavier initialization",
            not_judged="it announces the table, whose entries are judged one by one"),
        "xavier_normal_more_used": Sentence(
            XAVIER, "The normal variant is used more often",
            not_judged="no run shows what most people use; both columns of the table are judged"),
        "table_logistic": Sentence(
            TABLE, "For the logistic function: uniform weights up to "
            "r = sqrt(6/(fan_in + fan_out)), or normal weights with the standard deviation "
            "sqrt(2/(fan_in + fan_out))"),
        "table_tanh": Sentence(
            TABLE, "For tanh: 4 times the logistic function's limit or standard deviation"),
        "table_relu": Sentence(
            TABLE, "For ReLU: sqrt(2) times the logistic function's limit or standard deviation"),
        "relu_no_negative_inputs": Sentence(
            RELU, "A ReLU must not get inputs below 0, or it dies"),
        "leaky_formula": Sentence(
            LEAKY_RELU, "A leaky ReLU is max(a x, x)"),
        "leaky_keeps_a_little": Sentence(
            LEAKY_RELU, "A leaky ReLU keeps a little of the negative side"),
        "prints_every_fifth_epoch": Sentence(
            PROGRAM, "Every fifth epoch the program prints the accuracy on its last batch and on "
            "the validation set"),
        "program_table": Sentence(
            "the book's notebook, revision b639cad: the blog shows the same program, but not what "
            "it prints", "The printed accuracies rise from 0.86 on the batch and 0.9044 on the "
            "validation set, after the first epoch, to 0.96 and 0.9792, after the 36th"),
        "final_model_saved": Sentence(
            PROGRAM, "After 40 epochs the program saves the final model"),
    },
)
