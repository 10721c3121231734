"""What tells a run from the record of its claim."""
import json

from lib.suite import deviations


def differences(histories, result, labels=None):
    """{label: settings that differ, or where the numbers first left the tolerance}; {} if none.

    histories: {label: History} of a run; result: the Result that is on record; labels: those to
    compare, by default all of either.
    """
    found = {}
    for label in labels or sorted(set(histories) | set(result.histories)):
        here, there = histories.get(label), result.histories.get(label)
        if here is None or there is None:
            found[label] = "not run" if here is None else "not on record"
            continue
        settings, recorded = as_json(here.settings), as_json(there.settings)
        changed = {name: (settings.get(name), recorded.get(name))
                   for name in set(settings) | set(recorded)
                   if settings.get(name) != recorded.get(name)}
        left = deviations.departure_of(here, there, result.tolerances[label])
        if changed or left:
            found[label] = changed or str(left)
    return found


def as_json(settings):
    """As a record has them: a tuple is a list there."""
    return json.loads(json.dumps(settings))
