"""How the matrix of releases goes on, sums up and is taken up again; tox itself stands aside."""
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import made_up
import pytest
from processes import PATIENCE, wait_until

from lib import PROJECT
from lib.command import main
from lib.suite import matrix, records

NAMES = ["py37-tf1.13", "py312-tf2.16", "py312-tf2.16-keras3.0", "py313-keras-jax"]
INTERRUPTED = ("interrupted",)
NO_PYTHON = "py37-tf1.13: venv> uv venv -p cpython3.7\nerror: No interpreter found for Python 3.7\n"
NO_WHEEL = ("py37-tf1.13: venv> uv venv\npy37-tf1.13: install_deps> uv pip install tensorflow\n"
            "error: No solution found when resolving dependencies\n")
NO_ROOM = ("py37-tf1.13: install_deps> uv pip install tensorflow\n"
           "error: failed to write: No space left on device (os error 28)\n")
# what tox says of a command that ends with another status than 0
ENDED = "py312-tf2.16: exit {} (0.31 seconds) /work> python -m {} pid=8575\n"
TWO_FAILED = ("=== 2 failed, 40 passed in 9 s ===\n"
              + ENDED.format(1, "pytest -q -p no:cacheprovider tests/test_sweeps.py"))
KILLED = ENDED.format(-9, "pytest -q -p no:cacheprovider tests/test_sweeps.py")
# protobuf 4 under TensorFlow 2.4: the last lines of the error are no error's name
BREAKS = """\
E   TypeError: Descriptors cannot not be created directly.
tensor_shape_pb2.py:36: TypeError
=== 98 failed, 3 passed, 40 errors in 20 s ===
""" + ENDED.format(1, "pytest -q -p no:cacheprovider tests/test_sweeps.py") + """
Traceback (most recent call last):
  File "descriptor.py", line 560, in __new__
TypeError: Descriptors cannot not be created directly.
If this call came from a _pb2.py file, your generated code is out of date.
 1. Downgrade the protobuf package to 3.20.x or lower.

More information: https://developers.google.com/protocol-buffers/docs/news/2022-05-06
""" + ENDED.format(1, "reproductions record figures/versions/x.json")
RECORD_ENDED_WITH_1 = ("=== 42 passed in 9 s ===\nCHANGED in a/two: It is so\n"
                       + ENDED.format(1, "reproductions record figures/versions/x.json"))


def record_of(**claims):
    """The record of an environment, of {stem: changes of a result that is as it should be}."""
    return made_up.record(**{stem: made_up.result(**changes) for stem, changes in claims.items()})


CHANGED = {"rows": {"it_is_so": made_up.row(measured=0.0, holds=False, as_recorded=False)}}


@pytest.fixture
def tox(tmp_path, monkeypatch):
    """A stand-in that answers as told by {(environment, "made" or "run"): (status, output)}.

    And that leaves the record of an environment which is told.
    """
    answers, called, told = {}, [], {}

    def stand_in(name, options, variables, log):
        step = "made" if "--notest" in options else "run"
        called.append((name, step, variables, options))
        answer = answers.get((name, step), (0, ""))
        if answer == INTERRUPTED or called[0] == INTERRUPTED:
            called.insert(0, INTERRUPTED)   # nothing that is started after it runs
            raise KeyboardInterrupt
        if step == "run" and not answer[1].endswith(("killed", BREAKS)):
            records.write(told.get(name, record_of()), variables["RECORD"])
        return answer

    monkeypatch.setattr(matrix, "_tox", stand_in)
    monkeypatch.setattr(matrix, "environments", lambda: list(NAMES))
    monkeypatch.setattr(matrix, "AT_A_TIME", 1)
    monkeypatch.setattr(matrix, "AHEAD", 0)
    monkeypatch.setattr(matrix, "AHEAD_OF_PROBES", 0)
    monkeypatch.setattr(matrix, "LOGS", str(tmp_path))
    monkeypatch.setattr(matrix, "PROBED", str(tmp_path / "probes"))
    monkeypatch.setattr(matrix, "UNFINISHED", str(tmp_path / "unfinished.json"))
    monkeypatch.setattr(matrix.releases, "RUN_HERE", str(tmp_path))
    stand_in.answers, stand_in.called, stand_in.records = answers, called, told
    return stand_in


