"""Our histories beside those of the original programs, from Cases: as text and as figures."""
import math
import os

from lib import originals
from lib.show import plotting
from lib.show.tables import in_words, print_table

COLUMNS = {"case": "left", "claims": "left", "compared with": "left", "deviation": "left",
           "tolerance": "left", "within": "left", "shown only: from the original": "left"}
LABELS = {"loss": "Loss", "weight": "Weight", "val_accuracy": "Validation accuracy",
          "val_loss": "Validation loss", "batch_accuracy": "Accuracy on the last batch"}
MNIST_PROGRAMS = {"next_batch": "The source's program", "shuffle_batch": "The later program"}


def _named(claims):
    return in_words(claim.number for claim in claims)


def _brief(number):
    return f"{number:.1e}".replace("e-0", "e-").replace(".0e", "e") if number else "0"


def print_cases(cases):
    """The table, what stands in it, and which cases are the same run."""
    print_table(COLUMNS, map(_row, cases))
    on_mnist = sum(case.on_mnist for case in cases)
    counts = [(len(cases) - on_mnist, "of source 1"), (on_mnist, "on MNIST")]
    words = " and ".join(f"{number} {where}" for number, where in counts if number)
    compared = [case.comparison for case in cases if case.comparison]
    in_numpy = sum(comparison.shown is not None for comparison in compared)
    print(f"Deviation: the largest over the epochs, relative to max(1, |value|).\n"
          f"Distinct runs: {words}.\n"
          f"Compared with the original programs on TensorFlow 1.12.3: {len(compared) - in_numpy}.")
    if in_numpy:
        print(f"Compared with the same updates in NumPy, as Adam or AMSGrad trains: {in_numpy}. "
              "There the\noriginal's step counter raced: its own runs differ, so its deviation "
              "is shown, not judged.")
    same = [(name, case.name) for case in cases for name in case.names[1:]]
    if same:
        print(f"Other names of the same runs, number for number, as SGD's default rate is "
              f"{originals.DEFAULT_RATE['SGD']}: {len(same)}.")
        print("\n".join(f"  {name} is {first}" for name, first in same))


def _row(case):
    claims, compared = ", ".join(str(claim.number) for claim in case.claims), case.comparison
    if compared is None:
        return case.name, claims, "", "", "", "no history: run the claims first", ""
    return (case.name, claims, "original" if compared.shown is None else "NumPy",
            _each(compared.deviations, case), _each(compared.tolerances, case),
            "yes" if compared.within else f"NO: claim {case.farthest.number}",
            _each(compared.shown, case))


def _each(by_series, case):
    return ", ".join(f"{name} {_brief(by_series[name])}" for name in _series(case) if by_series)


def _series(case):
    """The names of its series, in the order of LABELS."""
    return sorted(case.original.series, key=list(LABELS).index)


def print_without_cases(by_source):
    """A line for the claims of each source that have no case. by_source: {Source: [Claim]}."""
    for source, claims in by_source.items():
        print(f"No original of {_named(claims)}: " + (
            "the source has no program, only words and figures." if source.program is None else
            f"no run of the source's program, which {source.program}, is about this."))


def set_up_in_words(settings):
    """The set-up of an original's run, for a title."""
    if settings.get("data") == "MNIST":
        return f"{MNIST_PROGRAMS[settings['order']]} on MNIST"
    unit, optimizer = settings["activation"], settings["optimizer"]
    if settings["negative_slope"]:
        unit += f"({settings['negative_slope']:g})"
    if settings.get("momentum"):
        optimizer = f"momentum {settings['momentum']:g}"
    if settings.get("amsgrad"):
        optimizer = "AMSGrad"
    return (f"{unit} from w(0) = {settings['start']:g}, {optimizer}, "
            f"rate {settings['learning_rate']:g}")


