"""A claim over many seeds: counted, judged, kept."""
import json
import math
import pathlib
from functools import partial

import pytest

from lib import PROJECT
from lib.claims import (IN_PART, INCONCLUSIVE, NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, above, below,
                        not_finite, source_says, suite_finds)
from lib.command import main
from lib.files import BadFile
from lib.suite import catalogue, seeds
from lib.suite.pipeline import REFERENCE


def over_seeds(*by_seed):
    """The OverSeeds of seeds of which each gave these outcomes."""
    return seeds.OverSeeds({str(seed): {name: seed_row(one) for name, one in outcomes.items()}
                            for seed, outcomes in enumerate(by_seed)})


def seed_row(one):
    return seeds.SeedRow(one.by, one.statement, one.expected.text, one.measured, one.margin,
                         one.holds, one.as_recorded)


def says(measured, expected=above(0), **settings):
    return source_says("key", "It is so", measured, expected, **settings)


@pytest.mark.parametrize("holding, judged, verdict", [
    (20, 20, REPRODUCED), (8, 8, REPRODUCED), (4, 4, INCONCLUSIVE), (5, 5, INCONCLUSIVE),
    (6, 6, REPRODUCED), (10, 20, INCONCLUSIVE), (0, 20, NOT_REPRODUCED), (15, 20, REPRODUCED)])
def test_the_exact_interval_decides(holding, judged, verdict):
    """Four seeds that agree are not enough: their interval reaches down to 0.40."""
    numbers = range(judged)
    one = over_seeds(*({"it": says(1.5 + n if n < holding else -1.5 - n)} for n in numbers))
    assert one.verdict == verdict


def test_a_claim_is_judged_by_each_of_its_documented_outcomes():
    """One that holds with every seed and one with none: in part, not in none of the seeds."""
    one = over_seeds(*({"it": says(1.0 + n), "that": says(-1.0 - n, fails_because="known"),
                        "ours": suite_finds("s", -1, above(0), "ours")} for n in range(20)))
    assert (one.verdict, str(one)) == (IN_PART, "20 of 20")


def test_seeds_that_do_not_agree_with_the_record_are_counted():
    one = over_seeds({"it": says(1.0)}, {"it": says(-1.0)}, {"it": says(2.0)})
    assert str(one) == "2 of 3"


def test_without_a_documented_outcome_nothing_is_judged():
    assert over_seeds({"o": suite_finds("s", 1, above(0), "ours")}).verdict == NOT_JUDGED


def test_each_outcome_says_how_near_it_is_to_tipping():
    row = over_seeds(*({"it": says(n, below(10))} for n in (4, 5, 6))).rows["it"]
    assert (row.mean, row.deviation, row.margin) == (5, 1, 5)
    row = over_seeds(*({"it": says(n, below(4))} for n in (4, 5, 6))).rows["it"]
    assert (row.holding, row.margin) == (0, -1)


@pytest.mark.parametrize("measured", [1.0, math.inf, math.nan])
def test_where_nothing_is_random_there_is_no_interval(measured):
    row = over_seeds(*({"it": says(measured, not_finite())} for _ in range(3))).rows["it"]
    assert row.interval is None and row.holds == (not math.isfinite(measured))


class MadeUp:
    """A claim whose source is right with even seeds; ours always is. Seed 103 is interrupted."""

    name, ran, data, seeds_form, enough_seeds = "made/up", (), None, {}, 5
    one_seed, number, title = None, 1, "Made up"

    def run(self, seed):
        self.ran += (seed,)
        if seed == 103:
            raise KeyboardInterrupt
        return seed

    def stand_in(self):
        return self.data

    def judge(self, seed):
        return {"even": says(seed % 2 - 0.5, below(0)),
                "number": suite_finds("It is a number", seed, above(-1), "ours")}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    monkeypatch.setattr(seeds, "digest_of_claim", lambda claim: "today's")

    def judge(claim, chosen):
        return seeds.judge(claim, chosen, str(tmp_path), lambda seed: None)
    return judge


def test_an_interrupted_run_goes_on_where_it_stopped(judged):
    claim = MadeUp()
    for ran in ((101, 102, 103), (103,)):
        claim.ran = ()
        with pytest.raises(KeyboardInterrupt):
            judged(claim, range(101, 106))
        assert claim.ran == ran


@pytest.mark.parametrize("change", [
    lambda claim, patch: patch.setattr("lib.compat.environment", lambda: {"keras": "9.9"}),
    lambda claim, patch: patch.setattr(seeds, "digest_of_claim", lambda _: "other"),
    lambda claim, patch: setattr(claim, "seeds_form", {"points": 9}),
    lambda claim, patch: setattr(claim, "data", "a sample")],
    ids=["other versions", "other code", "other settings", "other data"])
