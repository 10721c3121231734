"""Records in, tables out: text that a person can paste into an issue."""
import itertools
import shutil
import sys
from collections import OrderedDict

from lib import coverage
from lib.claims import NOT_JUDGED, SOURCE, in_words

NARROWEST = 110     # columns of a table in a narrower terminal
UNWRAPPED = 2000    # columns of a table in a file or pipe


def print_table(columns, rows):
    """Print a Markdown table: wrapped to a terminal, one line a row elsewhere.

    columns: {name: "left", "right" or "whole"}, "whole" meaning left and never wrapped.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
    wrapped = sys.stdout.isatty()
    table = Table(box=box.MARKDOWN)
    for name, kind in columns.items():
        table.add_column(name, overflow="fold", no_wrap=kind == "whole" or not wrapped,
                         justify="right" if kind == "right" else "left")
    for row in rows:
        table.add_row(*(Text(str(cell) if wrapped else str(cell).replace("|", "\\|"))
                        for cell in row))
    width = max(NARROWEST, shutil.get_terminal_size().columns) if wrapped else UNWRAPPED
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().split("\n") if line.strip()))


def verdict_rows(record):
    """One row for each outcome: who says so and where, what, measured, expected, origin, holds."""
    for outcome in record["outcomes"]:
        holds = "not judged" if outcome["holds"] is None else "yes" if outcome["holds"] else "no"
        if not outcome["as_recorded"]:
            holds += ", CHANGED"
        yield (outcome["where"] or outcome["by"], outcome["statement"],
               "{:.4g}".format(outcome["measured"]), outcome["expected"], outcome["origin"], holds)


def print_verdict(record):
    """The table of one claim: its outcomes, and the reason of each that does not hold."""
    print("{}. {}: {}".format(record["number"], record["title"], verdict_of(record).upper()))
    if record["stand_in"]:
        print("It ran on {}: figures of the source are not comparable.".format(record["stand_in"]))
    print_table({"says": "left", "outcome": "left", "measured": "right", "expected": "whole",
                 "origin": "left", "holds": "left"}, verdict_rows(record))
    for outcome in record["outcomes"]:
        if outcome["fails_because"]:
            print("Not so: {}. {}.".format(
                outcome["statement"], outcome["fails_because"]))
    print()


def changed(record):
    """The statements of the outcomes that did not come out as the suite records them."""
    return [outcome["statement"] for outcome in record["outcomes"] if not outcome["as_recorded"]]


def verdict_of(record):
    """A record's verdict with its count: "in part (2 of 3)"; "not run yet" of None."""
    if record is None:
        return "not run yet"
    rows = [outcome for outcome in record["outcomes"] if outcome["by"] == SOURCE]
    return in_words(record["verdict"], sum(bool(row["holds"]) for row in rows), len(rows))


def print_summary(records, crashed):
    """One row for each claim, and what changed, was not judged or crashed.

    crashed: [(name of a claim, what it said)].
    """
    print_table({"#": "right", "claim": "whole", "verdict": "whole", "seconds": "right"},
                ((record["number"], record["claim"],
                  verdict_of(record) + (" (on a sample)" if record["stand_in"] else ""),
                  "{:.1f}".format(record["seconds"])) for record in records))
    different = [(record["claim"], statement) for record in records
                 for statement in changed(record)]
    for claim, statement in different:
        print("CHANGED in {}: {}".format(claim, statement))
    for claim, complaint in crashed:
        print("CRASHED: {}: {}".format(claim, complaint))
    not_judged = [record["claim"] for record in records if record["verdict"] == NOT_JUDGED]
    if not_judged:
        print("NOT JUDGED: {}".format(", ".join(not_judged)))
    print("{} of {} claims are judged, and {}.".format(
        len(records) - len(not_judged), len(records) + len(crashed),
        "{} outcomes changed".format(len(different)) if different else
        "every outcome of these is as the suite records it"))


def print_claims(claims, records, over_seeds):
    """One row for each claim. records, over_seeds: by name, for those that were run."""
    print_table({"#": "right", "claim": "whole", "what it says": "left", "verdict": "whole",
                 "other seeds that agree": "left"},
                ((claim.number, claim.name, claim.title, verdict_of(records.get(claim.name)),
                  claim.one_seed or over_seeds.get(claim.name, "not run yet")) for claim in claims))


def print_coverage(covered):
    """A table for each {Source: its sentences with the rows that judge them}."""
    for source, its_sentences in covered.items():
        print(source.title)
        print_table({"where": "left", "what it says": "left", "judged by": "left"},
                    coverage.rows_of(its_sentences))
        print()


def _seed_rows(over_seeds):
    """For each outcome what the seeds say of it, as texts."""
    for row in over_seeds.rows.values():
        yield (row.by, row.statement, "{} of {}".format(row.holding, row.judged),
               "the same with each" if row.interval is None else "{:.0f} to {:.0f} %".format(
                   *(100 * end for end in row.interval)),
               "{:.4g} ± {:.2g}".format(row.mean, row.deviation), row.expected,
               "" if row.margin is None else "{:+.1f}".format(row.margin))


_SEED_COLUMNS = OrderedDict((
    ("says", "left"), ("outcome", "left"), ("holds with", "whole"), ("interval", "whole"),
    ("measured", "whole"), ("expected", "whole"), ("to the bound", "right")))


