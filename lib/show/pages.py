"""Records in, Markdown out: the table of the README and the pages in docs."""
import itertools

from lib.show.tables import (SEED_COLUMNS, SEEDS_EXPLAINED, coverage_rows, seed_rows, seed_title,
                             verdict_of)
from lib.suite import releases


def claims(all_claims, results):
    """The tables of the README, one a source, line by line; results: {name: Result}."""
    for source, of_source in itertools.groupby(all_claims, lambda claim: claim.source):
        yield ""
        yield f"**[{source.title}]({source.url})**, {source.published}"
        yield ""
        yield "| # | Claim | Verdict | Why not in full |"
        yield "|--:|---|---|---|"
        for claim in of_source:
            result = results.get(claim.name)
            yield (f"| {claim.number} | [{claim.title}](reproductions/{claim.name}.py) "
                   f"| [{verdict_of(result)}](figures/{claim.name}.png) | {_why(result)} |")


def _why(result):
    """Why the first row of the source that does not hold does not, and how many reasons follow."""
    reasons = list(dict.fromkeys(row.fails_because for row in result.documented
                                 if row.fails_because)) if result else []
    if not reasons:
        return ""
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"{reasons[0].rstrip('.')}{more}."


def coverage_page(covered):
    """docs/coverage.md, line by line."""
    yield "# What the sources say, and what judges it"
    yield ""
    yield ("Every sentence of the sources that a run could show to be true or false, in our words, "
           "with the rows\nthat judge it, or the reason why none does. "
           "`python -m reproductions coverage --markdown`\nmakes this page from the code and the "
           "records.")
    for source, its_sentences in covered.items():
        judged = sum(bool(one.rows) for one in its_sentences.values())
        yield ""
        yield f"## [{source.title}]({source.url})"
        yield ""
        yield f"{judged} of {len(its_sentences)} sentences are judged."
        yield ""
        yield "| Where | What it says | Judged by |"
        yield "|---|---|---|"
        for cells in coverage_rows(its_sentences):
            yield _row(cells)


def seeds_page(all_claims, over_seeds):
    """docs/seeds.md, line by line."""
    yield "# The claims with other seeds"
    yield ""
    yield SEEDS_EXPLAINED
    yield "`python -m reproductions seeds --markdown` makes this page from `figures/seeds.json`."
    for claim in all_claims:
        yield ""
        if claim.name in over_seeds:
            one = over_seeds[claim.name]
            yield f"## {seed_title(claim, one)}"
            yield ""
            yield f"| {' | '.join(SEED_COLUMNS)} |"
            yield "|---" * len(SEED_COLUMNS) + "|"
            for cells in seed_rows(one):
                yield _row(cells)
        else:
            yield f"## {claim.number}. {claim.title}"
            yield ""
            yield f"Not judged over seeds: {claim.one_seed or 'not run with other seeds yet'}."


PROBES_EXPLAINED = """\
Each probe is one small case with inputs and weights from NumPy (`lib/probes/`). Its bits moved at
these releases, compared with the release before; in **bold**, by more than the tolerance. "Nearer"
and "farther" say that its distance from the exact value, computed in NumPy with float64, changed by
a factor of 1.5 or more. Other Kerases, switches and backends are compared with the plain release.
`python -m reproductions drift` finds which of these moves are behind what moved a claim; `make
pages` makes this page from `figures/versions/`."""


def probes_page(report):
    """docs/probes.md, line by line. report: a ``lib.suite.drift_report.Report`` of all releases."""
    yield "# What single operations, optimizers, layers and losses give on each release"
    yield ""
    yield PROBES_EXPLAINED
    probes = sorted(report.baseline.probes.items(), key=lambda one: KINDS.index(one[1].kind))
    for kind, of_kind in itertools.groupby(probes, lambda one: one[1].kind):
        yield ""
        yield f"## {KINDS_IN_WORDS[kind]}"
        yield ""
        yield "| Probe | moved at | other Kerases, switches, backends | error on 2.21 |"
        yield "|---|---|---|--:|"
        for name, probe in of_kind:
            plain, others = [], []
            for step, by in report.moves_of(name):
                place, *_ = releases.place(step.after)
                (plain if place == releases.PLAIN else others).append(
                    _move(report, name, step, by > probe.tolerance))
            yield _row([name, "; ".join(plain) or "never", "; ".join(others) or "never",
                        "" if probe.error is None else f"{probe.error:.0e}"])


KINDS_IN_WORDS = {"operation": "Operations", "optimizer": "Optimizers",
                  "initializer": "Initializers", "layer": "Layers", "loss": "Losses",
                  "fit": "What fit reports and does", "defaults": "Defaults"}
KINDS = list(KINDS_IN_WORDS)


def _move(report, probe, step, beyond):
    """A place where a probe moved, in words."""
    words = releases.words(step.after)
    before, after = (report.found[name].probes[probe] for name in (step.before, step.after))
    if after.state != before.state:
        return f"{words} ({after.state if after.reason else 'there from then on'})"
    direction = ""
    if None not in (before.error, after.error):
        direction = (" (nearer)" if after.error < before.error / 1.5 else
                     " (farther)" if after.error > before.error * 1.5 else "")
    return (f"**{words}**" if beyond else words) + direction


def _row(cells):
    return "| {} |".format(" | ".join(cell.replace("|", "\\|") for cell in cells))
