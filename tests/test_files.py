"""Files: nothing lost, nothing rounded, nothing half-written, and a line on what is wrong."""
import json
import math
import os
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from lib.files import BadFile, as_number, read_arrays, read_json, write_json, written_whole


def refuse(constant):
    raise AssertionError("not JSON: " + constant)


def test_plain_data_survive_writing_and_reading(tmp_path):
    data = {"b": [1 / 3, 1e-300, 2.0], "a": {"word": "±", "none": None, "so": [True, False]}}
    write_json(data, str(tmp_path / "file.json"))
    assert read_json(str(tmp_path / "file.json")) == data


def test_what_is_not_finite_is_written_as_text_that_any_reader_takes(tmp_path):
    path = tmp_path / "file.json"
    write_json({"numbers": [math.nan, math.inf, (-math.inf, 1.5)]}, str(path))
    found = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert found == {"numbers": ["NaN", "Infinity", ["-Infinity", 1.5]]}
    nan, infinity, (minus, number) = found["numbers"]
    nan, infinity, minus, number = map(as_number, (nan, infinity, minus, number))
    assert math.isnan(nan) and (infinity, minus, number) == (math.inf, -math.inf, 1.5)


def test_a_list_of_numbers_takes_one_line_and_keys_keep_their_order(tmp_path):
    path = tmp_path / "file.json"
    write_json({"loss": [1.0, 2.0, 3.0], "a": {}}, str(path))
    assert path.read_text(encoding="utf-8") == '{\n "loss": [1.0, 2.0, 3.0],\n "a": {}\n}\n'


@pytest.mark.parametrize("value", ["1.0", "nan", "", None, True, [1.0], {}])
def test_what_is_no_number_is_not_taken_for_one(value):
    with pytest.raises(ValueError, match="is not a number"):
        as_number(value)


