"""Properties of mock_server.sheets: what is written reads back, uploads are understood, and no file does harm."""

import io
import json
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from datetime import time as day_time
from importlib import import_module
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_server.sheets import MEDIA_TYPES, Cell, Limits, Sheet, SheetError, read_sheet, write_sheet

FORMATS = sorted(MEDIA_TYPES)

AWKWARD = st.sampled_from(
    [
        *("", " ", "\n", "a\r\nb\rc", '"', '""', "a,b;c\td|e", "  pad  ", "\\", "'quoted'", "{}", "[1]", "x" * 300),
        *("=1+1", "+1", "-1", "@SUM(A1)", "http://example.com", "1", "1,5", "true", "null", "#DIV/0!", "text", "label"),
        *("\ufeff", "e\u0301", "\U0001f468\u200d\U0001f469", "نص عربي", "\ufffe\uffff", "\x0b\x0c\x1c\x85\u2028"),
        *("a\x01b", "_x0041_", "_x0041_x0041_", "_x0041\x01", "_x005F_", "<r>x</r>", "<r>&\n</r>", "&amp;"),
    ]
)
TEXTS = AWKWARD | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NAMES = TEXTS.filter(lambda name: name.strip() != "" and "\ufffe" not in name and "\uffff" not in name)
KNOWN_NAMES = ["text", "name", "Label", "CLASS", "id", "description", "Examples", "segment", "spans", "document name"]
OTHER_NAMES = ["comment", "score", "Created at", "user"]
CELLS: st.SearchStrategy[Cell] = (
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False, width=32)
)

Table = tuple[list[str], list[list[Cell]]]


def tables(names: st.SearchStrategy[str], cells: st.SearchStrategy[Cell] = CELLS) -> st.SearchStrategy[Table]:
    """Tables of one to four columns and any number of rows, also none."""
    headers = st.lists(names, min_size=1, max_size=4, unique=True)
    return headers.flatmap(
        lambda header: st.tuples(
            st.just(header), st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), max_size=6)
        )
    )


def kept(format: str, cell: Cell) -> Cell:
    """What a format keeps of a cell, as the module says."""
    if format == "csv":
        return (str(cell).lower() if isinstance(cell, bool) else None if cell is None else str(cell)) or None
    if format == "xlsx" and isinstance(cell, int) and abs(cell) > 1 << 53:
        return str(cell)
    if format == "xlsx" and isinstance(cell, str):
        return cell.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") or None
    if format == "xlsx" and isinstance(cell, float):
        return float(f"{cell:.16G}")
    return cell


def kept_rows(format: str, rows: list[list[Cell]]) -> list[list[Cell]]:
    """What a format keeps of the rows."""
    result = [[kept(format, cell) for cell in row] for row in rows]
    while format == "xlsx" and result and not any(cell is not None for cell in result[-1]):
        result.pop()
    return result


def assert_same_data(sheet: Sheet, rows: list[list[Cell]]) -> None:
    """The data is equal, also in its types, but for integral numbers, which may be int or float."""
    assert [list(row) for row in sheet.data] == rows
    for row, expected in zip(sheet.data, rows, strict=True):
        assert [isinstance(cell, str | bool) for cell in row] == [isinstance(cell, str | bool) for cell in expected]


def csv_sheet(text: str, header_first: bool | None = None) -> Sheet:
    return read_sheet("file.csv", text.encode(), header_first=header_first)


def refusal(filename: str, content: bytes, limits: Limits | None = None) -> str:
    """The message with which a file is refused."""
    with pytest.raises(SheetError) as caught:
        read_sheet(filename, content, limits=limits or Limits())
    return str(caught.value)


# Writing and reading back


@pytest.mark.parametrize("format", FORMATS)
@given(table=tables(NAMES))
@example(table=(["_x0041_x0041_", "<r>a</r>"], [["<r>&</r>", "_x0041\x01"], ["=1", "\ufffe"]]))
@settings(max_examples=120, deadline=None)
def test_written_tables_read_back_the_same(format: str, table: Table) -> None:
    header, rows = table
    if not rows and format in ("json", "jsonl"):
        return
    sheet = read_sheet(f"x.{format}", write_sheet(format, header, rows), header_first=True)
    assert sheet.header == tuple(header)
    assert_same_data(sheet, kept_rows(format, rows))


