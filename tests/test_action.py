"""The action for other projects' CI: its steps run here, with stand-ins for make and python."""
import os
import re
import subprocess

import pytest

from lib import PROJECT, command

ACTION = os.path.join(".github", "actions", "drift", "action.yml")
PAGE = os.path.join("docs", "continuous-integration.md")
# The commands' names and arguments go to $CALLS, one a line
STAND_IN = """\
#!/bin/bash
printf '%s\\n' "$(basename "$0")" "$@" "" >> "$CALLS"
case "$*" in
*" matrix "*) $LEAVES_NOTHING echo '{}' > "$SUITE/runs/versions/build.json"; exit $RECORDED;;
*" drift "*) echo "claim 5 moved by 2e-5"; echo "and a complaint" >&2; exit $MOVED;;
esac
"""


def read_yaml(text):
    """As much of YAML as an action needs: maps, lists of maps, texts, and blocks after "|"."""
    lines = [line for line in text.split("\n") if not line.startswith("#")]

    def value_at(first, indent):
        """(the value that begins on line ``first`` at ``indent``, the line after it)."""
        found, at = None, first
        while at < len(lines):
            line = lines[at]
            if not line.strip():
                at += 1
                continue
            if len(line) - len(line.lstrip()) < indent:
                break
            if line[indent:].startswith("- "):
                lines[at] = line[:indent] + "  " + line[indent + 2:]
                one, at = value_at(at, indent + 2)
                found = (found or []) + [one]
                continue
            if isinstance(found, list):
                break
            name, _, rest = line.strip().partition(":")
            rest = rest.strip()
            if rest == "|":
                rest, at = block_at(at + 1, indent + 2)
            elif rest:
                rest, at = rest.strip('"'), at + 1
            else:
                rest, at = value_at(at + 1, indent + 2)
            found = dict(found or {}, **{name: rest})
        return found, at

    def block_at(first, indent):
        at = first
        while at < len(lines) and (not lines[at].strip() or lines[at].startswith(" " * indent)):
            at += 1
        return "\n".join(line[indent:] for line in lines[first:at]), at

    return value_at(0, 0)[0]


@pytest.fixture(scope="module")
def action():
    with open(os.path.join(PROJECT, ACTION), encoding="utf-8") as file:
        return read_yaml(file.read())


@pytest.fixture
def step(action, tmp_path):
    """A function that runs a step by its name, in a project that uses the action: its status.

    inputs: of the action, {name: text}; the others name the status that each command ends with.
    """
    suite, caller = tmp_path / "the suite", tmp_path / "caller"
    for folder in (suite / os.path.dirname(ACTION), suite / "runs" / "versions", caller,
                   tmp_path / "bin", tmp_path / "temp"):
        folder.mkdir(parents=True)
    for name in ("make", "python"):
        (tmp_path / "bin" / name).write_text(STAND_IN)
        (tmp_path / "bin" / name).chmod(0o755)

    def run(name, inputs=None, recorded=0, moved=0, leaves_record=True):
        found, = [one for one in action["runs"]["steps"] if one.get("name") == name]
        assert found["shell"] == "bash"
        given = {one: of.get("default", "") for one, of in action["inputs"].items()}
        given.update(inputs or {})
        variables = {one: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda of: given[of.group(1)],
                                 value) for one, value in found.get("env", {}).items()}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]],
            cwd=str(caller), stdout=subprocess.PIPE, universal_newlines=True, timeout=300,
            env=dict(
                variables, PATH=os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]),
                GITHUB_ACTION_PATH=str(suite / os.path.dirname(ACTION)), SUITE=str(suite),
                RUNNER_TEMP=str(tmp_path / "temp"), GITHUB_OUTPUT=str(tmp_path / "output"),
                GITHUB_STEP_SUMMARY=str(tmp_path / "summary"), CALLS=str(tmp_path / "calls"),
                RECORDED=str(recorded), MOVED=str(moved),
                LEAVES_NOTHING="" if leaves_record else "true ||")).returncode

    return run


COMPARE = "Record the build and compare it"


def calls(tmp_path):
    """The calls of make and python: [[name, argument, ...], ...]."""
    said = (tmp_path / "calls").read_text()
    return [call.split("\n") for call in said.strip("\n").split("\n\n")]


