"""The cost of a script as a whole process, next to "import tensorflow", measured in one run.

    python benchmarks/scripts.py [ROUNDS]

The commands take turns, so that a slow moment of a shared machine affects all of them.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
IMPORT = "import tensorflow"


def commands(out):
    script = os.path.join(PROJECT, "reproductions", "single_relu", "{}.py")
    module = [sys.executable, "-m", "reproductions"]
    return {
        IMPORT: [sys.executable, "-c", IMPORT],
        "leaky_relu_escapes (one training)": [
            sys.executable, script.format("leaky_relu_escapes"), "--out", out],
        "relu_gets_stuck (six trainings)": [
            sys.executable, script.format("relu_gets_stuck"), "--out", out],
        "large_steps_jump_over (1.6 million)": [
            sys.executable, script.format("large_steps_jump_over"), "--out", out],
        "--help": module + ["--help"],
        "list": module + ["list"],
        "page": module + ["page", "--records", "figures", "--out", os.path.join(out, "page.html")],
    }


def seconds(command):
    begin = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main(rounds=5):
    with tempfile.TemporaryDirectory() as out:
        named = commands(out)
        taken = {name: [] for name in named}
        for _ in range(rounds):
            for name, command in named.items():
                taken[name].append(seconds(command))
    base = statistics.median(taken[IMPORT])
    print("| whole process | median s | min | max | less the import | ratio to it |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, values in taken.items():
        median = statistics.median(values)
        print("| {} | {:.2f} | {:.2f} | {:.2f} | {:+.2f} | {:.2f} |".format(
            name, median, min(values), max(values), median - base, median / base))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
