"""The command line. Imports a framework only to train."""
import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections import OrderedDict

from lib import (PROJECT, catalogue, coverage, drift, matrix, originals, plotting, releases, report,
                 results, seeds)
from lib.checkpoints import kept_until_recorded
from lib.claims import NOT_JUDGED, verdict
from lib.compat import NotSupported, environment
from lib.progress import track

FIGURES = os.path.join(PROJECT, "figures")
OTHER_RUNS = os.path.join(PROJECT, "runs")
SEED, LAST_SEED = 0, 2 ** 32 - 1
ITS_OWN_NUMBER = -1     # of seeds: the claim's
WRONG_USAGE, INTERRUPTED, BROKEN_PIPE = 2, 130, 141


class WrongUsage(ValueError):
    """Arguments that do not go together."""


class CannotWrite(Exception):
    """The folder for the results cannot be made or written to."""


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        """One line, not the usage as well."""
        self.exit(WRONG_USAGE, "{}: {}\n".format(self.prog, message))


def _seed(text):
    return _whole_number(text, 0, LAST_SEED, "a seed")


def _seeds(text):
    return _whole_number(text, 1, 10 ** 6, "the number of seeds")


def _epochs(text):
    return _whole_number(text, 1, 10 ** 6, "the number of epochs")


def _path(text):
    """A path, of which an empty one is none: a shell variable that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("an empty path")
    return text


def _picture(text):
    if not _path(text).endswith(".png"):
        raise argparse.ArgumentTypeError("the heat map is a .png file, not {!r}".format(text))
    return text


def _whole_number(text, least, most, what):
    if not (text.isdecimal() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(
            "{} is a whole number from {} to {}, not {!r}".format(what, least, most, text))
    return int(text)


def _parser():
    parser = _Parser(prog="reproductions", description="Published claims about training, "
                     "reproduced: run them, judge them, draw them.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, function, text, names=True):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(function=function)
        if names:
            added.add_argument("names", nargs="*", metavar="NAME",
                               help="a claim, a source, or a script's path; none means all")
        return added

    listing = command("list", _list, "show every claim with the verdict of its record", names=False)
    listing.add_argument("--markdown", action="store_true", help="as the table of the README")
    run = command("run", _run, "train, judge and draw claims")
    run.add_argument("--seed", type=_seed, help="of the data (default: {}; of --seeds: {})".format(
        SEED, seeds.FIRST))
    run.add_argument("--seeds", type=_seeds, metavar="N", nargs="?", const=ITS_OWN_NUMBER,
                     help="judge with N seeds, from --seed on (default: {}, or fewer of slow "
                     "claims); what is known of them goes to seeds.json, by default in runs".format(
                         catalogue.ENOUGH_SEEDS))
    run.add_argument("--epochs", type=_epochs, help="instead of those of the source; nothing is "
                     "judged then")
    run.add_argument("--mnist", metavar="FILE", type=_path, help="mnist.npz, as Keras stores it "
                     "(default: MNIST_NPZ, Keras' cache, its download, or a sample)")
    run.add_argument("--out", metavar="DIR", type=_path, help="where records and figures go "
                     "(default: figures; with another seed, number of epochs or a sample: runs)")
    draw = command("draw", _draw, "draw figures from records again, without training")
    draw.add_argument("--records", metavar="DIR", type=_path, default=FIGURES)
    draw.add_argument("--out", metavar="DIR", type=_path, help="default: beside the records")
    compare = command("compare", _compare, "hold our histories against the original program's",
                      names=False)
    compare.add_argument("--records", metavar="DIR", type=_path, default=FIGURES)
    compare.add_argument("--out", metavar="DIR", type=_path,
                         default=os.path.join(FIGURES, "compare"))
    over_seeds = command("seeds", _seeds_known, "show what each outcome measured with other seeds, "
                         "and how near it is to tipping")
    over_seeds.add_argument("--records", metavar="DIR", type=_path, default=FIGURES)
    covered = command("coverage", _coverage, "show every sentence of the sources, and what judges "
                      "it", names=False)
    for listed in (over_seeds, covered):
        listed.add_argument("--markdown", action="store_true", help="as the page in docs")
    record = command("record", _record, "run all claims as on every release, into one file",
                     names=False)
    record.add_argument("file", metavar="FILE", type=_path)
    record.add_argument("names", nargs="*", metavar="NAME", help="a claim or a source, not all")
    drifting = command("drift", _drift, "show where the numbers moved from release to release",
                       names=False)
    drifting.add_argument("files", nargs="*", metavar="FILE", type=_path, help="records to hold "
                          "against the baseline; none means those of all releases, of "
                          "figures/versions")
    drifting.add_argument("--against", metavar="FILE", type=_path, help="the baseline (default: "
                          "{}; with no other FILE, that one is held against it)".format(
                              releases.BASELINE))
    drifting.add_argument("--out", metavar="PNG", type=_picture, help="where the heat map goes "
                          "(default: figures/drift.png for all releases, else none)")
    every = command("matrix", _matrix, "record every release of TensorFlow, each in an environment "
                    "of its own", names=False)
    every.add_argument("versions", nargs="*", metavar="VERSION",
                       help="such as 1.15, 2.22rc0, keras-jax; none means all")
    every.add_argument("--build", metavar="WHEEL", nargs="+", default=(), type=_path,
                       help="instead: your own, or a nightly one, as pip names it (tf-nightly, a "
                       "path); it is held against the baseline")
    every.add_argument("--keep", action="store_true", help="keep environments and downloads")
    return parser


@contextlib.contextmanager
def _no_interruption_lost():
    """Raise a Ctrl-C once more that Python drops, because it fell into a destructor or into the
    callback of a weak reference, of which Keras has many.
    """
    before = getattr(sys, "unraisablehook", None)

    def called_with(dropped):
        if dropped.exc_type is KeyboardInterrupt and hasattr(signal, "setitimer"):
            # not at once: raised in here it would be dropped again
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.01)
        else:
            before(dropped)

    sys.unraisablehook = called_with
    try:
        yield
    finally:
        sys.unraisablehook = before


@_no_interruption_lost()
def main(arguments=None):
    """Run the command line; returns the exit status.

    0: every outcome is as recorded; 1: one changed, was not judged or crashed; 2: wrong usage; 130:
    interrupted.
    """
    os.environ["MPLBACKEND"] = "agg"  # files only, whatever display the shell names; Keras reads it
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no "±" gets a "?"
    try:
        options = _parser().parse_args(arguments)
        options.claims, broken = catalogue.find()
        for path, complaint in broken:
            print("reproductions: {}: {}".format(path, complaint), file=sys.stderr)
        status = options.function(options)
        return 1 if broken and not status else status
    except (catalogue.UnknownClaim, results.BadFile, matrix.CannotRun, CannotWrite, WrongUsage,
            NotSupported) as error:
        print("reproductions: {}".format(error), file=sys.stderr)
        return WRONG_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        print("reproductions: {}: {}".format(error.filename or "output", error.strerror),
              file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        print("\nreproductions: interrupted; what was finished is kept", file=sys.stderr)
        return INTERRUPTED


def run_script(path):
    """What a script does when it is run by itself: ``run`` with its own path, then exit."""
    leave(main(["run", os.path.abspath(path)] + sys.argv[1:]))


def leave(status):
    """End the process; after an interruption at once, for TensorFlow's threads may hang its end."""
    if status == INTERRUPTED:
        sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


