"""Records in, tables out: text that a person can paste into an issue."""
import shutil

NARROWEST = 110


def print_table(columns, rows, file=None):
    """Print a Markdown table. columns: names, right-aligned where they end in ">"."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
    table = Table(box=box.MARKDOWN, show_header=True, header_style="bold")
    for column in columns:
        table.add_column(column.rstrip(">"), overflow="fold",
                         justify="right" if column.endswith(">") else "left",
                         ratio=None)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    width = max(NARROWEST, shutil.get_terminal_size().columns)
    Console(file=file, width=width, highlight=False).print(table)


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
    print("{}. {}: {}".format(record["number"], record["claim"], record["verdict"].upper()))
    print("   {}\n".format(record["title"]))
    print_table(("says", "outcome", "measured>", "expected", "origin", "holds"),
                verdict_rows(record))
    for outcome in record["outcomes"]:
        if outcome["fails_because"]:
            print("   Not so: {}. {}".format(outcome["statement"], outcome["fails_because"]))
    print()


def changed(record):
    """The statements of the outcomes that did not come out as the suite records them."""
    return [outcome["statement"] for outcome in record["outcomes"] if not outcome["as_recorded"]]


def print_summary(records):
    """One line for all: how many claims reproduced, and whether anything changed."""
    counts = {}
    for record in records:
        counts[record["verdict"]] = counts.get(record["verdict"], 0) + 1
    print("{} claim{}: {}.".format(len(records), "" if len(records) == 1 else "s", ", ".join(
        "{} {}".format(count, verdict) for verdict, count in sorted(counts.items()))))
    different = [(record["claim"], statement) for record in records
                 for statement in changed(record)]
    if not different:
        print("Every outcome is as the suite records it.")
    for claim, statement in different:
        print("CHANGED in {}: {}".format(claim, statement))


def claims_table(claims, verdicts):
    """The lines of the README's table: number, script, what it claims, verdict."""
    yield "| # | Claim | Script | Verdict |"
    yield "|--:|---|---|---|"
    for claim in claims:
        yield "| {} | {} | [`{}`](reproductions/{}.py) | {} |".format(
            claim.number, claim.title, claim.stem, claim.name, verdicts[claim.name])