@pytest.mark.parametrize("format", FORMATS)
@given(table=tables(st.sampled_from([*KNOWN_NAMES, *OTHER_NAMES])).filter(lambda t: bool({*t[0]} & {*KNOWN_NAMES})))
@example(table=(["text"], []))
@example(table=(["text"], [["text"]]))
@example(table=(["name", "description"], [["class", "label"]]))
@settings(max_examples=60, deadline=None)
def test_the_header_of_written_tables_is_detected(format: str, table: Table) -> None:
    header, rows = table
    if not rows and format in ("json", "jsonl"):
        return
    sheet = read_sheet(f"x.{format}", write_sheet(format, header, rows))
    assert sheet.header == tuple(header)
    assert_same_data(sheet, kept_rows(format, rows))


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_table_gives_the_same_bytes(format: str) -> None:
    rows: list[list[Cell]] = [["a", 1], ["b", None]]
    first = write_sheet(format, ["text", "id"], rows)
    time.sleep(1.1 if format == "xlsx" else 0)
    assert write_sheet(format, ["text", "id"], rows) == first


@pytest.mark.parametrize("format", FORMATS)
def test_short_rows_are_filled_up(format: str) -> None:
    assert read_sheet(f"x.{format}", write_sheet(format, ["text", "id"], [["a"], ["b", 2]])).data[0] == ("a", None)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ([], []),
        ([""], []),
        (["a", " "], []),
        (["a", "a"], []),
        (["a\0"], []),
        (["\ud800"], []),
        (["a"], [["b", "c"]]),
        (["a"], [["\0"]]),
        (["a"], [["\ud800"]]),
        (["a"], [[float("nan")]]),
        (["a"], [[float("inf")]]),
        (["a"], [[b"bytes"]]),
        (["a"], [[["list"]]]),
    ],
)
def test_tables_that_no_format_holds_are_refused(format: str, header: list[str], rows: Sequence[Any]) -> None:
    with pytest.raises(SheetError):
        write_sheet(format, header, rows)


def test_what_a_spreadsheet_cannot_hold_is_refused() -> None:
    assert write_sheet("xlsx", ["a"], [["x" * 32_767]])
    too_large: list[Cell] = ["x" * 32_768, "\U0001f600" * 16_384, 1.7976931348623157e308]
    for cell in too_large:
        with pytest.raises(SheetError):
            write_sheet("xlsx", ["a"], [[cell]])
    with pytest.raises(SheetError):
        write_sheet("xlsx", [str(number) for number in range(16_385)], [])


@pytest.mark.parametrize("format", ["csv", "json", "jsonl"])
def test_numbers_of_too_many_digits_are_refused(format: str) -> None:
    with pytest.raises(SheetError):
        write_sheet(format, ["a"], [[10**5000]])


@pytest.mark.parametrize("format", ["txt", "pdf", "", "CSVX"])
def test_other_formats_are_not_written(format: str) -> None:
    with pytest.raises(SheetError, match="CSV, JSON, JSONL, XLSX"):
        write_sheet(format, ["a"], [])


# Columns


def test_rows_are_padded_to_the_same_width() -> None:
    sheet = csv_sheet("a\nb,c\n,,d\n")
    assert sheet.rows == (("a", None, None), ("b", "c", None), (None, None, "d"))


def test_records_and_preview() -> None:
    sheet = csv_sheet("text,label\na,1\nb,\n")
    assert sheet.records() == [{"text": "a", "label": "1"}, {"text": "b", "label": None}]
    assert sheet.preview(2) == [["text", "label"], ["a", "1"]]
    assert csv_sheet("a,b\n", header_first=False).records() == [{"column_0": "a", "column_1": "b"}]


def test_blank_and_repeated_column_names_are_replaced() -> None:
    assert csv_sheet("a,,a,column_1\n1,2,3,4\n", header_first=True).header == ("a", "column_1", "column_2", "column_3")
    assert csv_sheet("column_1,,x\n1,2,3\n", header_first=True).header == ("column_1", "column_1_", "x")


