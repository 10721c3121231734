"""Wherever a person keeps the suite, and however it is started."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from lib.files import written_whole

PROJECT = pathlib.Path(__file__).parent.parent
SCRIPT = PROJECT / "reproductions" / "deep_networks" / "sigmoid_saturates.py"
BINARY = {".png", ".gif", ".npz", ".keras", ".h5"}


def run(*words, cwd=PROJECT, **environment):
    return subprocess.run(list(map(str, words)), cwd=str(cwd), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=300,
                          env=dict(os.environ, **environment))


@pytest.fixture
def other_lib(tmp_path):
    """A folder with another package named ``lib``."""
    (tmp_path / "others" / "lib").mkdir(parents=True)
    (tmp_path / "others" / "lib" / "__init__.py").write_text("raise ImportError('another lib')")
    return str(tmp_path / "others")


def test_a_script_is_started_through_a_link_beside_another_lib(tmp_path, other_lib):
    link = tmp_path / "mine.py"
    link.symlink_to(SCRIPT)
    done = run(sys.executable, link, "--out", tmp_path / "out", cwd=tmp_path, PYTHONPATH=other_lib)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "deep_networks" / "sigmoid_saturates.png").exists()


def test_a_command_outside_the_checkout_is_that_of_the_checkout(tmp_path, other_lib):
    done = run(sys.executable, "-m", "reproductions", "list", cwd=tmp_path, PYTHONPATH=other_lib)
    assert done.returncode == 0, done.stderr


def test_without_docstrings_in_memory_the_titles_are_the_same():
    plain, optimized = (run(sys.executable, "-m", "reproductions", "list", PYTHONOPTIMIZE=level)
                        for level in ("", "2"))
    assert plain.stdout == optimized.stdout and "| 22 | " in plain.stdout
    assert plain.returncode == optimized.returncode == 0


@pytest.mark.parametrize("umask, rights", [(0o022, 0o644), (0o027, 0o640), (0o002, 0o664)])
def test_a_file_has_the_rights_that_the_umask_leaves(tmp_path, umask, rights):
    before = os.umask(umask)
    try:
        with written_whole(str(tmp_path / "file")):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == rights


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="not a git checkout")
def test_git_changes_no_line_end_and_no_binary_file():
    """Under core.autocrlf, as Git for Windows sets it."""
    for line in run("git", "-c", "core.autocrlf=true", "ls-files", "--eol").stdout.splitlines():
        kind, path = line.split("\t")
        index, _, attributes = re.split(r"\s+", kind.strip(), maxsplit=2)
        if pathlib.Path(path).suffix in BINARY:
            assert attributes == "attr/-text", line
        else:
            assert attributes == "attr/text=auto eol=lf" and index in ("i/lf", "i/none"), line


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_works_in_a_folder_with_spaces_and_letters_of_any_alphabet(tmp_path):
    folder = tmp_path / "проект 試 é"
    for name in ("lib", "reproductions", "packaging"):
        shutil.copytree(str(PROJECT / name), str(folder / name))
    for name in ("Makefile", "requirements.lock", "requirements.txt", "setup.cfg",
                 "pyproject.toml"):
        shutil.copy(str(PROJECT / name), str(folder))
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n")
    python.chmod(0o755)
    (folder / ".venv" / "installed").write_text("")
    done = run("make", "notebooks", "MNIST_NPZ=", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / "runs" / "notebooks" / "deep_networks" / "sigmoid_saturates.ipynb").exists()
