"""Progress in a pipe: lines that say what is worked on and how far it is."""
import io
import sys
import time

import pytest

from lib import progress
from lib.progress import lines_about, track


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0.01)


@pytest.fixture
def lines(capfd):
    """A function that waits for what is said, up to two minutes: the lines so far."""
    said = []

    def wait(enough=lambda lines: lines):
        deadline = time.monotonic() + 120
        while not enough(said) and time.monotonic() < deadline:
            time.sleep(0.01)
            said.extend(capfd.readouterr().err.splitlines())
        return said

    return wait


def test_a_line_names_the_work_and_what_is_counted(lines):
    with lines_about("a/claim"):
        for number, _ in enumerate(track("abc", "letters")):
            if number == 1:
                for inner, _ in enumerate(track(range(7), "numbers")):
                    if inner == 5:
                        said = lines(lambda said: said and "numbers: 5" in said[-1])
    assert said[-1].startswith("a/claim: 0 s, letters: 1 of 3, numbers: 5 of 7")


def test_work_that_counts_nothing_is_named_too(lines):
    with lines_about("a/claim"):
        assert lines()[0] == "a/claim: 0 s"


def test_work_that_is_done_says_nothing_more(capfd):
    with pytest.raises(ZeroDivisionError):
        with lines_about("a/claim"):
            raise ZeroDivisionError
    capfd.readouterr()
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


def test_what_was_left_early_is_counted_no_more(lines):
    with lines_about("a/claim"):
        for _ in track([1, 2], "left"):
            break
        assert "left" not in lines(lambda said: said and "left" not in said[-1])[-1]


def test_without_work_around_it_a_count_says_nothing(capfd):
    assert list(track("abc", "letters")) == ["a", "b", "c"]
    for _ in track([1], "one"):
        time.sleep(0.1)
    assert capfd.readouterr().err == ""


def test_the_total_may_be_given_for_what_has_no_length():
    counted = track(iter("ab"), "letters", total=2)
    assert next(counted) == "a"
    assert progress._tracked[-1] == ["letters", 0, 2]
    assert list(counted) == ["b"] and progress._tracked == []


def test_in_a_terminal_a_bar_is_shown_and_wiped_away(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert list(track("abc", "letters")) == ["a", "b", "c"]
    assert "letters" in terminal.getvalue() and terminal.getvalue().endswith("\x1b[2K")