@pytest.mark.parametrize(
    ("header", "column", "column_name", "expected"),
    [
        ("id,Text,document", None, None, 1),
        ("id,review,DOCUMENTS", None, None, 2),
        ("id,other", None, None, 0),
        ("id,other", 1, None, 1),
        ("id,other", 0, "other", 1),
        ("Id,id", None, "id", 1),
        ("Id,x", None, " ID", 0),
    ],
)
def test_columns_are_found(header: str, column: int | None, column_name: str | None, expected: int) -> None:
    assert csv_sheet(f"{header}\n1,2,3\n", header_first=True).column_index(column, column_name) == expected


@pytest.mark.parametrize(("column", "column_name"), [(2, None), (-1, None), (None, "body"), (0, "")])
def test_missing_columns_are_named_with_those_there_are(column: int | None, column_name: str | None) -> None:
    with pytest.raises(SheetError, match=r"0 \('text'\), 1 \('label'\)"):
        csv_sheet("text,label\na,b\n").column_index(column, column_name)


def test_columns_without_a_header_have_numbered_names() -> None:
    sheet = csv_sheet("Good food.,pos\nBad food.,neg\n")
    assert sheet.header is None
    assert (sheet.column_index(), sheet.column_index(1), sheet.column_index(None, "column_1")) == (0, 1, 1)


def test_the_header_can_be_chosen_later() -> None:
    text = "a,a\nb,c\n"
    data, headed = csv_sheet(text, header_first=False), csv_sheet(text, header_first=True)
    assert data.with_header(True) == headed == headed.with_header(True)
    assert headed.with_header(False).rows == headed.rows
    assert data.with_header(False) == data


# Headers


@pytest.mark.parametrize(
    "text",
    [
        "text\n",
        "Text\nGood.\n",
        "document\nreview\n",
        "Klasse\nGut\nSchlecht\n",
        "label name\nA\n",
        "text,label\n",
        "name,description\nA,B\n",
        "Kommentar,Bewertung\nGut,1\n",
        "my column,other\nThis is a rather long text here,x\nAnd this one is even longer than that,y\n",
        "what,how many\napples,3\npears,4\n",
        "words,group\na,x\nb,x\nc,y\nd,y\n",
        ",text,label\n0,a,b\n1,c,d\n",
    ],
)
def test_headers_are_detected(text: str) -> None:
    assert csv_sheet(text).header is not None
    assert csv_sheet(text, header_first=False).header is None


@pytest.mark.parametrize(
    "text",
    [
        "The food was good.\nThe food was bad.\n",
        "Great\nThe food was very good indeed here\n",
        "Positive\nNegative\nNeutral\n",
        "Good food.,pos\nBad food,neg\n",
        "good food,pos\nbad food indeed I must say,pos\nbad food,neg\nnice food,neg\n",
        "text,\nfood,bar\n",
        "text,text\na,b\n",
        "1,2\n3,4\n",
        "id,1\nid,2\n",
        "a,b\nc,d\n",
        "This is the text? I think so.,label\na,b\n",
        "x" * 65 + ",label\na,b\n",
    ],
)
def test_data_is_not_taken_for_a_header(text: str) -> None:
    assert csv_sheet(text).header is None
    assert csv_sheet(text, header_first=True).header is not None


# CSV and text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter: str, line_end: str) -> None:
    rows = [["text", "label"], ['"One, two; three|four\tfive\nsix"', "a"], ["Plain", "b"], ["", "c"]]
    sheet = csv_sheet("".join(delimiter.join(row) + line_end for row in rows))
    assert sheet.data == (("One, two; three|four\tfive\nsix", "a"), ("Plain", "b"), (None, "c"))


def test_few_odd_records_do_not_hide_the_delimiter() -> None:
    text = "text;label\n" + "Good, very good;pos\n" * 20 + "odd\n"
    assert csv_sheet(text).header == ("text", "label")


def test_a_single_column_is_not_torn_apart_by_rarer_delimiters() -> None:
    assert csv_sheet("text\na;b\nc;d|e\nf\n").data == (("a;b",), ("c;d|e",), ("f",))


def test_blank_lines_and_empty_columns_are_dropped() -> None:
    assert csv_sheet("text,label,\n\na,b,\n\n").rows == (("text", "label"), ("a", "b"))


def test_careless_quotes_are_taken_as_they_are() -> None:
    assert csv_sheet('text\n"Hello" she said\n5" pipe\n').data == (("Hello she said",), ('5" pipe',))


def test_a_quote_that_is_never_closed_is_refused() -> None:
    assert "never closed" in refusal("x.csv", b'text\n"Hello\nand more\n')


