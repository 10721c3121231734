"""What goes wrong around a run: it is killed, the disk is full, two run at once."""
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import threading

import kills
import pytest

from lib.files import IN_THE_MAKING, read_json, written_whole
from lib.suite import records

PROJECT = pathlib.Path(__file__).parent.parent
QUICK = "deep_networks/sigmoid_saturates"
FILES = [QUICK + ".json", QUICK + ".png"]


def start(*words, **how):
    return subprocess.Popen([sys.executable, "-m", "reproductions"] + list(words), **dict(dict(
        cwd=str(PROJECT), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True), **how))


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_few_kills_leave_nothing_half_written(monkeypatch, capsys):
    monkeypatch.setattr(kills, "RUNS", [["17"]])
    assert kills.main(["--kills", "4"]) == 0, capsys.readouterr().out


def test_what_a_killed_write_left_is_removed_by_the_next_in_that_folder(tmp_path):
    code = ("import os, signal, sys; from lib.files import written_whole\n"
            "with written_whole(sys.argv[1]) as temporary:\n"
            "    open(temporary, 'w').write('half'); os.kill(os.getpid(), signal.SIGKILL)")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "one.json")],
                          cwd=str(PROJECT), timeout=300)
    left, = tmp_path.iterdir()
    assert done.returncode < 0 and left.name.startswith(IN_THE_MAKING)
    with written_whole(str(tmp_path / "another.json")) as temporary:
        assert not left.exists() and os.path.exists(temporary)
    assert files_below(tmp_path) == ["another.json"]


def test_what_another_is_writing_is_not_taken_for_left(tmp_path):
    """Of the same file, too: the last to finish wins."""
    path = tmp_path / "file.txt"

    def write(words):
        with written_whole(str(path)) as temporary:
            pathlib.Path(temporary).write_text(words)

    with written_whole(str(path)) as temporary:
        pathlib.Path(temporary).write_text("first")
        other = threading.Thread(target=write, args=("second",))
        other.start()
        other.join(60)
        assert path.read_text() == "second"
    assert path.read_text() == "first" and files_below(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"),
                                   OSError("10 requested and 3 written")])
def test_a_failed_write_names_the_file_that_was_wanted(tmp_path, error):
    path = str(tmp_path / "file.npz")
    with pytest.raises(OSError) as caught:
        with written_whole(path):
            raise error
    assert caught.value.filename == path and caught.value.strerror
    assert files_below(tmp_path) == []


def test_a_full_disk_leaves_what_was_there_and_is_one_line(tmp_path):
    def no_room_for_the_record():
        size = os.path.getsize(str(PROJECT / "figures" / FILES[0])) // 2
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    shutil.copytree(str(PROJECT / "figures" / "deep_networks"), str(tmp_path / "deep_networks"),
                    ignore=lambda folder, names: {name for name in names
                                                  if not name.startswith("sigmoid_saturates")})
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    process = start("run", QUICK, "--out", str(tmp_path), preexec_fn=no_room_for_the_record,
                    env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    _, error = process.communicate(timeout=300)
    assert process.returncode == 2, error
    complaint = error.splitlines()[-1]
    assert complaint == f"reproductions: {tmp_path / FILES[0]}: File too large"
    assert before == {name: (tmp_path / name).read_bytes() for name in FILES}
    assert files_below(tmp_path) == FILES


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_noticed_before_anything_is_trained(tmp_path):
    tmp_path.chmod(0o555)
    out, error = start("run", QUICK, "--out", str(tmp_path / "new")).communicate(timeout=300)
    assert error == f"reproductions: cannot write to {tmp_path / 'new'}: Permission denied\n"


def test_two_runs_at_once_leave_what_one_leaves(tmp_path):
    both = [start("run", QUICK, "--out", str(tmp_path)) for _ in range(2)]
    said = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert files_below(tmp_path) == FILES
    kept = [read_json(folder / FILES[0])["claims"][QUICK]["histories"]
            for folder in (tmp_path, PROJECT / "figures")]
    assert kept[0] == kept[1]


def test_a_corrupt_record_is_named_and_stays(tmp_path):
    path = tmp_path / FILES[0]
    path.parent.mkdir()
    path.write_text("{")
    process = start("page", "--records", str(tmp_path), "--out", str(tmp_path / "page.html"))
    out, error = process.communicate(timeout=300)
    assert (process.returncode, out, error.count("\n")) == (2, "", 1) and str(path) in error
    assert files_below(tmp_path) == FILES[:1]
    with pytest.raises(records.BadFile):
        records.read(str(path))
