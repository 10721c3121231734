"""Plain data from a file as dataclasses, whose fields declare its shape: all of it is checked.

A complaint names the place: the keys that lead to it, each followed by a colon.
"""
from dataclasses import MISSING, field, fields, is_dataclass
from typing import Any, Union, get_type_hints

from lib.files import BadFile, as_number, quoted

IN_WORDS = {str: "a text", int: "a whole number", bool: "true or false", dict: "an object",
            list: "a list"}
DEEPEST = 3     # lists within each other in a setting


def one_of(*words):
    """A field that is a text, one of these."""
    return field(metadata={"one of": words})


def named(key):
    """A field whose key in the file is no name in Python."""
    return field(metadata={"key": key})


def decoded(kind, found, path, readers=None):
    """Plain data as a dataclass, all of it checked. Raises BadFile, which names ``path``.

    kind: a dataclass, or what a field of one may be: str, int, bool, float, Any for a setting,
    another dataclass, a key of ``readers``, or Optional, Dict[str, ...] or List of those. No field
    may be unknown, or missing if it has no default. readers: {type: function} from plain data to a
    value of that type; it raises ValueError.
    """
    try:
        return value_of(kind, found, readers or {})
    except ValueError as error:
        raise BadFile(f"{path}: {error}") from None


def value_of(kind, found, readers):
    """``decoded`` for any type that a field may have; raises ValueError."""
    origin, parts = getattr(kind, "__origin__", None), getattr(kind, "__args__", ())
    if kind in readers:
        return readers[kind](found)
    if is_dataclass(kind):
        return _fields_of(kind, of_type(dict, found), readers)
    if origin is Union:     # Optional
        return None if found is None else value_of(parts[0], found, readers)
    if origin is dict:
        return {key: _within(key, parts[1], value, readers)
                for key, value in of_type(dict, found).items()}
    if origin is list:
        return [_within(f"item {place}", parts[0], value, readers)
                for place, value in enumerate(of_type(list, found), 1)]
    if kind is float:
        return float(as_number(found))
    if kind is Any:
        return _setting(found)
    return of_type(kind, found)


def of_type(kind, found):
    """The value, if it is of that type and of no other."""
    if type(found) is not kind:     # True is no number
        raise ValueError(f"{quoted(found)} is not {IN_WORDS[kind]}")
    return found


def _within(key, kind, found, readers):
    try:
        return value_of(kind, found, readers)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def _fields_of(kind, found, readers):
    types = get_type_hints(kind)
    known = {one.metadata.get("key", one.name): one for one in fields(kind)}
    missing = [key for key, one in known.items() if key not in found
               and one.default is MISSING and one.default_factory is MISSING]
    unknown = [key for key in found if key not in known]
    if missing or unknown:
        raise ValueError(f"lacks the key {missing[0]!r}" if missing
                         else f"has the key {quoted(unknown[0])}, which does not belong here")
    values = {}
    for key, value in found.items():
        one = known[key]
        values[one.name] = _within(key, types[one.name], value, readers)
        if value not in one.metadata.get("one of", [value]):
            raise ValueError(f"{key}: {quoted(value)} is none of "
                             f"{', '.join(map(str, one.metadata['one of']))}")
    return kind(**values)


def _setting(value, depth=0):
    """A number, a text, true, false or nothing, or a list of such."""
    if isinstance(value, list) and depth < DEEPEST:
        return [_setting(one, depth + 1) for one in value]
    if isinstance(value, (list, dict)):
        raise ValueError(f"{quoted(value)} is not a setting: a number, a text, true, false, null "
                         "or a list of them")
    return value