def _list(options):
    records, over_seeds = _records(options.claims, FIGURES), seeds.known(FIGURES, options.claims)
    if options.markdown:
        print("\n".join(report.claims_in_markdown(options.claims, records, over_seeds)))
    else:
        report.print_claims(options.claims, records, over_seeds)
    return 0


def _coverage(options):
    """Every sentence of the sources; status 1 if one is judged by nothing and has no reason."""
    sources, gaps = coverage.sentences(options.claims, _records(options.claims, FIGURES))
    if options.markdown:
        print("\n".join(coverage.in_markdown(sources)))
    else:
        report.print_coverage(sources)
    for gap in gaps:
        print("NOT COVERED: {}".format(gap))
    return 1 if gaps else 0


def _seeds_known(options):
    """What the seeds of a file say; status 1 if other code than today's gave some of it."""
    claims = catalogue.select(options.claims, options.names)
    over_seeds = seeds.known(options.records, claims)
    if options.markdown:
        print("\n".join(report.seeds_in_markdown(claims, over_seeds)))
    else:
        report.print_seeds(claims, over_seeds)
    return 0 if all(one.current for one in over_seeds.values()) else 1


def _records(claims, folder):
    """{name: record} of the claims that have one in ``folder``."""
    paths = {claim.name: results.path_of(claim, folder) for claim in claims}
    return {name: results.read(path, name) for name, path in paths.items()
            if os.path.exists(path)}


