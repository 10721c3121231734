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


def print_claims(claims, records, shares):
    """One row for each claim. records, shares: by name, for those that were run."""
    print_table({"#": "right", "claim": "whole", "what it says": "left", "verdict": "whole",
                 "seeds that reproduce it": "left"},
                ((claim.number, claim.name, claim.title, _verdict(records.get(claim.name)),
                  claim.one_seed or shares.get(claim.name, "")) for claim in claims))


def print_shares(shares, seeds):
    """One row for each claim, of what so many seeds say together: {Claim: Share}.

    Or {Claim: text}, of those that one seed is enough for.
    """
    print_table({"#": "right", "claim": "whole", "seeds that reproduce it": "left",
                 "outcomes that hold with some seeds only": "left"},
                ((claim.number, claim.name, share,
                  ", ".join("{} ({} of {})".format(name, number, seeds)
                            for name, number in getattr(share, "divided", {}).items()))
                 for claim, share in shares.items()))
    print("The interval is Wilson's, of 95 %; above one half a claim is reproduced, below it is "
          "not, else that is open.")


def claims_in_markdown(claims, records, shares):
    """The tables of the README, one a source, with links to scripts and figures."""
    for source, of_source in itertools.groupby(claims, lambda claim: claim.source):
        yield "\n**[{}]({})**, {}\n".format(source.title, source.url, source.published)
        yield ("| # | The claim, and its script | Verdict | Seeds that reproduce it "
               "| What does not hold, and why |")
        yield "|--:|---|---|---|---|"
        for claim in of_source:
            record = records.get(claim.name)
            failing = [row for row in record["outcomes"] if row["fails_because"]] if record else ()
            yield "| {} | [{}](reproductions/{}.py) | [{}](figures/{}.png) | {} | {} |".format(
                claim.number, claim.title, claim.name, _verdict(record), claim.name,
                claim.one_seed or shares.get(claim.name, ""),
                " ".join("*{}.* {}.".format(row["statement"], row["fails_because"])
                         for row in failing))


def _verdict(record):
    return "{} ({})".format(record["verdict"], documented(record)) if record else "not run yet"


def short(deviation):
    """A deviation in a few characters: "0", "3e-8", "inf", or "-" where there is none."""
    if deviation != deviation:
        return "-"
    text = "{:.0e}".format(deviation) if deviation else "0"
    return text.replace("e-0", "e-").replace("e+0", "e+")


def print_drift(compared, numbers, words):
    """For every claim and release: both deviations, where it moved, and the verdicts.

    compared: of ``lib.drift.compare``; numbers: of its claims; words: {environment: its name for
    people}.
    """
    for title, name in (("Largest deviation from the baseline", "from_baseline"),
                        ("Largest deviation from the release before", "from_previous")):
        print(title + ", by the number of the claim (0: bit-identical; -: not run there):")
        columns = [(str(number), "right") for number in numbers]
        print_table(dict([("release", "whole")] + columns), (
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
        rows.append((number, claim, moved[0] if moved else "nowhere", ", ".join(moved[1:]),
                     "; ".join([usual] + ["{} on {}".format(verdict, ", ".join(where))
                                          for verdict, where in verdicts.items()
                                          if verdict != usual])))
    print_table({"#": "right", "claim": "whole", "first moved at": "whole", "then at": "left",
                 "verdict": "left"}, rows)
    print()