@pytest.mark.parametrize("content, complaint", [
    (b"", "not a JSON file .it is empty"),
    (b'{"half": ', "not a JSON file"), (b"\xff\xfe", "not a JSON file"),
    (b"[NaN]", "a bare NaN"), (b"[-Infinity]", "a bare -Infinity"), (None, "No such file"),
    (b"\xef\xbb\xbf{}", "byte order mark; save it"), ("{}".encode("utf-16"), "it is not in UTF-8"),
    ("\"é\"".encode("latin-1"), "it is not in UTF-8"),
    (b"[1e999]", "'1e999' is too large a number"),
    (b"[9223372036854775808]", "is too large a number"), (b"9" * 5000, "is too large a number"),
    (b"[" * 100000 + b"]" * 100000, "nested too deeply"),
    (b'["\\ud800"]', "d800. is half of a character"),
    (b'{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' is there twice")])
def test_a_file_that_is_no_json_is_named_with_what_is_wrong(tmp_path, content, complaint):
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile, match=complaint) as caught:
        read_json(str(path))
    assert str(caught.value).startswith(str(path) + ": ") and "\n" not in str(caught.value)


@pytest.mark.parametrize("text, value", [
    ('"\\ud83d\\ude00"', "\U0001f600"), ("9223372036854775807", 2 ** 63 - 1),
    ("-9223372036854775807", 1 - 2 ** 63), ("1.7e308", 1.7e308), ("1e-999", 0.0)])
def test_what_is_just_not_too_much_is_read(tmp_path, text, value):
    (tmp_path / "file.json").write_text(text)
    assert read_json(str(tmp_path / "file.json")) == value


def test_a_text_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr("lib.files.LARGEST_TEXT", 1000)
    with pytest.raises(BadFile, match="/dev/zero: .*more than"):
        read_json("/dev/zero")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.json"
    path.write_text("old")
    with pytest.raises(error):
        with written_whole(str(path)) as temporary:
            with open(temporary, "w") as file:
                file.write("half")
            raise error
    assert path.read_text() == "old"
    assert os.listdir(str(tmp_path)) == ["file.json"]


def test_a_write_makes_its_folder_and_a_file_that_others_may_read(tmp_path):
    path = tmp_path / "new" / "file.json"
    write_json([1], str(path))
    assert os.listdir(str(tmp_path / "new")) == ["file.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.json"
    path.write_text("old")
    with pytest.raises(TypeError):
        write_json({"no plain data": object()}, str(path))
    assert path.read_text() == "old" and os.listdir(str(tmp_path)) == ["file.json"]


@pytest.mark.parametrize("name", ["a folder", "x" * 250])
def test_what_is_said_of_a_file_that_cannot_be_written_names_no_temporary_file(tmp_path, name):
    path = str(tmp_path / name)
    (tmp_path / "a folder").mkdir()
    with pytest.raises(OSError) as caught:
        write_json([1], path)
    assert caught.value.filename == path and os.listdir(str(tmp_path)) == ["a folder"]


def test_arrays_are_read_by_their_names(tmp_path):
    path = str(tmp_path / "file.npz")
    np.savez(path, a=np.arange(3), b=np.ones(2))
    assert set(read_arrays(path)) == {"a", "b"}
    assert list(read_arrays(path, ["a"])) == ["a"]
    with pytest.raises(BadFile, match="lacks the array c"):
        read_arrays(path, ["a", "c"])


def test_a_truncated_archive_is_named(tmp_path):
    path = tmp_path / "file.npz"
    np.savez(str(path), a=np.arange(3))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BadFile, match="truncated, or not an .npz file") as caught:
        read_arrays(str(path))
    assert str(path) in str(caught.value)


def header(shape, dtype="<f8", length=None, version=1):
    """Of an .npy file, as NumPy writes it; length: what it says of its own."""
    text = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    length = len(text) if length is None else length
    return (b"\x93NUMPY" + bytes([version, 0])
            + length.to_bytes(2 if version == 1 else 4, "little") + text)


def archive(path, content, compression=zipfile.ZIP_STORED, name="a.npy"):
    with zipfile.ZipFile(str(path), "w", compression) as file:
        file.writestr(name, content)
    return path


PICKLE = b"\x80\x04cos\nabort\n(tR."        # it ends this process, if it is loaded


@pytest.mark.parametrize("content", [
    header((3,)), header((3,)) + bytes(23), header((3,)) + bytes(25), header((-3,)),
    header((10 ** 12,)) + bytes(24), header((2 ** 40, 2 ** 40)) + bytes(24),
    header((3,), length=2 ** 16 - 1), header((3,), length=2 ** 32 - 1, version=2),
    header((3,), version=3), header((3,), version=9), header((), "|O") + PICKLE,
    header((1,), [("a", "<f8")]) + bytes(8), header((1,), "|V8") + bytes(8),
    header((1,), "<U2") + bytes(8), header((1,), "<M8[s]") + bytes(8), header(("3",)), header(None),
    header((3,), "(" * 5000), header((3,), "lambda: 3"), b"\x93NUMPY\x01\x00\xff", b"", PICKLE],
    ids=lambda content: repr(content[6:70]))
def test_a_header_that_lies_and_what_is_no_number_is_refused(tmp_path, content):
    with pytest.raises(BadFile, match="file.npz: not an .npz file of plain numbers"):
        read_arrays(str(archive(tmp_path / "file.npz", content)))


@pytest.mark.parametrize("version", [1, 2])
def test_a_header_that_does_not_lie_is_believed(tmp_path, version):
    path = archive(tmp_path / "file.npz", header((3,), version=version) + bytes(24))
    assert read_arrays(str(path))["a"].tolist() == [0, 0, 0]


def test_3_gb_of_zeros_are_refused_before_any_of_them_is_decompressed(tmp_path):
    """None of these arrays is too large, but they are together, as their headers say."""
    path = tmp_path / "file.npz"
    with zipfile.ZipFile(str(path), "w", zipfile.ZIP_DEFLATED) as file:
        for name in "abcdef":
            with file.open(name + ".npy", "w", force_zip64=True) as member:
                member.write(header((2 ** 29,), "|u1") + bytes(1000))
    of_header = len(header((2 ** 29,), "|u1"))
    lengthen(path, of_header + 1000, of_header + 2 ** 29)
    tracemalloc.start()
    try:
        with pytest.raises(BadFile, match="arrays of 3,221 MB, more than the 537 MB that are read"):
            read_arrays(str(path))
        with pytest.raises(BadFile, match="arrays of 1,074 MB"):
            read_arrays(str(path), ["a", "c"])
        assert tracemalloc.get_traced_memory()[1] < 2 ** 20
    finally:
        tracemalloc.stop()


def lengthen(path, size, other):
    """Have an archive say that each of its six members is as long as ``other``."""
    content = path.read_bytes()
    assert content.count(struct.pack("<L", size)) >= 12     # before each member, and in the list
    path.write_bytes(content.replace(struct.pack("<L", size), struct.pack("<L", other)))


def test_an_archive_that_promises_more_than_it_has_is_damaged(tmp_path):
    path = archive(tmp_path / "file.npz", header((9,), "|u1") + bytes(9), zipfile.ZIP_DEFLATED)
    size = len(header((9,), "|u1")) + 9
    content = header((8,), "|u1") + bytes(9)
    archive(path, content, zipfile.ZIP_DEFLATED)
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", size),
                                               struct.pack("<L", size - 1)))
    with pytest.raises(BadFile, match="file.npz: damaged"):
        read_arrays(str(path))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("damaged", [False, True])