def test_all_are_made_and_run_and_summed_up(tox, capsys):
    assert main(["matrix"]) == 0
    assert [call[:2] for call in tox.called] == [(name, step) for name in NAMES
                                                 for step in ("made", "run")]
    table = capsys.readouterr().out
    assert all(f"| {name}" in table for name in NAMES)


@pytest.mark.parametrize("version, names", [
    ("1.13", NAMES[:1]), ("2.16", NAMES[1:2]), ("tf2.16-keras3.0", NAMES[2:3]),
    ("keras-jax", NAMES[3:]), ("py312-tf2.16", NAMES[1:2])])
def test_a_version_names_its_environment(version, names):
    assert matrix.choose(NAMES, [version]) == names


def test_a_version_that_does_not_exist_is_one_line_and_nothing_runs(tox, capsys):
    assert main(["matrix", "2.16", "9.9"]) == 2
    assert "no environment for '9.9'; there are 1.13, 2.16" in capsys.readouterr().err
    assert not tox.called


@pytest.mark.parametrize("said, words", [
    (NO_PYTHON, "no interpreter: error: No interpreter found for Python 3.7"),
    (NO_WHEEL, "cannot be installed: error: No solution found"),
    (NO_ROOM, "no room: error: failed to write: No space left")])
@pytest.mark.parametrize("status", [1, 2])      # tox-uv hands on uv's status, which is 2
def test_what_cannot_be_had_is_reported_and_is_no_failure(tox, capsys, said, words, status):
    tox.answers["py37-tf1.13", "made"] = (status, said)
    assert main(["matrix"]) == 0
    said = capsys.readouterr().out
    assert words in said and "recorded: 3; not to be had: 1\n" in said
    assert ("py37-tf1.13", "run") not in [call[:2] for call in tox.called]


def test_no_room_on_the_disk_is_seen_before_anything_is_made(tox, capsys, monkeypatch):
    monkeypatch.setattr(matrix, "ROOM", 10 ** 18)
    assert main(["matrix", "1.13"]) == 0
    assert "no room:" in capsys.readouterr().out
    assert not tox.called


def test_where_there_is_room_for_one_the_others_wait_for_it(tox, capsys, monkeypatch):
    there, at_once = set(), []

    def run(name, options, *_):
        there.add(name)
        at_once.append(len(there))
        return 0, ""

    def removed(folder, **_):
        there.discard(os.path.basename(folder))

    monkeypatch.setattr(matrix, "_tox", run)
    monkeypatch.setattr(matrix.shutil, "rmtree", removed)
    monkeypatch.setattr(matrix, "_free", lambda: matrix.ROOM * (1.5 - len(there)))
    assert main(["matrix"]) == 1        # what runs nothing leaves no record
    assert set(at_once) == {1} and len(at_once) == 2 * len(NAMES)
    assert "no room" not in capsys.readouterr().out


def test_a_failing_release_does_not_keep_the_others_from_running(tox, capsys):
    tox.answers["py312-tf2.16", "run"] = (1, TWO_FAILED)
    assert main(["matrix"]) == 1
    assert "2 failed, 40 passed in 9 s; recorded" in capsys.readouterr().out
    assert tox.called[-1][0] == NAMES[-1]


def test_one_that_breaks_when_it_is_imported_is_a_line_with_its_error(tox, capsys):
    tox.answers["py312-tf2.16", "run"] = (1, BREAKS)
    assert main(["matrix"]) == 1
    said = capsys.readouterr().out
    line, = [line for line in said.split("\n") if line.startswith("py312-tf2.16 (")]
    assert ("98 failed, 3 passed, 40 errors in 20 s; NOT recorded; TypeError: Descriptors cannot "
            "not be created directly.: ") in line
    assert "recorded: 3; FAILED: 1\n" in said
    assert tox.called[-1][0] == NAMES[-1]


