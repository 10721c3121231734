"""Histories in, figure out. Nothing is judged here and nothing is shown on a screen.

Matplotlib is imported only when something is drawn, so listing the claims does not wait for it.
"""
import contextlib
import itertools
import textwrap
import warnings
from typing import Callable, NamedTuple

import numpy as np

from lib.measure.fates import DIVERGED, FLAT, RESTLESS, epochs_of_escape, letters_of
from lib.files import written_whole

# Okabe and Ito's colours, which colour-blind readers can tell apart; markers and dashes also differ
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#8c564b"]
MARKERS = ["o", "s", "^", "D", "v", "P", "*", "<"]
DASHES = ["-", "--", "-.", (0, (5, 1)), (0, (3, 1, 1, 1)), "-", "--", "-."]
# a pale road under the data, which it never covers: they keep to it or leave it
THEORY = {"color": "#d4d4d4", "linestyle": "-", "linewidth": 7, "zorder": 1.5,
          "solid_capstyle": "round"}
ORIGINAL = {"color": "black", "linestyle": "none", "marker": "x", "markersize": 6, "zorder": 5}
# letter: (words, colour of the region, colour of the words), for units that do not escape
FATES = {FLAT: ("still on the flat side", "#dddddd", "black"),
         DIVERGED: ("diverges", "#f3c98b", "black"),
         RESTLESS: ("wanders", "#ffffff", "black")}
MARK = {"color": "#555555", "linewidth": 1, "linestyle": (0, (6, 3)), "zorder": 1}
HOLDS, FAILS = "#0072b2", "#d55e00"     # what goes well and what does not; the shapes differ too
SHADE = "#ececec"   # of a band or an area behind the data
# what a source says, where that does not hold
REFUTED = {"color": FAILS, "linewidth": 1.2, "linestyle": (0, (4, 2)), "zorder": 1}
COURSE = "markers: this suite\ncrosses: original program\ngrey road: closed form"
GREY = "#767676"    # of what is there to be compared with; 4.5 to 1 on white, so legible as text
LOOK = {"font.size": 10, "figure.dpi": 100, "savefig.dpi": 100, "legend.framealpha": 0.95,
        "legend.fontsize": "small", "grid.color": "#e0e0e0", "grid.linewidth": 0.6,
        "axes.axisbelow": True, "axes.titlesize": "medium", "axes.spines.top": False,
        "axes.spines.right": False, "svg.hashsalt": "reproductions"}
SLIDE = {"font.size": 13, "lines.linewidth": 2.4}
SLIDE_SIZE = (40 / 3, 7.5)      # inches: 16:9, as projectors and slide programs have it
FORMATS = ("png", "svg", "pdf")


@contextlib.contextmanager
def one_look(slide=False):
    """Inside it figures have the suite's look, whatever the user's matplotlibrc says.

    slide: with type that can be read from the back of a room.
    """
    import matplotlib
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(dict(LOOK, **SLIDE) if slide else LOOK)
        yield


@contextlib.contextmanager
def without_warnings():
    """Inside it a figure may be of numbers that have no place on an axis."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def new_figure(rows=1, columns=1, size=(6.4, 4.8), **subplots):
    """A figure that needs no display, and its axes, arranged by ``figure.subplots``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **subplots)


def line_style(index):
    """The colour, marker and dash of a curve; no two of the first eight curves look the same."""
    index %= len(COLOURS)
    return {"color": COLOURS[index], "marker": MARKERS[index], "linestyle": DASHES[index],
            "markersize": 4.5, "linewidth": 1.6}


def learning_figure(title, histories, theories=(), originals=(), notes=()):
    """Loss and, below it, weight against the epoch, in the layout of the original's figure.

    histories: {label: History}, no legend if the label is empty; theories: [(losses, weights)] of
    closed forms; originals: [History], drawn as crosses; notes: [(weight, text)], horizontal lines
    labelled beside the axes.
    As in the original, epochs count from 0: epoch k shows the value after k + 1 epochs.
    """
    figure, axes = new_figure(2, 1, sharex=True)
    figure.set_label("Learning")
    axes[0].set_title(title)
    learning_axes(axes, histories, theories, originals, notes)
    if any(histories):
        axes[0].legend(loc="best")
    return figure