def _run(options):
    claims = catalogue.select(options.claims, options.names)
    if options.mnist is not None:
        os.environ["MNIST_NPZ"] = options.mnist
    if options.seeds:
        return _run_over_seeds(claims, options)
    seed = SEED if options.seed is None else options.seed
    if options.out:
        _check_writable(options.out, claims)  # at once: data may have to be downloaded
    as_asked = seed == SEED and options.epochs is None
    as_the_source = {claim: claim.stand_in() is None and as_asked for claim in claims}
    outs = {claim: options.out or (FIGURES if as_the_source[claim] else OTHER_RUNS)
            for claim in claims}
    for out in set(outs.values()):
        _check_writable(out, [claim for claim in claims if outs[claim] == out])
    records, crashed = [], []
    for claim, out in outs.items():
        with _crashes_noted(claim, crashed):
            record = reproduce(claim, seed, claim.epochs and (options.epochs or claim.epochs), out)
            report.print_verdict(record)
            if hasattr(claim.module, "lines"):      # what the source's own program prints
                print("\n".join(claim.module.lines(results.histories_of(record))) + "\n")
            if hasattr(claim.module, "table"):
                report.print_table(*claim.module.table(results.histories_of(record)))
                print()
            if record["epochs"] != claim.epochs:
                print("Not judged after {} epochs: the claim is about {}.\n".format(
                    record["epochs"], claim.epochs))
            records.append(record)
    report.print_summary(records, crashed)
    print("Records and figures: {}".format(", ".join(sorted(map(os.path.relpath,
                                                                set(outs.values()))))))
    return 1 if crashed or any(report.changed(record) or record["verdict"] == NOT_JUDGED
                               for record in records) else 0


@contextlib.contextmanager
def _crashes_noted(claim, crashed):
    """An error of a claim's own, which is a finding: (claim, its last line) in ``crashed``."""
    try:
        yield
    except (results.BadFile, CannotWrite, NotSupported, OSError):
        raise
    except Exception as error:
        crashed.append((claim.name, catalogue.crash(error)))


def _run_over_seeds(claims, options):
    """Each claim with other seeds; status 0, whatever comes out, but 1 if one crashes."""
    if options.epochs:
        raise WrongUsage("--seeds judges, and after other --epochs there is nothing to judge")
    out, first = options.out or OTHER_RUNS, seeds.FIRST if options.seed is None else options.seed
    numbers = {claim: claim.enough_seeds if options.seeds == ITS_OWN_NUMBER else options.seeds
               for claim in claims}
    if first + max(numbers.values()) - 1 > LAST_SEED:
        raise WrongUsage("the last of {} seeds from {} on is beyond {}".format(
            max(numbers.values()), first, LAST_SEED))
    _check_writable(out)
    over_seeds, crashed = OrderedDict(), []
    for claim in claims:
        if not claim.one_seed:
            with _crashes_noted(claim, crashed):
                over_seeds[claim.name] = seeds.judge(
                    claim, range(first, first + numbers[claim]), out,
                    lambda seed: print("{}, seed {} …".format(claim.name, seed), file=sys.stderr,
                                       flush=True))
    report.print_seeds(claims, over_seeds)
    for name, complaint in crashed:
        print("CRASHED in {}: {}".format(name, complaint))
    print("By seed: {}".format(os.path.relpath(os.path.join(out, seeds.FILE))))
    return 1 if crashed else 0