def test_outcomes_that_changed_are_counted_and_are_no_failure(tox, capsys):
    """Of many it is known that they differ there: that is for the comparison to say."""
    tox.answers["py312-tf2.16", "run"] = (1, RECORD_ENDED_WITH_1)
    tox.records["py312-tf2.16"] = record_of(one={}, two=CHANGED)
    assert main(["matrix", "2.16"]) == 0
    assert "tests passed; recorded; outcomes changed: 1 " in capsys.readouterr().out


def test_a_claim_that_crashed_is_a_failure_that_names_it(tox, capsys):
    tox.answers["py312-tf2.16", "run"] = (1, RECORD_ENDED_WITH_1)
    tox.records["py312-tf2.16"] = record_of(one={}, two={"verdict": "crashed", "reason": "OhError"})
    assert main(["matrix", "2.16"]) == 1
    assert "tests passed; recorded; 1 crashed: a/two (OhError)" in capsys.readouterr().out


@pytest.mark.parametrize("said", [TWO_FAILED + RECORD_ENDED_WITH_1, RECORD_ENDED_WITH_1 + KILLED,
                                  RECORD_ENDED_WITH_1.replace("exit 1", "exit -11"), ""])
def test_a_changed_outcome_hides_no_other_failure(tox, said):
    tox.answers["py312-tf2.16", "run"] = (1, said)
    tox.records["py312-tf2.16"] = record_of(two=CHANGED)
    assert main(["matrix", "2.16"]) == 1


@pytest.mark.parametrize("damaged", [
    lambda path: path.unlink(), lambda path: path.write_text("{}"),
    lambda path: path.write_text(path.read_text()[:-40]), lambda path: None,
    lambda path: os.utime(str(path), (4e9, 4e9))])      # written before a clock was set back
def test_a_release_without_a_whole_record_of_today_is_a_failure(tox, tmp_path, capsys, damaged):
    records.write(record_of(one={}), str(tmp_path / "py312-tf2.16.json"))
    damaged(tmp_path / "py312-tf2.16.json")
    tox.answers["py312-tf2.16", "run"] = 0, "killed"
    assert main(["matrix", "2.16"]) == 1
    assert "NOT recorded" in capsys.readouterr().out


def test_an_interrupted_matrix_takes_up_the_rest(tox, capsys):
    tox.answers["py312-tf2.16", "made"] = INTERRUPTED
    assert main(["matrix"]) == 130
    del tox.answers["py312-tf2.16", "made"], tox.called[:]
    assert main(["matrix"]) == 0
    assert tox.called[0][0] == "py312-tf2.16"
    assert "Taken up where it was interrupted: 1 of 4" in capsys.readouterr().out
    assert not os.path.exists(matrix.UNFINISHED)


def test_one_is_installed_while_those_before_it_run_and_no_more(tox, monkeypatch, ctrl_c):
    """And where those are interrupted it is not run when its turn comes."""
    monkeypatch.setattr(matrix, "AHEAD", 1)
    answer, first_runs, second_made = matrix._tox, threading.Event(), threading.Event()

    def interrupted_while_the_first_runs(name, options, variables, log):
        step = name, "made" if "--notest" in options else "run"
        if step == (NAMES[1], "made"):      # either may come first, and here the first does
            assert first_runs.wait(PATIENCE)
        if step == (NAMES[0], "run"):
            first_runs.set()
            assert second_made.wait(PATIENCE)
            time.sleep(0.2)     # until the main thread waits, which a signal of this does not end
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            # which is written when that is seen
            wait_until(lambda: os.path.exists(matrix.UNFINISHED), matrix.UNFINISHED)
        answered = answer(name, options, variables, log)
        if step == (NAMES[1], "made"):
            second_made.set()
        return answered

    monkeypatch.setattr(matrix, "_tox", interrupted_while_the_first_runs)
    monkeypatch.setattr(matrix, "track", lambda items, *_: items)   # which may take long to import
    assert main(["matrix"]) == 130
    assert sorted(call[:2] for call in tox.called) == [
        (NAMES[1], "made"), (NAMES[0], "made"), (NAMES[0], "run")]