def test_a_text_file_has_a_document_a_line() -> None:
    content = "text\r\n\r\nSecond, line\n  \nthird\u2028line\rlast".encode()
    sheet = read_sheet("x.TXT", content)
    assert sheet.rows == (("text",), ("Second, line",), ("third\u2028line",), ("last",))
    assert sheet.header is None
    assert read_sheet("x.txt", content, header_first=True).header == ("text",)


WESTERN = "text\nSchöne Grüße \u2013 \u201eja\u201c €\n"
ARABIC = "text\n{}\n".format("المنتج جيد جدا والسعر مناسب")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(WESTERN, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")],
        *[(ARABIC, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256")],
        ("\ufeff" + WESTERN, "utf-16-be"),
        ("text\nSchöne Grüße\n", "latin-1"),
        ("text\ncafé\n", "latin-1"),
        ("text\nSchöne \x81 Grüße\n", "latin-1"),
        ("text\n" + "plain " * 20_000 + "\nü\n", "latin-1"),
    ],
)
def test_encodings_are_told_apart(text: str, encoding: str) -> None:
    rows = read_sheet("x.csv", text.encode(encoding)).rows
    assert [row[0] for row in rows] == text.removeprefix("\ufeff").splitlines()


@given(st.binary(max_size=300), st.sampled_from(["csv", "txt", "json", "jsonl", "xlsx"]), st.booleans() | st.none())
@settings(max_examples=300, deadline=None)
def test_no_bytes_end_in_another_error(content: bytes, format: str, header_first: bool | None) -> None:
    try:
        assert read_sheet(f"x.{format}", content, header_first=header_first).rows
    except SheetError as error:
        assert str(error)


@given(st.text('ab1"\n\r,;\t| .[]{}:\\', max_size=40), st.sampled_from(["csv", "txt", "json", "jsonl"]))
@settings(max_examples=400, deadline=None)
def test_rows_of_any_text_have_one_width_and_distinct_names(text: str, format: str) -> None:
    try:
        sheet = read_sheet(f"x.{format}", text.encode())
    except SheetError:
        return
    assert {len(row) for row in sheet.rows} == {len(set(sheet.columns))}
    assert all(cell != "" for row in sheet.rows for cell in row) or format != "csv"


# JSON


@pytest.mark.parametrize(
    ("value", "header", "data"),
    [
        (["a", "b"], None, (("a",), ("b",))),
        ({"documents": ["a"], "count": 1}, None, (("a",),)),
        ([{"text": "a"}, {"id": 1, "text": "b"}], ("text", "id"), (("a", None), ("b", 1))),
        ([["a", 1, True], ["b"]], None, (("a", 1, True), ("b", None, None))),
        ([{"text": {"deep": [1, "ü"]}}], ("text",), (('{"deep":[1,"ü"]}',),)),
        ([{"a": 1.5, "b": None, "c": 10**30}], ("a", "b", "c"), ((1.5, None, 10**30),)),
        ([{"": 1, " ": 2}], ("column_0", "column_1"), ((1, 2),)),
    ],
)
def test_json_shapes_are_read(value: Any, header: tuple[str, ...] | None, data: tuple[Any, ...]) -> None:
    sheet = read_sheet("x.json", json.dumps(value, indent=1).encode())
    assert (sheet.header, sheet.data) == (header, data)
    if isinstance(value, list):
        lines = "\r\n\n".join(json.dumps(item) for item in value)
        assert read_sheet("x.jsonl", lines.encode()) == sheet


def test_lists_of_json_texts_and_arrays_have_a_header_only_if_told() -> None:
    for value in (["text", "a"], [["text"], ["a"]]):
        content = json.dumps(value).encode()
        assert read_sheet("x.json", content).header is None
        assert read_sheet("x.json", content, header_first=True).header == ("text",)


@pytest.mark.parametrize(
    "text",
    [
        *("1", '"a"', "null", "{}", '{"a": "b"}', '{"a": [], "b": []}', "[]", '{"a": []}', "[1, 2]", "[null]"),
        *('["a", {}]', '["a", ["b"]]', "[{}]", "[[]]", '["a"', '["a"] x', "[NaN]", "[[1e999]]", '["\\ud800"]'),
        *('["\\u0000"]', '[{"\\u0000": 1}]', "[" * 100_000, '{"a":' * 100_000, "[[" + "9" * 5000 + "]]"),
    ],
)
def test_other_json_is_refused(text: str) -> None:
    assert refusal("x.json", text.encode())


@pytest.mark.parametrize(
    "text",
    [
        *("1", "null", "{}", "[]", '"a"\n1', '"a"\n{}', '"a"\n["b"]', '{"a": 1}\n"b"', '"a" "b"', '"a', "{'a': 1}"),
        *("NaN", "[1e999]", '"\\ud800"', '"\\u0000"', "[" * 100_000, '{"a":' * 100_000, "[" + "9" * 5000 + "]"),
    ],
)
def test_other_json_lines_are_refused(text: str) -> None:
    assert refusal("x.jsonl", text.encode())


@pytest.mark.parametrize("depth", range(100, 1_200, 100))
def test_deep_json_is_read_or_refused(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    try:
        assert read_sheet("x.json", f'[{{"a": {nested}}}]'.encode()).data == ((nested,),)
    except SheetError as error:
        assert "nested too deeply" in str(error)


def test_of_repeated_keys_the_last_counts() -> None:
    assert read_sheet("x.json", b'[{"a": 1, "a": 2}]').data == ((2,),)


def test_errors_in_json_lines_name_the_line() -> None:
    assert "Line 3" in refusal("x.jsonl", b'{"a": 1}\n\n{"a": }\n')
    assert "Line 2" in refusal("x.jsonl", b'{"a": 1}\n"text"\n')


def test_line_separators_within_json_texts_end_no_line() -> None:
    assert read_sheet("x.jsonl", '"a\u2028b"\n"c\x85d"\n'.encode()).rows == (("a\u2028b",), ("c\x85d",))


# Spreadsheets


def workbook(fill: Callable[[Any, Any], object]) -> bytes:
    """A workbook whose first sheet is filled by a function of the workbook and the sheet."""
    output = io.BytesIO()
    book = import_module("xlsxwriter").Workbook(output, {"in_memory": True})
    fill(book, book.add_worksheet())
    book.close()
    return output.getvalue()


def with_sheet_data(rows: bytes, shared: bytes = b"") -> bytes:
    """A workbook whose first sheet has these rows, as XML, and these shared texts."""
    original = zipfile.ZipFile(io.BytesIO(write_sheet("xlsx", ["text", "id"], [["a", 1]])))
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in original.namelist():
            data = original.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, tail = data.split(b"<sheetData>")[0], data.split(b"</sheetData>")[1]
                data = head + b"<sheetData>" + rows + b"</sheetData>" + tail
            archive.writestr(name, shared if shared and name == "xl/sharedStrings.xml" else data)
    return output.getvalue()


def text_cell(reference: str) -> bytes:
    return f'<c r="{reference}" t="inlineStr"><is><t>x</t></is></c>'.encode()


def test_spreadsheet_cells_keep_their_types() -> None:
    def fill(book: Any, sheet: Any) -> None:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "hh:mm:ss"})
        hours = book.add_format({"num_format": "[h]:mm:ss"})
        sheet.write_row(0, 0, ["3.5", 3, 3.5, True])
        sheet.write_datetime(0, 4, datetime(2020, 1, 2, 3, 4, 5), moment)
        sheet.write_datetime(0, 5, date(2020, 1, 2), day)
        sheet.write_datetime(0, 6, day_time(3, 4, 5), clock)
        sheet.write_datetime(0, 7, timedelta(hours=30, seconds=1), hours)
        sheet.write_formula(1, 0, "=A1", None, "cached")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, '=""', None, "")

    rows = read_sheet("x.xlsx", workbook(fill)).rows
    assert rows[0] == ("3.5", 3, 3.5, True, "2020-01-02T03:04:05", "2020-01-02", "03:04:05", "PT30H0M1S")
    assert [type(cell) for cell in rows[0][1:4]] == [int, float, bool]
    assert rows[1] == ("cached", *(None,) * 7)


