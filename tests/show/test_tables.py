"""What the tables say, to the letter: of a verdict, of all claims, of sentences and of seeds."""
from types import SimpleNamespace

import pytest
from made_up import result, row

from lib.claims import NOT_JUDGED, Sentence, Source
from lib.show import tables
from lib.suite.seeds import OverSeeds, SeedRow

FALSE = row(by="source", where="the text", statement="It is not so", measured=1 / 3, holds=False,
            fails_because="It cannot be.")
SOME = result(7, rows={"so": row(), "not": FALSE}, verdict="in part")
CLAIM = SimpleNamespace(number=7, name="a/stem", title="A claim", one_seed=None)


def printed(capsys, function, *arguments):
    function(*arguments)
    return capsys.readouterr().out.splitlines()


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_verdict_is_a_table_of_its_outcomes_and_the_reasons(capsys):
    title, columns, _, so, not_so, reason, empty = printed(capsys, tables.print_verdict, SOME)
    assert title == "7. A claim: IN PART (0 OF 1)"
    assert cells(columns) == ["says", "outcome", "measured", "expected", "origin", "holds"]
    assert cells(so) == ["suite", "It is so", "0.5", "= 0.5", "ours", "yes"]
    assert cells(not_so) == ["the text", "It is not so", "0.3333", "= 0.5", "ours", "no"]
    assert (reason, empty) == ("Not so: It is not so. It cannot be.", "")


def test_what_was_not_judged_has_no_reason_for_failing(capsys):
    rows = {"it": row(holds=None, fails_because="It cannot be.")}
    lines = printed(capsys, tables.print_verdict, result(rows=rows, stand_in="a sample"))
    assert lines[1] == ("It ran on a sample: its numbers cannot be compared with the source's.")
    assert cells(lines[-2])[-1] == "not judged"


def test_in_a_terminal_there_are_fewer_columns_and_no_line_is_too_wide(capsys, monkeypatch):
    monkeypatch.setattr(tables, "in_a_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    _, columns, _, so, not_so, *_ = printed(capsys, tables.print_verdict, SOME)
    assert cells(columns) == ["holds", "outcome", "measured", "expected"]
    assert cells(so) == ["yes", "It is so [suite]", "0.5", "= 0.5"]
    assert cells(not_so)[1] == "It is not so"
    lines = printed(capsys, tables.print_table, {"one": "left", "two": "whole"},
                    [("many words " * 20, "a|b")])
    assert len(lines) > 3 and {len(line) for line in lines} == {80}
    assert cells(lines[2])[1:] == ["a", "b"], "a bar stays what it is"


def test_numbers_are_on_the_right_and_words_on_the_left(capsys):
    lines = printed(capsys, tables.print_table, {"one": "left", "two": "right"},
                    [("word", 1), ("longer word", 12345)])
    assert [line[2:].find("word") for line in lines[2:]] == [0, 7]
    assert [line.rstrip(" |")[-1] for line in lines[2:]] == ["1", "5"]
    assert lines[2].rstrip(" |").endswith("    1")


@pytest.mark.parametrize("changed, ends", [
    ([], ["3 of 3 claims were judged, and every outcome is as the suite records it."]),
    (["one"], ["CHANGED in one: It is so",
               "If such a row is new and does not hold, say why in its fails_because.",
               "3 of 3 claims were judged, and 1 outcome changed."]),
    (["one", "two"], ["CHANGED in one: It is so", "CHANGED in two: It is so",
                      "If such a row is new and does not hold, say why in its fails_because.",
                      "3 of 3 claims were judged, and 2 outcomes changed."])])
def test_the_summary_counts_what_changed(capsys, changed, ends):
    results = {name: result(rows={"it": row(as_recorded=name not in changed)})
               for name in ("one", "two", "three")}
    lines = printed(capsys, tables.print_summary, results, [])
    assert cells(lines[2]) == ["1", "one", "reproduced (0 of 0)", "1.0"]
    assert lines[5:] == ends


def test_the_summary_names_what_crashed_and_what_was_not_judged(capsys):
    results = {"a/one": result(), "a/two": result(2, verdict=NOT_JUDGED, stand_in="a sample")}
    lines = printed(capsys, tables.print_summary, results, [("a/three", "ValueError: no")])
    assert cells(lines[3])[2] == "not judged (on a sample)"
    assert lines[4:] == [
        "CRASHED in a/three: ValueError: no", "NOT JUDGED: a/two",
        "1 of 3 claims were judged, and every outcome is as the suite records it."]


def test_a_claim_that_was_not_run_is_listed_as_such(capsys):
    lines = printed(capsys, tables.print_claims, [CLAIM], {})
    assert cells(lines[2]) == ["7", "not run yet", "A claim"]
    lines = printed(capsys, tables.print_claims, [CLAIM], {"a/stem": SOME})
    assert cells(lines[2]) == ["7", "in part (0 of 1)", "A claim"]


def test_a_sentence_is_listed_with_what_judges_it_or_why_nothing_does(capsys):
    judged = [(CLAIM, row()), (CLAIM, FALSE), (CLAIM, row(holds=None))]
    sentences = {"a": (Sentence("here", "It is so", None), judged),
                 "b": (Sentence("there", "Nothing", "a matter of taste"), []),
                 "c": (Sentence("there", "Less", None), [])}
    title, _, _, a, b, c, _ = printed(
        capsys, tables.print_coverage, {Source("A text", "", "", ""): sentences})
    assert (title, cells(a)) == ("A text", ["here", "It is so", (
        "claim 7: It is so (holds); claim 7: It is not so (does not hold); "
        "claim 7: It is so (not judged)")])
    assert [cells(b)[2], cells(c)[2]] == [
        "not judged: a matter of taste", "not judged: no reason is given"]


def over_seeds(*measured, margin=1.0, current=True):
    rows = [SeedRow("suite", "It is so", "= 1", value, margin, True, True) for value in measured]
    return OverSeeds({str(number): {"it": one} for number, one in enumerate(rows)}, current)


def test_the_seeds_are_shown_with_interval_and_distance():
    assert list(tables.seed_rows(over_seeds(1.0, 3.0))) == [
        ("suite", "It is so", "2 of 2", "16 to 100 %", "2 ± 1.4", "= 1", "+0.7")]
    assert list(tables.seed_rows(over_seeds(1.0, 1.0, margin=None))) == [
        ("suite", "It is so", "2 of 2", "the same with each", "1 ± 0", "= 1", "")]


def test_seeds_of_older_code_and_claims_without_seeds_say_so(capsys):
    lines = printed(capsys, tables.print_seeds, [CLAIM], {"a/stem": over_seeds(1.0, 3.0)})
    assert lines[0].startswith("7. A claim: ") and lines[0].endswith(
        " over 2 seeds, 2 of which agree with the record")
    assert cells(lines[1])[-1] == "to the bound" and lines[4] == ""
    assert "\n".join(lines[5:]) == tables.SEEDS_EXPLAINED
    assert tables.seed_title(CLAIM, over_seeds(1.0, current=False)).endswith(" (of older code)")
    for reason, words in ((None, "not run with other seeds yet"), ("it draws nothing",) * 2):
        claim = SimpleNamespace(number=7, name="a/stem", title="A claim", one_seed=reason)
        assert printed(capsys, tables.print_seeds, [claim], {})[:2] == [f"7. A claim: {words}", ""]
