"""Kill runs at random moments and look at what they leave: python tests/kills.py --kills 100.

Every second kill waits for a file to be in the making, which takes a small part of a run. It works
in a copy of the suite, so nothing of yours is touched, and ends with status 1 if a file is
half-written, if the next run gives other numbers, or if something is left over after it.
"""
import argparse
import itertools
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent
# A training with an animation, one that keeps a checkpoint each epoch, and a claim without training
RUNS = [["3"], ["22", "--epochs", "2"], ["17"]]
LIMIT = 600     # seconds that a run may take at most
WITHOUT_MNIST = {"MNIST_NPZ": "", "https_proxy": "http://127.0.0.1:9", "no_proxy": ""}


class Copy:
    """A copy of the suite in ``folder`` that runs claims there, on the sample of MNIST."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name in ("lib", "reproductions", os.path.join("figures", "originals")):
            shutil.copytree(str(PROJECT / name), str(self.folder / name),
                            ignore=shutil.ignore_patterns("__pycache__"))
        self.runs = self.folder / "runs"

    def start(self, words):
        """A run that has begun with its claim: imports are behind it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "reproductions", "run"] + words, cwd=str(self.folder),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, universal_newlines=True,
            env=dict(os.environ, KERAS_HOME=str(self.folder / "keras"), **WITHOUT_MNIST))
        for line in process.stderr:
            if line.rstrip().endswith("…"):
                return process
        raise RuntimeError("the run ended before its claim began")

    def finish(self, words):
        """Run to the end; the status and what was said on the way."""
        process = self.start(words)
        _, said = process.communicate(timeout=LIMIT)
        return process.returncode, said

    def kill(self, words, seconds, writing):
        """Kill a run after so many seconds, or as soon after them as it is writing a file.

        Returns whether it was still running, and whether it was writing.
        """
        process, before = self.start(words), set(self.in_the_making())
        time.sleep(seconds)
        while writing and process.poll() is None and set(self.in_the_making()) <= before:
            time.sleep(0.002)
        process.kill()
        process.communicate(timeout=LIMIT)
        return process.returncode < 0, not set(self.in_the_making()) <= before

    def files(self):
        return [path for path in self.runs.rglob("*") if path.is_file()]

    def in_the_making(self):
        """The temporary files that are there."""
        return [path for path in self.files() if path.name.startswith(".")]

    def half_written(self):
        """The files that are not whole, temporary ones apart."""
        return [path for path in self.files()
                if not path.name.startswith(".") and not is_whole(path)]

    def numbers(self):
        """{path of a record: its histories}."""
        return {path.name: [one["histories"] for one in json.loads(
            path.read_text(encoding="utf-8"))["claims"].values()]
            for path in self.runs.rglob("*.json") if "unfinished" not in str(path)}


def is_whole(path):
    from PIL import Image
    try:
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".npz":
            return zipfile.ZipFile(str(path)).testzip() is None
        else:
            with Image.open(str(path)) as picture:
                for frame in range(getattr(picture, "n_frames", 1)):
                    picture.seek(frame)
                    picture.load()
        return True
    except (ValueError, OSError, zipfile.BadZipFile, EOFError):
        return False


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args(arguments)
    chance, faults = random.Random(options.seed), []
    killed = interrupted_writes = left_over = 0
    with tempfile.TemporaryDirectory() as folder:
        copy, durations = Copy(folder), []
        for words in RUNS:
            process, begin = copy.start(words), time.monotonic()
            process.communicate(timeout=LIMIT)
            durations.append(time.monotonic() - begin)
        expected = copy.numbers()
        for number in itertools.count():
            which = number % len(RUNS)
            running, writing = copy.kill(RUNS[which], chance.uniform(0, durations[which]),
                                         writing=number % 2)
            killed, interrupted_writes = killed + running, interrupted_writes + writing
            if not running:     # the machine has become faster
                durations[which] *= 0.8
            faults += [f"half-written: {path.name}" for path in copy.half_written()]
            if number % 10 == 9 or killed == options.kills:
                for words in RUNS:
                    status, said = copy.finish(words)
                    if status == 2:
                        faults.append(f"the next run of {words[0]} ended with 2: {said[-200:]}")
                if copy.numbers() != expected:
                    faults.append("the next run gave other numbers")
                left = {*copy.in_the_making(), *copy.runs.glob("unfinished/*/*")}
                left_over += len(left)
                print(f"{number + 1} tries: {killed} runs killed, {interrupted_writes} while they "
                      f"wrote a file; left after the next run: {len(left)}", flush=True)
            if killed == options.kills:
                break
    print("\n".join(faults + [f"{killed} runs killed, {interrupted_writes} while they wrote a "
                              f"file: {len(faults)} faults, {left_over} files left over"]))
    return 1 if faults or left_over else 0


if __name__ == "__main__":
    sys.exit(main())
