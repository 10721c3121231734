"""Figures by their artists first, two of them by their image."""
import glob
import os
import pathlib

import numpy as np
import pytest
from matplotlib.testing.compare import compare_images
from pinned import same_images

from lib import theory
from lib.claims import History
from lib.show import plotting
from lib.suite import pipeline, records
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE

BASELINE = pathlib.Path(__file__).parent / "baseline"
CLAIMS = find_claims()
MOVING = [claim for claim in CLAIMS if hasattr(claim.module, "animate")]


def made_up(start, slope):
    """The closed form in place of a training."""
    loss, weight = theory.expected_training(start, 0.01, 20, 100, c=slope)
    return History({"start": start}, loss=loss, weight=weight)


@pytest.fixture
def figure():
    return learning()


def learning():
    with plotting.one_look():
        return plotting.learning_figure(
            "LeakyReLU learning ReLU", {"from -10": made_up(-10.0, 0.3)},
            theories=[theory.expected_training(-10, 0.01, 20, 100, c=0.3)],
            originals=[made_up(-10.0, 0.3)], notes=[(0.917, "optimum")])


def test_the_layout_is_that_of_the_original_figure(figure):
    top, bottom = figure.axes
    assert (top.get_ylabel(), bottom.get_ylabel(), bottom.get_xlabel()) == (
        "Loss", "Weight", "Epoch")
    assert (top.get_yscale(), bottom.get_yscale()) == ("log", "linear")
    assert top.get_title() == "LeakyReLU learning ReLU" and figure.get_label() == "Learning"
    assert top.get_shared_x_axes().joined(top, bottom)
    assert top.margins() == bottom.margins() == (0, 0.05)


def test_the_curves_are_the_histories(figure):
    top, bottom = figure.axes
    history = made_up(-10.0, 0.3)
    assert top.get_lines()[0].get_ydata().tolist() == history.loss
    assert bottom.get_lines()[0].get_ydata().tolist() == history.weight


def test_ours_the_original_and_the_closed_form_differ_without_colour(figure):
    styles = {(line.get_linestyle(), line.get_marker()) for line in figure.axes[0].get_lines()}
    assert len(styles) == 3, styles


def test_eight_curves_have_eight_looks_without_colour():
    styles = [plotting.line_style(index) for index in range(8)]
    assert len({style["marker"] for style in styles}) == 8


def test_a_loss_of_nothing_but_zeros_is_drawn():
    with plotting.one_look():
        figure = plotting.learning_figure("solved", {"": History({}, loss=[0.0], weight=[1.0])})
    assert figure.axes[0].get_yscale() == "linear"


@same_images
def test_the_learning_figure_looks_as_it_did(figure, tmp_path):
    plotting.save(figure, str(tmp_path / "learning.png"))
    assert compare_images(str(BASELINE / "learning.png"), str(tmp_path / "learning.png"),
                          tol=5) is None


@same_images
def test_a_phase_diagram_looks_as_it_did(tmp_path):
    states = (["." * 12] * 5 + ["." * 4 + "jigfedcb"] * 5 + ["~" * 3 + "a" * 9] * 2
              + ["!" * 12] * 4)
    history = History({"grid": "start"}, column=(-np.logspace(-1, 1, 12)).tolist(),
                      rate=np.logspace(-3, 1, 16).tolist(), state=states)
    with plotting.one_look():
        figure, panel = plotting.new_figure(size=(4, 3))
        plotting.phase_diagram(panel, history, 10)
        plotting.epochs_of_escape_bar(figure, [panel], 10)
    plotting.save(figure, str(tmp_path / "phases.png"))
    assert compare_images(str(BASELINE / "phases.png"), str(tmp_path / "phases.png"),
                          tol=5) is None


def leaving(numbers):
    """The texts that a curve of these numbers leaves on its panel, and its points."""
    _, panel = plotting.new_figure()
    panel.set_ylim(1, 1e40)
    plotting.leaving_curve(panel, numbers, "loss", "step", **plotting.line_style(0))
    return [text.get_text() for text in panel.texts if text.get_text()], panel.get_lines()[0]


def test_a_curve_that_leaves_the_plot_says_where():
    texts, line = leaving([1e3, 1e12, np.inf, np.inf, np.nan])
    assert texts == ["infinity from step 3,\nNaN from step 5"]
    assert line.get_xydata().tolist() == [[1, 1e3], [2, 1e12]]


def test_a_curve_that_was_never_on_the_plot_says_so():
    texts, line = leaving([np.inf, np.nan])
    assert texts == ["infinity from step 1,\nNaN from step 2"] and len(line.get_xydata()) == 0


def test_a_curve_that_stays_says_nothing():
    texts, line = leaving([1e3, 1e12])
    assert texts == [] and len(line.get_xydata()) == 2


def figures_of(claim, histories):
    """{ending: figure} of all that a claim's record shows."""
    more = getattr(claim.module, "draw_more", lambda _: {})(histories)
    return dict({"." + name + ".png": figure for name, figure in more.items()},
                **{".png": claim.module.draw(histories)})


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_every_axis_of_a_figure_is_labelled(claim, reference_of):
    with plotting.one_look():
        figures = figures_of(claim, reference_of(claim).histories)
    for figure in figures.values():
        assert all(axes.get_ylabel() or axes.get_shared_y_axes().get_siblings(axes) != [axes]
                   for axes in figure.axes)
        assert any(axes.get_ylabel() for axes in figure.axes)
        panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
        assert all(axes.get_xlabel() for axes in panels[-1:])


def test_claims_on_a_way_down_a_loss_are_animated():
    assert [claim.number for claim in MOVING] == [3, 7, 8, 10]


@pytest.mark.parametrize("claim", MOVING, ids=[claim.stem for claim in MOVING])
def test_the_animations_move_and_are_small(claim):
    from PIL import Image
    paths = glob.glob(records.path_of(claim, REFERENCE, ".*.gif"))
    assert paths
    for path in paths:
        with Image.open(path) as picture:
            assert picture.n_frames > 20
            picture.seek(picture.n_frames - 1)
            last = np.asarray(picture.convert("L"), float)
            picture.seek(0)
            assert np.abs(np.asarray(picture.convert("L"), float) - last).max() > 50
        assert os.path.getsize(path) < 2e6


@same_images
@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_the_figures_in_the_project_are_those_of_its_record(claim, tmp_path, reference_of):
    paths = pipeline.draw(claim, reference_of(claim), str(tmp_path))
    assert paths
    for path in paths:
        kept = os.path.join(REFERENCE, os.path.relpath(path, str(tmp_path)))
        with open(path, "rb") as drawn, open(kept, "rb") as there:
            assert drawn.read() == there.read() or path.endswith(".png") and (
                compare_images(kept, path, tol=1) is None), kept


def test_the_look_does_not_depend_on_the_users_matplotlibrc(tmp_path):
    import matplotlib
    plotting.save(learning(), str(tmp_path / "one.png"))
    with matplotlib.rc_context({"font.size": 30, "savefig.dpi": 50}):
        plotting.save(learning(), str(tmp_path / "two.png"))
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
