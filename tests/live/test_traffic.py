"""Recordings are read as a stream, whatever wrote them and wherever they end."""

import base64
import gzip
import io
import json
import os
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.live import entries as reading
from contract_tests.live.entries import Entries, NoEntries
from contract_tests.live.traffic import NoRecording, Recorded, Recording
from tests.live.recordings import archive, entry, write

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='{}[]",:\\é𝄞ab ', max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='{}[]"\\a', max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(alphabet='entris{}"\\', max_size=6), VALUES, max_size=4), max_size=5)


def read(path: Path) -> tuple[list[Recorded], Recording]:
    recording = Recording(path)
    return list(recording), recording


@given(OBJECTS, st.integers(1, 64), st.sampled_from([None, 1]), st.booleans())
def test_entries_are_what_json_says_wherever_the_file_is_cut_into_chunks(
    objects: list[Any], chunk: int, indent: int | None, ascii_only: bool
) -> None:
    raw = json.dumps(archive(*objects), indent=indent, ensure_ascii=ascii_only).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CHUNK", chunk)
        found = Entries(io.BytesIO(raw))
        assert [json.loads(one) for one in found] == objects
        assert not found.is_cut


@given(OBJECTS, st.integers(1, 64), st.integers(2, 60))
def test_entries_that_are_too_large_are_passed_over_and_nothing_else(
    objects: list[Any], chunk: int, largest: int
) -> None:
    wanted = [one for one in objects if len(json.dumps(one)) <= largest]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CHUNK", chunk)
        found = Entries(io.BytesIO(json.dumps(archive(*objects)).encode()), largest=largest + 1000)
        found._find_list()
        found._largest = largest
        kept = []
        while found._next_begins():
            one = found._entry()
            kept += [json.loads(one)] if one else []
        assert kept == wanted
        assert found.too_large == len(objects) - len(wanted)
        assert not found.is_cut


@given(OBJECTS.filter(bool), st.floats(0, 1))
def test_what_is_whole_of_a_file_that_was_cut_is_read(objects: list[Any], share: float) -> None:
    raw = json.dumps(archive(*objects)).encode()
    end = int((len(raw) - 3) * share)
    found = Entries(io.BytesIO(raw[:end]))
    try:
        whole = [json.loads(one) for one in found]
    except NoEntries as problem:
        assert problem.is_cut or not raw[:end].strip()
        return
    assert found.is_cut
    assert whole == objects[: len(whole)]


def test_an_exchange_has_what_was_sent_and_answered(tmp_path: Path) -> None:
    path = write(tmp_path / "a.har", entry("post", "/projects?a=1", {"id": 1}, 201, {"name": "X"}))
    (found,), _ = read(path)
    assert (found.method, found.status, found.query, found.path) == ("POST", 201, "a=1", "/projects")
    assert found.origin == "https://api.example.com"
    assert json.loads(found.request_body or b"") == {"name": "X"}
    assert json.loads(found.response_body or b"") == {"id": 1}
    assert found.sent_media == found.media == "application/json"
    assert found.at is not None and found.at.isoformat() == "2026-03-14T09:00:00+00:00"


def test_a_body_in_base64_is_its_bytes(tmp_path: Path) -> None:
    packed = entry("GET", "/projects", None)
    packed["response"]["content"] = {
        "size": 4, "mimeType": "application/pdf", "encoding": "base64", "text": base64.b64encode(b"%PDF\xff").decode(),
    }  # fmt: skip
    (found,), _ = read(write(tmp_path / "a.har", packed))
    assert found.response_body == b"%PDF\xff"


def test_a_body_that_was_not_recorded_is_not_an_empty_one(tmp_path: Path) -> None:
    without, cut, empty = (entry("GET", "/projects", None) for _ in range(3))
    without["response"]["content"] = {"size": 812, "mimeType": "application/json"}
    cut["response"]["content"] = {"size": 80_000, "text": '{"a": "b', "comment": "the first bytes of 80000"}
    empty["response"]["content"] = {"size": 0, "mimeType": "application/json", "text": ""}
    found, _ = read(write(tmp_path / "a.har", without, cut, empty))
    assert [one.response_body for one in found] == [None, None, b""]