def test_a_date_out_of_range_is_refused() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_number(0, 0, -1e300, book.add_format({"num_format": "yyyy-mm-dd"}))

    assert refusal("x.xlsx", workbook(fill))


def test_only_the_first_sheet_counts_and_empty_margins_are_dropped() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write(3, 2, "text")
        sheet.write(5, 2, "a")
        sheet.write_blank(9, 9, None, book.add_format({"bold": True}))
        sheet.write_string(9, 4, "")
        book.add_worksheet().write(0, 0, "other")

    assert read_sheet("x.xlsx", workbook(fill)).rows == (("text",), (None,), ("a",))


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ('<row r="{0}"/>', 1_048_576),
        ('<row r="{0}"><c r="A{0}" s="0"/></row>', 1_048_576),
        ('<row r="{0}"><c r="C{0}" t="str"><v/></c></row>', 200_000),
    ],
)
def test_a_million_empty_rows_are_quick(row: str, count: int) -> None:
    rows = text_cell("A1").join([b'<row r="1">', b"</row>"]) + "".join(map(row.format, range(2, count))).encode()
    content = with_sheet_data(rows)
    started = time.process_time()
    assert read_sheet("x.xlsx", content).rows == (("x",),)
    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1">' + text_cell("A1") + b'</row><row r="1048576">' + text_cell("ALL1048576") + b"</row>",
        b'<row r="1048576">' + text_cell("ALL1048576") + b'</row><row r="1">' + text_cell("A1") + b"</row>",
        b'<row r="1">' + text_cell("A1") + text_cell("ALL1048576") + b"</row>",
        b'<row r="1">' + text_cell("A1") + b'</row><row r="4000000000">' + text_cell("ALL4000000000") + b"</row>",
        b'<row r="4294967295"><c><v>1</v></c></row><row r="4294967297"><c><v>1</v></c></row>',
        b'<row r="1">' + text_cell("ZZZZZZZZ1") + b"</row>",
        b'<row r="x">' + text_cell("A1") + b"</row>",
        b'<row r="1">' + text_cell("&#65;1&#x20;") + b"</row>",
        b'<row r="1">' + text_cell("XFD1") + text_cell("A1") + b"</row>",
        b'<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="ALL1048576"><x:v>1</x:v></x:c></x:row>',
        b"<row><c><v>1</v></row>",
        b"",
    ],
)
def test_sheets_that_would_take_all_memory_are_refused(rows: bytes) -> None:
    assert refusal("x.xlsx", with_sheet_data(rows))