def test_with_probes_alone_more_are_installed_ahead(tox, monkeypatch):
    monkeypatch.setattr(matrix, "AHEAD_OF_PROBES", 2)
    answer, all_three = matrix._tox, threading.Barrier(3)

    def all_at_once(name, options, variables, log):
        if "--notest" in options and name in NAMES[:3]:
            all_three.wait(PATIENCE)
        return answer(name, options, variables, log)

    monkeypatch.setattr(matrix, "_tox", all_at_once)
    assert matrix.run([], probes=True) == 0


def test_an_interruption_before_the_last_is_submitted_ends_it_too(tox, monkeypatch):
    submit, submitted = matrix.futures.ThreadPoolExecutor.submit, []

    def interrupted(self, function, name, *others):
        if submitted:
            raise KeyboardInterrupt
        submitted.append(name)
        return submit(self, function, name, *others)

    monkeypatch.setattr(matrix.futures.ThreadPoolExecutor, "submit", interrupted)
    assert main(["matrix"]) == 130
    assert os.path.exists(matrix.UNFINISHED)


def test_other_code_starts_anew(tox, monkeypatch):
    tox.answers["py312-tf2.16", "made"] = INTERRUPTED
    main(["matrix"])
    del tox.answers["py312-tf2.16", "made"], tox.called[:]
    monkeypatch.setattr(matrix, "_code", lambda: "other")
    main(["matrix"])
    assert tox.called[0][0] == "py37-tf1.13"


def test_environments_and_downloads_go_unless_they_are_kept(tox, monkeypatch):
    removed = []
    monkeypatch.setattr(matrix.shutil, "rmtree", lambda path, **_: removed.append(path))
    main(["matrix", "1.13"])
    assert [os.path.basename(path) for path in removed] == ["py37-tf1.13", "cache-py37-tf1.13"]
    assert tox.called[0][2]["UV_CACHE_DIR"] == removed[1]
    del removed[:]
    main(["matrix", "1.13", "--keep"])
    assert not removed and "UV_CACHE_DIR" not in tox.called[-1][2]


def test_a_build_of_ones_own_is_installed_in_place_of_a_release(tox, monkeypatch):
    monkeypatch.setattr("lib.command.show_drift", lambda *_, **__: 0)
    assert main(["matrix", "--build", "tf-nightly", "keras-nightly"]) == 0
    name, _, variables, _ = tox.called[0]
    assert (name, variables["BUILD"]) == ("build", "tf-nightly\nkeras-nightly")
    assert os.path.dirname(variables["RECORD"]) == matrix.LOGS


def test_a_wheel_of_ones_own_is_found_from_any_folder(tox, tmp_path, monkeypatch):
    wheel = tmp_path / "my builds" / "own.whl"
    wheel.parent.mkdir()
    wheel.touch()
    monkeypatch.chdir(str(wheel.parent))
    monkeypatch.setenv("HOME", str(tmp_path))
    (wheel.parent / "tf-nightly").mkdir()       # a name, all the same
    matrix.run([], ["own.whl", "~/my builds/own.whl", "tf-nightly", "keras>=3"])
    assert tox.called[0][2]["BUILD"].split("\n") == [str(wheel), str(wheel), "tf-nightly",
                                                     "keras>=3"]


def test_nothing_of_another_build_is_left_beside_the_record_of_this_one(tox, tmp_path):
    for ending in ("json", "h5", "keras"):
        (tmp_path / f"build.{ending}").write_text("of another")
        (tmp_path / f"py37-tf1.13.{ending}").write_text("a release's")
    tox.answers["build", "made"] = (1, NO_WHEEL)
    assert matrix.run([], ["no-such-wheel"]) == 1
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["py37-tf1.13.h5", "py37-tf1.13.json", "py37-tf1.13.keras"]