def test_forms_that_were_recorded_by_their_fields_are_bodies(tmp_path: Path) -> None:
    plain, file = entry("POST", "/auth/login", {}), entry("POST", "/projects/1/documents", {})
    plain["request"]["postData"] = {
        "mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "ü"}],
    }  # fmt: skip
    file["request"]["postData"] = {
        "mimeType": "multipart/form-data",
        "params": [{"name": "file", "fileName": "a.csv", "contentType": "text/csv", "value": "text"}],
    }
    first, second = read(write(tmp_path / "a.har", plain, file))[0]
    assert first.request_body == b"a+b=%C3%BC"
    assert second.request_body is not None and b'name="file"; filename="a.csv"' in second.request_body
    assert "boundary=" in dict(second.request_headers)["content-type"]


def test_packed_files_marks_and_pseudo_headers_are_read(tmp_path: Path) -> None:
    one = entry("GET", "/projects", [])
    one["request"]["headers"] = [{"name": ":method", "value": "GET"}, {"name": "X-Odd", "value": None}]
    path = tmp_path / "a.har.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(archive(one)).encode()))
    (found,), _ = read(path)
    assert found.request_headers == (("x-odd", ""),)


def test_half_of_a_surrogate_pair_spoils_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text(json.dumps(archive(entry("GET", "/projects", []))).replace('"[]"', '"\\ud83d"'))
    (found,), recording = read(path)
    assert found.response_body == b"?"
    assert recording.is_whole


def test_a_file_that_was_cut_is_read_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.har", *(entry("GET", f"/projects/{at}", {}) for at in range(3)))
    path.write_bytes(path.read_bytes()[:-400])
    found, recording = read(path)
    assert len(found) == recording.count == 2
    assert not recording.is_whole
    assert recording.remarks == [f"{path} is cut short after 2 exchanges; they are regarded"]


def test_a_packed_file_that_was_cut_is_read_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.har.gz"
    packed = gzip.compress(json.dumps(archive(*(entry("GET", f"/projects/{at}", {}) for at in range(50)))).encode())
    path.write_bytes(packed[:-30])
    found, recording = read(path)
    assert not recording.is_whole
    assert recording.count == len(found)
    assert "cut short" in recording.remarks[0]


def test_entries_that_are_none_are_left_out_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.har", {"request": {}}, entry("GET", "/projects", []), {})
    found, recording = read(path)
    assert len(found) == 1
    assert recording.remarks == [f"{path}: 2 entries are not as the format has them and were left out"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no JSON object"),
        (b"<html>", "is no JSON object"),
        (b"1234:9:websocket;", "mitmdump -nr FLOWS"),
        (b'{"log": {"version": "1.2", "entr', "ends before its first entry"),
        (b'{"openapi": "3.0.3", "paths": {}}', "has no log.entries, but openapi, paths"),
        (b'{"info": {}, "item": []}', "a collection of Postman"),
        (b'{"_type": "export", "resources": []}', "an export of Insomnia without responses; Export Data as HAR"),
        (b'{"entries": [{}], "a": {"log": {"entries": []}}}', "has no log.entries"),
    ],
)
def test_a_file_that_is_no_recording_says_what_it_is(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_bytes(content)
    with pytest.raises(NoRecording, match=told):
        read(path)


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match="cannot be read: No such file"):
        read(tmp_path / "none.har")
    with pytest.raises(NoRecording, match="cannot be read: Is a directory"):
        read(tmp_path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zlib.compress])
def test_a_pipe_is_read_like_a_file(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = pack(json.dumps(archive(entry("GET", "/projects", []))).encode())
    writer = threading.Thread(target=pipe.write_bytes, args=(content,), daemon=True)
    writer.start()
    found, recording = read(pipe)
    writer.join(30)
    assert ([one.path for one in found], recording.is_whole) == (["/projects"], True)
