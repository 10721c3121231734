"""Which sentence of a source is judged by which row of which claim, and which by none, and why."""
from collections import namedtuple

from lib.claims import SOURCE

# sentence: a Sentence; rows: [(Claim, Row of its Result)] that judge it
Covered = namedtuple("Covered", "sentence rows")


def sentences(claims, results):
    """{Source: {key: Covered}} of {name of a claim: its Result}, and what is wrong with it.

    The latter are lines: a sentence with neither a row nor a reason why it has none, or with both;
    a row said to be the source's without a sentence there.
    """
    covered = {}
    for claim in claims:
        covered.setdefault(claim.source, {
            key: Covered(sentence, []) for key, sentence in claim.source.sentences.items()})
    gaps = []
    for claim in claims:
        rows = results[claim.name].rows.values() if claim.name in results else ()
        for row in rows:
            if row.by != SOURCE:
                continue
            if row.sentence in covered[claim.source]:
                covered[claim.source][row.sentence].rows.append((claim, row))
            else:
                gaps.append(f"{claim.name}: {row.statement}: no sentence of the source says so")
    for source, its_sentences in covered.items():
        for sentence, rows in its_sentences.values():
            if bool(rows) == bool(sentence.not_judged):
                what = ("judged, although it is said not to be" if rows
                        else "not judged, and no reason is given")
                gaps.append(f"{source.title}: {sentence.says}: {what}")
    return covered, gaps
