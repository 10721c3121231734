"""Records in, tables out: text that a person can paste into an issue."""
import itertools
import shutil
import sys

from lib.claims import NOT_JUDGED

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
    """One row for each outcome: who says so, what, measured, expected, origin, holds."""
    for outcome in record["outcomes"]:
        holds = "yes" if outcome["holds"] else "no"
        if not outcome["as_recorded"]:
            holds += ", CHANGED"
        yield (outcome["by"], outcome["statement"], "{:.4g}".format(outcome["measured"]),
               outcome["expected"], outcome["origin"], holds)


def print_verdict(record):
    """The table of one claim: its outcomes, and the reason of each that does not hold."""
    print("{}. {}: {} ({} documented outcomes {})".format(
        record["number"], record["title"], record["verdict"].upper(), documented(record),
        "hold" if record["verdict"] != NOT_JUDGED else "can be judged"))
    if record.get("stand_in"):  # older records have none
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


def documented(record):
    """How many of the documented outcomes hold, as text: "1 of 2", or "none"."""
    rows = [outcome for outcome in record["outcomes"] if outcome["by"] == "source"]
    return "{} of {}".format(sum(row["holds"] for row in rows), len(rows)) if rows else "none"


def print_summary(records):
    """One row for each claim, and whether anything changed."""
    print_table({"#": "right", "claim": "whole", "documented outcomes hold": "left",
                 "verdict": "whole", "seconds": "right"},
                ((record["number"], record["claim"], documented(record),
                  record["verdict"] + (" (on a sample)" if record.get("stand_in") else ""),
                  "{:.1f}".format(record["seconds"])) for record in records))
    different = [(record["claim"], statement) for record in records
                 for statement in changed(record)]
    if not different:
        print("Every outcome is as the suite records it.")
    for claim, statement in different:
        print("CHANGED in {}: {}".format(claim, statement))


def print_claims(claims, records):
    """One row for each claim. records: {name: record}, for those that were run."""
    print_table({"#": "right", "claim": "whole", "what it says": "left", "verdict": "whole"},
                ((claim.number, claim.name, claim.title, _verdict(records.get(claim.name)))
                 for claim in claims))


def claims_in_markdown(claims, records):
    """The tables of the README, one a source, with links to scripts and figures."""
    for source, of_source in itertools.groupby(claims, lambda claim: claim.source):
        yield "\n**[{}]({})**, {}\n".format(source.title, source.url, source.published)
        yield "| # | The claim, and its script | Verdict | What does not hold, and why |"
        yield "|--:|---|---|---|"
        for claim in of_source:
            record = records.get(claim.name)
            failing = [row for row in record["outcomes"] if row["fails_because"]] if record else ()
            yield "| {} | [{}](reproductions/{}.py) | [{}](figures/{}.png) | {} |".format(
                claim.number, claim.title, claim.name, _verdict(record), claim.name,
                " ".join("*{}.* {}.".format(row["statement"], row["fails_because"])
                         for row in failing))


def _verdict(record):
    return "{} ({})".format(record["verdict"], documented(record)) if record else "not run yet"