def test_a_document_type_is_refused() -> None:
    texts = b'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa">]><sst><si><t>&a;</t></si></sst>'
    assert refusal("x.xlsx", with_sheet_data(b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>', texts))


def test_a_long_text_that_many_cells_share_is_refused() -> None:
    cells = b"".join(b'<c t="s"><v>0</v></c>' for _ in range(200))
    rows = b"".join(b"<row>" + cells + b"</row>" for _ in range(20))
    assert "unpacks" in refusal("x.xlsx", with_sheet_data(rows, b"<sst><si><t>" + b"x" * 100_000 + b"</t></si></sst>"))
    assert "characters" in refusal(
        "x.xlsx", with_sheet_data(rows, b"<sst><si><t>" + b"x" * 2_000_000 + b"</t></si></sst>")
    )


def repacked(name: str, data: bytes) -> bytes:
    """A workbook with one more file in it."""
    output = io.BytesIO(write_sheet("xlsx", ["text"], [["a"]]))
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return output.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "compressed" in refusal("x.xlsx", repacked("bomb", bytes(50 << 20)))
    assert "unpacks" in refusal("x.xlsx", repacked("large", bytes(1 << 20)), Limits(unpacked_bytes=1 << 20))


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    content = bytearray(repacked("bomb", bytes(1_234_567)))
    sizes = (1_234_567).to_bytes(4, "little")
    assert content.count(sizes) == 2  # in the local and in the central directory
    assert "damaged" in refusal("x.xlsx", bytes(content.replace(sizes, (1000).to_bytes(4, "little"))))


@pytest.mark.parametrize("name", ["xl/media/image1.png", "xl/notes.bin"])
def test_other_parts_of_a_workbook_do_not_matter(name: str) -> None:
    assert read_sheet("x.xlsx", repacked(name, b"\x89PNG sst sheetData" * 10)).data == (("a",),)


def test_damaged_spreadsheets_end_in_no_other_error() -> None:
    choose = random.Random(1)
    content = write_sheet("xlsx", ["text", "label"], [["a", "b"], ["c", 1]])
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(choose.randint(1, 5)):
            damaged[choose.randrange(len(damaged))] = choose.randrange(256)
        try:
            read_sheet("x.xlsx", bytes(damaged[: choose.choice([len(damaged), choose.randrange(len(damaged))])]))
        except SheetError:
            continue


def test_spreadsheets_with_damaged_xml_end_in_no_other_error() -> None:
    choose = random.Random(2)
    sheet = b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1.5</v></c><c r="C1" t="b"><v>1</v></c></row>'
    for _ in range(300):
        damaged = bytearray(sheet)
        start = choose.randrange(len(damaged))
        damaged[start : start + choose.randint(0, 4)] = choose.choice(
            [b"", b"9", b"-", b'"', b"<", b"&", b"\xff", b"99999"]
        )
        try:
            read_sheet("x.xlsx", with_sheet_data(bytes(damaged)))
        except SheetError:
            continue


# What is refused


@pytest.mark.parametrize("filename", ["x.pdf", "x", "csv", "", ".", "x.csv.zip", "x.xls"])
def test_other_endings_are_refused(filename: str) -> None:
    assert refusal(filename, b"text\n") == "Allowed formats are CSV, TXT, JSON, JSONL and XLSX"


@pytest.mark.parametrize("format", ["csv", "txt", "json", "jsonl"])
def test_what_is_not_text_is_refused(format: str) -> None:
    spreadsheet = write_sheet("xlsx", ["a"], [])
    for content in (
        spreadsheet,
        b"%PDF-1.4 ...",
        b"a\0b\n",
        b"abc\0",
        b"text\n\0\n",
        b"\xef\xbb\xbfa\xff",
        b"\xff\xfea",
    ):
        assert refusal(f"x.{format}", content)


@pytest.mark.parametrize("content", [b"text\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{}"])
def test_what_is_no_spreadsheet_is_refused(content: bytes) -> None:
    assert refusal("x.xlsx", content)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as other:
        other.writestr("content.xml", content)
    assert "not an XLSX" in refusal("x.xlsx", archive.getvalue())


@pytest.mark.parametrize("format", ["csv", "txt", "json", "jsonl", "xlsx"])
def test_empty_files_are_refused(format: str) -> None:
    assert "The file is empty" in refusal(f"x.{format}", b"")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b" \n\n", b"\xff\xfe", b"\xfe\xff\0\n"])
