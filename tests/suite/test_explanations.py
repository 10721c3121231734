"""Findings that explain differences: read, applied in both directions, accepted."""
import json
from dataclasses import replace

import pytest
from made_up import probe, record, result

from lib.claims import History
from lib.command import main
from lib.files import BadFile
from lib.suite import explanations, records, releases
from lib.suite.explanations import Explanation, finding_of

KERNEL = Explanation("A kernel", "a/b", ["old", "older"], ["moved"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where explained.json is read and written."""
    monkeypatch.setattr(releases, "FOLDER", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("environment, baseline, finding", [
    ("old", "new", "A kernel"), ("new", "old", "A kernel"), ("older", "newest", "A kernel"),
    ("old", "older", None), ("new", "newest", None)])
def test_a_finding_tells_its_environments_from_all_others(environment, baseline, finding):
    assert finding_of("a/b", environment, baseline, "moved", [KERNEL]) == finding


def test_a_finding_explains_no_other_change_and_no_other_claim():
    assert finding_of("a/b", "old", "new", "verdict", [KERNEL]) is None
    assert finding_of("a/c", "old", "new", "moved", [KERNEL]) is None


def with_loss(loss, **probes):
    made = record(b=replace(result(), histories={"run": History({}, loss=[loss])}))
    return replace(made, probes=probes)


def written(folder, **named):
    for name, one in named.items():
        records.write(one, str(folder / (name + ".json")))
    return [str(folder / (name + ".json")) for name in named]


def test_what_is_accepted_is_written_for_all_environments_that_share_it(folder, capsys):
    base, one, two = written(folder, base=with_loss(0.5, tanh=probe(1.0)),
                             one=with_loss(0.7, tanh=probe(1.0)),
                             two=with_loss(0.6, tanh=probe(1.5)))
    assert main(["drift", one, two, "--against", base, "--accept", "A kernel moved"]) == 0
    assert "Accepted: 3 differences in 2 new entries" in capsys.readouterr().out
    assert json.loads((folder / "explained.json").read_text()) == [
        {"finding": "A kernel moved", "of": "a/b", "environments": ["one", "two"],
         "changes": ["moved"]},
        {"finding": "A kernel moved", "of": "tanh", "environments": ["two"],
         "changes": ["moved"]}]
    assert main(["drift", one, two, "--against", base]) == 0
    assert main(["drift", base, "--against", one]) == 0     # in the other direction, too


def test_a_crash_is_accepted_where_it_crashed_and_beside_another_crash(folder, capsys):
    crash = replace(probe(), state="crashed", reason="ValueError")
    base, other, sound = written(folder, base=with_loss(1.0, mask=crash, tanh=probe()),
                                 other=with_loss(1.0, mask=crash, tanh=probe()),
                                 sound=with_loss(1.0, mask=probe(), tanh=probe()))
    assert main(["drift", base, other, sound, "--probes", "--against", base,
                 "--accept", "A mask crashes"]) == 0
    assert [(one.of, one.environments) for one in explanations.read()] == [
        ("mask", ["base", "other"])]
    assert "Accepted: 2 differences in 1 new entries" in capsys.readouterr().out
    assert main(["drift", base, other, "--probes", "--against", sound]) == 0
    assert main(["drift", base, other, "--probes", "--against", base]) == 0
    assert main(["drift", sound, "--probes", "--against", base]) == 0


def test_only_those_that_are_named_are_accepted(folder, capsys):
    base, one = written(folder, base=with_loss(0.5, tanh=probe(1.0)),
                        one=with_loss(0.7, tanh=probe(1.5)))
    assert main(["drift", one, "--against", base, "--accept", "A kernel", "--of", "ta*"]) == 1
    assert [known.of for known in explanations.read()] == ["tanh"]
    assert "Differences that no finding explains: 1.\n" in capsys.readouterr().out


def test_names_without_anything_to_accept_are_wrong_usage(capsys):
    assert main(["drift", "--of", "tanh"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_accepting_adds_to_what_is_known_and_keeps_it(folder):
    explanations.accept([("a/b", "one", "moved")], "A kernel", "base")
    assert explanations.accept([("a/b", "two", "moved")], "A kernel", "base") == 0
    assert explanations.read() == [Explanation("A kernel", "a/b", ["one", "two"], ["moved"])]


@pytest.mark.parametrize("found", [
    [{"finding": "A kernel"}], {"finding": "A kernel"}, [3],
    [{"finding": 1, "of": "a/b", "environments": [], "changes": []}],
    [{"finding": "A kernel", "of": "a/b", "environments": "all", "changes": ["moved"]}]])
def test_a_file_of_another_shape_is_named(folder, found):
    (folder / "explained.json").write_text(json.dumps(found))
    with pytest.raises(BadFile, match="explained.json: "):
        explanations.read()
