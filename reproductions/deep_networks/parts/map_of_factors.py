"""The figure of claim 18: initial weights by activation, and what a layer does to the variances."""
import numpy as np

from lib import theory
from lib.show.plotting import FAILS, HOLDS, label, new_figure
from reproductions.deep_networks.parts.initial_weights import (COLUMNS, PRINTED, factors, label_of,
                                                               label_as_printed, schemes_of)

FULL = 10       # the factor, or one over it, from which on a colour is full
# From the largest weights to the smallest
SCHEMES = sorted({scheme: gain for activation in theory.ACTIVATIONS
                  for scheme, (_, gain) in schemes_of(activation).items()}.items(),
                 key=lambda one: -one[1])
NOT_TRIED = "#e4e4e4"


def draw(histories):
    """Two maps, of the factors of signals and of those of gradients."""
    from matplotlib.ticker import NullLocator
    figure, panels = new_figure(1, 2, size=(11, 5), sharey=True)
    titles = ("Signals: the book's weights (framed) keep them",
              "Gradients: only those for ReLU do")
    for number, (panel, title) in enumerate(zip(panels, titles)):
        cells = draw_factors(panel, histories, number)
        label(panel, "Activation", None if number else "Initial weights", title)
        panel.grid(False)
    bar = figure.colorbar(cells, ax=panels, label="Factor per layer of the variance", pad=0.02)
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.set_ticks([1 / FULL, 1, FULL], labels=[f"1/{FULL} or less:\nvanishes", "1: kept",
                                               f"{FULL} or more:\nexplodes"])
    panels[0].yaxis.labelpad = 12   # else the longest name runs into it
    return figure


def draw_factors(panel, histories, number):
    """A cell for each chain, white at 1, framed where the book's table has these weights.

    number: of the factor in a pair of ``factors``.
    """
    from matplotlib.colors import LinearSegmentedColormap, LogNorm
    from matplotlib.patches import Rectangle
    activations, schemes = list(theory.ACTIVATIONS), [scheme for scheme, _ in SCHEMES]
    printed = [label_as_printed(activation, column) for activation in PRINTED for column in COLUMNS]
    found = np.full((len(schemes), len(activations)), np.nan)
    for (y, x), _ in np.ndenumerate(found):
        name = label_of(activations[x], schemes[y])
        if name not in histories:
            panel.text(x, y, "not tried", ha="center", va="center", fontsize="x-small")
            continue
        found[y, x] = factor = factors(histories[name])[number]
        panel.text(x, y, f"{factor:.{0 if factor > FULL else 2}f}", ha="center", va="center",
                   color="white" if abs(np.log(factor)) > np.log(FULL) / 2 else "black",
                   weight="bold" if name in printed else "normal")
        if name in printed:
            panel.add_patch(Rectangle((x - 0.44, y - 0.44), 0.88, 0.88, fill=False, linewidth=2.5,
                                      zorder=3))
    panel.set_facecolor(NOT_TRIED)
    panel.set_xticks(range(len(activations)), activations)
    panel.set_yticks(range(len(schemes)), schemes)
    panel.tick_params(length=0)
    panel.set_ylim(len(schemes) - 0.5, -0.5)
    return panel.pcolormesh(range(len(activations)), range(len(schemes)), found, shading="nearest",
                            norm=LogNorm(1 / FULL, FULL), edgecolor="#c8c8c8",
                            cmap=LinearSegmentedColormap.from_list("", [HOLDS, "white", FAILS]))
