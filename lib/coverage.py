"""Which sentence of a source is judged by which row of which claim, and which by none, and why."""
from collections import OrderedDict, namedtuple

from lib.claims import SOURCE

# sentence: a Sentence; rows: [(Claim, row of its record)] that judge it
Covered = namedtuple("Covered", "sentence rows")


def sentences(claims, records):
    """Of {name of a claim: its record}: {Source: {key: Covered}}, and what is wrong with it.

    The latter are lines: a sentence that neither a row nor a reason stands for, or both do; a row
    said to be the source's without a sentence there.
    """
    covered = OrderedDict()
    for claim in claims:
        covered.setdefault(claim.source, OrderedDict(
            (key, Covered(sentence, [])) for key, sentence in claim.source.sentences.items()))
    gaps = []
    for claim in claims:
        for row in records.get(claim.name, {"outcomes": ()})["outcomes"]:
            if row["by"] != SOURCE:
                continue
            if row.get("sentence") in covered[claim.source]:
                covered[claim.source][row["sentence"]].rows.append((claim, row))
            else:
                gaps.append("{}: {}: no sentence of the source says so".format(
                    claim.name, row["statement"]))
    for source, its_sentences in covered.items():
        for key, (sentence, rows) in its_sentences.items():
            if bool(rows) == bool(sentence.not_judged):
                gaps.append("{}: {}: {}".format(
                    source.title, sentence.says, "judged, and said not to be" if rows else
                    "neither judged nor said why not"))
    return covered, gaps


def rows_of(its_sentences):
    """For each sentence of one source: where it stands, what it says, and what judges it: texts."""
    for sentence, rows in its_sentences.values():
        judged = "; ".join("claim {}: {} ({})".format(
            claim.number, row["statement"], _came_out(row)) for claim, row in rows)
        yield sentence.where, sentence.says, judged or "not judged: " + str(sentence.not_judged)


def _came_out(row):
    return "not judged" if row["holds"] is None else "holds" if row["holds"] else "does not hold"


def in_markdown(covered):
    """The page, line by line."""
    yield "# What the sources say, and what judges it"
    yield ""
    yield ("Every sentence of the sources that a run could show to be true or false, in our words, "
           "with the row\nof the claim that judges it, or the reason why none does. "
           "`python -m reproductions coverage --markdown`\nmakes this page from the code and the "
           "records.")
    for source, its_sentences in covered.items():
        judged = sum(bool(one.rows) for one in its_sentences.values())
        yield ""
        yield "## [{}]({})".format(source.title, source.url)
        yield ""
        yield "{} of {} sentences are judged.".format(judged, len(its_sentences))
        yield ""
        yield "| Where | What it says | Judged by |"
        yield "|---|---|---|"
        for cells in rows_of(its_sentences):
            yield "| {} |".format(" | ".join(cell.replace("|", "\\|") for cell in cells))