@plotting.one_look()
def draw(case):
    """The figure of a case: the original and ours on the same axes, and the difference below.

    Beside it the picture of the original's plotting code, if it draws one.
    """
    compared, names = case.comparison, _series(case)
    picture = os.path.join(originals.FOLDER, case.name + ".png")
    if os.path.exists(picture):
        figure, axes = plotting.new_figure(
            2 * len(names), 2, size=(13, 6.6), sharex="col",
            gridspec_kw={"height_ratios": (3, 1.1) * len(names)})
        pairs = axes[:, 1].reshape(-1, 2)
        _hang(figure, axes[:, 0], picture)
    else:
        figure, axes = plotting.new_figure(2, len(names), size=(13, 5), sharex="col",
                                           gridspec_kw={"height_ratios": (3, 1.1)})
        pairs = axes.T
    for name, (panel, strip) in zip(names, pairs):
        _overlay(panel, compared, name, "ours ({})".format(
            _named(case.claims if compared.within else [case.farthest])))
        _difference(strip, compared, name)
        strip.set_xlabel("Epoch" if strip.get_subplotspec().is_last_row() else "")
    pairs[0][0].legend(loc="best")
    follows = "follows" if compared.within else "does NOT follow"
    what = "the original" if compared.shown is None else "Adam's formula"
    figure.suptitle(f"{set_up_in_words(case.original.settings)}: ours {follows} {what}")
    plotting.caption(figure, _caption(case, os.path.exists(picture)))
    return figure


def _caption(case, has_picture):
    in_numpy = case.comparison.shown is not None
    less = ("Adam's formula in NumPy (line) and less the original (crosses)" if in_numpy
            else "the original")
    words = [f"{' = '.join(case.names)}. Difference: ours less {less}, relative to "
             "max(1, |value|); in grey what is allowed, beyond it the axis is logarithmic."]
    if not has_picture:
        words += ["The original program draws no picture."]
    if not any(case.original.series.get("loss", [1])):
        words += ["A loss of 0 has no place on the original's logarithmic axis."]
    if in_numpy:
        words += ["\nAdam's step counter raced in TensorFlow 1.12: two runs of the original "
                  "differ, so ours is judged by the formula."]
    return " ".join(words)


def _hang(figure, column, picture):
    """The picture in place of a column of axes."""
    from matplotlib import image
    place = column[0].get_gridspec()[:, 0]
    for panel in column:
        panel.remove()
    panel = figure.add_subplot(place)
    panel.imshow(image.imread(picture))
    panel.set_title("The picture that the original program draws")
    panel.set_axis_off()
    panel.set_anchor("N")


def _overlay(panel, compared, name, ours):
    original = compared.original.series[name]
    if compared.shown is not None:
        panel.plot(compared.reference.series[name], label="Adam's formula in NumPy",
                   **plotting.THEORY)
    panel.plot(compared.history.series[name], color=plotting.HOLDS, linewidth=1.6, label=ours)
    panel.plot(original, label="original program, TensorFlow 1.12.3", clip_on=False,
               **plotting.ORIGINAL)
    if name == "loss" and min(original) > 0:
        panel.set_yscale("log")
    plotting.label(panel, y=LABELS.get(name, name))
    panel.margins(0, 0.05)      # those of the original's picture


def _difference(strip, compared, name):
    """A strip that is linear within the tolerance, a grey band, and logarithmic beyond."""
    ours, tolerance = compared.history.series[name], compared.tolerances[name]
    within = compared.deviations[name] <= tolerance
    judged = originals.differences(compared.reference.series[name], ours)
    shown = originals.differences(compared.original.series[name], ours)
    plotting.band(strip, -tolerance, tolerance)
    strip.plot(judged, color=plotting.HOLDS if within else plotting.FAILS, linewidth=1.6)
    words = (f"Largest difference: {_brief(compared.deviations[name])} from "
             f"{'the original' if compared.shown is None else 'NumPy'} "
             f"({_brief(tolerance)} is allowed)")
    if compared.shown is not None:
        strip.plot(shown, clip_on=False, **dict(plotting.ORIGINAL, markersize=4))
        words += f", {_brief(compared.shown[name])} from the original (not judged)"
    top = max([tolerance] + [abs(value) for value in judged + shown if math.isfinite(value)])
    tick = tolerance if top < 10 * tolerance else 10.0 ** math.floor(math.log10(top))
    strip.set_yscale("symlog", linthresh=tolerance)
    strip.set_ylim(-1.6 * top, 1.6 * top)
    strip.set_yticks([-tick, 0, tick], [f"-{_brief(tick)}", "0", _brief(tick)], fontsize="small")
    strip.minorticks_off()
    strip.margins(x=0)
    strip.set_title(words, loc="left", fontsize="small",
                    color="black" if within else plotting.FAILS)
    strip.set_ylabel("Difference", fontsize="small")
    strip.grid(True)