def test_what_was_made_otherwise_does_not_count(judged, monkeypatch, change):
    claim = MadeUp()
    claim.run = lambda seed, **_: MadeUp.run(claim, seed)
    judged(claim, [101, 102])
    change(claim, monkeypatch)
    claim.ran = ()
    assert judged(claim, [101]).seeds == 1 and claim.ran == (101,)


def test_what_other_code_gave_is_not_shown_as_if_it_were_of_todays(judged, tmp_path, monkeypatch):
    judged(MadeUp(), [101, 102])
    read_back = partial(seeds.read_over_seeds, str(tmp_path), [MadeUp()])
    assert str(read_back()["made/up"]) == "1 of 2"
    monkeypatch.setattr(seeds, "digest_of_claim", lambda _: "other")
    assert str(read_back()["made/up"]) == "1 of 2 (of older code)"


def test_a_claim_is_run_in_its_form_for_seeds(judged):
    claim, called = MadeUp(), []
    claim.seeds_form, claim.run = {"points": 9}, lambda seed, **named: called.append(named) or seed
    judged(claim, [101])
    assert called == [{"points": 9}]


def test_what_is_kept_of_other_claims_stays(judged, tmp_path):
    one, other = MadeUp(), MadeUp()
    other.name = "made/other"
    judged(one, [101, 102])
    judged(other, [104])
    assert {name: known.seeds for name, known in seeds.read_over_seeds(
        str(tmp_path), [one, other]).items()} == {"made/up": 2, "made/other": 1}


def test_the_command_line_prints_what_each_outcome_measured(tmp_path, capsys):
    """Of claims that draw something; of the others it says that they do not, and runs none."""
    words = ["run", "loss_has_a_kink_at_zero", "sigmoid_saturates", "mnist_leaky_relu_mlp",
             "--seeds", "6", "--out", str(tmp_path)]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "reproduced over 6 seeds, 6 of which agree with the record" in printed
    assert "nothing is drawn at random" in printed and "the seed is the source's" in printed
    assert "6 of 6" in printed and "54 to 100 %" in printed and "Fewer than" not in printed
    known = json.loads((tmp_path / "seeds.json").read_text(encoding="utf-8"))["claims"]
    assert list(known) == ["single_relu/loss_has_a_kink_at_zero"]
    assert sorted(known["single_relu/loss_has_a_kink_at_zero"]["by_seed"]) == [
        str(seed) for seed in range(101, 107)]
    assert main(["seeds", "loss_has_a_kink_at_zero", "--records", str(tmp_path)]) == 0


def test_too_few_seeds_to_settle_anything_are_said_to_be(tmp_path, capsys):
    words = ["run", "loss_has_a_kink_at_zero", "--out", str(tmp_path), "--seeds"]
    assert main(words + ["5"]) == 0
    assert "Fewer than 6 seeds cannot settle" in capsys.readouterr().out


def test_after_other_epochs_there_is_nothing_to_judge_over_seeds(capsys):
    assert main(["run", "relu_gets_stuck", "--seeds", "4", "--epochs", "1"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("text, complaint", [
    ("{}", "not the seeds of this suite"), ("[1]", "not the seeds of this suite"),
    ('{"format": "training-reproductions seeds 2"}', "claims"),
    ('{"format": "training-reproductions seeds 2", "claims": {"a": {"by_seed": {"0": 1}}}}',
     "lacks the key 'code'"),
    (json.dumps({"format": seeds.FORMAT, "claims": {"a": dict(
        code="", environment={}, settings={}, stand_in=None, commit=None,
        by_seed={"0": {"it": {"measured": 1.0}}})}}), "lacks the key 'by'")])
def test_another_file_in_its_place_is_one_line(tmp_path, capsys, text, complaint):
    (tmp_path / "seeds.json").write_text(text)
    assert main(["run", "relu_gets_stuck", "--seeds", "4", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "seeds.json: " in error and complaint in error and error.count("\n") == 1
    with pytest.raises(BadFile):
        seeds.read_over_seeds(str(tmp_path), catalogue.find_claims())


def test_the_project_ships_enough_seeds_of_every_claim_that_draws_of_todays_code():
    """Else run ``python -m reproductions run --seeds --out figures``."""
    claims = catalogue.find_claims()
    known = seeds.read_over_seeds(REFERENCE, claims)
    drawing = [claim for claim in claims if not claim.one_seed]
    assert set(known) == {claim.name for claim in drawing}
    assert [claim.name for claim in drawing if not known[claim.name].current] == []
    assert [claim.name for claim in drawing
            if known[claim.name].seeds < claim.enough_seeds or claim.enough_seeds < 8] == []


def test_the_page_of_the_seeds_is_that_of_the_file(capsys):
    assert main(["seeds", "--markdown"]) == 0
    page = pathlib.Path(PROJECT) / "docs" / "seeds.md"
    assert capsys.readouterr().out.strip() == page.read_text(encoding="utf-8").strip()