def test_what_numpy_does_not_compress_like_that_is_not_decompressed(tmp_path, compression, damaged):
    """LZMA may ask for 4 GB of memory, and each has errors of its own for a damaged file."""
    path = archive(tmp_path / "file.npz", header((900,), "|u1") + bytes(range(90)) * 10,
                   compression)
    if damaged:
        content = bytearray(path.read_bytes())
        content[60:70] = bytes(10)
        path.write_bytes(bytes(content))
    with pytest.raises(BadFile, match="file.npz: compressed as NumPy does not"):
        read_arrays(str(path))


def test_damaged_numbers_are_noticed(tmp_path):
    path = archive(tmp_path / "file.npz", header((900,), "|u1") + bytes(range(90)) * 10)
    content = bytearray(path.read_bytes())
    content[300] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BadFile, match="file.npz: damaged"):
        read_arrays(str(path))


def test_an_archive_of_other_things_is_named(tmp_path):
    path = archive(tmp_path / "file.npz", "text", name="a.txt")
    with pytest.raises(BadFile, match="file.npz: an archive, but not of arrays"):
        read_arrays(str(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have names")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(str(tmp_path / "file.npz"))
    with pytest.raises(BadFile, match="a pipe or a device"):
        read_arrays(str(tmp_path / "file.npz"))


def test_a_password_is_not_asked_for(tmp_path):
    path = archive(tmp_path / "file.npz", header((3,)) + bytes(24))
    content = path.read_bytes()
    for signature, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):     # where the flags are
        where = content.index(signature) + place
        content = content[:where] + bytes([content[where] | 1]) + content[where + 1:]
    path.write_bytes(content)
    with pytest.raises(BadFile, match="not an .npz file of plain numbers"):
        read_arrays(str(path))


def test_whatever_is_changed_in_a_file_it_is_read_or_named(tmp_path):
    """500 files, each with a few bytes changed, lost or added."""
    random_state, path = np.random.RandomState(0), tmp_path / "file.npz"
    whole = []
    for save in (np.savez, np.savez_compressed):
        save(str(path), a=np.arange(300, dtype="uint8"), b=np.arange(9.0))
        whole.append(path.read_bytes())
    refused = 0
    for number in range(500):
        content = whole[number % 2]
        for _ in range(random_state.randint(1, 4)):
            where, lost = random_state.randint(len(content)), random_state.randint(3)
            content = (content[:where] + random_state.bytes(random_state.randint(3))
                       + content[where + lost:])
        path.write_bytes(content)
        try:
            read_arrays(str(path))
        except BadFile as error:
            refused += 1
            assert str(error).startswith(str(path)) and "\n" not in str(error)
    assert 350 < refused < 500