def test_probes_alone_replace_no_whole_record(tox, tmp_path, capsys):
    records.write(record_of(one={}), str(tmp_path / "py37-tf1.13.json"))
    assert matrix.run(["1.13"], probes=True) == 0
    assert records.read(str(tmp_path / "py37-tf1.13.json")).claims
    assert os.path.exists(str(tmp_path / "probes" / "py37-tf1.13.json"))
    assert "py37-tf1.13 (1 of 1): recorded\n" in capsys.readouterr().out
    assert [call[3] for call in tox.called] == [
        ["--notest"], ["--skip-env-install", "-x", matrix.PROBES_ALONE]]


def test_the_command_line_hands_on_probes_and_what_a_build_is_compared_with(tox, monkeypatch):
    shown = []
    monkeypatch.setattr("lib.command.show_drift", lambda *words, only_probes: shown.append(
        (words, only_probes)) or 0)
    assert main(["matrix", "--probes", "--build", "own", "--against", "last.json"]) == 0
    record = os.path.join(matrix.PROBED, "build.json")
    assert shown == [(({"build": record}, "last.json"), True)]
    assert tox.called[-1][3][-1] == matrix.PROBES_ALONE
    assert main(["matrix", "2.16", "--against", "last.json"]) == 2


def test_interrupted_probes_are_not_taken_up_as_whole_records(tox, tmp_path):
    tox.answers["py312-tf2.16", "made"] = INTERRUPTED
    with pytest.raises(KeyboardInterrupt):
        matrix.run([], out=str(tmp_path), probes=True)
    del tox.answers["py312-tf2.16", "made"], tox.called[:]
    assert matrix.run([], out=str(tmp_path)) == 0
    assert tox.called[0][0] == "py37-tf1.13"


def test_an_environment_for_a_gpu_is_not_made_without_one(tox, monkeypatch, capsys):
    monkeypatch.setattr(matrix, "environments", lambda: ["py313-tf2.21", "py313-tf2.21-gpu"])
    monkeypatch.setattr(matrix, "_has_gpu", lambda: False)
    assert main(["matrix"]) == 0
    assert re.search(r"^py313-tf2.21-gpu \(. of 2\): no device$", capsys.readouterr().out, re.M)
    assert {call[0] for call in tox.called} == {"py313-tf2.21"}
    monkeypatch.setattr(matrix, "_has_gpu", lambda: True)
    assert main(["matrix", "2.21-gpu"]) == 0
    assert tox.called[-1][:2] == ("py313-tf2.21-gpu", "run")


@pytest.mark.skipif(os.path.exists("/dev/nvidia0"), reason="there is a GPU")
@pytest.mark.parametrize("program, has", [
    (None, False), ("exit 9", False), ("echo No devices were found", False),
    ("echo 'GPU 0: NVIDIA H100 (UUID: GPU-1)'", True)])