def learning_axes(axes, histories, theories, originals, notes):
    """Fill a pair of axes, loss above weight; our markers alternate with the original's."""
    top, bottom = axes
    step = max(2, max(len(history.loss) for history in histories.values()) // 10)
    curves = [(label, history.loss, history.weight, dict(line_style(index), markevery=(0, step)))
              for index, (label, history) in enumerate(histories.items())]
    curves += [(None if index else "original, TensorFlow 1.12.3", history.loss, history.weight,
                dict(ORIGINAL, markevery=(1, 2))) for index, history in enumerate(originals)]
    curves += [(None if index else "closed form", losses, weights, THEORY)
               for index, (losses, weights) in enumerate(theories)]
    for label, losses, weights, style in curves:
        top.semilogy(losses, label=label, **style)
        bottom.plot(weights, label=label, **style)
    for weight, text in notes:
        level(bottom, weight, text)
    if not any(loss > 0 for history in histories.values() for loss in history.loss):
        top.set_yscale("linear")
    top.set_ylabel("Loss")
    bottom.set_ylabel("Weight")
    bottom.set_xlabel("Epoch")
    for panel in axes:
        panel.grid(True, which="both")
        panel.margins(0, 0.05)


def course(panel, series, history, theories=(), originals=(), **look):
    """The "weight" or the "loss" of a training against the epochs, on top of its closed form.

    theories: [(losses, weights)]; originals: [History], drawn as crosses. A weight starts at epoch
    0, before the training; a loss is the mean over the steps of epoch 1, 2, …
    """
    start = [history.settings["start"]] if series == "weight" else []

    def plot(numbers, **style):
        numbers = start + numbers
        panel.plot(range(1 - len(start), 1 - len(start) + len(numbers)), numbers, **style)

    for losses, weights in theories:
        plot(weights if start else losses, **THEORY)
    plot(history.series[series], **dict({"markevery": 2}, **look))
    for original in originals:
        plot(original.series[series], markevery=(1, 2), **ORIGINAL)


def leaving_curve(panel, numbers, label, unit="epoch", **style):
    """A curve on a logarithmic axis, and a note that says where it overflows.

    numbers: one for each epoch 1, 2, …, or other ``unit``. Where they stop being finite, an arrow
    points to the top of the panel, and a note there says from where on they are infinity or NaN.
    The panel's limits must already be set.
    """
    numbers = np.array(numbers)
    epochs, finite = np.arange(1, len(numbers) + 1), np.isfinite(numbers)
    panel.semilogy(epochs[finite], numbers[finite], label=label,
                   markevery=(0, max(1, len(numbers) // 12)), **style)
    if not finite.all():
        end, top = int(np.argmin(finite)), panel.get_ylim()[1]
        if end:
            panel.annotate("", (end + 1, top), (end, numbers[end - 1]), arrowprops={
                "arrowstyle": "->", "color": style["color"], "linewidth": 1.6})
        words = [f"{name} from {unit} {epochs[found][0]}"
                 for name, found in (("infinity", np.isinf(numbers)), ("NaN", np.isnan(numbers)))
                 if found.any()]
        panel.annotate(",\n".join(words), (end + 1, top), xytext=(6, -5),
                       textcoords="offset points", va="top", fontsize="small")


def label(panel, x=None, y=None, title=None, legend=None):
    """Label the axes of a panel and give it a grid; legend: its location, or None for no legend."""
    panel.set(**{name: text for name, text in (("xlabel", x), ("ylabel", y)) if text is not None})
    if title is not None:
        panel.set_title(title, wrap=True)
    panel.grid(True)
    if legend:
        panel.legend(loc=legend)


def caption(figure, words):
    """Small words below the figure, which say what it is a figure of."""
    from matplotlib import rcParams
    width = int(155 * figure.get_figwidth() / rcParams["font.size"])    # characters in a line
    figure.supxlabel(textwrap.fill(words, width), x=0.01, ha="left", fontsize="small", color=GREY)


def name_curve(panel, x, y, words, colour, **text):
    """Words at a point of a curve, in its colour, legible where they cross other lines."""
    from matplotlib.patheffects import withStroke
    return panel.annotate(words, (x, y), **dict(dict(
        xytext=(4, 0), textcoords="offset points", va="center", fontsize="small", color=colour,
        annotation_clip=False, path_effects=[withStroke(linewidth=3, foreground="white")]),
        **text))


def band(panel, low, high, words=None):
    """A grey band between two heights, and what it stands for at its left end."""
    panel.axhspan(low, high, color=SHADE, zorder=0)
    if words:
        panel.annotate(words, (0, (low + high) / 2), xycoords=("axes fraction", "data"),
                       xytext=(6, 0), textcoords="offset points", va="center", fontsize="small",
                       color=GREY)


def mark(panel, place):
    """A thin vertical line at ``place``."""
    panel.axvline(place, **MARK)


def border(panel, x, y):
    """A closed form between coloured areas, dotted, as a road would hide their edges."""
    from matplotlib.patheffects import withStroke
    return panel.plot(x, y, color="black", linewidth=1.8, linestyle=(0, (1, 1.5)),
                      path_effects=[withStroke(linewidth=3.6, foreground="white")])[0]


def level(panel, height, text):
    """A thin horizontal line, labelled beside the axes."""
    panel.axhline(height, **MARK)
    panel.annotate(text, (1, height), xycoords=("axes fraction", "data"), xytext=(4, 0),
                   textcoords="offset points", ha="left", va="center", fontsize="small")


def phase_diagram(panel, history, epochs):
    """The fate of each unit of a grid, with its regions labelled; darker where units escape sooner.

    history: ``state`` has one string per ``rate``, with one letter per ``column``
    (lib.measure.fates); ``settings["grid"]`` says what a column is, "start" or "momentum". epochs:
    of the training.
    """
    from matplotlib.colors import ListedColormap
    letters = letters_of(history)
    columns, by_start = np.abs(history.column), history.settings["grid"] == "start"
    escaped = epochs_of_escape(letters)
    others = np.select([letters == letter for letter in FATES], range(len(FATES)), np.nan)
    for numbers, colours, last in (
            (others, ListedColormap([colour for _, colour, _ in FATES.values()]), len(FATES) - 1),
            (np.where(escaped > 0, escaped - 1.0, np.nan), _epoch_colours(), epochs - 1)):
        panel.pcolormesh(columns, history.rate, numbers, shading="nearest", vmin=-0.5,
                         vmax=last + 0.5, cmap=colours)
    panel.set_yscale("log")
    panel.set_ylabel("Learning rate")
    panel.set_xscale("log" if by_start else "linear")
    panel.set_xlabel("-w(0)" if by_start else "Momentum")
    for found, words, ink in [(escaped > 0, "escapes to w = 1", "white")] + [
            (letters == letter, words, ink) for letter, (words, _, ink) in FATES.items()]:
        rows, across = np.nonzero(found)
        if len(rows) > letters.size / 20:
            middle = int(np.median(rows))
            panel.text(columns[int(np.median(across[rows == middle]))], history.rate[middle],
                       words, color=ink, ha="center", va="center", fontsize="small")


def _epoch_colours():
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap
    return ListedColormap(colormaps["Blues_r"](np.linspace(0.05, 0.6, 256)))


def epochs_of_escape_bar(figure, axes, epochs):
    """The colour bar shared by the ``phase_diagram`` in each of ``axes``, beside them."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator
    figure.colorbar(ScalarMappable(Normalize(0.5, epochs + 0.5), _epoch_colours()), ax=axes,
                    label="Epoch in which it escapes", fraction=0.02, pad=0.01,
                    ticks=MaxNLocator(integer=True))


def fast_first(length, most=48):
    """Frames for a path that slows down: indices dense at first, then sparse; the last is held."""
    steps = sorted(set(np.round(np.geomspace(1, length, most) - 1).astype(int).tolist()))
    return steps + [steps[-1]] * 8


def way_to(moment, path):
    """The places of a path up to a moment: where it has been after each whole step, and is now.

    moment: in steps, 1.5 is half way between the places 1 and 2; path: an array, (places, 2).
    Returns an array, (2, places).
    """
    step = int(moment)
    here = path[step] + (moment - step) * (path[min(step + 1, len(path) - 1)] - path[step])
    return np.vstack([path[:step + 1], here]).T


STAMP = "Record"    # the name of a text in a PNG


class Animation(NamedTuple):
    """A figure that moves: ``show(frame)`` moves its artists for each of ``frames``."""
    figure: object
    show: Callable
    frames: list


def save(figure, path, dpi=None, slide=False, stamp=None):
    """Write the figure, whole or not at all; the same figure gives the same bytes.

    path: its ending, of FORMATS, says in which format; dpi: dots per inch, by default 100; slide:
    whether it fills a slide; stamp: what ``stamp_of`` a PNG then gives. Draw the figure inside
    ``one_look(slide)``.
    """
    kind = path.rpartition(".")[2]
    # programs' names and dates would change the bytes
    metadata = {"png": {"Software": None, STAMP: stamp}, "svg": {"Date": None, "Creator": None},
                "pdf": {"CreationDate": None, "Producer": None, "Creator": None}}[kind]
    with one_look(slide), written_whole(path) as temporary:
        if slide:
            figure.set_size_inches(SLIDE_SIZE)
        figure.savefig(temporary, format=kind, metadata=metadata, dpi=dpi or "figure")


def save_animation(animation, path, stamp="", frames_a_second=12):
    """Write an Animation as a looping GIF; equal frames in a row become one that stays longer.

    stamp: as of ``save``.
    """
    from PIL import Image
    figure, show, frames = animation
    pictures, durations = [], []
    with one_look(), written_whole(path) as temporary:
        show(frames[-1])
        figure.canvas.draw()
        figure.set_layout_engine("none")    # laid out once, not for every frame
        for frame, equal in itertools.groupby(frames):
            show(frame)
            figure.canvas.draw()    # matplotlib's own writers draw each frame three times
            pictures.append(Image.fromarray(np.array(figure.canvas.buffer_rgba())).convert("RGB"))
            durations.append(1000 * len(list(equal)) // frames_a_second)     # milliseconds
        pictures[0].save(temporary, "GIF", save_all=True, append_images=pictures[1:], loop=0,
                         duration=durations, comment=stamp)


def stamp_of(path):
    """The stamp that a PNG or a GIF was saved with; None if there is none, or if it is damaged."""
    from PIL import Image
    try:
        with Image.open(path) as picture:
            return picture.info.get(STAMP) or picture.info.get("comment", b"").decode() or None
    except (OSError, ValueError):
        return None


# Of a cell: pale where all is well, so that what left its tolerance is seen first
IDENTICAL_CELL, WITHIN_CELL, BEYOND_CELL, EMPTY_CELL = "#ffffff", "#d3e6f3", FAILS, "#f0f0f0"
CELLS = {IDENTICAL_CELL: "identical, to the last bit", WITHIN_CELL: "within tolerance",
         BEYOND_CELL: "beyond it", EMPTY_CELL: "not compared"}


def drift_map(cells, blocks, legend, title):
    """Claims by environments: identical, within tolerance or beyond, and who is to blame.

    cells: {claim: {environment: (colour, letter, whether its verdict differs)}}; blocks: {heading:
    names of environments that stand together}; legend: what the letters mean, a line each. A frame
    marks a verdict that differs.
    """
    from matplotlib.patches import Patch, Rectangle

    def cell(colour, **look):
        # hatched, so that it is told from a pale one
        return dict(facecolor=colour, edgecolor="#c8c8c8", linewidth=0.5,
                    hatch="////" if colour == EMPTY_CELL else None, **look)

    columns, place = {}, 0.0
    for names in blocks.values():
        for name in names:
            columns[name] = place
            place += 1
        place += 0.5
    rows = list(cells)
    below = 0.18 * (len(legend) + 1)    # inches
    height = 2.1 + 0.26 * len(rows) + below
    figure, axes = new_figure(size=(max(8, 3.4 + 0.36 * place), height))
    for y, row in enumerate(rows):
        for name, x in columns.items():
            colour, letter, another_verdict = cells[row][name]
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **cell(colour)))
            axes.text(x, y, letter, ha="center", va="center", fontsize="small", color="white",
                      weight="bold")
            if another_verdict:
                axes.add_patch(Rectangle((x - 0.42, y - 0.42), 0.84, 0.84, fill=False, linewidth=2))
    for heading, names in blocks.items():
        if heading:
            axes.annotate(heading, (columns[names[0]] - 0.5, -0.6), va="bottom", fontsize="small",
                          annotation_clip=False)
    axes.set(xlim=(-0.5, place - 1), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(list(columns.values()), list(columns), rotation=60, ha="right",
                    rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)
    figure.text(0.01, 0.01, "\n".join(legend), ha="left", va="bottom", fontsize="small")
    figure.get_layout_engine().set(rect=(0, below / height, 1, 1 - below / height))
    axes.legend(handles=[Patch(**cell(colour, label=words)) for colour, words in CELLS.items()]
                + [Patch(fill=False, linewidth=2, label="another verdict")],
                loc="lower left", bbox_to_anchor=(-0.01, 1.04), ncols=5, frameon=False,
                fontsize="small")
    axes.set_title(title, loc="left", pad=44)
    return figure
