"""What tests wait for, and the processes that they start: all with a bound."""
import contextlib
import time

PATIENCE = 300      # seconds, many times what it takes where nothing else runs


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"no {what} in {PATIENCE} s"
        time.sleep(0.02)


@contextlib.contextmanager
def ended(process):
    """Kill a process if it still runs at the end of the block."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