@pytest.mark.parametrize("format", ["csv", "txt", "json", "jsonl"])
def test_blank_files_are_empty(format: str, content: bytes) -> None:
    assert "The file is empty" in refusal(f"x.{format}", content)


def test_tables_without_a_value_are_empty() -> None:
    assert "The file is empty" in refusal("x.csv", b",,\n,\n")
    assert "The file is empty" in refusal("x.xlsx", with_sheet_data(b'<row r="1"><c r="A1" s="0"/></row>'))


@pytest.mark.parametrize("format", FORMATS)
def test_limits_are_kept(format: str) -> None:
    content = write_sheet(format, ["text", "label"], [["abcdefg", "b"]] * 3)
    read_sheet(f"x.{format}", content, limits=Limits(rows=4, columns=2, cells=8, cell_characters=7))
    for limits in (
        Limits(rows=3),
        Limits(columns=1),
        Limits(cells=7),
        Limits(cell_characters=6),
        Limits(unpacked_bytes=9),
    ):
        assert refusal(f"x.{format}", content, limits)


def test_one_wide_row_does_not_blow_up_the_others() -> None:
    assert "cells" in refusal("x.csv", b"a\n" * 100_000 + b"," * 999 + b"b\n")


def test_large_files_are_read_quickly() -> None:
    text = "text,label\n" + '"Some words, and more of them.",label\n' * 100_000
    started = time.process_time()
    assert len(csv_sheet(text).data) == 100_000
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text", ["1" * 500_000 + "x", "." * 500_000, "a " * 200_000, '"' * 500_000, "\u0661" * 200_000]
)
def test_odd_long_cells_are_read_quickly(text: str) -> None:
    started = time.process_time()
    csv_sheet(f"what,how\na,{text}\n")
    assert time.process_time() - started < 5


def test_importing_the_module_imports_no_library_for_files() -> None:
    code = "import sys, mock_server.sheets; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"xlsxwriter", "python_calamine", "charset_normalizer"} & set(done.stdout.split())
