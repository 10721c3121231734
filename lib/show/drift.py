"""What moved between releases, from a Report: as text and as a picture."""
from lib.show import plotting
from lib.show.tables import print_table
from lib.suite import releases
from lib.suite.culprits import UNKNOWN
from lib.suite.drift import BEYOND, IDENTICAL, MISSING, MOVED, VERDICT, WITHIN

FEW = 4             # records that fit beside each other in 80 columns
LONGEST = 30        # characters of a claim's name there
NAMED = 4           # probes that a line of culprits names
COLOURS = {IDENTICAL: plotting.IDENTICAL_CELL, WITHIN: plotting.WITHIN_CELL,
           BEYOND: plotting.BEYOND_CELL, None: plotting.EMPTY_CELL}
HEADINGS = {releases.PLAIN: "TensorFlow", releases.VARIANT: "variants",
            releases.BACKEND: "backends"}


def short(deviation):
    """A deviation in a few characters: "0", "3e-8", "inf", or "-" where there is none."""
    if deviation != deviation:
        return "-"
    text = f"{deviation:.0e}" if deviation else "0"
    return text.replace("e-0", "e-").replace("e+0", "e+")


def print_report(report):
    """All of it: how far, where and since when, through what, and what no finding explains."""
    if report.claims:
        if len(report.found) <= FEW:
            _print_each(report)
        _print_claims(report)
    _print_culprits(report)
    _print_verdicts(report)
    _print_together(report)
    _print_known(report)
    _print_unexplained(report)


def print_nothing_to_compare(report):
    """One line for all records of which nothing was compared, as none was."""
    print("Nothing to compare.", end=" ")
    _print_together(report)


def _name_of(report, claim):
    """A claim's number and the beginning of its name."""
    stem = claim.split("/")[-1]
    return (report.baseline.claims[claim].number,
            stem if len(stem) <= LONGEST else stem[:LONGEST - 1] + "…")


def _print_each(report):
    words = report.words
    print("Largest deviation from the baseline (0: bit-identical; -: not run on both):")
    print_table(dict([("#", "right"), ("claim", "left")],
                     **{name: "right" for name in words.values()}),
                (_name_of(report, claim) + tuple(
                    short(by_environment[environment].from_baseline) for environment in words)
                 for claim, by_environment in report.claims.items()))
    print()


def _print_claims(report):
    words, rows = report.words, []
    for claim, by_environment in report.claims.items():
        moved = [words[name] for name, one in by_environment.items() if one.from_neighbour > 0]
        checked = any(one.from_neighbour == one.from_neighbour for one in by_environment.values())
        farthest = max(by_environment,
                       key=lambda name: _or_zero(by_environment[name].from_baseline))
        by = by_environment[farthest].from_baseline
        rows.append(_name_of(report, claim) + (
            short(by), words[farthest] if _or_zero(by) else "",
            (moved[0] if moved else "nowhere") if checked else "-", len(moved)))
    print("The largest distance of each claim from the baseline, and in how many places it moved:")
    print_table({"#": "right", "claim": "left", "at most": "right", "on": "left",
                 "first moved at" if report.in_order else "moved on": "left", "places": "right"},
                rows)
    print()


def _or_zero(deviation):
    return 0.0 if deviation != deviation else deviation


def _print_culprits(report):
    if not report.culprits:
        return
    print("What moved them: of the probes that a claim calls, those that moved in the same place.")
    print_table({"": "left", "where": "left", "whose": "left", "what": "left", "claims": "left",
                 "at most": "right", "nearer": "left"},
                ((one.letter, where_of(one.step, report.in_order), one.whose,
                  names_of(one.suspects), ", ".join(map(str, sorted(one.claims))), short(one.by),
                  _nearer(report, one)) for one in report.culprits.values()))
    print("Nearer: whether the exact value is nearer before or after, for the first of them.\n")


def where_of(step, in_order):
    """A Step in words: the release that it leads to, or both ends."""
    if not in_order:
        return step.after
    if releases.place(step.after)[0] == releases.PLAIN:
        return releases.words(step.after)
    return f"{releases.words(step.before)} / {releases.words(step.after)}"


def names_of(suspects, most=NAMED):
    """The first of many probes, and how many more there are."""
    names = list(suspects)
    more = len(names) - most
    return "; ".join(names[:most]) + (f" and {more} more" if more > 0 else "") or "no probe moved"


def _nearer(report, culprit):
    return report.nearer(next(iter(culprit.suspects)), culprit.step) if culprit.suspects else ""


def _print_verdicts(report):
    """A line for each verdict of a claim that most environments do not share."""
    words = report.words
    for claim, by_environment in report.claims.items():
        verdicts = {}
        for environment, one in by_environment.items():
            verdicts.setdefault(one.verdict, []).append(words[environment])
        usual = max(verdicts, key=lambda verdict: len(verdicts[verdict]))
        for verdict, where in verdicts.items():
            if verdict != usual:
                print(f"Claim {report.baseline.claims[claim].number} is {verdict} on "
                      f"{_some(where)}, {usual} on the others.")


