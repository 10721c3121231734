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

    name, ran = "made/up", ()

    def __init__(self):
        self.module = self

    def run(self, seed, epochs):
        self.ran += (seed,)
        if seed == 3:
            raise KeyboardInterrupt
        return seed

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


@pytest.mark.parametrize("what, value", [("environment", lambda: {"keras": "9.9"}),
                                         ("results", None), ("epochs", 2)])
def test_what_other_code_versions_or_epochs_gave_does_not_count(share, monkeypatch, what, value):
    claim = MadeUp()
    share(claim, [0, 1])
    if what == "results":
        monkeypatch.setattr(seeds.results, "digest_of_files", lambda *_: "other")
    elif what == "environment":
        monkeypatch.setattr(seeds, what, value)
    claim.ran = ()
    share(claim, [0], epochs=value if what == "epochs" else 1)
    assert claim.ran == (0,)


def test_the_command_line_prints_the_share_of_each_claim(tmp_path, capsys):
    words = ["run", "sigmoid_saturates", "--seeds", "4", "--out", str(tmp_path)]
    assert main(words) == 0
    assert "4 of 4 (51 to 100 %): reproduced" in capsys.readouterr().out
    known = json.loads((tmp_path / "seeds.json").read_text(encoding="utf-8"))
    assert sorted(known["claims"]["deep_networks/sigmoid_saturates"]["by_seed"]) == list("0123")


def test_another_file_in_its_place_is_one_line(tmp_path, capsys):
    (tmp_path / "seeds.json").write_text("{}")
    assert main(["run", "sigmoid_saturates", "--seeds", "4", "--out", str(tmp_path)]) == 2
    assert "seeds.json: not the seeds of this suite" in capsys.readouterr().err
    with pytest.raises(BadRecord):
        seeds.shares(str(tmp_path))


def test_the_shares_that_the_project_ships_are_of_its_claims():
    from lib.command import FIGURES
    known = seeds.shares(FIGURES)
    assert known and set(known) <= {claim.name for claim in catalogue.find_claims()}
