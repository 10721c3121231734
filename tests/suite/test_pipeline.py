"""From a script to its record and figures, and what is known of a claim."""
import json
import os
import types

import pytest

from lib import command
from lib.claims import Claim, History, Sentence, exactly, source_says
from lib.files import BadFile
from lib.show import plotting
from lib.show.plotting import new_figure
from lib.suite import pipeline, records, unfinished
from lib.suite.catalogue import find_claims

NAME = "made/up"
PICTURES = [".png", ".more.png", ".moving.gif"]


def a_figure(histories):
    figure, panel = new_figure(size=(1, 1))
    panel.plot(histories["run"].loss)
    return figure


def an_animation(histories):
    figure = a_figure(histories)
    return plotting.Animation(figure, lambda frame: figure.axes[0].get_lines(), [0, 1])


def made_up(**changes):
    """A Claim that takes what it resumes, and two epochs, to have a loss of its seed."""
    source, module = types.ModuleType("source"), types.ModuleType("reproductions.made.up")
    module.__doc__, module.NUMBER, module.EPOCHS, source.SOURCE = (
        "The loss is the seed.", 99, 2, types.SimpleNamespace(
            sentences={"so": Sentence("there", "It is so")}))
    module.called = []

    def run(seed, epochs, resume):
        module.called.append((seed, epochs))
        return {"run": resume.history("run", lambda: History({"epochs": epochs},
                                                             loss=[float(seed)] * epochs))}

    def judge(histories):
        return {"it_is_so": source_says("so", "It is so", histories["run"].loss[-1], exactly(0))}

    vars(module).update(dict(dict(
        run=run, judge=judge, draw=a_figure,
        draw_more=lambda histories: {"more": a_figure(histories)},
        animate=lambda histories: {"moving": an_animation(histories)}), **changes))
    return Claim(module, source)


@pytest.fixture(autouse=True)
def no_framework(monkeypatch):
    monkeypatch.setattr(pipeline, "environment", lambda: {"keras": "9.9"})
    monkeypatch.setattr(unfinished, "environment", lambda: {"keras": "9.9"})


@pytest.fixture
def reference(tmp_path, monkeypatch):
    """An empty folder in place of the reference."""
    monkeypatch.setattr(pipeline, "REFERENCE", str(tmp_path / "reference"))
    return str(tmp_path / "reference")


def below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_run_is_judged_recorded_and_drawn(tmp_path, runs):
    claim = made_up()
    record, pictures = pipeline.reproduce(claim, str(tmp_path))
    assert claim.module.called == [(0, 2)]
    assert pictures == [str(tmp_path / NAME) + ending for ending in PICTURES]
    assert below(tmp_path) == sorted(NAME + ending for ending in PICTURES + [".json"])
    read, result = records.read_result(str(tmp_path / (NAME + ".json")), NAME)
    assert (read, result) == (record, record.claims[NAME])
    assert (result.settings, result.verdict, result.number, result.title) == (
        {"seed": 0, "epochs": 2}, "reproduced", 99, "The loss is the seed")
    assert result.histories == {"run": History({"epochs": 2}, loss=[0.0, 0.0])}
    assert record.environment == {"keras": "9.9"} and record.seconds == result.seconds > 0
    assert below(runs) == [], "nothing is kept of what is finished"


def test_with_another_seed_or_number_of_epochs_it_is_recorded_what_was_asked_for(tmp_path):
    record, _ = pipeline.reproduce(made_up(), str(tmp_path), seed=3, epochs=1)
    result = record.claims[NAME]
    assert result.settings == {"seed": 3, "epochs": 1} and result.verdict == "not judged"
    assert result.histories["run"].loss == [3.0]