def test_the_suite_is_installed_where_the_action_came_from(step, tmp_path):
    assert step("Install the suite") == 0
    (name, option, folder, target), = calls(tmp_path)
    assert (name, option, target) == ("make", "-C", "setup")
    assert os.path.realpath(folder) == str(tmp_path / "the suite")


@pytest.mark.parametrize("build, passed", [
    ("tf-nightly", ["tf-nightly"]), ("tensorflow>=2.22", ["tensorflow>=2.22"]),
    ("my builds/own.whl", ["my builds/own.whl"]),
    ("dist/*.whl\nkeras >= 3\n", ["dist/a b.whl", "keras >= 3"]),
    ("x; touch y\n$(touch y)`touch y`", ["x; touch y", "$(touch y)`touch y`"])])
def test_a_build_reaches_the_command_as_it_was_passed(step, tmp_path, build, passed):
    caller = tmp_path / "caller"
    (caller / "dist").mkdir()
    (caller / "dist" / "a b.whl").touch()
    assert step(COMPARE, {"build": build}) == 0
    assert calls(tmp_path)[0] == ["python", "-P", "-m", "reproductions", "matrix",
                                  "--build"] + passed
    assert os.listdir(str(caller)) == ["dist"]


def test_both_commands_compare_with_the_record_that_is_named(step, tmp_path):
    step(COMPARE, {"build": "tf-nightly", "against": "last builds/build.json"})
    for call in calls(tmp_path):
        assert call[call.index("--against") + 1] == "last builds/build.json"


@pytest.mark.parametrize("recorded, moved, status", [
    (0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1), (1, 2, 2), (130, 2, 130)])
def test_the_status_is_handed_on_and_the_summary_is_written_whatever_it_is(
        step, tmp_path, recorded, moved, status):
    assert step(COMPARE, {"build": "tf-nightly"}, recorded, moved) == status
    summary = (tmp_path / "summary").read_text()
    assert "tf-nightly\n\nclaim 5 moved by 2e-5\nand a complaint\n```\n" in summary
    results = tmp_path / "temp" / "drift"
    assert (tmp_path / "output").read_text() == f"folder={results}\n"
    assert sorted(path.name for path in results.iterdir()) == ["build.json", "drift.txt"]


def test_a_build_without_a_record_has_a_summary_too(step, tmp_path):
    assert step(COMPARE, {"build": "tf-nightly"}, 1, 2, leaves_record=False) == 2
    assert "and a complaint" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize("inputs", [{}, {"against": "last/build.json"}])
def test_the_command_line_knows_what_it_is_asked(step, tmp_path, inputs):
    step(COMPARE, dict(inputs, build="tf-nightly"))
    recorded, compared = [command._parser().parse_args(call[4:]) for call in calls(tmp_path)]
    assert recorded.build == ["tf-nightly"]
    assert compared.files == [str(tmp_path / "the suite" / "runs" / "versions" / "build.json")]
    assert os.path.dirname(compared.json) == os.path.dirname(compared.junit) == str(
        tmp_path / "temp" / "drift")


def test_no_input_is_a_part_of_a_script(action):
    scripts = [one["run"] for one in action["runs"]["steps"] if "run" in one]
    assert len(scripts) == 2 and not any("${{" in script for script in scripts)


def test_what_is_kept_is_kept_after_a_failure(action):
    last = action["runs"]["steps"][-1]
    assert last["uses"].startswith("actions/upload-artifact@") and last["if"] == "always()"
    assert last["with"]["path"] == "${{ runner.temp }}/drift"


def test_the_page_shows_every_input_and_an_example_that_the_action_knows(action):
    with open(os.path.join(PROJECT, PAGE), encoding="utf-8") as file:
        text = file.read()
    example = read_yaml(re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1))
    used = example["steps"][-1]
    assert used["uses"].split("@")[0].endswith("/" + os.path.dirname(ACTION))
    required = {name for name, of in action["inputs"].items() if "required" in of}
    assert required <= set(used["with"]) <= set(action["inputs"])
    assert re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE) == list(action["inputs"])
