"""Which row of which claim judges each sentence of a source, and why some sentences have none."""
from collections import namedtuple

from lib.claims import SOURCE

# sentence: a Sentence; rows: [(Claim, Row of its Result)] that judge it
Covered = namedtuple("Covered", "sentence rows")


def sentences(claims, results):
    """{Source: {key: Covered}} of {name of a claim: its Result}, and a list of gaps.

    Gaps are lines: a sentence with neither a row nor a reason why it has none, or with both; a row
    of the source that names none of its sentences.
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