def print_seeds(claims, over_seeds):
    """For each claim a table of its outcomes over seeds, and what they say together."""
    for claim in claims:
        if claim.name in over_seeds:
            one = over_seeds[claim.name]
            print(_seed_title(claim, one))
            print_table(_SEED_COLUMNS, _seed_rows(one))
            print()
        else:
            print("{}. {}: {}\n".format(claim.number, claim.title,
                                        claim.one_seed or "not run with other seeds yet"))
    print(SEEDS_EXPLAINED)


def seeds_in_markdown(claims, over_seeds):
    """The page, line by line."""
    yield "# The claims with other seeds"
    yield ""
    yield SEEDS_EXPLAINED
    yield "`python -m reproductions seeds --markdown` makes this page from `figures/seeds.json`."
    for claim in claims:
        yield ""
        if claim.name in over_seeds:
            one = over_seeds[claim.name]
            yield "## " + _seed_title(claim, one)
            yield ""
            yield "| {} |".format(" | ".join(_SEED_COLUMNS))
            yield "|---" * len(_SEED_COLUMNS) + "|"
            for cells in _seed_rows(one):
                yield "| {} |".format(" | ".join(cell.replace("|", "\\|") for cell in cells))
        else:
            yield "## {}. {}".format(claim.number, claim.title)
            yield ""
            yield "One seed: {}.".format(claim.one_seed or "not run with others yet")


SEEDS_EXPLAINED = """\
The seeds were fixed before any was looked at; bounds were chosen on another, 0. The interval is the
exact one (Clopper and Pearson), of 95 %, for the share of seeds with which an outcome holds: above
one half it holds, below it does not, else the seeds are inconclusive. Where each seed measures the
same nothing is random, and there is none. "To the bound" is the mean distance of what was measured
to the nearest bound, in standard deviations: below 2 or so an outcome may tip with another seed."""


def _seed_title(claim, one):
    return "{}. {}: {} over {} seeds, of which {} agree with the record{}".format(
        claim.number, claim.title, one.verdict, one.seeds, one.agreeing,
        "" if one.current else " (of older code)")


def claims_in_markdown(claims, records, over_seeds):
    """The tables of the README, one a source, with links to scripts and figures."""
    for source, of_source in itertools.groupby(claims, lambda claim: claim.source):
        yield "\n**[{}]({})**, {}\n".format(source.title, source.url, source.published)
        yield ("| # | The claim, and its script | Verdict | Other seeds that agree "
               "| What does not hold, and why |")
        yield "|--:|---|---|---|---|"
        for claim in of_source:
            record = records.get(claim.name)
            failing = [row for row in record["outcomes"] if row["fails_because"]] if record else ()
            yield "| {} | [{}](reproductions/{}.py) | [{}](figures/{}.png) | {} | {} |".format(
                claim.number, claim.title, claim.name, verdict_of(record), claim.name,
                claim.one_seed or over_seeds.get(claim.name, "not run yet"),
                " ".join("*{}.* {}.".format(row["statement"], row["fails_because"])
                         for row in failing))


def short(deviation):
    """A deviation in a few characters: "0", "3e-8", "inf", or "-" where there is none."""
    if deviation != deviation:
        return "-"
    text = "{:.0e}".format(deviation) if deviation else "0"
    return text.replace("e-0", "e-").replace("e+0", "e+")


def print_drift(compared, numbers, words, in_order):
    """For every claim and record: its deviation, where it moved, and the verdicts.

    compared: of ``lib.drift.compare``; numbers: of its claims; words: {environment: its name for
    people}; in_order: whether these are releases, of which each is held against the one before too.
    """
    tables = [("Largest deviation from the baseline", "from_baseline")]
    if in_order:
        tables.append(("Largest deviation from the release before", "from_previous"))
    for title, name in tables:
        print(title + ", by the number of the claim (0: bit-identical; -: not run on both):")
        columns = [(str(number), "right") for number in numbers]
        print_table(dict([("release" if in_order else "record", "whole")] + columns), (
            [words[environment]] + [short(getattr(by_release[environment], name))
                                    for by_release in compared.values()]
            for environment in words))
        print()
    rows = []
    for number, (claim, by_release) in zip(numbers, compared.items()):
        verdicts = {}
        for environment, one in by_release.items():
            verdicts.setdefault(one.verdict, []).append(words[environment])
        moved = [words[environment] for environment, one in by_release.items()
                 if one.from_previous > 0]
        usual = max(verdicts, key=lambda verdict: len(verdicts[verdict]))
        checked = any(one.from_previous == one.from_previous for one in by_release.values())
        rows.append([number, claim] + _where_it_moved(moved, checked, in_order) + [
            "; ".join([usual] + ["{} on {}".format(verdict, ", ".join(where))
                                 for verdict, where in verdicts.items() if verdict != usual])])
    columns = [("first moved at", "whole"), ("then at", "left")] if in_order else [
        ("moved on", "left")]
    print_table(dict([("#", "right"), ("claim", "whole")] + columns + [("verdict", "left")]), rows)
    print()


def _where_it_moved(moved, checked, in_order):
    """The cells of a claim: the first and the others, or all; "-" where none was checked."""
    nowhere = "nowhere" if checked else "-"
    if in_order:
        return [moved[0] if moved else nowhere, ", ".join(moved[1:])]
    return [", ".join(moved) or nowhere]


def print_extents(extents, words):
    """How much was compared: {environment: in words}; a line for those that say the same."""
    together = {}
    for environment, text in extents.items():
        together.setdefault(text, []).append(words[environment])
    for text, where in together.items():
        print("{}: {}.".format("On each" if len(together) == 1 and len(where) > 1
                               else ", ".join(where), text))
