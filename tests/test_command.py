"""The command line, as a person meets it: exit status, one line of complaint, whole files."""
import importlib.util
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import made_up
import pytest
from processes import PATIENCE, ended, wait_until

from lib import VERSION
from lib.claims import History
from lib.command import main
from lib.show import plotting, tables
from lib.suite import pipeline, records
from lib.suite.catalogue import find_claims

PROJECT = pathlib.Path(__file__).parent.parent
QUICK = "leaky_relu_escapes"
NAME = "single_relu/" + QUICK
FIGURES = pipeline.REFERENCE
FILES = ["single_relu/leaky_relu_escapes.json", "single_relu/leaky_relu_escapes.png",
         "single_relu/leaky_relu_escapes.point.gif"]


def start(*words, **environment):
    return ended(subprocess.Popen(
        [sys.executable, "-m", "reproductions"] + list(words), cwd=str(PROJECT),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
        env=dict(os.environ, **environment)))


def run(*words, **environment):
    with start(*words, **environment) as process:
        out, error = process.communicate(timeout=PATIENCE)
    return process.returncode, out, error


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def quick_run(tmp_path_factory):
    """One run of the quickest training: its folder and what it printed."""
    out = tmp_path_factory.mktemp("run")
    return (out,) + run("run", QUICK, "--out", str(out))


def test_a_run_leaves_a_record_and_a_figure(quick_run):
    out, status, _, _ = quick_run
    assert status == 0 and files_below(out) == FILES


def test_a_run_prints_the_table_of_its_verdict(quick_run):
    _, _, printed, _ = quick_run
    assert ": IN PART (1 OF 2)" in printed
    assert "1 of 1 claims were judged, and every outcome is as the suite records it" in printed
    assert "Every number equals the reference's, to the last bit." in printed


def test_a_run_names_each_figure_that_it_wrote(quick_run):
    out, _, printed, _ = quick_run
    assert os.path.relpath(str(out / FILES[1]), str(PROJECT)) in printed.splitlines()


def only_progress(error):
    """Whether standard error names the claim at work and says, every few seconds, how far it is."""
    return all(re.match(r"\w+/\w+( …|: \d+ s)", line) for line in error.splitlines())


def test_a_run_is_quiet(quick_run):
    """No log of TensorFlow, no warning."""
    assert quick_run[3].startswith("single_relu/leaky_relu_escapes …\n")
    assert only_progress(quick_run[3]), quick_run[3]


def test_a_record_has_all_that_made_it(quick_run):
    record, result = records.read_result(str(quick_run[0] / FILES[0]), NAME)
    assert {"python", "tensorflow", "keras", "backend", "numpy", "platform", "processor",
            "vector_flags", "threads"} <= set(record.environment)
    assert result.settings == {"seed": 0, "epochs": 20} and result.seconds > 0
    assert record.commit and result.verdict == "in part"


