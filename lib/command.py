"""The command line: it parses, calls and prints, and imports a framework only to train."""
import argparse
import contextlib
import glob
import os
import signal
import sys
import tempfile

from lib import VERSION
from lib.compat import NotSupported
from lib.files import IN_THE_MAKING, BadFile, written_whole
from lib.show import drift, drift_files, notebooks, page, pages, plotting, side_by_side, tables
from lib.progress import track
from lib.suite import (cases, catalogue, coverage, deviations, explanations, matrix, pipeline,
                       probing, records, releases, saved_models, seeds)
from lib.suite.drift_report import Report
from lib.suite.pipeline import OTHER_RUNS, REFERENCE, RUNS, SEED

LAST_SEED = 2 ** 32 - 1
ITS_OWN_NUMBER = -1     # --seeds without a number: as many as each claim asks for
WRONG_USAGE, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
LONGEST_LINE = 240      # characters of a complaint, which may quote a file or an argument


class WrongUsage(ValueError):
    """Arguments that do not go together."""


class CannotWrite(Exception):
    """The folder for the results cannot be made or written to."""


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        """One line, not the usage as well."""
        _complain(message, self.prog)
        self.exit(WRONG_USAGE)


def _complain(message, program="reproductions"):
    """One line on standard error, of bounded length, without control characters."""
    line = "".join(one if one.isprintable() else "?" for one in f"{program}: {message}")
    if len(line) > LONGEST_LINE:    # a path comes first, what is wrong with it last
        line = f"{line[:160]} … {line[160 + 3 - LONGEST_LINE:]}"
    print(line, file=sys.stderr)


def _seed(text):
    return _whole_number(text, 0, LAST_SEED, "a seed")


def _seeds(text):
    return _whole_number(text, 1, 10 ** 6, "the number of seeds")


def _epochs(text):
    return _whole_number(text, 1, 10 ** 6, "the number of epochs")


def _dots(text):
    return _whole_number(text, 20, 1200, "a resolution")


