"""Records in, tables out: text that a person can paste into an issue."""
import shutil

NARROWEST = 110


def print_table(columns, rows):
    """Print a Markdown table, its long cells wrapped.

    columns: their names; one that ends in ">" is aligned right, one that ends in "!" not wrapped.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
    table = Table(box=box.MARKDOWN, show_edge=True)
    for column in columns:
        table.add_column(column.rstrip(">!"), overflow="fold", no_wrap=column.endswith("!"),
                         justify="right" if column.endswith(">") else "left")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console = Console(width=max(NARROWEST, shutil.get_terminal_size().columns), no_color=True)
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line for line in captured.get().split("\n") if line.strip()))


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
    print("{}. {}: {} ({} documented outcomes hold)".format(
        record["number"], record["title"], record["verdict"].upper(), documented(record)))
    print_table(("says", "outcome", "measured>", "expected", "origin", "holds"),
                verdict_rows(record))
    for outcome in record["outcomes"]:
        if outcome["fails_because"]:
            print("Not so: {}. {}.".format(
                outcome["statement"], outcome["fails_because"]))
    print()


def changed(record):
    """The statements of the outcomes that did not come out as the suite records them."""
    return [outcome["statement"] for outcome in record["outcomes"] if not outcome["as_recorded"]]


def documented(record):
    """How many of the documented outcomes hold, as text: "1 of 2"."""
    rows = [outcome for outcome in record["outcomes"] if outcome["by"] == "source"]
    return "{} of {}".format(sum(row["holds"] for row in rows), len(rows))


def print_summary(records):
    """One row for each claim, and whether anything changed."""
    print_table(("#>", "claim!", "documented outcomes hold", "verdict", "seconds>"),
                ((record["number"], record["claim"], documented(record), record["verdict"],
                  "{:.1f}".format(record["seconds"])) for record in records))
    different = [(record["claim"], statement) for record in records
                 for statement in changed(record)]
    if not different:
        print("Every outcome is as the suite records it.")
    for claim, statement in different:
        print("CHANGED in {}: {}".format(claim, statement))


def print_claims(claims, records):
    """One row for each claim. records: {name: record}, for those that were run."""
    print_table(("#>", "claim!", "what it says", "verdict"),
                ((claim.number, claim.name, claim.title, _verdict(records.get(claim.name)))
                 for claim in claims))


def claims_in_markdown(claims, records):
    """The table of the README, with links to scripts and figures."""
    yield "| # | The claim, and its script | Verdict | What does not hold, and why |"
    yield "|--:|---|---|---|"
    for claim in claims:
        record = records.get(claim.name)
        failing = [row for row in record["outcomes"] if row["fails_because"]] if record else ()
        yield "| {} | [{}](reproductions/{}.py) | [{}](figures/{}.png) | {} |".format(
            claim.number, claim.title, claim.name, _verdict(record), claim.name,
            " ".join("*{}.* {}.".format(row["statement"], row["fails_because"])
                     for row in failing))


def _verdict(record):
    return "{} ({})".format(record["verdict"], documented(record)) if record else "not run yet"
