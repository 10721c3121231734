"""Every release of TensorFlow in an environment of its own: made by tox, recorded, removed.

setup.cfg says what is run there, and on what. This module only sees to it that two run at a time
while the next one is installed, that a failing one does not stop the others, and that what is
finished is kept.
"""
import contextlib
import glob
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent import futures

from lib import PROJECT
from lib.files import BadFile, written_whole
from lib.show import tables
from lib.progress import track
from lib.suite import records, releases
from lib.suite.digests import digest_of_files

AT_A_TIME = 2
AHEAD = 1               # installed while those run, as installing mostly waits for network and disk
AHEAD_OF_PROBES = 2     # which take about as long as an installation
ROOM = 3 * 10 ** 9      # bytes that must be free for an environment; that of 2.21 takes 2.2 GB
LOGS = releases.RUN_HERE
PROBED = os.path.join(os.path.dirname(LOGS), "probes")      # records without claims
UNFINISHED = os.path.join(LOGS, "unfinished.json")
BUILD = "build"         # the environment of somebody's own wheel
RECORDED, FAILED, NOT_HAD = "recorded", "FAILED", "not to be had"
# in place of the tests and the claims
PROBES_ALONE = 'testenv.commands=python -m reproductions record "{env:RECORD}" --probes'
RECORD_AND_MODELS = (".json", ".h5", ".keras")
AN_ERROR = r"(?:E +)?((?:\w+\.)*\w*(?:Error|Exception)\b.*|reproductions: .*)"


class CannotRun(Exception):
    """There is no environment of that name, or no tox to make one."""


def folder_of(probes):
    """Where records go that nobody wants elsewhere: those of probes alone replace no whole one."""
    return PROBED if probes else LOGS


def run(versions, build=(), keep=False, out=None, probes=False):
    """Record the environments that ``versions`` name, all by default, into the folder ``out``, by
    default runs/versions, or runs/probes. Returns the exit status.

    build: what pip is to install in place of a release; probes: whether to record the probes alone,
    without tests and claims. The status is 1 if in an environment a test failed, a claim crashed or
    no record was made. An environment that cannot be made, because an interpreter, a wheel or a GPU
    is missing, is only reported, and so are changed outcomes: ``drift`` says which of them are
    explained.
    """
    names = [BUILD] if build else choose(environments(), versions)
    build, out = [_as_found_from_anywhere(one) for one in build], out or folder_of(probes)
    finished = _finished(names, out, probes)
    if finished:
        print(f"Taken up where it was interrupted: {len(finished)} of {len(names)} are recorded.")
    rest = [name for name in names if name not in finished]
    shares, disk, interrupted = queue.Queue(), _Disk(), threading.Event()
    for share in range(AT_A_TIME):
        shares.put(share)
    with futures.ThreadPoolExecutor(
            AT_A_TIME + (AHEAD_OF_PROBES if probes else AHEAD)) as pool:
        running = {}
        try:    # from here on: the first may be interrupted before the last is submitted
            for name in rest:
                path = os.path.join(out, name + ".json")
                running[pool.submit(_run_one, name, path, build, keep, probes, shares, disk,
                                    interrupted)] = name
            for done in track(_as_completed(running), "environments", len(rest)):
                name = running[done]
                finished[name] = done.result()
                print(f"{name} ({len(finished)} of {len(names)}): {finished[name][1]}", flush=True)
                _keep(names, out, probes, finished)
        except BaseException:   # tox is interrupted too: what failed now might not fail again
            interrupted.set()
            finished.update((name, one.result()) for one, name in running.items()
                            if one.done() and not one.exception() and one.result()[0] != FAILED)
            _keep(names, out, probes, finished)
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    os.remove(UNFINISHED)
    tables.print_table({"environment": "whole", "result": "left", "seconds": "right"},
                       ((name, finished[name][1], f"{finished[name][2]:.0f}")
                        for name in names))
    kinds = [finished[name][0] for name in names]
    print("; ".join(f"{kind}: {kinds.count(kind)}" for kind in (RECORDED, FAILED, NOT_HAD)
                    if kind in kinds))
    # a release may be missing on this machine, but a build that was asked for may not
    failures = (FAILED, NOT_HAD) if build else (FAILED,)
    return 1 if any(kind in failures for kind in kinds) else 0


def _as_found_from_anywhere(build):
    """A wheel's path that tox may use in its folder; a requirement as it is."""
    path = os.path.expanduser(build)
    found = os.path.isfile(path) or os.sep in build and os.path.isdir(path)
    return os.path.abspath(path) if found else build


def _as_completed(running):
    """Each future when it is done. Waits are short, as a Ctrl-C just before one does not end it."""
    while running:
        done, running = futures.wait(running, timeout=1, return_when=futures.FIRST_COMPLETED)
        yield from done


