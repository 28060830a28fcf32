"""The entries of an HTTP archive, or of a report of Newman, one after the other, from a file of any size in constant memory.

JSON is not parsed here but cut: the list `log.entries` or `run.executions` is found, and each element handed out as the bytes it
consists of. Not here: what an entry means (`traffic`, `postman`).
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1 << 20  # bytes read at a time
LARGEST = 48 << 20  # bytes of one entry; a larger one is left out, for memory has to stay constant
STRING = rb'"(?:[^"\\]++|\\[\s\S])*+"'
TO_BRACE = re.compile(rb'(?:[^"{}]++|' + STRING + rb")*+([{}])")
TOKEN = re.compile(rb'[^"{}\[\]:,]*+(?:(' + STRING + rb")|([{}\[\]:,]))")
INSIDE = re.compile(rb'\\[\s\S]|["{}]')
BETWEEN = re.compile(rb"[\s,]*+")
NAMES_AT_MOST = 20
ARCHIVE, RUN = [b"log", b"entries"], [b"run", b"executions"]  # where the list is


class NoEntries(Exception):
    """There is no list of entries in the file. `names` are its first keys, empty if it is no JSON object, `begin` its first bytes;
    `is_cut` says that the file ends in the middle of something."""

    def __init__(self, names: list[str], is_cut: bool, begin: bytes = b"") -> None:
        super().__init__("no log.entries")
        self.names, self.is_cut, self.begin = names, is_cut, begin


class Entries:
    """Iterates over the entries of a file. `found` is where they are (ARCHIVE or RUN). Afterwards `is_cut` says whether the file ended
    before the list did, and `too_large` how many entries were left out for their size. Raises NoEntries, OSError."""

    def __init__(self, file: BinaryIO, largest: int = LARGEST) -> None:
        self._file, self._largest = file, largest
        self._data, self._at = b"", 0
        self.is_cut, self.too_large = False, 0
        self.found: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        self._find_list()
        while self._next_begins():
            entry = self._entry()
            if entry is None:
                return
            if entry:
                yield entry

    def _more(self) -> bool:
        """Read on, as much again as is being looked at, so that nothing is looked at more than twice; False at the end of the file."""
        kept = self._data[self._at :]
        got = self._file.read(max(CHUNK, len(kept)))
        self._data, self._at = kept + got, 0
        return bool(got)

    def _find_list(self) -> None:
        """Go to the first element of `log.entries`."""
        names: list[str] = []
        path: list[bytes] = []
        text = key = b""
        self._skip_mark()
        while True:
            found = TOKEN.match(self._data, self._at)
            if found is None:
                if len(self._data) - self._at > self._largest or not self._more():
                    raise NoEntries(names, bool(path))
                continue
            self._at = found.end()
            string, sign = found.groups()
            if string is not None:
                text = string[1:-1]
            elif sign == b":":
                key = text
                if len(path) == 1 and len(names) < NAMES_AT_MOST:
                    names.append(key.decode("utf-8", "replace"))
            elif sign in (b"{", b"["):
                path.append(key)
                if sign == b"[" and path[1:] in (ARCHIVE, RUN):
                    self.found = path[1:]
                    return
                key = b""
            elif sign in (b"}", b"]") and path:
                path.pop()

    def _skip_mark(self) -> None:
        """Go past a byte order mark; what does not begin like a JSON object is none."""
        self._more()
        begin = self._data[:CHUNK].removeprefix(b"\xef\xbb\xbf").lstrip()
        if not begin.startswith(b"{"):
            raise NoEntries([], False, begin[:80])

    def _next_begins(self) -> bool:
        """Go to the next element; False at the end of the list or the file."""
        while True:
            found = BETWEEN.match(self._data, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._data):
                break
            if not self._more():
                self.is_cut = True
                return False
        if self._data[self._at : self._at + 1] == b"{":
            return True
        self.is_cut = self._data[self._at : self._at + 1] != b"]"
        return False

    def _entry(self) -> bytes | None:
        """Return the object that begins here: nothing if it is too large, None if the file ends inside."""
        depth, end = 0, self._at
        while True:
            found = TO_BRACE.match(self._data, end)
            if found is None:
                if len(self._data) - self._at > self._largest:
                    return self._pass_over(depth, end)
                end -= self._at
                if not self._more():
                    self.is_cut = True
                    return None
                continue
            end = found.end()
            depth += 1 if found[1] == b"{" else -1
            if depth == 0:
                entry, self._at = self._data[self._at : end], end
                return self._measured(entry)

    def _measured(self, entry: bytes) -> bytes:
        self.too_large += len(entry) > self._largest
        return entry if len(entry) <= self._largest else b""

    def _pass_over(self, depth: int, at: int) -> bytes | None:
        """Go to the end of an entry without keeping it, sign by sign."""
        self.too_large += 1
        self._at, in_string = at, False
        while True:
            for found in INSIDE.finditer(self._data, self._at):
                sign = found[0]
                if sign == b'"':
                    in_string = not in_string
                elif not in_string and sign in (b"{", b"}"):
                    depth += 1 if sign == b"{" else -1
                    if depth == 0:
                        self._at = found.end()
                        return b""
            self._at = len(self._data) - _open_escape(self._data)
            if not self._more():
                self.is_cut = True
                return None


def _open_escape(data: bytes) -> int:
    """Return 1 if the data ends with a backslash that escapes what comes next, else 0."""
    return (len(data) - len(data.rstrip(b"\\"))) % 2
