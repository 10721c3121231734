"""One claim from its script to its record and figures: run, judge, record, draw.

Usable without the command line: ``reproduce(claim, "runs")``.
"""
import glob
import hashlib
import json
import os
import time
import traceback

from lib import PROJECT
from lib.claims import verdict
from lib.compat import environment
from lib.files import BadFile, not_finite_as_text
from lib.progress import lines_about
from lib.show import plotting
from lib.suite import records
from lib.suite.catalogue import in_a_line
from lib.suite.deviations import deviations
from lib.suite.records import Record
from lib.suite.unfinished import Unfinished

REFERENCE = os.path.join(PROJECT, "figures")    # committed: what the project ships
RUNS = os.path.join(PROJECT, "runs")            # not committed: what was run here
OTHER_RUNS = os.path.join(RUNS, "other")        # runs with other seeds or epochs, or on a sample
SEED = 0


def reproduce(claim, out, seed=SEED, epochs=None):
    """Run, judge, record and draw a claim into the folder ``out``.

    epochs: by default the claim's own. Returns the Record, of this claim alone, and the paths of
    its figures.
    """
    record = run(claim, out, seed, epochs)
    return record, draw(claim, record.claims[claim.name], out)


def run(claim, out, seed=SEED, epochs=None):
    """``reproduce`` without figures: the Record of this claim alone, which is in ``out``, too."""
    settings = settings_of(claim, seed, epochs)
    resume, begin = Unfinished(claim.stem, settings), time.perf_counter()
    with lines_about(claim.name):
        histories = claim.run(seed, settings.get("epochs"), resume)
    outcomes = claim.judge(histories, settings.get("epochs"))
    seconds = time.perf_counter() - begin
    result = records.result_of(claim, settings, histories, outcomes, verdict(outcomes), seconds)
    record = Record(environment(), records.commit(), seconds, {claim.name: result})
    records.write(record, records.path_of(claim, out))
    resume.finished()
    return record


def settings_of(claim, seed=SEED, epochs=None):
    """The settings of a run of the claim in the source's form, {name: value}."""
    settings = {"seed": seed}
    if claim.epochs is not None:
        settings["epochs"] = epochs or claim.epochs
    return settings


def draw(claim, result, out, format="png", dpi=None, slide=False):
    """Draw all figures and animations of a claim from its Result alone; returns their paths.

    format, dpi, slide: of the figures (lib.show.plotting.save); animations are GIFs.
    """
    histories, caption = result.histories, caption_of(claim, result)
    animate = getattr(claim.module, "animate", None)
    draw_more = getattr(claim.module, "draw_more", None)
    paths, stamp = [], _stamp_of(claim, result)
    with plotting.one_look(slide):
        figures = {"": claim.module.draw(histories)}
        for name, figure in draw_more(histories).items() if draw_more else ():
            figures["." + name] = figure
        for name, figure in figures.items():
            plotting.caption(figure, caption)
            paths.append(records.path_of(claim, out, f"{name}.{format}"))
            plotting.save(figure, paths[-1], dpi, slide, stamp)
    with plotting.one_look():
        for name, animation in animate(histories).items() if animate else ():
            plotting.caption(animation.figure, caption)
            paths.append(records.path_of(claim, out, f".{name}.gif"))
            plotting.save_animation(animation, paths[-1], stamp)
    return paths


def caption_of(claim, result):
    """The claim's number and sentence and its verdict, in a line."""
    return f"Claim {claim.number}. {claim.title}: {result.verdict_in_words}"


def _stamp_of(claim, result):
    """What a figure carries of the run that it shows: a digest of all that is drawn."""
    shown = [caption_of(claim, result)] + [[label, history.settings, history.series]
                                           for label, history in result.histories.items()]
    exact = json.dumps(not_finite_as_text(shown), sort_keys=True)
    return hashlib.sha256(exact.encode("utf-8")).hexdigest()[:16]


def figures_of_other_runs(claim, result, folder):
    """The figures beside a claim's record that do not show it.

    A run that is killed between its record and its figures leaves such ones, and so do two runs at
    once. Of figures in other formats than the default it cannot be told.
    """
    start, stamp = glob.escape(records.path_of(claim, folder, "")), _stamp_of(claim, result)
    return [path for ending in (".png", ".*.png", ".*.gif")
            for path in sorted(glob.glob(start + ending)) if plotting.stamp_of(path) != stamp]


def redraw(claim, records_folder, out, **how):
    """``draw`` a claim from its record in a folder; returns the paths. Raises BadFile."""
    path = records.path_of(claim, records_folder)
    _, result = records.read_result(path, claim.name)
    try:
        with plotting.without_warnings():
            return draw(claim, result, out, **how)
    except (BadFile, OSError):
        raise
    except Exception as error:      # the record may have other series than this script's figure
        raise BadFile(f"{path}: lacks what its figure shows ({in_a_line(error)})") from None


def results_in(claims, folders):
    """{name: (Record, its Result, folder)} of each claim's record in the first folder with one."""
    found = {}
    for claim in claims:
        for folder in folders:
            path = records.path_of(claim, folder)
            if os.path.exists(path):
                record, result = records.read_result(path, claim.name)
                found[claim.name] = record, result, folder
                break
    return found


def from_reference(claim, result):
    """{label: deviation} of a Result from that of the committed reference.

    None where there is no reference, or it was run with other settings or on other data.
    """
    path = records.path_of(claim, REFERENCE)
    if not os.path.exists(path):
        return None
    _, reference = records.read_result(path, claim.name)
    if (reference.settings, reference.stand_in) != (result.settings, result.stand_in):
        return None
    return deviations(result, reference)


def crash(error):
    """Print the traceback of a claim's error and return the error in a line.

    Raises KeyboardInterrupt if that was the cause: TensorFlow may raise an error of its own in
    place of a Ctrl-C that arrives while it traces a step.
    """
    cause = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt) or "KeyboardInterrupt" in str(cause):
            raise KeyboardInterrupt from error
        cause = cause.__cause__ or cause.__context__
    traceback.print_exception(type(error), error, error.__traceback__)
    return in_a_line(error)