@contextlib.contextmanager
def _on_a_share_of_the_cores(shares):
    """Wait for a share of the cores and keep what this thread starts on it.

    TensorFlow takes longer to hand such small work from core to core than to do it.
    """
    share = shares.get()
    pins = hasattr(os, "sched_setaffinity")     # on Linux
    if pins:
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(cores)[share::AT_A_TIME] or cores)
    try:
        yield
    finally:
        if pins:
            os.sched_setaffinity(0, cores)
        shares.put(share)


def environments():
    """The names of all environments, as setup.cfg lists them."""
    listed = subprocess.run([sys.executable, "-m", "tox", "list", "--no-desc", "-q"], cwd=PROJECT,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            universal_newlines=True)
    names = [line for line in listed.stdout.split("\n") if re.fullmatch(r"py\d+-(tf|keras)\S+",
                                                                        line)]
    if listed.returncode or not names:
        raise CannotRun(f"tox lists no environments: {_last_line(listed.stdout)}")
    return names


def choose(names, versions):
    """The ``names`` that ``versions`` stand for: "2.10", "tf2.10", "keras-jax" or a whole name."""
    chosen = set()
    for version in versions:
        found = [name for name in names if version == name
                 or name.partition("-")[2] in (version, "tf" + version)]
        if not found:
            known = ", ".join(name.partition("-")[2].replace("tf", "", 1) for name in names)
            raise CannotRun(f"there is no environment for {version!r}; there are {known}")
        chosen.update(found)
    return [name for name in names if not versions or name in chosen]


def _has_gpu():
    """Whether there is a GPU of NVIDIA's and its driver."""
    if os.path.exists("/dev/nvidia0"):
        return True
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return "GPU" in subprocess.check_output(["nvidia-smi", "-L"], stderr=subprocess.DEVNULL,
                                                universal_newlines=True, timeout=60)
    return False


def needs_gpu(name):
    """Whether an environment is made only where there is a GPU."""
    return name.endswith("-gpu")


class _Disk:
    """The room for environments, which those that run take up and give back."""

    def __init__(self):
        self._changed, self._there, self._growing = threading.Condition(), set(), set()

    @contextlib.contextmanager
    def room_for(self, name, interrupted):
        """Wait until there is room, or no environment is left that would give some back.

        Yields the bytes that are free then.
        """
        with self._changed:
            while self._there and not interrupted.is_set() and (
                    _free() < ROOM * (len(self._growing) + 1)):
                self._changed.wait(timeout=1)   # others free some, too; and there is Ctrl-C
            free = _free()
            self._there.add(name)
            self._growing.add(name)
        try:
            yield free
        finally:
            with self._changed:
                self._there.remove(name)
                self._growing.discard(name)
                self._changed.notify_all()

    def installed(self, name):
        """This one takes up no more than it does now."""
        with self._changed:
            self._growing.discard(name)
            self._changed.notify_all()


def _free():
    return shutil.disk_usage(PROJECT).free


def _run_one(name, path, build, keep, probes, shares, disk, interrupted):
    """Make an environment, record it at ``path``, remove it: (kind of result, in words, seconds).
    """
    if interrupted.is_set():
        return FAILED, "interrupted", 0
    begin, before = time.monotonic(), _stamp(path)
    log = os.path.join(LOGS, name + ".log")
    cache, made = (os.path.join(PROJECT, ".tox", part) for part in ("cache-" + name, name))
    variables = dict(os.environ, PATH=_with_pyenv(os.environ.get("PATH", "")),
                     BUILD="\n".join(build), NO_COLOR="1",
                     RECORD=os.path.abspath(path))
    for other in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        variables.pop(other, None)
    if not keep:
        variables["UV_CACHE_DIR"] = variables["PIP_CACHE_DIR"] = cache
    if name == BUILD:       # what another build left says nothing of this one
        for ending in RECORD_AND_MODELS:
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.splitext(path)[0] + ending)
    if needs_gpu(name) and not _has_gpu():
        return NOT_HAD, "no device", 0
    with disk.room_for(name, interrupted) as free, contextlib.ExitStack() as at_the_end:
        if not keep:
            for folder in (cache, made):
                at_the_end.callback(shutil.rmtree, folder, ignore_errors=True)
        if free < ROOM:
            return NOT_HAD, (f"no room: {free / 1e9:.1f} GB are free, and it may take "
                             f"{ROOM / 1e9:.0f}"), 0
        status, said = _tox(name, ["--notest"], variables, log)
        disk.installed(name)
        if status:
            return _why_not_had(said) + (time.monotonic() - begin,)
        waits = time.monotonic()
        with _on_a_share_of_the_cores(shares):
            waited = time.monotonic() - waits
            if interrupted.is_set():
                return FAILED, "interrupted", 0
            status, said = _tox(name, ["--skip-env-install"] + (
                ["-x", PROBES_ALONE] if probes else []), variables, log)
        return _what_came_of_it(status, said, _record_since(before, path), probes, log) + (
            time.monotonic() - begin - waited,)