def test_a_claim_without_epochs_figures_or_animations_beyond_its_own_has_none(tmp_path):
    claim = made_up(run=lambda seed: {"run": History({}, loss=[0.0])})
    for name in ("EPOCHS", "draw_more", "animate"):
        delattr(claim.module, name)
    record, pictures = pipeline.reproduce(claim, str(tmp_path), epochs=7)
    assert record.claims[NAME].settings == {"seed": 0}
    assert below(tmp_path) == [NAME + ".json", NAME + ".png"] and len(pictures) == 1


def test_what_was_made_before_a_crash_is_kept_and_taken_up(tmp_path, runs):
    def crash(histories):
        raise ZeroDivisionError

    claim = made_up(judge=crash)
    with pytest.raises(ZeroDivisionError):
        pipeline.reproduce(claim, str(tmp_path))
    assert below(tmp_path) == []
    kept, = runs.rglob("*.json")
    with open(str(kept), encoding="utf-8") as file:
        history = json.load(file)
    history["series"]["loss"] = [0.0, -1.0]
    kept.write_text(json.dumps(history))
    record, _ = pipeline.reproduce(made_up(), str(tmp_path))
    assert record.claims[NAME].histories["run"].loss == [0.0, -1.0]
    assert below(runs) == []


def test_a_figure_that_cannot_be_drawn_leaves_the_record(tmp_path):
    """Its training may have taken long."""
    with pytest.raises(ZeroDivisionError):
        pipeline.reproduce(made_up(draw=lambda histories: 1 / 0), str(tmp_path))
    assert below(tmp_path) == [NAME + ".json"]


def test_figures_are_drawn_again_from_the_record_alone(tmp_path):
    _, pictures = pipeline.reproduce(made_up(), str(tmp_path / "runs"))
    claim = made_up(run=None, judge=None)
    again = pipeline.redraw(claim, str(tmp_path / "runs"), str(tmp_path / "again"))
    assert below(tmp_path / "again") == sorted(NAME + ending for ending in PICTURES)
    for one, other in zip(pictures, again):
        with open(one, "rb") as first, open(other, "rb") as second:
            assert first.read() == second.read()


@pytest.mark.parametrize("histories", [{}, {"run": History({}, weight=[1.0])}])
def test_a_record_without_what_its_figure_shows_is_named(tmp_path, histories):
    record, _ = pipeline.reproduce(made_up(), str(tmp_path))
    record.claims[NAME].histories = histories
    path = str(tmp_path / (NAME + ".json"))
    records.write(record, path)
    with pytest.raises(BadFile, match="lacks what its figure shows") as caught:
        pipeline.redraw(made_up(), str(tmp_path), str(tmp_path))
    assert path in str(caught.value)


def test_what_is_known_is_the_record_of_the_first_folder_that_has_one(tmp_path):
    one, other = (str(tmp_path / name) for name in ("one", "other"))
    claim = made_up()
    assert pipeline.results_in([claim], [one, other]) == {}
    pipeline.reproduce(claim, other, seed=2)
    record, result, folder = pipeline.results_in([claim], [one, other])[NAME]
    assert (record.claims[NAME], folder, result.settings["seed"]) == (result, other, 2)
    pipeline.reproduce(claim, one, seed=1)
    _, result, folder = pipeline.results_in([claim], [one, other])[NAME]
    assert (folder, result.settings["seed"]) == (one, 1)


def test_a_figure_of_another_run_than_the_record_beside_it_is_named(tmp_path, capsys, monkeypatch):
    """As a run leaves it that is killed between the two."""
    claim, folder = made_up(), str(tmp_path)
    monkeypatch.chdir(folder)

    def said():
        command._say_which_figures_are_of_other_runs(
            [claim], pipeline.results_in([claim], [folder]))
        return capsys.readouterr().err

    pipeline.reproduce(claim, folder, seed=1)
    assert said() == ""
    record = pipeline.run(claim, folder, seed=2)
    stale = pipeline.figures_of_other_runs(claim, record.claims[NAME], folder)
    assert stale == [str(tmp_path / NAME) + ending for ending in PICTURES]
    complaint = said()
    assert complaint.count("not of the run in its record") == 3
    assert "python -m reproductions draw up --records .\n" in complaint
    pipeline.redraw(claim, folder, folder)
    assert said() == ""