def _some(names, most=6):
    """The first of many names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _print_together(report):
    """How much was compared: one line for all environments that say the same."""
    words, together = report.words, {}
    for environment, text in report.extents().items():
        together.setdefault(text, []).append(words[environment])
    for text, where in together.items():
        everywhere = len(together) == 1 and len(where) > 1
        print(f"{'On each' if everywhere else _some(where)}: {text}.")


def _print_known(report):
    if not report.known:
        return
    rows = []
    for finding, changes in report.known.items():
        numbers = sorted({report.baseline.claims[one.of].number for one in changes
                          if one.of in report.claims})
        probes = len({one.of for one in changes if one.of in report.probes})
        rows.append((finding, ", ".join(map(str, numbers)), probes or "", len(changes)))
    print_table({"known differences": "left", "claims": "left", "probes": "right",
                 "how many": "right"}, rows)
    print()


def _print_unexplained(report):
    """By culprit; a claim or probe that is missing is named by the extents."""
    words, by_culprit = report.words, {}
    for change in report.unexplained:
        if change.what != MISSING:
            by_culprit.setdefault(_blamed(report, change), []).append(change)
    for culprit, changes in sorted(by_culprit.items(), key=lambda one: -len(one[1])):
        print(culprit)
        for change in changes:
            print(f"CHANGED in {change.of} on {words[change.environment]}: {change.text}")


def _blamed(report, change):
    """The line above the changes of one culprit."""
    blame = report.blame_of(change)
    if blame is None or blame.whose == UNKNOWN:
        return "Through what is not known:"
    through = f"Through {blame.whose}, {where_of(blame.step, report.in_order)}"
    if list(blame.suspects) in ([], [change.of]):
        return f"{through}:"
    return f"{through}: {names_of(blame.suspects)}:"


def print_conclusion(report, unreadable):
    """What the exit status says, in words. unreadable: how many records could not be read."""
    words = report.words
    for name in report.empty:
        print(f"Nothing of {words[name]} was compared.")
    if report.unexplained:
        print(f"Differences that no finding explains: {len(report.unexplained)}.")
    elif not report.empty:
        print("Everything that was compared is as on the baseline, or a finding explains the "
              "difference.")
    if report.unknown_to_the_baseline:
        number = len(set(sum(report.unknown_to_the_baseline.values(), [])))
        print(f"Not compared, as the baseline lacks them: {number}.")
    if unreadable:
        print(f"Records that cannot be read: {unreadable}.")


def draw(report):
    """The map of claims by environments, with a letter where one left its tolerance."""
    words, blocks = report.words, {}
    for name in report.found:
        heading = HEADINGS[releases.place(name)[0]] if report.in_order else ""
        blocks.setdefault(heading, []).append(words[name])
    cells, culprits, findings = {}, {}, {}
    for claim, by_environment in report.claims.items():
        row = f"{report.baseline.claims[claim].number}. {claim.split('/')[-1]}"
        cells[row] = {}
        for name, one in by_environment.items():
            culprit = report.culprit_of(claim, name) if one.closeness == BEYOND else None
            if culprit:
                culprits[culprit.letter] = culprit
                findings.setdefault(culprit.letter, set()).update(
                    change.finding or "unexplained" for change in report.changes
                    if (change.of, change.environment) == (claim, name))
            cells[row][words[name]] = (COLOURS[one.closeness], culprit.letter if culprit else "",
                                       VERDICT in one.changes or MISSING in one.changes)
    legend = [f"{letter}  {where_of(one.step, report.in_order)}, {one.whose}: "
              f"{names_of(one.suspects)} ({'; '.join(sorted(findings[letter]))})"
              for letter, one in sorted(culprits.items())]
    if legend:
        legend.insert(0, "Where it moved most, whose that was, and in brackets what explains it:")
    return plotting.drift_map(cells, blocks, legend, _title(report))


def _title(report):
    """How many comparisons left their tolerance, and how many of those no finding explains."""
    beside = [one.closeness for by_environment in report.claims.values()
              for name, one in by_environment.items()
              if one.closeness and name != report.baseline_name]
    beyond = beside.count(BEYOND)
    unexplained = sum(change.what == MOVED for change in report.unexplained
                      if change.of in report.claims)
    baseline = releases.words(report.baseline_name)
    if releases.place(report.baseline_name)[0] == releases.PLAIN:
        baseline = f"TensorFlow {baseline}"
    rest = (f", {unexplained} of them unexplained" if unexplained else
            ", all explained" if beyond else "")
    return (f"Beside {baseline}, {beyond} of {len(beside)} comparisons are beyond tolerance"
            f"{rest}")
