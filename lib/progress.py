"""Progress on standard error: a bar in a terminal, elsewhere a line every few seconds."""
import contextlib
import sys
import threading
import time

SECONDS = 5     # between two lines
_tracked = []   # what is being counted right now, innermost last: [description, done, total]


def track(items, description, total=None):
    """Iterate over ``items`` and show how many are done, of ``total`` or of ``len(items)``."""
    total = len(items) if total is None else total
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import track as rich_track
        return rich_track(items, description=description, total=total, transient=True,
                          console=Console(stderr=True))
    return _counted(items, [description, 0, total])


def _counted(items, counter):
    _tracked.append(counter)
    try:
        for item in items:
            yield item
            counter[1] += 1
    finally:
        _tracked.remove(counter)


@contextlib.contextmanager
def lines_about(work):
    """While the block runs, print a line every few seconds: the work, and what ``track`` counts.

    work: its name. In a terminal nothing is printed, as there is a bar.
    """
    if sys.stderr.isatty():
        yield
        return
    ended, begin = threading.Event(), time.monotonic()

    def say():
        while not ended.wait(SECONDS):
            counted = [f"{description}: {done} of {total}" for description, done, total in _tracked]
            print(", ".join([f"{work}: {time.monotonic() - begin:.0f} s"] + counted),
                  file=sys.stderr, flush=True)

    talker = threading.Thread(target=say, daemon=True)
    talker.start()
    try:
        yield
    finally:
        ended.set()
        talker.join()