@pytest.mark.parametrize("claim", find_claims(), ids=lambda claim: claim.stem)
def test_the_figures_of_the_reference_are_those_of_its_records(claim, reference_of):
    assert pipeline.figures_of_other_runs(claim, reference_of(claim), pipeline.REFERENCE) == []


def test_a_clock_that_jumps_back_changes_no_duration(tmp_path, monkeypatch):
    now = iter(range(10 ** 6, 0, -1000))
    monkeypatch.setattr("time.time", lambda: float(next(now)))
    assert 0 < pipeline.run(made_up(), str(tmp_path)).seconds < 60


def test_a_damaged_record_is_not_passed_over(tmp_path):
    """For that of another folder, which is of another run."""
    pipeline.reproduce(made_up(), str(tmp_path / "other"))
    path = tmp_path / "one" / (NAME + ".json")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with pytest.raises(BadFile):
        pipeline.results_in([made_up()], [str(tmp_path / "one"), str(tmp_path / "other")])


def test_how_far_a_run_is_from_the_reference(tmp_path, reference):
    record, _ = pipeline.reproduce(made_up(), str(tmp_path / "runs"))
    result = record.claims[NAME]
    assert pipeline.from_reference(made_up(), result) is None       # there is none
    pipeline.reproduce(made_up(), reference)
    assert pipeline.from_reference(made_up(), result) == {"run": 0.0}
    result.histories["run"].loss[1] = 0.25
    assert pipeline.from_reference(made_up(), result) == {"run": 0.25}
    result.histories["new"] = result.histories["run"]
    assert pipeline.from_reference(made_up(), result) == {"run": 0.25, "new": float("inf")}


@pytest.mark.parametrize("changes", [{"settings": {"seed": 1, "epochs": 2}},
                                     {"settings": {"seed": 0, "epochs": 1}},
                                     {"stand_in": "a sample"}])
def test_a_run_of_another_set_up_is_not_compared(tmp_path, reference, changes):
    pipeline.reproduce(made_up(), reference)
    record, _ = pipeline.reproduce(made_up(), str(tmp_path / "runs"))
    vars(record.claims[NAME]).update(changes)
    assert pipeline.from_reference(made_up(), record.claims[NAME]) is None


@pytest.mark.parametrize("claim", find_claims(), ids=lambda claim: claim.stem)
def test_the_reference_is_what_a_run_of_the_source_is_compared_with(claim, reference_of):
    result = reference_of(claim)
    assert result.settings == pipeline.settings_of(claim) and result.stand_in is None
    assert set(result.tolerances) == set(result.histories)
    moved = pipeline.from_reference(claim, result)
    assert moved == dict.fromkeys(result.histories, 0.0)


def test_a_crash_is_a_line_and_its_traceback_is_printed(capsys):
    try:
        raise ZeroDivisionError("a fault\nwhich the second line explains")
    except ZeroDivisionError as error:
        assert pipeline.crash(error) == "ZeroDivisionError: a fault"
    assert "in test_a_crash" in capsys.readouterr().err


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), RuntimeError("by KeyboardInterrupt: …")])
def test_an_interruption_is_no_crash_however_deep_it_is(cause):
    with pytest.raises(KeyboardInterrupt):
        try:
            try:
                raise cause
            except BaseException:
                raise ValueError("while handling it")
        except ValueError as error:
            pipeline.crash(error)


def test_the_folders_are_those_of_the_project_and_runs_are_not_committed():
    from lib import PROJECT
    assert pipeline.REFERENCE == os.path.join(PROJECT, "figures")
    with open(os.path.join(PROJECT, ".gitignore"), encoding="utf-8") as file:
        assert {"runs/", "/runs/", "runs", "/runs"} & set(file.read().split("\n"))
