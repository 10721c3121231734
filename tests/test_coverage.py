"""Every checkable sentence of a source has a row, or a reason why it has none."""
import pathlib
from collections import OrderedDict

import pytest

from lib import coverage
from lib.catalogue import Claim, find_claims
from lib.claims import SOURCE, Sentence, Source, exactly, source_says, suite_finds
from lib.command import main

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "coverage.md"
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


@pytest.mark.parametrize("sentences, outcome, gap", [
    ({"one": Sentence("there", "It is one")}, source_says("one", "s", 1, exactly(1)), None),
    ({"one": Sentence("there", "It is one")}, suite_finds("s", 1, exactly(1), "ours"),
     "A source: It is one: neither judged nor said why not"),
    ({"one": Sentence("there", "It is one", "a matter of taste")},
     source_says("one", "s", 1, exactly(1)), "A source: It is one: judged, and said not to be"),
    ({}, source_says("two", "It is two", 1, exactly(1)),
     "a/claim: It is two: no sentence of the source says so")])
def test_each_kind_of_gap_is_named(sentences, outcome, gap):
    claim = MadeUp(OrderedDict(sentences))
    _, gaps = coverage.sentences([claim], {"a/claim": {"outcomes": [outcome.as_row()]}})
    assert gaps == ([gap] if gap else [])
