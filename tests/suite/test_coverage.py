"""Every checkable sentence of a source has a row, or a reason why it has none."""
import pathlib

import pytest
from made_up import result, row

from lib import PROJECT
from lib.claims import SOURCE, Claim, Sentence, Source
from lib.command import main
from lib.suite import coverage
from lib.suite.catalogue import find_claims

PAGE = pathlib.Path(PROJECT) / "docs" / "coverage.md"
CLAIMS = find_claims()


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_each_row_of_the_source_has_its_sentence_and_says_where_it_stands(claim, outcomes_of):
    rows = [one for one in outcomes_of(claim.stem).values() if one.by == SOURCE]
    assert [one for one in rows if one.sentence not in claim.source.sentences] == []
    assert all(one.where for one in rows)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_no_row_of_the_suite_claims_a_sentence(claim, outcomes_of):
    assert [one for one in outcomes_of(claim.stem).values()
            if one.by != SOURCE and (one.sentence or one.where)] == []


def test_no_sentence_is_without_a_row_or_a_reason_and_none_has_both(outcomes_of):
    named = {(claim.source, one.sentence) for claim in CLAIMS
             for one in outcomes_of(claim.stem).values() if one.by == SOURCE}
    wrong = [(source.title, key) for source in {claim.source for claim in CLAIMS}
             for key, sentence in source.sentences.items()
             if ((source, key) in named) == bool(sentence.not_judged)]
    assert wrong == []


def test_the_page_is_that_of_the_code_and_the_records(capsys):
    assert main(["coverage", "--markdown"]) == 0
    assert capsys.readouterr().out.strip() == PAGE.read_text(encoding="utf-8").strip()


class MadeUp(Claim):
    """A claim of a made-up source."""

    def __init__(self, sentences):
        self.source = Source("A source", "url", "then", "none", sentences)
        self.name, self.number = "a/claim", 1


@pytest.mark.parametrize("sentences, judged, gap", [
    ({"one": Sentence("there", "It is one")}, row(by=SOURCE, sentence="one"), None),
    ({"one": Sentence("there", "It is one", "a matter of taste")}, row(), None),
    ({"one": Sentence("there", "It is one")}, row(),
     "A source: It is one: not judged, and no reason is given"),
    ({"one": Sentence("there", "It is one", "a matter of taste")}, row(by=SOURCE, sentence="one"),
     "A source: It is one: judged, although it is said not to be"),
    ({}, row(by=SOURCE, sentence="two", statement="It is two"),
     "a/claim: It is two: no sentence of the source says so"),
    ({}, row(by=SOURCE, statement="It is two"),
     "a/claim: It is two: no sentence of the source says so")])
def test_each_kind_of_gap_is_named(sentences, judged, gap):
    claim = MadeUp(sentences)
    covered, gaps = coverage.sentences([claim], {"a/claim": result(rows={"it": judged})})
    assert gaps == ([gap] if gap else [])
    assert {key: [one for _, one in rows] for key, (_, rows) in covered[claim.source].items()} == {
        key: [judged] if judged.sentence == key else [] for key in sentences}


def test_a_claim_that_was_not_run_judges_nothing():
    _, gaps = coverage.sentences([MadeUp({"one": Sentence("there", "It is one")})], {})
    assert gaps == ["A source: It is one: not judged, and no reason is given"]


def test_a_gap_is_named_and_ends_with_1(capsys, monkeypatch):
    monkeypatch.setattr(coverage, "sentences", lambda *_: ({}, ["A source: It is one: a gap"]))
    assert main(["coverage"]) == 1
    assert capsys.readouterr().out == "NOT COVERED: A source: It is one: a gap\n"
