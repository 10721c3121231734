"""Records in, tables out: text that a person can paste into an issue."""
import io
import shutil
import sys

from lib.claims import NOT_JUDGED

NARROWEST = 80      # columns: a narrower terminal gets a table of this width
NOT_RUN_YET = "not run yet"     # in place of a verdict
UNWRAPPED = 2000    # columns of a table in a file or pipe


def in_a_terminal():
    return sys.stdout.isatty()


def in_words(numbers):
    """The claims of these numbers, three or more in a row as a range: "claims 2, 4 and 9 to 14"."""
    numbers, rows = sorted(numbers), []
    for number in numbers:
        if rows and number == rows[-1][-1] + 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    parts = []
    for row in rows:
        parts += [f"{row[0]} to {row[-1]}"] if len(row) > 2 else map(str, row)
    listed = " and ".join([", ".join(parts[:-1])] * (len(parts) > 1) + parts[-1:])
    return f"{'claim' if len(numbers) == 1 else 'claims'} {listed}"


def print_table(columns, rows):
    """Print a Markdown table: wrapped to a terminal, one line a row elsewhere.

    columns: {name: "left", "right" or "whole"}, "whole" meaning left and never wrapped.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
    wrapped = in_a_terminal()
    table = Table(box=box.MARKDOWN)
    for name, kind in columns.items():
        table.add_column(name, overflow="fold", no_wrap=kind == "whole" or not wrapped,
                         justify="right" if kind == "right" else "left")
    for row in rows:
        table.add_row(*(Text(str(cell) if wrapped else str(cell).replace("|", "\\|"))
                        for cell in row))
    width = max(NARROWEST, shutil.get_terminal_size().columns) if wrapped else UNWRAPPED
    # not onto stdout itself: rich ends the program with status 1 where a pipe was closed
    text = io.StringIO()
    Console(file=text, width=width, no_color=True).print(table)
    print("\n".join(line.rstrip() for line in text.getvalue().split("\n") if line.strip()))


VERDICT_COLUMNS = {"says": "left", "outcome": "left", "measured": "right", "expected": "whole",
                   "origin": "left", "holds": "left"}


def verdict_rows(result):
    """One row for each outcome, with the cells of VERDICT_COLUMNS."""
    for row in result.rows.values():
        holds = "not judged" if row.holds is None else "yes" if row.holds else "no"
        if not row.as_recorded:
            holds += ", CHANGED"
        yield (row.where or row.by, row.statement, f"{row.measured:.4g}", row.expected, row.origin,
               holds)


def print_verdict(result):
    """The table of one claim: its outcomes, and the reason of each that does not hold."""
    print(f"{result.number}. {result.title}: {result.verdict_in_words.upper()}")
    if result.stand_in:
        print(f"It ran on {result.stand_in}: its numbers cannot be compared with the source's.")
    if in_a_terminal():     # it has no room for places and origins
        print_table({"holds": "left", "outcome": "left", "measured": "right", "expected": "left"},
                    ((holds, f"{statement} [{says}]" if says == "suite" else statement, measured,
                      expected)
                     for says, statement, measured, expected, _, holds in verdict_rows(result)))
    else:
        print_table(VERDICT_COLUMNS, verdict_rows(result))
    for row in result.rows.values():
        if row.fails_because and row.holds is not None:
            print(f"Not so: {row.statement}. {row.fails_because.rstrip('.')}.")
    print()


def print_summary(results, crashed):
    """One row for each claim, and what changed, was not judged or crashed.

    results: {name: Result}; crashed: [(name of a claim, what it said)].
    """
    print_table({"#": "right", "claim": "left", "verdict": "whole", "seconds": "right"},
                ((result.number, name, result.verdict_in_words
                  + (" (on a sample)" if result.stand_in else ""), f"{result.seconds:.1f}")
                 for name, result in results.items()))
    different = [(name, row.statement) for name, result in results.items()
                 for row in result.changed]
    for name, statement in different:
        print(f"CHANGED in {name}: {statement}")
    if different:
        print("If such a row is new and does not hold, say why in its fails_because.")
    for name, complaint in crashed:
        print(f"CRASHED in {name}: {complaint}")
    run = set(results) | {name for name, _ in crashed}
    not_judged = [name for name, result in results.items() if result.verdict == NOT_JUDGED]
    if not_judged:
        print(f"NOT JUDGED: {', '.join(not_judged)}")
    outcomes = (f"{len(different)} {'outcomes' if len(different) > 1 else 'outcome'} changed"
                if different else "every outcome is as the suite records it")
    print(f"{len(results) - len(not_judged)} of {len(run)} claims were judged, "
          f"and {outcomes}.")


def print_claims(claims, results):
    """One row for each claim. results: {name: Result} of those that were run."""
    print_table({"#": "right", "verdict": "whole", "what it says": "left"},
                ((claim.number, verdict_of(results.get(claim.name)), claim.title)
                 for claim in claims))


def verdict_of(result):
    """The verdict of a Result in words, or of None, a claim that was not run."""
    return result.verdict_in_words if result else NOT_RUN_YET


def print_coverage(covered):
    """A table for each {Source: its sentences with the rows that judge them}."""
    for source, its_sentences in covered.items():
        print(source.title)
        print_table({"where": "left", "what it says": "left", "judged by": "left"},
                    coverage_rows(its_sentences))
        print()


def coverage_rows(its_sentences):
    """For each sentence of one source, as texts: where it stands, what it says, what judges it.

    its_sentences: of ``lib.suite.coverage``.
    """
    for sentence, rows in its_sentences.values():
        judged = "; ".join(f"claim {claim.number}: {row.statement} ({_came_out(row)})"
                           for claim, row in rows)
        why_not = sentence.not_judged or "no reason is given"
        yield sentence.where, sentence.says, judged or f"not judged: {why_not}"


def _came_out(row):
    return "not judged" if row.holds is None else "holds" if row.holds else "does not hold"


def seed_rows(over_seeds):
    """What the seeds say about each outcome, as texts."""
    for row in over_seeds.rows.values():
        if row.interval is None:
            interval = "the same with each"
        else:
            low, high = row.interval
            interval = f"{100 * low:.0f} to {100 * high:.0f} %"
        yield (row.by, row.statement, f"{row.holding} of {row.judged}", interval,
               f"{row.mean:.4g} ± {row.deviation:.2g}", row.expected,
               "" if row.margin is None else f"{row.margin:+.1f}")


SEED_COLUMNS = {"says": "left", "outcome": "left", "holds with": "left", "interval": "left",
                "measured": "left", "expected": "left", "to the bound": "right"}


def print_seeds(claims, over_seeds):
    """For each claim a table of its outcomes over seeds, then what the columns mean."""
    for claim in claims:
        if claim.name in over_seeds:
            one = over_seeds[claim.name]
            print(seed_title(claim, one))
            print_table(SEED_COLUMNS, seed_rows(one))
            print()
        else:
            reason = claim.one_seed or "not run with other seeds yet"
            print(f"{claim.number}. {claim.title}: {reason}\n")
    print(SEEDS_EXPLAINED)


SEEDS_EXPLAINED = """\
The seeds were fixed before any was looked at; bounds were chosen on another seed, 0. The interval
is the exact one (Clopper and Pearson) at 95 %, for the share of seeds with which an outcome holds.
If it lies above one half, the outcome holds; if it lies below, it does not; otherwise the seeds are
inconclusive. Where every seed measures the same value, no interval is given, and what all of them
say counts. "To the bound" is the mean distance from the measured value to the nearest bound, in
standard deviations: below about 2, another seed may tip the outcome."""


def seed_title(claim, one):
    return (f"{claim.number}. {claim.title}: {one.verdict} over {one.seeds} seeds, {one.agreeing} "
            f"of which agree with the record{'' if one.current else ' (of older code)'}")
