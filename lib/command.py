"""The command line. Imports a framework only to train."""
import argparse
import os
import sys
import tempfile
import time
from collections import OrderedDict

from lib import (PROJECT, catalogue, drift, matrix, originals, plotting, releases, report, results,
                 seeds)
from lib.checkpoints import kept_until_recorded
from lib.claims import verdict
from lib.compat import NotSupported, environment
from lib.progress import track

FIGURES = os.path.join(PROJECT, "figures")
OTHER_RUNS = os.path.join(PROJECT, "runs")
SEED, LAST_SEED = 0, 2 ** 32 - 1
WRONG_USAGE, INTERRUPTED, BROKEN_PIPE = 2, 130, 141


class NoSuchSeed(ValueError):
    """A seed that NumPy does not take."""


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


def _picture(text):
    if not text.endswith(".png"):
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
    run.add_argument("--seed", type=_seed, default=SEED, help="of the data (default: 0)")
    run.add_argument("--seeds", type=_seeds, metavar="N", help="judge with N seeds from --seed on, "
                     "and give the share that reproduces each claim; what is known of them goes to "
                     "seeds.json, by default in runs")
    run.add_argument("--epochs", type=_epochs, help="instead of those of the source")
    run.add_argument("--mnist", metavar="FILE", help="mnist.npz, as Keras stores it (default: "
                     "MNIST_NPZ, Keras' cache, its download, or a sample)")
    run.add_argument("--out", metavar="DIR", help="where records and figures go (default: figures; "
                     "with another seed, number of epochs or a sample: runs)")
    draw = command("draw", _draw, "draw figures from records again, without training")
    draw.add_argument("--records", metavar="DIR", default=FIGURES)
    draw.add_argument("--out", metavar="DIR", help="default: beside the records")
    compare = command("compare", _compare, "hold our histories against the original program's",
                      names=False)
    compare.add_argument("--records", metavar="DIR", default=FIGURES)
    compare.add_argument("--out", metavar="DIR", default=os.path.join(FIGURES, "compare"))
    record = command("record", _record, "run all claims as on every release, into one file",
                     names=False)
    record.add_argument("file", metavar="FILE")
    record.add_argument("names", nargs="*", metavar="NAME", help="a claim or a source, not all")
    drifting = command("drift", _drift, "show where the numbers moved from release to release",
                       names=False)
    drifting.add_argument("files", nargs="*", metavar="FILE", help="records to hold against the "
                          "baseline; none means those of all releases, of figures/versions")
    drifting.add_argument("--against", metavar="FILE", help="the baseline (default: {}; "
                          "with no other FILE, that one is held against it)".format(
                              releases.BASELINE))
    drifting.add_argument("--out", metavar="PNG", type=_picture, help="where the heat map goes "
                          "(default: figures/drift.png for all releases, else none)")
    every = command("matrix", _matrix, "record every release of TensorFlow, each in an environment "
                    "of its own", names=False)
    every.add_argument("versions", nargs="*", metavar="VERSION",
                       help="such as 1.15, 2.22rc0, keras-jax; none means all")
    every.add_argument("--build", metavar="WHEEL", nargs="+", default=(), help="instead: your own, "
                       "or a nightly one, as pip names it (tf-nightly, a path); it is held against "
                       "the baseline")
    every.add_argument("--keep", action="store_true", help="keep environments and downloads")
    return parser