def _stamp(path):
    """What tells a file from the one that was there before, whatever the clock says."""
    with contextlib.suppress(OSError):
        status = os.stat(path)
        return status.st_ino, status.st_mtime_ns
    return None


def _record_since(before, path):
    """The record at ``path`` if it is a whole one, and another than that of the stamp; else None.
    """
    if _stamp(path) == before:
        return None
    with contextlib.suppress(BadFile):
        return records.read(path)
    return None


def _what_came_of_it(status, said, record, probes, log):
    """(kind of result, result in words) of an environment in which all was run."""
    fell = _something_else_fell(status, said)
    parts = [_failures(said)] if fell else [] if probes else ["tests passed"]
    parts.append("recorded" if record else "NOT recorded")
    error = _last_error(said)
    if not record and error and error not in parts:     # one that breaks when it is imported
        parts.append(error)
    crashed, changed = (releases.crashed(record), releases.changed(record)) if record else ((), ())
    if crashed:
        named = ", ".join(f"{claim} ({reason})" for claim, reason in crashed)
        parts.append(f"{len(crashed)} crashed: {named}")
    if changed:
        parts.append(f"outcomes changed: {len(changed)}")
    if fell or crashed or not record:
        return FAILED, f"{'; '.join(parts)}: {os.path.relpath(log)}"
    return RECORDED, "; ".join(parts)


def _something_else_fell(status, said):
    """Whether anything but ``record`` failed. ``record`` ends with 1 for a changed outcome or a
    crash and names it. tox names each command that ends with a status other than 0.
    """
    ended = re.findall(r"^\S+: exit (-?\d+) \(.*?\) (.*)$", said, re.MULTILINE)
    return bool(status) and not (ended and all(
        code == "1" and " -m reproductions record " in command for code, command in ended))


def _tox(name, options, variables, log):
    """Run tox; its exit status and what it printed, which goes to the end of ``log``, too."""
    ran = subprocess.run([sys.executable, "-m", "tox", "run", "-e", name] + options, cwd=PROJECT,
                         env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, universal_newlines=True, errors="replace")
    said = re.sub("\x1b\\[[0-9;]*m", "", ran.stdout)     # tox colours errors, asked not to
    os.makedirs(LOGS, exist_ok=True)
    with open(log, "w" if "--notest" in options else "a", encoding="utf-8") as file:
        file.write(said)
    return ran.returncode, said


def _why_not_had(said):
    complaint = next((line for line in said.split("\n")
                      if re.match(r"\s*(error|ERROR)\b|.*No space", line)), _last_line(said))
    if "No space left" in said:
        return NOT_HAD, "no room: " + complaint.strip()
    if "install_deps>" not in said:
        return NOT_HAD, "no interpreter: " + complaint.strip()
    return NOT_HAD, "cannot be installed: " + complaint.strip()


def _failures(said):
    """The last line in which pytest, or else the suite, says what failed."""
    lines = [line for line in said.split("\n") if re.search(r"\d+ (failed|error)", line)]
    return lines[-1].strip("= ") if lines else _last_error(said) or _last_line(said)


def _last_error(said):
    """The last line that names an error, of Python or of the suite; empty if there is none."""
    return ([""] + re.findall(f"^{AN_ERROR}$", said, re.MULTILINE))[-1].strip()


def _last_line(text):
    return (text.strip().split("\n") or [""])[-1].strip()


def _with_pyenv(path):
    """PATH with pyenv's interpreters appended; uv tries its own downloads last."""
    roots = [os.environ.get("PYENV_ROOT"), os.path.expanduser("~/.pyenv")]
    if shutil.which("pyenv"):       # in case HOME is not the one that has pyenv
        roots.append(os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("pyenv")))))
    found = (glob.glob(os.path.join(root, "versions", "*", "bin")) for root in roots if root)
    return os.pathsep.join([path] + sorted(set(sum(found, []))))


def _keep(names, out, probes, finished):
    with written_whole(UNFINISHED) as temporary:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump({"names": names, "out": out, "probes": probes, "code": _code(),
                       "finished": finished}, file)


def _finished(names, out, probes):
    """What an interrupted run of the same environments, into the same folder, has finished."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        with open(UNFINISHED, encoding="utf-8") as file:
            kept = json.load(file)
        if [kept[of] for of in ("names", "out", "probes", "code")] == [names, out, probes, _code()]:
            return dict(kept["finished"])
    return {}


def _code():
    """A digest of all that a record depends on."""
    return digest_of_files("lib", "reproductions", "tests", "setup.cfg")
