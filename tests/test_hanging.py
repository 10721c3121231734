"""A test that hangs ends, with what it has started, and says where it hung."""
import os
import subprocess
import sys
import textwrap

import pytest

from lib import PROJECT

pytest.importorskip("psutil")
pytest.importorskip("pytest_timeout")
HANGING = {
    "waits for a child": """
        subprocess.run(CHILD)
    """,
    "waits for a lock": """
        subprocess.Popen(CHILD)
        threading.Lock().acquire() and threading.Event().wait()
    """,
    "fails, and hangs in its teardown": """
        request.addfinalizer(threading.Event().wait)
        subprocess.Popen(CHILD)
        assert False
    """,
}


@pytest.mark.parametrize("hanging", HANGING)
def test_a_test_that_hangs_ends_with_all_that_it_has_started(tmp_path, hanging):
    """The child holds the pipe of the output: unless it ends, this waits for its own bound."""
    (tmp_path / "test_it.py").write_text(textwrap.dedent("""
        import subprocess, sys, threading
        CHILD = [sys.executable, "-c", "import time; time.sleep(3600)"]
        def test_it(request):
        """) + textwrap.indent(textwrap.dedent(HANGING[hanging]), "    "))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-c",
         os.path.join(PROJECT, "setup.cfg"), "--rootdir", str(tmp_path), "--timeout", "3",
         str(tmp_path / "test_it.py")],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
        timeout=300, env=dict(os.environ, PYTHONPATH=os.path.join(PROJECT, "tests")))
    assert done.returncode == 1, done.stdout