def _whole_number(text, least, most, what):
    if not (text.isdecimal() and len(text) <= 20 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(
            f"{what} is a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _path(text):
    """A path. An empty one is refused: it comes from a shell variable that is not set."""
    return _not_empty(text, "path")


def _words(text):
    return _not_empty(text, "text")


def _not_empty(text, what):
    if not text:
        raise argparse.ArgumentTypeError(f"an empty {what}: is a variable of the shell not set?")
    return text


def _picture(text):
    if not _path(text).endswith(".png"):
        raise argparse.ArgumentTypeError(f"the map is a .png file, not {text!r}")
    return text


def _parser():
    parser = _Parser(prog="reproductions", description="Published claims about training, "
                     "reproduced: run them, judge them, draw them.")
    parser.add_argument("--version", action="version", version=f"reproductions {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND")

    def command(name, function, text, names=True):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(function=function)
        if names:
            added.add_argument("names", nargs="*", metavar="NAME", help="a claim's number or name, "
                               "a source, or a script's path; none means all")
        return added

    def records_folder(added):
        added.add_argument("--records", metavar="DIR", type=_path, help="where the records are "
                           "(default: for each claim runs, if it was run here, else figures)")

    def markdown(added, what):
        added.add_argument("--markdown", action="store_true", help=f"as {what}")

    listing = command("list", _list, "show claims with their verdicts")
    markdown(listing, "the table of the README, from the records in figures")
    run = command("run", _run, "train, judge and draw claims")
    run.add_argument("--seed", type=_seed,
                     help=f"of the data (default: {SEED}; of --seeds: {seeds.FIRST})")
    run.add_argument("--seeds", type=_seeds, metavar="N", nargs="?", const=ITS_OWN_NUMBER,
                     help="judge with N seeds, from --seed on (default: 20, or fewer for slow "
                     "claims), and keep what they gave in seeds.json")
    run.add_argument("--epochs", type=_epochs, help="train for this many, not for as many as the "
                     "source; then nothing is judged")
    run.add_argument("--mnist", metavar="PATH", type=_path, help="mnist.npz, or a folder of "
                     "the IDX files (default: MNIST_NPZ, Keras' cache, its download, or a sample)")
    run.add_argument("--out", metavar="DIR", type=_path, help="where records and figures go "
                     "(default: runs; figures renews the reference that the project ships)")
    draw = command("draw", _draw, "draw figures from records again, without training")
    records_folder(draw)
    draw.add_argument("--out", metavar="DIR", type=_path, help="where figures go (default: runs, "
                      "or beside the records of --records)")
    draw.add_argument("--format", choices=plotting.FORMATS, default="png", help="of the figures "
                      "(default: png); animations are GIFs")
    draw.add_argument("--dpi", metavar="N", type=_dots, help="dots per inch (default: 100)")
    draw.add_argument("--style", choices=("page", "slide"), default="page", help="slide: 16:9, "
                      "with type that can be read from the back of a room (default: page)")
    compare = command("compare", _compare, "compare our histories with the original programs'")
    records_folder(compare)
    compare.add_argument("--out", metavar="DIR", type=_path,
                         default=os.path.join(RUNS, "compare"))
    one_page = command("page", _page, "write one HTML file with everything to look at", names=False)
    records_folder(one_page)
    one_page.add_argument("--out", metavar="FILE", type=_path, help="where it goes (default: "
                          "runs/page.html)", default=os.path.join(RUNS, "page.html"))
    one_page.add_argument("--drift", metavar="FILE", type=_path, help="what drift --json wrote "
                          "(default: figures/drift.json)")
    books = command("notebooks", _notebooks, "write claims' scripts as Jupyter notebooks")
    books.add_argument("--out", metavar="DIR", type=_path, help="where they go (default: "
                       "runs/notebooks)", default=os.path.join(RUNS, "notebooks"))
    over_seeds = command("seeds", _show_seeds, "show what each outcome measured with other seeds, "
                         "and how near it is to tipping")
    records_folder(over_seeds)
    covered = command("coverage", _coverage, "show every sentence of the sources and what judges "
                      "it", names=False)
    for listed in (over_seeds, covered):
        markdown(listed, "the page in docs")
    record = command("record", _record, "run claims as on every release, into one file",
                     names=False)
    record.add_argument("file", metavar="FILE", type=_path)
    record.add_argument("names", nargs="*", default=[], metavar="NAME", help="as of run")
    record.add_argument("--probes", action="store_true", help="measure the probes and no claims")
    drifting = command("drift", _drift, "show where the numbers moved from release to release",
                       names=False)
    drifting.add_argument("files", nargs="*", metavar="FILE", type=_path, help="records to compare "
                          "with the baseline (default: those of all releases, from runs/versions "
                          "or else figures/versions)")
    drifting.add_argument("--against", metavar="FILE", type=_path, help="the baseline (default: "
                          f"{releases.BASELINE}; alone, {releases.BASELINE} is compared with it)")
    drifting.add_argument("--out", metavar="PNG", type=_picture, help="where the map goes "
                          "(default: runs/drift.png for all releases, else none)")
    drifting.add_argument("--json", metavar="FILE", type=_path, help="all of it for other programs")
    drifting.add_argument("--junit", metavar="FILE", type=_path, help="a JUnit XML file with a "
                          "case for each claim and probe")
    drifting.add_argument("--probes", action="store_true", help="compare the probes and no claims")
    drifting.add_argument("--accept", metavar="WHY", type=_words, help="write to explained.json "
                          "that this explains every difference that nothing explains yet")
    drifting.add_argument("--of", metavar="NAME", type=_words, nargs="+", help="accept those "
                          "of these claims and probes alone; * stands for anything")
    models = command("models", _models, "load the models that each release saved, and say whether "
                     "they score and train as they did", names=False)
    models.add_argument("folder", nargs="?", metavar="DIR", type=_path, help="of records and the "
                        "models beside them (default: runs/versions, or else figures/versions)")
    every = command("matrix", _matrix, "record every release of TensorFlow, each in an environment "
                    "of its own", names=False)
    every.add_argument("versions", nargs="*", metavar="VERSION",
                       help="such as 1.15, 2.22rc0, keras-jax; none means all")
    every.add_argument("--build", metavar="WHEEL", nargs="+", default=(), type=_path,
                       help="instead of releases, your own build or a nightly, as pip names it "
                       "(tf-nightly, a path); it is then compared with the baseline")
    every.add_argument("--against", metavar="FILE", type=_path, help="the baseline of --build "
                       f"(default: {releases.BASELINE})")
    every.add_argument("--probes", action="store_true", help="record the probes alone, without "
                       "tests and claims")
    every.add_argument("--out", metavar="DIR", type=_path, help="where the records go (default: "
                       "runs/versions, or runs/probes with --probes; figures/versions renews the "
                       "reference)")
    every.add_argument("--keep", action="store_true", help="keep environments and downloads")
    return parser


@contextlib.contextmanager
def _no_interruption_lost():
    """Raise again a Ctrl-C that Python drops because it arrived in a destructor or in the callback
    of a weak reference, of which Keras has many.
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
        parser = _parser()
        options = parser.parse_args(arguments)
        if not hasattr(options, "function"):
            parser.print_help()
            return 0
        options.claims, broken = catalogue.find()
        for path, complaint in broken:
            _complain(f"{path}: {complaint}")
        status = options.function(options)
        return 1 if broken and not status else status
    except (catalogue.UnknownClaim, BadFile, matrix.CannotRun, CannotWrite, WrongUsage,
            NotSupported) as error:
        _complain(error)
        return WRONG_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        _complain(f"{error.filename or 'output'}: {error.strerror or error}")
        return WRONG_USAGE
    except KeyboardInterrupt:
        print("\nreproductions: interrupted; what was finished is kept", file=sys.stderr)
        return INTERRUPTED


def run_script(path):
    """What a script does when it is run by itself: ``run`` with its own path, then exit."""
    leave(main(["run", os.path.abspath(path)] + sys.argv[1:]))


def leave(status):
    """End the process; after an interruption at once, as TensorFlow's threads may delay its end."""
    if status == INTERRUPTED:
        sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


def _folders(options):
    """Where a command looks for records: in the folder that is named, or in runs, then figures."""
    if not options.records:
        return [RUNS, REFERENCE]
    if not os.path.isdir(options.records):
        raise BadFile(f"{options.records}: no such folder")
    return [options.records]


def _reference(claims):
    """{name: Result} of those that the reference has."""
    return _without_places(pipeline.results_in(claims, [REFERENCE]))


def _without_places(found):
    """{name: Result} of what ``pipeline.results_in`` found."""
    return {name: result for name, (_, result, _) in found.items()}


def _say_which_figures_are_of_other_runs(claims, found):
    for claim in claims:
        _, result, folder = found.get(claim.name, (None, None, None))
        for path in pipeline.figures_of_other_runs(claim, result, folder) if result else ():
            _complain(f"{os.path.relpath(path)}: not of the run in its record; draw it again: "
                      f"python -m reproductions draw {claim.stem} "
                      f"--records {os.path.relpath(folder)}")


def _say_which_were_run_here(found):
    """Print which claims' records are from runs here. found: of ``pipeline.results_in``."""
    own = [result.number for _, result, folder in found.values() if folder == RUNS]
    if own and len(own) == len(found):
        print("All from runs here, in runs.")
    elif own:
        print(f"From runs here, in runs: {tables.in_words(own)}; the others are the reference, "
              "in figures.")


def _list(options):
    claims = catalogue.select(options.claims, options.names)
    if options.markdown:
        print("\n".join(pages.claims(claims, _reference(claims))))
        return 0
    found = pipeline.results_in(claims, [RUNS, REFERENCE])
    _say_which_figures_are_of_other_runs(claims, found)
    tables.print_claims(claims, _without_places(found))
    _say_which_were_run_here(found)
    return 0


def _coverage(options):
    """Every sentence of the sources; status 1 if one is not judged and no reason is given."""
    sources, gaps = coverage.sentences(options.claims, _reference(options.claims))
    if options.markdown:
        print("\n".join(pages.coverage_page(sources)))
    else:
        tables.print_coverage(sources)
    for gap in gaps:
        print(f"NOT COVERED: {gap}")
    return 1 if gaps else 0


def _show_seeds(options):
    """What the seeds of a file say; status 1 if some of them come from older code."""
    claims = catalogue.select(options.claims, options.names)
    if options.markdown:
        over_seeds = seeds.read_over_seeds(REFERENCE, claims)
        print("\n".join(pages.seeds_page(claims, over_seeds)))
    else:
        over_seeds = {}
        for folder in reversed(_folders(options)):
            over_seeds.update(seeds.read_over_seeds(folder, claims))
        tables.print_seeds(claims, over_seeds)
    return 0 if all(one.current for one in over_seeds.values()) else 1


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
    outs = {claim: options.out or (RUNS if as_the_source[claim] else OTHER_RUNS)
            for claim in claims}
    for out in set(outs.values()):
        _check_writable(out, [claim for claim in claims if outs[claim] == out])
    results, crashed, beyond = {}, [], []
    for claim, out in outs.items():
        print(f"{claim.name} …", file=sys.stderr, flush=True)
        with _crashes_noted(claim, crashed):
            record = pipeline.run(claim, out, seed, options.epochs)
            result = results[claim.name] = record.claims[claim.name]
            _print_result(claim, result)
            if not _say_how_far_from_the_reference(claim, result):
                beyond.append(claim.name)
            if out == REFERENCE and str(record.commit).endswith("+changes"):
                print("This record is of code that is not committed: commit it, and run again.\n")
            for picture in pipeline.draw(claim, result, out):
                print(os.path.relpath(picture))
            print()
    tables.print_summary(results, crashed)
    if beyond:
        print(f"BEYOND TOLERANCE from the reference: {', '.join(beyond)}")
    print(f"Records and figures: {', '.join(sorted(map(os.path.relpath, set(outs.values()))))}")
    return 1 if crashed or beyond or any(
        result.changed or not result.judged for result in results.values()) else 0


def _print_result(claim, result):
    tables.print_verdict(result)
    if hasattr(claim.module, "lines"):      # what the source's own program prints
        print("\n".join(claim.module.lines(result.histories)) + "\n")
    if hasattr(claim.module, "table"):
        tables.print_table(*claim.module.table(result.histories))
        print()
    epochs = result.settings.get("epochs")
    if epochs != claim.epochs:
        print(f"Not judged after {epochs} epochs: the claim is about {claim.epochs}.\n")


def _say_how_far_from_the_reference(claim, result):
    """A line; False if a history is farther from the reference than its tolerance."""
    moved = pipeline.from_reference(claim, result)
    if moved is None:
        print("Not compared: there is no reference with these settings and data.\n")
        return True
    beyond = deviations.beyond_tolerance(moved, result.tolerances)
    largest = drift.short(deviations.largest_of(moved))
    if largest == "0":
        print("Every number equals the reference's, to the last bit.\n")
    elif not beyond:
        print(f"Within tolerance of the reference: the largest deviation is {largest}.\n")
    else:
        label = max(beyond, key=beyond.get)
        print(f"BEYOND TOLERANCE from the reference: {label!r} by {drift.short(beyond[label])}, "
              f"where {drift.short(result.tolerances.get(label, 0))} is allowed.\n")
    return not beyond


@contextlib.contextmanager
def _crashes_noted(claim, crashed):
    """Add (claim, its error in a line) to ``crashed`` if the claim itself fails: a finding."""
    try:
        yield
    except (BadFile, CannotWrite, NotSupported, OSError):
        raise
    except Exception as error:
        crashed.append((claim.name, pipeline.crash(error)))


def _run_over_seeds(claims, options):
    """Each claim with other seeds; status 1 if one crashes, otherwise 0, whatever comes out."""
    if options.epochs:
        raise WrongUsage("--seeds and --epochs exclude each other: other epochs are not judged")
    out, first = options.out or RUNS, seeds.FIRST if options.seed is None else options.seed
    numbers = {claim: claim.enough_seeds if options.seeds == ITS_OWN_NUMBER else options.seeds
               for claim in claims}
    if first + max(numbers.values()) - 1 > LAST_SEED:
        raise WrongUsage(f"the last of {max(numbers.values())} seeds from {first} on is beyond "
                         f"{LAST_SEED}")
    _check_replaceable(os.path.join(out, seeds.FILE))
    over_seeds, crashed = {}, []
    for claim in claims:
        if not claim.one_seed:
            with _crashes_noted(claim, crashed):
                over_seeds[claim.name] = seeds.judge(
                    claim, range(first, first + numbers[claim]), out,
                    lambda seed: print(f"{claim.name}, seed {seed} …", file=sys.stderr, flush=True))
    tables.print_seeds(claims, over_seeds)
    if any(one.seeds < seeds.FEWEST for one in over_seeds.values()):
        print(f"Fewer than {seeds.FEWEST} seeds cannot settle an outcome that depends on the seed.")
    for name, complaint in crashed:
        print(f"CRASHED in {name}: {complaint}")
    print(f"What each seed gave: {os.path.relpath(os.path.join(out, seeds.FILE))}")
    return 1 if crashed else 0


def _draw(options):
    claims = catalogue.select(options.claims, options.names)
    found = {}
    for claim in claims:
        folders = [folder for folder in _folders(options)
                   if os.path.exists(records.path_of(claim, folder))]
        found[claim] = (folders or _folders(options))[0]
    out = options.out or options.records or RUNS
    _check_writable(out, claims, (f".{options.format}", f".*.{options.format}", ".*.gif"))
    for claim, folder in found.items():
        for picture in pipeline.redraw(claim, folder, out, format=options.format,
                                       dpi=options.dpi, slide=options.style == "slide"):
            print(os.path.relpath(picture))
    return 0


def _compare(options):
    """Compare our histories with the originals'; status 1 if one is too far off or missing."""
    claims = catalogue.select(options.claims, options.names)
    found = pipeline.results_in(claims, _folders(options))
    compared = cases.cases_of(claims, _without_places(found), _reference(claims),
                              every=not options.names)
    if compared:
        _check_writable(options.out)
        pictures = {os.path.join(options.out, case.name + ".png"): case
                    for case in compared if case.comparison}
        for path in pictures:
            _check_no_folder(path)
        with plotting.without_warnings():
            for path, case in track(pictures.items(), "drawing"):
                plotting.save(side_by_side.draw(case), path)
        side_by_side.print_cases(compared)
        _say_which_were_run_here({claim.name: found[claim.name] for case in compared
                                  for claim in case.claims if claim.name in found})
        print(f"Figures, ours on top of the original: {os.path.relpath(options.out)}")
    side_by_side.print_without_cases(cases.without_cases(claims, compared))
    return 0 if all(case.within for case in compared) else 1


def _page(options):
    """Write the page from records and the figures beside them."""
    folders = _folders(options)
    found = pipeline.results_in(options.claims, folders)
    reference = _reference(options.claims)
    _say_which_figures_are_of_other_runs(options.claims, found)
    over_seeds = {}
    for folder in reversed(folders):
        over_seeds.update(seeds.read_over_seeds(folder, options.claims))
    covered, _ = coverage.sentences(options.claims, reference)
    _check_replaceable(options.out)
    baseline = releases.path_of(releases.BASELINE)
    records.read(baseline)      # checked before the page takes what it shows of it
    text = page.build(
        options.claims, found, over_seeds,
        {source.title: (len(those), sum(bool(one.rows) for one in those.values()))
         for source, those in covered.items()},
        cases.cases_of(options.claims, _without_places(found), reference, every=False),
        _drift_for_page(options), baseline, VERSION)
    with written_whole(options.out) as temporary:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
    print(f"{os.path.relpath(options.out)}: {len(found)} claims, {len(text) / 1e6:.1f} MB; open it "
          "in a browser.")
    _say_which_were_run_here(found)
    return 0


def _drift_for_page(options):
    """What ``drift --json`` wrote, as plain data; None if there is no file and none is asked for.
    """
    path = options.drift or os.path.join(REFERENCE, "drift.json")
    if not (options.drift or os.path.exists(path)):
        return None
    found = drift_files.read_json(path)
    unknown = sorted(set(found["claims"]) - {claim.name for claim in options.claims})
    if unknown:
        raise BadFile(f"{path}: claims: {unknown[0]}: no such claim here")
    return found


def _notebooks(options):
    claims = catalogue.select(options.claims, options.names)
    _check_writable(options.out, claims, (".ipynb",))
    for claim in claims:
        path = records.path_of(claim, options.out, ".ipynb")
        notebooks.write(claim, path)
        print(os.path.relpath(path))
    return 0


def _record(options):
    claims = [] if options.probes else catalogue.select(options.claims, options.names)
    begin = os.path.splitext(os.path.abspath(options.file))[0]
    for path in [options.file] + [begin + ending for ending in matrix.RECORD_AND_MODELS[1:]]:
        _check_replaceable(path)
    for claim in claims:
        claim.stand_in()    # complains of damaged data before anything is trained
    record = releases.record(claims, probing.all_probes(),
                             lambda name: print(name, file=sys.stderr, flush=True))
    if not options.probes:
        record.models = saved_models.save(*os.path.split(begin))
    records.write(record, options.file, short=True)
    changed, crashed = releases.changed(record), releases.crashed(record)
    for name, statement in changed:
        print(f"CHANGED in {name}: {statement}")
    for name, reason in crashed:
        print(f"CRASHED in {name}: {reason}")
    print(f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'} and {len(record.probes)} "
          f"probes in {record.seconds:.0f} s: {os.path.relpath(options.file)}")
    return 1 if changed or crashed else 0


def _models(options):
    """What became of the models that each release saved; status 1 if one is not as it was."""
    folder = options.folder or (releases.RUN_HERE if releases.record_paths(releases.RUN_HERE)
                                else releases.FOLDER)
    if not os.path.isdir(folder):
        raise BadFile(f"{folder}: no such folder")
    found = saved_models.load_all(folder)
    if not found:
        raise BadFile(f"{folder}: no record there has saved a model")
    tables.print_table(saved_models.COLUMNS, saved_models.rows(found))
    same = sum(map(saved_models.is_as_it_was, found.values()))
    print(f"{same} of {len(found)} files load here, score as they did, and train on as they did.")
    return 0 if same == len(found) else 1


def _drift(options):
    if options.of and not options.accept:
        raise WrongUsage("--of says what to --accept, and there is no --accept")
    if options.files:
        paths = {}
        for path in options.files:
            name = os.path.splitext(os.path.basename(path))[0]
            paths[path if name in paths else name] = path
    elif options.against:
        paths = {releases.BASELINE: releases.path_of(releases.BASELINE)}
    else:
        paths = releases.record_paths(releases.RUN_HERE, releases.FOLDER)
        own = [releases.words(name) for name, path in paths.items()
               if path.startswith(releases.RUN_HERE + os.sep)]
        if own:
            print(f"Recorded here, in runs/versions: {', '.join(own)}; the others are the "
                  "reference, in figures/versions.")
    every_release = not (options.files or options.against)
    out = options.out or (os.path.join(RUNS, "drift.png") if every_release else None)
    for path in (out, options.json, options.junit):
        if path:
            _check_replaceable(path)
    return show_drift(paths, options.against, every_release, out, options.json, options.junit,
                      options.accept, options.of, options.probes)


def show_drift(paths, baseline_path=None, in_order=False, out=None, json=None, junit=None,
               accept=None, of=None, only_probes=False):
    """Print how {environment: path of its record} differ from the baseline; the exit status.

    baseline_path: by default of today's release; in_order: whether these are the environments of
    the matrix; out, json, junit: paths of the map and of what others read, if asked for; accept:
    what explains every difference that nothing explains yet, or those of the names ``of``;
    only_probes: whether the claims are left out. The status is 1 if no finding explains a
    difference, or if nothing of a record was compared, and 2 if a record cannot be read, after the
    others were compared.
    """
    todays = releases.path_of(releases.BASELINE)    # it says what each claim and probe calls
    baseline_path = baseline_path or todays
    baseline = records.read(baseline_path)
    baseline_name = os.path.splitext(os.path.basename(baseline_path))[0]
    found, unreadable = _readable(paths)
    if not found:
        return WRONG_USAGE
    elsewhere = baseline_path != todays and os.path.exists(todays)
    report = Report(found, baseline, baseline_name, records.read(todays) if elsewhere else None,
                    in_order, claims=not only_probes)
    if len(report.empty) == len(found):
        drift.print_nothing_to_compare(report)
        return WRONG_USAGE if unreadable else 1
    drift.print_report(report)
    if accept:
        changes = report.to_accept(of or ["*"])
        new = explanations.accept(changes, accept, baseline_name)
        print(f"Accepted: {len(changes)} differences in {new} new entries of "
              f"{os.path.relpath(explanations.path())}.")
        report.explain()
    if out and not only_probes:
        with plotting.one_look():
            plotting.save(drift.draw(report), out)
        print(f"Map: {os.path.relpath(out)}")
    for path, write in ((json, drift_files.write_as_json), (junit, drift_files.write_as_junit)):
        if path:
            write(report, path)
            print(f"Written: {os.path.relpath(path)}")
    drift.print_conclusion(report, len(unreadable))
    return WRONG_USAGE if unreadable else report.status


def _readable(paths):
    """{environment: Record}, and the paths of records that cannot be read: a line for each."""
    found, unreadable = {}, []
    for name, path in paths.items():
        try:
            found[name] = records.read(path)
        except BadFile as error:
            unreadable.append(path)
            _complain(error)
    return found, unreadable


def _matrix(options):
    if options.out:
        _check_writable(options.out)
    if options.against and not options.build:
        raise WrongUsage("--against is the baseline of --build; of releases, drift has it")
    out = options.out or matrix.folder_of(options.probes)
    status = matrix.run(options.versions, options.build, options.keep, out, options.probes)
    record = os.path.join(out, matrix.BUILD + ".json")
    if options.build and os.path.exists(record):
        return max(status, show_drift({matrix.BUILD: record}, options.against,
                                      only_probes=options.probes))
    print("Where the numbers moved: python -m reproductions drift" + (
        f" --probes {os.path.relpath(out)}/*.json" if options.probes else ""))
    return status


def _check_writable(out, claims=(), endings=(".json", ".png", ".*.png", ".*.gif")):
    """Raise CannotWrite, before anything is trained, if files cannot be written where they go.

    endings: of the files of each claim; * stands for any name.
    """
    for folder in [out] + sorted({os.path.dirname(records.path_of(claim, out))
                                  for claim in claims}):
        try:
            os.makedirs(folder, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise CannotWrite(f"cannot write to {folder}: {error.strerror}") from None
    for claim in claims:
        for ending in endings:
            start = glob.escape(records.path_of(claim, out, ""))
            for path in glob.glob(start + ending):
                _check_no_folder(path)


def _check_replaceable(path):
    """``_check_writable`` for a single file."""
    folder, name = os.path.split(os.path.abspath(path))
    _check_writable(folder)
    if path.endswith(os.sep):
        raise CannotWrite(f"cannot write to {path}: it is named as a folder")
    _check_no_folder(path)
    try:
        os.lstat(os.path.join(folder, f"{IN_THE_MAKING}12345678-{name}"))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise CannotWrite(f"cannot write to {path}: {error.strerror}") from None


def _check_no_folder(path):
    """A file is written whole and replaces what is there, which must not be a folder or a device.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        what = "folder" if os.path.isdir(path) else "device"
        raise CannotWrite(f"cannot write to {path}: there is a {what} of that name")