def reproduce(claim, seed, epochs, out):
    """Claim -> run -> history -> verdict -> figure and record in ``out``. Returns the record."""
    print("{} …".format(claim.name), file=sys.stderr, flush=True)
    begin = time.perf_counter()
    with kept_until_recorded(claim.stem):
        histories = claim.run(seed, epochs)
        outcomes = claim.judge(histories, epochs)
        record = results.record_of(claim, seed, epochs, histories, outcomes, verdict(outcomes),
                                   environment(), time.perf_counter() - begin)
        results.write(record, results.path_of(claim, out))
    draw(claim, histories, out)
    return record


def draw(claim, histories, out):
    """Draw a claim's figure, and more or animations if it has any, from histories alone."""
    animate = getattr(claim.module, "animate", None)
    draw_more = getattr(claim.module, "draw_more", None)
    with plotting.one_look():
        plotting.save(claim.module.draw(histories), results.path_of(claim, out, ".png"))
        for name, figure in draw_more(histories).items() if draw_more else ():
            plotting.save(figure, results.path_of(claim, out, "." + name + ".png"))
        for name, animation in animate(histories).items() if animate else ():
            plotting.save_animation(animation, results.path_of(claim, out, "." + name + ".gif"))


def _draw(options):
    claims = catalogue.select(options.claims, options.names)
    out = options.out or options.records
    _check_writable(out, claims)
    for claim in claims:
        path = results.path_of(claim, options.records)
        histories = results.histories_of(results.read(path, claim.name))
        try:
            draw(claim, histories, out)
        except (KeyError, AttributeError) as error:
            raise results.BadRecord("{}: lacks what its figure shows ({})".format(
                path, error)) from None
        print(os.path.relpath(results.path_of(claim, out, ".png")))
    return 0


def _compare(options):
    """Our histories of the original programs' cases; status 1 if one is too far off, or missing."""
    histories = [history for record in _records(options.claims, options.records).values()
                 for history in results.histories_of(record).values()]
    _check_writable(options.out)
    rows, status, by_reference = [], 0, {"original": 0, "NumPy": 0}
    for case, original in track(originals.original_histories().items(), "comparing"):
        found = [history for history in histories if originals.matches(original, history)]
        if not found:
            rows.append((case, "", "", "", "no history: run the claims first", ""))
            status = 1
            continue
        ours = originals.Comparison(original, found[0])
        status = status if ours.within else 1
        reference = "original" if ours.shown is None else "NumPy"
        by_reference[reference] += 1
        rows.append((case, reference, _each(ours.deviations),
                     ", ".join("{:.0e}".format(ours.tolerances[name]) for name in ours.deviations),
                     "yes" if ours.within else "NO",
                     "" if ours.shown is None else _each(ours.shown)))
        picture = os.path.join(originals.FOLDER, case + ".png")
        if os.path.exists(picture):
            figure = plotting.side_by_side(
                picture, originals.as_long_as(original, found[0]),
                originals.ACTIVATION_TITLE[original.settings["activation"]])
            plotting.save(figure, os.path.join(options.out, case + ".png"))
    report.print_table(OrderedDict((
        ("case", "whole"), ("held against", "left"), ("deviation", "whole"), ("tolerance", "left"),
        ("within", "left"), ("shown only: from the original", "whole"))), rows)
    print("Largest deviation over the epochs, relative to max(1, |value|). {original} cases are "
          "held against the original programs on\nTensorFlow 1.12.3; {NumPy}, of Adam and AMSGrad, "
          "against the same updates in NumPy, for there the original's step counter\nraced and its "
          "own runs differ: how far off it is is shown, not judged.".format(**by_reference))
    print("Side by side, original left: {}".format(os.path.relpath(options.out)))
    return status


def _each(deviations):
    return ", ".join("{} {:.1e}".format(*one) for one in deviations.items())