def main(arguments=None):
    """Run the command line; returns the exit status.

    0: every outcome is as recorded; 1: one changed; 2: wrong usage; 130: interrupted.
    """
    os.environ["MPLBACKEND"] = "agg"  # files only, whatever display the shell names; Keras reads it
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no "±" gets a "?"
    try:
        options = _parser().parse_args(arguments)
        return options.function(options)
    except (catalogue.UnknownClaim, results.BadFile, matrix.CannotRun, CannotWrite, NoSuchSeed,
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
    claims = catalogue.find_claims()
    records, shares = _records(claims, FIGURES), seeds.shares(FIGURES, claims)
    if options.markdown:
        print("\n".join(report.claims_in_markdown(claims, records, shares)))
    else:
        report.print_claims(claims, records, shares)
    return 0


def _records(claims, folder):
    """{name: record} of the claims that have one in ``folder``."""
    paths = {claim.name: results.path_of(claim, folder) for claim in claims}
    return {name: results.read(path, name) for name, path in paths.items()
            if os.path.exists(path)}


def _run(options):
    claims = catalogue.select(catalogue.find_claims(), options.names)
    if options.mnist is not None:
        os.environ["MNIST_NPZ"] = options.mnist
    if options.seeds:
        return _run_over_seeds(claims, options)
    if options.out:
        _check_writable(options.out, claims)  # at once: data may have to be downloaded
    as_asked = options.seed == SEED and options.epochs is None
    as_the_source = {claim: claim.stand_in() is None and as_asked for claim in claims}
    outs = {claim: options.out or (FIGURES if as_the_source[claim] else OTHER_RUNS)
            for claim in claims}
    for out in set(outs.values()):
        _check_writable(out, [claim for claim in claims if outs[claim] == out])
    records = []
    for claim, out in outs.items():
        record = reproduce(claim, options.seed, claim.epochs and (options.epochs or claim.epochs),
                           out)
        report.print_verdict(record)
        if hasattr(claim.module, "table"):
            report.print_table(*claim.module.table(results.histories_of(record)))
            print()
        if record["epochs"] != claim.epochs:
            print("Judged after {} epochs; the claim is about {}.\n".format(
                record["epochs"], claim.epochs))
        records.append(record)
    report.print_summary(records)
    print("Records and figures: {}".format(", ".join(sorted(map(os.path.relpath,
                                                                set(outs.values()))))))
    return 1 if any(report.changed(record) for record in records) else 0


def _run_over_seeds(claims, options):
    """The share of seeds with which each claim is reproduced; status 0, whatever it is."""
    out, chosen = options.out or OTHER_RUNS, range(options.seed, options.seed + options.seeds)
    if chosen[-1] > LAST_SEED:
        raise NoSuchSeed("the last of {} seeds from {} on is beyond {}".format(
            options.seeds, options.seed, LAST_SEED))
    _check_writable(out)
    shares = OrderedDict((claim, claim.one_seed) for claim in claims)
    for claim in claims:
        if not claim.one_seed:
            shares[claim] = seeds.judge(
                claim, chosen, claim.epochs and (options.epochs or claim.epochs), out,
                lambda seed: print("{}, seed {} …".format(claim.name, seed), file=sys.stderr,
                                   flush=True))
    report.print_shares(shares, options.seeds)
    if options.epochs:
        print("Judged after {} epochs, whatever the claim is about.".format(options.epochs))
    print("By seed: {}".format(os.path.relpath(os.path.join(out, seeds.FILE))))
    return 0


def reproduce(claim, seed, epochs, out):
    """Claim -> run -> history -> verdict -> figure and record in ``out``. Returns the record."""
    print("{} …".format(claim.name), file=sys.stderr, flush=True)
    begin = time.perf_counter()
    with kept_until_recorded(claim.stem):
        histories = claim.run(seed, epochs)
        outcomes = claim.module.judge(histories)
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
    claims = catalogue.select(catalogue.find_claims(), options.names)
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
    histories = [history for record in _records(catalogue.find_claims(), options.records).values()
                 for history in results.histories_of(record).values()]
    _check_writable(options.out)
    rows, status = [], 0
    for case, original in track(originals.original_histories().items(), "comparing"):
        found = [history for history in histories if originals.matches(original, history)]
        if not found:
            rows.append((case, "", "", "no history: run the claims first"))
            status = 1
            continue
        deviations = originals.deviations(original, found[0])
        tolerances = originals.tolerances_of(original)
        within = all(deviation <= tolerances[name] for name, deviation in deviations.items())
        status = status if within else 1
        rows.append((case, ", ".join("{} {:.1e}".format(*one) for one in deviations.items()),
                     ", ".join("{:.0e}".format(tolerances[name]) for name in deviations),
                     "yes" if within else "NO"))
        picture = os.path.join(originals.FOLDER, case + ".png")
        if os.path.exists(picture):
            figure = plotting.side_by_side(
                picture, originals.as_long_as(original, found[0]),
                originals.ACTIVATION_TITLE[original.settings["activation"]])
            plotting.save(figure, os.path.join(options.out, case + ".png"))
    report.print_table({"case": "whole", "deviation": "whole", "tolerance": "left",
                        "within": "left"}, rows)
    print("Largest deviation from the original program (TensorFlow 1.12.3) over its epochs, "
          "relative to max(1, |value|).\nAdam's tolerance is wide because the original's step "
          "counter raced: its own runs differ by as much.")
    print("Side by side, original left: {}".format(os.path.relpath(options.out)))
    return status


def _record(options):
    claims = catalogue.select(catalogue.find_claims(), options.names)
    _check_writable(os.path.dirname(os.path.abspath(options.file)))
    for claim in claims:
        claim.stand_in()    # data that are damaged are said to be so before anything is trained
    record = releases.record(claims, SEED, lambda claim: print(claim.name, file=sys.stderr,
                                                               flush=True))
    results.write(record, options.file)
    changed = [(name, outcome["statement"]) for name, entry in record["claims"].items()
               for outcome in entry.get("outcomes", {}).values() if not outcome["as_recorded"]]
    for name, statement in changed:
        print("CHANGED in {}: {}".format(name, statement))
    print("{} claims in {:.0f} s: {}".format(len(claims), record["seconds"],
                                             os.path.relpath(options.file)))
    return 0


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
    return show_drift(paths, options.against or releases.path_of(releases.BASELINE), out)


def show_drift(paths, baseline_path, out=None):
    """Print where {environment: path of its record} are not as the baseline; the exit status.

    out: the path of the heat map, if one is asked for. 1: a difference that no finding explains.
    """
    baseline = releases.read(baseline_path)
    compared = drift.compare({name: releases.read(path) for name, path in paths.items()}, baseline)
    words = {name: releases.words(name) for name in paths}
    report.print_drift(compared, [baseline["claims"][name]["number"] for name in compared], words)
    known, unexplained = drift.explanations(), 0
    for claim, name, change, text in drift.changes(compared):
        finding = drift.finding_of(claim, name, change, known)
        unexplained += finding is None
        print("{} in {} on {}: {}".format("known ({})".format(finding) if finding else "CHANGED",
                                          claim, words[name], text))
    if out:
        title = "How far the histories of each release are from those of TensorFlow {}".format(
            releases.words(releases.BASELINE))
        with plotting.one_look():
            plotting.save(plotting.heat_map(
                {"{}. {}".format(baseline["claims"][claim]["number"], claim.split("/")[-1]): {
                    words[name]: (one.from_baseline, drift.VERDICT in one.changes)
                    for name, one in by_release.items()}
                 for claim, by_release in compared.items()}, title), out)
        print("Heat map: {}".format(os.path.relpath(out)))
    print("Every verdict and history is as on the baseline, or explained." if not unexplained else
          "Differences that no finding explains: {}.".format(unexplained))
    return 1 if unexplained else 0


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