def test_a_gpu_is_one_that_its_driver_lists(tmp_path, monkeypatch, program, has):
    if program:
        (tmp_path / "nvidia-smi").write_text("#!/bin/sh\n" + program + "\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert matrix._has_gpu() is has


def settings_of(name, *options):
    """What tox itself makes of setup.cfg for an environment."""
    return subprocess.run(
        [sys.executable, "-m", "tox", "config", "-e", name, "-k", "set_env", "deps", "commands"]
        + list(options), cwd=PROJECT, env=dict(os.environ, RECORD="/a folder/x.json"),
        stdout=subprocess.PIPE, universal_newlines=True, timeout=PATIENCE, check=True).stdout


def test_a_record_may_lie_in_a_folder_with_a_space():
    assert "python -m reproductions record '/a folder/x.json'\n" in settings_of("py312-tf2.16")


def test_probes_alone_are_one_command():
    made = settings_of("py311-keras-torch", "-x", matrix.PROBES_ALONE)
    assert "commands = python -m reproductions record '/a folder/x.json' --probes\n" in made
    assert "pytest -q" not in made


@pytest.mark.parametrize("variant, setting", [
    ("xla", "TF_XLA_FLAGS=--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit"),
    ("no_onednn", "TF_ENABLE_ONEDNN_OPTS=0"), ("gpu", "tensorflow[and-cuda]==2.21.0")])
def test_other_kernels_run_under_the_same_keras(variant, setting):
    plain, other = settings_of("py313-tf2.21"), settings_of("py313-tf2.21-" + variant)
    assert setting in other and setting not in plain
    assert "keras==3.13.2" in plain and "keras==3.13.2" in other


def test_colours_are_no_part_of_what_tox_says(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "LOGS", str(tmp_path))
    monkeypatch.setattr(matrix.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess(
        [], 2, "\x1b[31merror: No interpreter found\n\x1b[39mpy37: exit 2\n"))
    status, said = matrix._tox("py37-tf1.13", ["--notest"], {}, str(tmp_path / "a.log"))
    assert (status, said) == (2, "error: No interpreter found\npy37: exit 2\n")
    assert matrix._why_not_had(said)[1] == "no interpreter: error: No interpreter found"


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
@pytest.mark.parametrize("variables, arguments", [
    ([], []), (["VERSIONS=1.15 2.10", "KEEP=1"], ["1.15", "2.10", "--keep"]),
    (["BUILD=tensorflow>=2.22"], ["--build", "tensorflow>=2.22"]),
    (["BUILD=x; touch y", "PROBES=1"], ["--build", "x;", "touch", "y", "--probes"]),
    (["BUILD=$(shell touch y)`touch y`"], ["--build", "$(shell", "touch", "y)`touch", "y`"]),
    (["VERSIONS=1.15 & touch y"], ["1.15", "&", "touch", "y"])])
def test_no_shell_runs_what_make_is_given(tmp_path, variables, arguments):
    shutil.copy(os.path.join(PROJECT, "Makefile"), str(tmp_path))
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    python.chmod(0o755)
    for name in ("requirements.lock", "requirements.txt", "setup.cfg", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / ".venv" / "installed").touch()
    for path in [python] + list(tmp_path.glob("*.*")):      # older than the installation
        os.utime(str(path), (1, 1))
    files = sorted(tmp_path.iterdir())
    said = subprocess.check_output(["make", "matrix"] + variables, cwd=str(tmp_path),
                                   env={"PATH": os.environ["PATH"]}, timeout=PATIENCE,
                                   universal_newlines=True)
    assert said.split("\n")[:-1] == ["-m", "reproductions", "matrix"] + arguments
    assert sorted(tmp_path.iterdir()) == files


def test_the_records_go_to_the_folder_that_is_asked_for(tox, tmp_path):
    assert main(["matrix", "1.13", "--out", str(tmp_path / "renewed")]) == 0
    assert os.path.exists(str(tmp_path / "renewed" / "py37-tf1.13.json"))
    assert not os.path.exists(str(tmp_path / "py37-tf1.13.json"))


def test_setup_cfg_has_every_release_since_1_13(monkeypatch):
    monkeypatch.setattr(matrix.subprocess, "run",
                        functools.partial(subprocess.run, timeout=PATIENCE))
    versions = [name.partition("-tf")[2] for name in matrix.environments()]
    expected = ["1.13", "1.14", "1.15"] + [f"2.{minor}" for minor in range(22)]
    assert [one for one in expected if one not in versions] == []
    assert any("rc" in version for version in versions)


def test_what_was_kept_is_plain_data(tox):
    tox.answers["py312-tf2.16", "made"] = INTERRUPTED
    main(["matrix"])
    with open(matrix.UNFINISHED) as file:
        assert list(json.load(file)["finished"]) == ["py37-tf1.13"]


def test_a_build_that_cannot_be_had_is_not_judged_by_the_record_of_another(tox, monkeypatch):
    shown = []
    monkeypatch.setattr("lib.command.show_drift", lambda *paths, **_: shown.append(paths) or 0)
    main(["matrix", "--build", "tf-nightly"])
    tox.answers["build", "made"] = (1, NO_WHEEL)
    assert main(["matrix", "--build", "no-such-wheel"]) == 1
    assert len(shown) == 1