def _record(options):
    claims = catalogue.select(options.claims, options.names)
    _check_writable(os.path.dirname(os.path.abspath(options.file)))
    for claim in claims:
        claim.stand_in()    # data that are damaged are said to be so before anything is trained
    record = releases.record(claims, SEED, lambda claim: print(claim.name, file=sys.stderr,
                                                               flush=True))
    results.write(record, options.file)
    changed, crashed = releases.changed(record), releases.crashed(record)
    for name, statement in changed:
        print("CHANGED in {}: {}".format(name, statement))
    for name, reason in crashed:
        print("CRASHED in {}: {}".format(name, reason))
    print("{} claims in {:.0f} s: {}".format(len(claims), record["seconds"],
                                             os.path.relpath(options.file)))
    return 1 if changed or crashed else 0


def _drift(options):
    if options.files:
        paths = {}
        for path in options.files:
            name = os.path.splitext(os.path.basename(path))[0]
            paths[path if name in paths else name] = path
    elif options.against:
        paths = {releases.BASELINE: releases.path_of(releases.BASELINE)}
    else:
        paths = releases.committed()
    every_release = not (options.files or options.against)
    out = options.out or (os.path.join(FIGURES, "drift.png") if every_release else None)
    if out:
        _check_writable(os.path.dirname(os.path.abspath(out)))
    return show_drift(paths, options.against or releases.path_of(releases.BASELINE), out,
                      every_release)


def show_drift(paths, baseline_path, out=None, in_order=False):
    """Print where {environment: path of its record} are not as the baseline; the exit status.

    out: the path of the heat map, if one is asked for; in_order: whether these are releases in
    order of age. 1: a difference that no finding explains, or a claim or a whole record that was
    not compared.
    """
    baseline = releases.read(baseline_path)
    records = OrderedDict((name, releases.read(path)) for name, path in paths.items())
    compared = drift.compare(records, baseline, in_order)
    words = {name: releases.words(name) if in_order else name for name in paths}
    empty = [words[name] for name in paths if not drift.of_state(compared, name, drift.COMPARED)]
    extents = drift.extents(compared, records, baseline)
    if len(empty) == len(paths):
        print("Nothing to compare.", end=" ")
        report.print_extents(extents, words)
        return 1
    report.print_drift(compared, [baseline["claims"][name]["number"] for name in compared], words,
                       in_order)
    report.print_extents(extents, words)
    unexplained = _print_changes(compared, words)
    if out:
        title = "How far the histories of each release are from those of TensorFlow {}".format(
            releases.words(releases.BASELINE))
        with plotting.one_look():
            plotting.save(plotting.heat_map(
                {"{}. {}".format(baseline["claims"][claim]["number"], claim.split("/")[-1]): {
                    words[name]: (one.from_baseline,
                                  drift.VERDICT in one.changes or drift.MISSING in one.changes)
                    for name, one in by_release.items()}
                 for claim, by_release in compared.items()}, title), out)
        print("Heat map: {}".format(os.path.relpath(out)))
    for name in empty:
        print("Nothing of {} was compared.".format(name))
    if not unexplained and not empty:
        print("Every verdict and history that was compared is as on the baseline, or explained.")
    if unexplained:
        print("Differences that no finding explains: {}.".format(unexplained))
    return 1 if unexplained or empty else 0


def _print_changes(compared, words):
    """One line each, but for what is missing; how many of all no finding explains."""
    known, unexplained = drift.explanations(), 0
    for claim, name, change, text in drift.changes(compared):
        finding = drift.finding_of(claim, name, change, known)
        unexplained += finding is None
        if finding or change != drift.MISSING:      # the others were named together
            print("{} in {} on {}: {}".format(
                "known ({})".format(finding) if finding else "CHANGED", claim, words[name], text))
    return unexplained


def _matrix(options):
    status = matrix.run(options.versions, options.build, options.keep)
    record = matrix.record_path(matrix.BUILD)
    if options.build and os.path.exists(record):
        return max(status, show_drift({matrix.BUILD: record},
                                      releases.path_of(releases.BASELINE)))
    print("Where the numbers moved: python -m reproductions drift")
    return status


def _check_writable(out, claims=()):
    """Raise CannotWrite, before anything is trained, if files cannot be made where they go."""
    for folder in [out] + sorted({os.path.dirname(results.path_of(claim, out))
                                  for claim in claims}):
        try:
            os.makedirs(folder, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise CannotWrite("cannot write to {}: {}".format(folder, error.strerror)) from None