def test_two_runs_differ_in_nothing_but_time(quick_run, tmp_path):
    """The second: the script by itself, in no project's folder, a display that is not there."""
    script = PROJECT / "reproductions" / "single_relu" / (QUICK + ".py")
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True,
                   cwd=str(tmp_path), env=dict(os.environ, MPLBACKEND="no such", DISPLAY=":99"),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE)
    one, two = (re.sub(r'"seconds": [\d.]+', "", (folder / FILES[0]).read_text(encoding="utf-8"))
                for folder in (quick_run[0], tmp_path))
    assert one == two
    for name in FILES[1:]:
        assert (quick_run[0] / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_changed_outcome_gives_status_1(tmp_path, capsys, monkeypatch):
    """Were the claim about a single epoch: the leaky unit has not arrived by then."""
    monkeypatch.setattr("reproductions.single_relu.leaky_relu_escapes.EPOCHS", 1)
    assert main(["run", QUICK, "--out", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "CHANGED in single_relu/leaky_relu_escapes" in printed
    assert "1 of 1 claims were judged" in printed


@pytest.mark.parametrize("epochs", ["1", "30"])
def test_after_other_epochs_than_the_claim_is_about_nothing_is_judged(tmp_path, capsys, epochs):
    assert main(["run", QUICK, "--epochs", epochs, "--out", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "the optimum: NOT JUDGED" in printed and "0 of 1 claims were judged" in printed
    assert f"Not judged after {epochs} epochs: the claim is about 20." in printed
    assert "REPRODUCED" not in printed and "CHANGED" not in printed and "| yes" not in printed
    _, result = records.read_result(str(tmp_path / FILES[0]), NAME)
    assert result.verdict == "not judged"
    assert {row.holds for row in result.rows.values()} == {None}


def test_a_claim_that_crashes_is_named_and_the_others_are_run(tmp_path, capsys, monkeypatch):
    def crash(seed, epochs):
        raise ZeroDivisionError("a mistake\nof two lines")
    monkeypatch.setattr("reproductions.single_relu.leaky_relu_escapes.run", crash)
    words = [QUICK, "loss_has_a_kink_at_zero"]
    assert main(["run"] + words + ["--out", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "CRASHED in single_relu/leaky_relu_escapes: ZeroDivisionError: a mistake\n" in printed
    assert "1 of 2 claims were judged" in printed
    assert files_below(tmp_path) == ["single_relu/loss_has_a_kink_at_zero.json",
                                     "single_relu/loss_has_a_kink_at_zero.png"]


def test_a_figure_that_cannot_be_drawn_costs_the_figure_and_not_the_verdict(
        tmp_path, capsys, monkeypatch):
    def crash(histories):
        raise ZeroDivisionError("no figure")
    monkeypatch.setattr("reproductions.single_relu.leaky_relu_escapes.draw", crash)
    assert main(["run", QUICK, "--out", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "IN PART (1 OF 2)" in printed and "1 of 1 claims were judged" in printed
    assert "CRASHED in single_relu/leaky_relu_escapes: ZeroDivisionError: no figure\n" in printed
    assert files_below(tmp_path) == FILES[:1]


def test_a_row_that_names_no_sentence_of_its_source_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("reproductions.single_relu.SOURCE.sentences", {})
    assert main(["run", QUICK, "--out", str(tmp_path)]) == 1
    assert "names the sentence 'leaky_loss_falls', which its SOURCE does not have" in (
        capsys.readouterr().out)


@pytest.mark.parametrize("command", ["draw", "compare", "seeds"])
def test_a_folder_of_records_that_is_not_there_is_one_line(command, capsys):
    assert main([command, "--records", "/no/such/folder"]) == 2
    assert capsys.readouterr() == ("", "reproductions: /no/such/folder: no such folder\n")


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_ctrl_c_that_the_framework_wraps_is_no_crash(tmp_path, monkeypatch, wrapped):
    """TensorFlow raises a RuntimeError that only says so, or one that has it as its cause."""
    def interrupted(seed, epochs):
        if not wrapped:
            raise RuntimeError("MISMATCH of types: InvalidArgumentError REPLACED BY "
                               "KeyboardInterrupt: <EMPTY MESSAGE>")
        raise RuntimeError("stopped") from KeyboardInterrupt()
    monkeypatch.setattr("reproductions.single_relu.leaky_relu_escapes.run", interrupted)
    assert main(["run", QUICK, "--out", str(tmp_path)]) == 130


@pytest.mark.parametrize("words", [
    ["run", QUICK, "--out", ""], ["run", QUICK, "--mnist", ""], ["draw", "--out", ""],
    ["draw", "--records", ""], ["compare", "--out", ""], ["compare", "--records", ""],
    ["drift", "--against", ""], ["drift", ""], ["drift", "--out", ""], ["record", ""],
    ["seeds", "--records", ""], ["matrix", "--build", ""]])
def test_an_empty_path_is_wrong_usage(words):
    """A shell variable that is not set: it must not mean the project's own figures."""
    before = {path: path.stat().st_mtime for path in pathlib.Path(FIGURES).rglob("*")}
    status, out, error = run(*words)
    assert (status, out, error.count("\n")) == (2, "", 1) and "an empty path" in error, error
    assert before == {path: path.stat().st_mtime for path in pathlib.Path(FIGURES).rglob("*")}


@pytest.mark.parametrize("words, folder", [([], "RUNS"), (["--seed", "3"], "OTHER_RUNS")])
def test_a_run_does_not_touch_the_reference(monkeypatch, tmp_path, words, folder):
    """By default it goes to runs, with another seed to a folder of its own."""
    monkeypatch.setattr("lib.command." + folder, str(tmp_path))
    before = {path: path.read_bytes() for path in pathlib.Path(FIGURES).rglob("leaky*.json")}
    assert main(["run", QUICK] + words) == 0
    assert files_below(tmp_path) == FILES
    assert before == {path: path.read_bytes()
                      for path in pathlib.Path(FIGURES).rglob("leaky*.json")}


@pytest.mark.parametrize("words, complaint", [
    (["run", "leaky_relu_escape"], "did you mean leaky_relu_escapes?"),
    (["run", "nothing"], "no claim or source is named 'nothing'"),
    (["draw", "nothing"], "no claim or source is named 'nothing'"),
    (["compare", "nothing"], "no claim or source is named 'nothing'"),
    (["run", "--seed", "-1"], "a seed is a whole number from 0 to 4294967295, not '-1'"),
    (["run", "--seed", "4294967296"], "not '4294967296'"),
    (["run", "--seed", "one"], "not 'one'"),
    (["run", "--seeds", "0"], "the number of seeds is a whole number from 1"),
    (["run", "--seed", "4294967290", "--seeds", "20"], "is beyond 4294967295"),
    (["run", "--epochs", "0"], "the number of epochs is a whole number from 1"),
    (["run", "--epochs", "1.5"], "not '1.5'"),
    (["run", "--epochs", "1e9"], "not '1e9'"),
    (["run", "--out", "/proc/nowhere"], "cannot write to /proc/nowhere"),
    (["run", "--out", __file__], "cannot write to " + __file__),
    (["draw", "--out", "/proc/nowhere"], "cannot write to /proc/nowhere"),
    (["fly"], "invalid choice: 'fly'"),
    (["compare", "--records"], "expected one argument"),
])
def test_wrong_usage_is_answered_with_one_line_and_status_2(words, complaint):
    status, out, error = run(*words)
    assert (status, out, error.count("\n")) == (2, "", 1), error
    assert complaint in error


def test_a_file_where_the_records_go_is_noticed_before_the_training(tmp_path):
    (tmp_path / "single_relu").write_text("in the way")
    status, out, error = run("run", "--out", str(tmp_path))
    assert (status, out, error.count("\n")) == (2, "", 1), error
    assert "cannot write to" in error


def test_a_backend_that_is_not_supported_is_named_in_one_line(tmp_path):
    status, out, error = run("run", "relu_gets_stuck", "--out", str(tmp_path),
                             KERAS_BACKEND="numpy")
    assert (status, out) == (2, "") and os.listdir(str(tmp_path / "single_relu")) == []
    assert error.splitlines()[-1] == (
        "reproductions: KERAS_BACKEND is tensorflow, jax or torch here, not 'numpy'")


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
def test_a_backend_that_is_not_installed_is_named_in_one_line(tmp_path):
    status, out, error = run("run", "relu_gets_stuck", "--out", str(tmp_path),
                             KERAS_BACKEND="torch")
    assert (status, out) == (2, "")
    assert error.splitlines()[-1] == (
        "reproductions: keras cannot be imported: No module named 'torch'")


def another_claims_record():
    return records.path_of(find_claims()[0], FIGURES)


@pytest.mark.parametrize("format, begins", [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_figure_is_drawn_in_other_formats(tmp_path, format, begins):
    assert main(["draw", "17", "--records", FIGURES, "--out", str(tmp_path),
                 "--format", format]) == 0
    drawn = tmp_path / "deep_networks" / f"sigmoid_saturates.{format}"
    assert drawn.read_bytes().startswith(begins)


def test_a_figure_for_a_slide_is_16_to_9(tmp_path):
    from PIL import Image
    assert main(["draw", "17", "--records", FIGURES, "--out", str(tmp_path), "--style", "slide",
                 "--dpi", "60"]) == 0
    with Image.open(tmp_path / "deep_networks" / "sigmoid_saturates.png") as picture:
        assert picture.size == (800, 450)


@pytest.mark.parametrize("command", ["draw", "compare"])
@pytest.mark.parametrize("text", ["", "{}", '{"format": 1', "[]", "\x00\x01", pathlib.Path(
    another_claims_record()).read_text(encoding="utf-8")], ids=range(6))
def test_a_corrupt_record_is_answered_with_one_line_and_status_2(tmp_path, command, text):
    path = tmp_path / FILES[0]
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    words = [QUICK] if command == "draw" else ["--out", str(tmp_path / "out")]
    status, out, error = run(command, *words, "--records", str(tmp_path))
    assert (status, out, error.count("\n")) == (2, "", 1), error
    assert str(path) in error


def test_a_record_without_what_its_figure_shows_is_answered_with_one_line(quick_run, tmp_path):
    record, result = records.read_result(str(quick_run[0] / FILES[0]), NAME)
    result.histories.clear()
    records.write(record, str(tmp_path / FILES[0]))
    status, _, error = run("draw", QUICK, "--records", str(tmp_path))
    assert (status, error.count("\n")) == (2, 1) and "lacks what its figure shows" in error


def test_a_terminal_without_the_signs_gets_others():
    _, out, error = run("seeds", PYTHONIOENCODING="ascii")
    assert error == "" and " ? " in out and "±" not in out and "holds with" in out


def test_a_claim_that_trains_nothing_has_no_epochs(tmp_path, capsys):
    assert main(["run", "loss_has_a_kink_at_zero", "--epochs", "5", "--out", str(tmp_path)]) == 0
    assert "epochs" not in capsys.readouterr().out
    _, result = records.read_result(
        str(tmp_path / "single_relu" / "loss_has_a_kink_at_zero.json"),
        "single_relu/loss_has_a_kink_at_zero")
    assert result.settings == {"seed": 0}


def test_a_missing_record_is_answered_with_one_line(tmp_path):
    status, _, error = run("draw", QUICK, "--records", str(tmp_path))
    assert (status, error.count("\n")) == (2, 1) and "No such file" in error


def test_a_figure_is_drawn_again_from_its_record_without_training(quick_run, tmp_path):
    code = ("import sys; from lib.command import main; status = main(sys.argv[1:]); "
            "sys.exit('trained' if 'tensorflow' in sys.modules else status)")
    subprocess.run([sys.executable, "-c", code, "draw", QUICK, "--records", str(quick_run[0]),
                    "--out", str(tmp_path)], check=True, cwd=str(PROJECT), timeout=PATIENCE)
    assert (tmp_path / FILES[1]).read_bytes() == (quick_run[0] / FILES[1]).read_bytes()


@pytest.mark.parametrize("words", [
    ["list"], ["list", "--markdown"], ["coverage"], ["--help"], ["run", "--help"],
    ["matrix", "--help"], ["drift", "figures/versions/py37-tf1.13.json"]])
def test_looking_around_imports_no_framework(words):
    code = ("import atexit, sys; from lib.command import main; atexit.register("
            "lambda: print('loaded' if {'tensorflow', 'scipy'} & set(sys.modules) else 'light')); "
            "main(sys.argv[1:])")
    done = subprocess.run([sys.executable, "-c", code] + words, stdout=subprocess.PIPE,
                          universal_newlines=True, cwd=str(PROJECT), check=True, timeout=PATIENCE)
    assert done.stdout.endswith("light\n")


def test_the_seeds_are_shown_without_a_framework():
    """SciPy gives their intervals."""
    code = ("import sys; from lib.command import main; main(['seeds']); "
            "sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))")
    subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, cwd=str(PROJECT),
                   check=True, timeout=PATIENCE)


def test_list_shows_every_claim(capsys):
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert [claim.name for claim in find_claims()
            if f"| {claim.number:2} |" not in printed or claim.title not in printed] == []
    assert "From runs here" not in printed


def test_list_takes_a_run_where_there_is_one_and_says_so(runs, capsys):
    assert main(["run", "1"]) == 0
    assert main(["list"]) == 0
    assert "\nFrom runs here, in runs: claim 1; the others are the reference, in figures.\n" in (
        capsys.readouterr().out)


@pytest.mark.parametrize("words", [
    ["list"], ["run", "1", "--out", "OUT"], ["seeds"], ["coverage"], ["compare", "--out", "OUT"],
    ["drift", "--out", "OUT.png"], ["--help"]])
def test_nothing_is_wider_than_a_terminal_of_80_columns(words, tmp_path, capsys, monkeypatch):
    """In a table; a path may be as long as it is."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(tables, "in_a_terminal", lambda: True)
    monkeypatch.setattr(plotting, "save", lambda figure, path, *_: None)    # others look at them
    words = [word.replace("OUT", str(tmp_path / "out")) for word in words]
    if words == ["--help"]:
        with pytest.raises(SystemExit):
            main(words)
    else:
        main(words)
    lines = capsys.readouterr().out.splitlines()
    assert lines and [line for line in lines
                      if len(line) > 80 and (line.startswith("|") or words == ["--help"])] == []


def test_a_bare_command_prints_help(capsys):
    assert main([]) == 0
    assert "train, judge and draw claims" in capsys.readouterr().out


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"reproductions {VERSION}\n")


def test_a_history_beyond_its_tolerance_from_the_reference_ends_with_1(
        tmp_path, capsys, monkeypatch):
    """A record of a weight that ends a millionth away, and one that ends a thousandth away."""
    claim, = [claim for claim in find_claims() if claim.stem == QUICK]
    histories = claim.run(0)
    for by, status, said in ((1e-6, 0, "Within tolerance of the reference: the largest deviation "
                              "is 1e-6."),
                             (1e-3, 1, "BEYOND TOLERANCE from the reference: 'LeakyReLU(0.3), SGD, "
                              "Keras' by 1e-3, where 1e-5 is allowed.")):
        moved = {label: History(one.settings, **dict(one.series, weight=one.weight[:-1] + [
            one.weight[-1] + by])) for label, one in histories.items()}
        monkeypatch.setattr(claim.module, "run", lambda seed, epochs: moved)
        assert main(["run", QUICK, "--out", str(tmp_path)]) == status
        assert said in capsys.readouterr().out


def test_compare_holds_all_cases_and_draws_each_distinct_run_once(tmp_path, capsys):
    assert main(["compare", "--out", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("| yes") == 39 and "NO" not in printed
    assert len(files_below(tmp_path)) == 39
    assert "\nDistinct runs: 37 of source 1 and 2 on MNIST.\n" in printed
    assert printed.count(" is relu_w") + printed.count(" is leaky") == 8
    assert "  relu_w-10_momentum0.9_lr0.01 is relu_w-10_momentum0.9\n" in printed


def test_compare_takes_the_names_of_claims(tmp_path, capsys):
    assert main(["compare", "leaky_relu_escapes", "22", "--out", str(tmp_path)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if "| yes" in line]
    assert [(row[1], row[3]) for row in rows] == [
        ("leaky0.3_w-10_sgd", "3"), ("mnist_next_batch_tf1.12.3_seed42", "22")]
    assert files_below(tmp_path) == ["leaky0.3_w-10_sgd.png",
                                     "mnist_next_batch_tf1.12.3_seed42.png"]


def test_compare_says_in_a_line_where_there_is_no_original(tmp_path, capsys):
    assert main(["compare", "1", "7", "8", "learning_rate", "16", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "No original of claims 1, 7 and 8: no run of the source's program, which trains one unit "
        "without a bias, is about this.",
        "No original of claims 9 to 14: the source has no program, only words and figures.",
        "No original of claim 16: no run of the source's program, which trains a network of leaky "
        "ReLUs on MNIST, is about this."]
    assert files_below(tmp_path) == []


def test_compare_says_what_has_not_been_run(tmp_path, capsys):
    assert main(["compare", "--records", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().out.count("no history: run the claims first") == 39


def test_compare_knows_from_the_reference_which_cases_a_claim_should_have(tmp_path, capsys):
    assert main(["compare", "3", "--records", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr().out
    assert printed.count("no history: run the claims first") == 1
    assert "| leaky0.3_w-10_sgd | 3 " in printed


def test_compare_sees_a_history_that_went_elsewhere(quick_run, tmp_path, capsys):
    record, result = records.read_result(str(quick_run[0] / FILES[0]), NAME)
    for history in result.histories.values():
        history.weight[-1] += 1e-3
    records.write(record, str(tmp_path / FILES[0]))
    assert main(["compare", "--records", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "| NO: claim 3 " in capsys.readouterr().out


def test_an_interruption_keeps_what_was_finished_and_leaves_nothing_half_written(
        tmp_path, ctrl_c):
    finished = tmp_path / "single_relu" / "loss_has_a_kink_at_zero.png"
    with start("run", "loss_has_a_kink_at_zero", "far_start_resists_optimizers",
               "--out", str(tmp_path)) as process:
        wait_until(finished.exists, "figure")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, error
    assert "interrupted" in error and "Traceback" not in error
    assert files_below(tmp_path) == ["single_relu/loss_has_a_kink_at_zero.json",
                                     "single_relu/loss_has_a_kink_at_zero.png"]


def test_an_interruption_that_python_drops_comes_again(monkeypatch):
    class Destroyed:
        def __del__(self):
            raise KeyboardInterrupt     # as if it were pressed just then

    def listing(options):
        Destroyed()
        time.sleep(30)
        return 0

    monkeypatch.setattr("lib.command._list", listing)
    assert main(["list"]) == 130


def test_a_closed_pipe_is_no_error():
    with start("coverage") as process:
        process.stdout.close()
        _, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, error) == (141, "")


def test_a_table_in_a_pipe_is_markdown_of_one_line_a_row(capsys):
    tables.print_table({"a": "left", "b": "right"}, [("|w| " + "long " * 60, 1), ("x", 22)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and lines[2].startswith("| \\|w\\| long")
    assert lines[3].split("|")[2].strip() == "22"


def test_a_changed_row_says_so():
    changed = made_up.result(rows={"it": made_up.row(holds=False, as_recorded=False)})
    assert list(tables.verdict_rows(changed))[0][-1] == "no, CHANGED"


@pytest.mark.parametrize("words, environment", [(["--mnist", "FILE"], {}),
                                                ([], {"MNIST_NPZ": "FILE"})])
def test_a_foreign_mnist_is_named_before_anything_is_trained(tmp_path, words, environment):
    foreign = tmp_path / "foreign.npz"
    foreign.write_bytes(b"PK\x03\x04 not whole")
    status, out, error = run(
        "run", "deep_networks", "--out", str(tmp_path / "out"),
        *[word.replace("FILE", str(foreign)) for word in words],
        **{name: str(foreign) for name in environment})
    assert (status, out, error.count("\n")) == (2, "", 1), error
    assert str(foreign) in error and files_below(tmp_path / "out") == []


def test_a_claim_that_reads_no_mnist_does_not_ask_for_it(tmp_path):
    status, _, error = run("run", "sigmoid_saturates", "--out", str(tmp_path),
                           MNIST_NPZ="/no/such/file")
    assert status == 0 and only_progress(error), error


def test_without_a_network_a_run_is_on_the_sample_and_leaves_the_projects_records(tmp_path):
    """As on a machine that has neither MNIST nor a way to it."""
    code = ("import sys, lib.command; from lib.suite import unfinished; "
            "lib.command.OTHER_RUNS = unfinished.UNFINISHED = unfinished.TRAINED = sys.argv[1]; "
            "sys.exit(lib.command.main(['run', 'mnist_checkpoint_round_trip']))")
    name = "deep_networks/mnist_checkpoint_round_trip"
    before = {path: path.read_bytes() for path in pathlib.Path(FIGURES).rglob("mnist*.json")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "runs")], cwd=str(PROJECT),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, env=dict(
            os.environ, MNIST_NPZ="", KERAS_HOME=str(tmp_path / "keras"),
            https_proxy="http://127.0.0.1:9", no_proxy=""), timeout=600)
    assert done.returncode == 0, done.stderr
    assert "It ran on a sample of 5,000 MNIST digits" in done.stdout
    assert "reproduced (1 of 1) (on a sample)" in done.stdout
    assert files_below(tmp_path / "runs") == [name + ".json", name + ".png"]
    assert before == {path: path.read_bytes()
                      for path in pathlib.Path(FIGURES).rglob("mnist*.json")}
    assert records.read_result(str(tmp_path / "runs" / (name + ".json")), name)[1].stand_in
