"""A claim over many seeds: counted, judged, kept."""
import json

import pytest

from lib import catalogue, seeds
from lib.claims import (INCONCLUSIVE, NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, above, source_says,
                        suite_finds, verdict_over_seeds)
from lib.command import main
from lib.results import BadRecord


@pytest.mark.parametrize("reproduced, judged, verdict", [
    (4, 4, REPRODUCED), (3, 3, INCONCLUSIVE), (9, 10, REPRODUCED), (8, 11, INCONCLUSIVE),
    (5, 10, INCONCLUSIVE), (1, 10, NOT_REPRODUCED), (0, 4, NOT_REPRODUCED), (0, 1, INCONCLUSIVE),
    (0, 0, NOT_JUDGED)])
def test_the_interval_decides(reproduced, judged, verdict):
    assert verdict_over_seeds(reproduced, judged) == verdict


class MadeUp:
    """A claim that is reproduced with even seeds, and an outcome of the suite that always holds."""

    name, ran, data = "made/up", (), None

    def __init__(self):
        self.module = self

    def run(self, seed, epochs):
        self.ran += (seed,)
        if seed == 3:
            raise KeyboardInterrupt
        return seed

    def stand_in(self):
        return self.data

    def judge(self, seed):
        return {"even": source_says("it is even", seed % 2, above(-0.5 if seed % 2 == 0 else 2)),
                "number": suite_finds("it is a number", seed, above(-1), "ours")}


@pytest.fixture
def share(tmp_path):
    def judged(claim, chosen, epochs=1):
        return seeds.judge(claim, chosen, epochs, str(tmp_path), lambda seed: None)
    return judged


def test_the_share_and_what_divides_the_seeds(share):
    result = share(MadeUp(), range(3))
    assert (result.reproduced, result.judged, result.verdict) == (2, 3, INCONCLUSIVE)
    assert result.divided == {"even": 2}
    assert str(result) == "2 of 3 (21 to 94 %): inconclusive"


def test_an_interrupted_run_goes_on_where_it_stopped(share):
    claim = MadeUp()
    with pytest.raises(KeyboardInterrupt):
        share(claim, range(5))
    claim.ran = ()
    with pytest.raises(KeyboardInterrupt):
        share(claim, range(5))
    assert claim.ran == (3,)


@pytest.mark.parametrize("change", [
    lambda claim, patch: patch.setattr(seeds, "environment", lambda: {"keras": "9.9"}),
    lambda claim, patch: patch.setattr(seeds.results, "digest_of_files", lambda *_: "other"),
    lambda claim, patch: setattr(claim, "data", "a sample")],
    ids=["other versions", "other code", "other data"])
def test_what_was_made_otherwise_does_not_count(share, monkeypatch, change):
    claim = MadeUp()
    share(claim, [0, 1])
    change(claim, monkeypatch)
    claim.ran = ()
    assert share(claim, [0]).judged == 1 and claim.ran == (0,)


def test_other_epochs_do_not_count(share):
    claim = MadeUp()
    share(claim, [0, 1])
    share(claim, [0], epochs=2)
    assert claim.ran == (0, 1, 0)


def test_the_command_line_prints_the_share_of_each_claim(tmp_path, capsys):
    """Of those that draw something; of the others it says that they do not, and runs none."""
    words = ["run", "loss_has_a_kink_at_zero", "sigmoid_saturates", "mnist_leaky_relu_mlp",
             "--seeds", "4", "--out", str(tmp_path)]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "4 of 4 (51 to 100 %): reproduced" in printed
    assert "nothing is drawn at random" in printed and "the seed is the source's" in printed
    known = json.loads((tmp_path / "seeds.json").read_text(encoding="utf-8"))["claims"]
    assert list(known) == ["single_relu/loss_has_a_kink_at_zero"]
    assert sorted(known["single_relu/loss_has_a_kink_at_zero"]["by_seed"]) == list("0123")


@pytest.mark.parametrize("text, complaint", [
    ("{}", "not the seeds of this suite"),
    ('{"format": "training-reproductions seeds 1"}', "not as the suite writes them"),
    ('{"format": "training-reproductions seeds 1", "claims": {"a": {"by_seed": {"0": 1}}}}',
     "not as the suite writes them")])
def test_another_file_in_its_place_is_one_line(tmp_path, capsys, text, complaint):
    (tmp_path / "seeds.json").write_text(text)
    assert main(["run", "relu_gets_stuck", "--seeds", "4", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "seeds.json: " in error and complaint in error and error.count("\n") == 1
    with pytest.raises(BadRecord):
        seeds.shares(str(tmp_path), catalogue.find_claims())


def test_the_project_ships_the_share_of_every_claim_that_draws():
    from lib.command import FIGURES
    claims = catalogue.find_claims()
    known = seeds.shares(FIGURES, claims)
    assert set(known) == {claim.name for claim in claims if not claim.one_seed}
    assert min(share.judged for share in known.values()) >= 4
