"""A copy of a body that passes by: as far as it is wanted, and without its compression. Not here: what it means (`sent`, `judging`)."""

import zlib

LARGEST = 4 << 20  # bytes; what is larger passes by without being judged or kept
MEMBERS = 64  # of one body
READABLE = ("gzip", "x-gzip", "deflate")


class Copy:
    """Collects the parts of a body. `size` is how many bytes have passed, `is_cut` whether its end has not."""

    __slots__ = ("_parts", "is_cut", "size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0
        self.is_cut = False

    def add(self, part: bytes) -> None:
        """Take note of a part; of a body that is too large nothing is kept."""
        self.size += len(part)
        if self.size <= LARGEST:
            self._parts.append(part)
        elif self._parts:
            self._parts = []

    @property
    def is_whole(self) -> bool:
        """Whether all that has passed is kept."""
        return self.size <= LARGEST and not self.is_cut

    @property
    def raw(self) -> bytes:
        """What is kept, as it was on the wire."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def plain(self, encoding: str) -> bytes | None:
        """Return the body without its compression; None if it is not kept, too large, broken, or compressed in a way that is not known."""
        if not self.is_whole:
            return None
        return self.raw if not encoding or not self.size else uncompressed(self.raw, encoding)


def uncompressed(body: bytes, encoding: str) -> bytes | None:
    """Return a body without its compressions, as the header `Content-Encoding` names them; None if that cannot be done."""
    found: bytes | None = body
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if found is not None and name not in ("", "identity"):
            found = _inflated(found, name) if name in READABLE else None
    return found


def why_not(copy: Copy, encoding: str) -> str:
    """Say why there is no plain body."""
    if not copy.is_whole:
        return f"it is larger than {LARGEST >> 20} MiB"
    names = [part.strip().lower() for part in encoding.split(",")]
    if any(name not in ("", *ALLOWED) for name in names):
        return f"its compression {encoding} cannot be read"
    return f"its compression {encoding} is broken, or hides more than {LARGEST >> 20} MiB"


def _inflated(body: bytes, name: str) -> bytes | None:
    kinds = (zlib.MAX_WBITS, -zlib.MAX_WBITS) if name == "deflate" else (zlib.MAX_WBITS | 16,)
    for kind in kinds:
        try:
            return _members(body, kind)
        except zlib.error:
            continue
    return None


def _members(body: bytes, kind: int) -> bytes | None:
    """Return what is in a compressed body, which may consist of several one after the other. Raises zlib.error."""
    found = b""
    for _ in range(MEMBERS):
        reader = zlib.decompressobj(kind)
        found += reader.decompress(body, LARGEST + 1 - len(found))
        if not reader.eof or len(found) > LARGEST:
            return None
        body = reader.unused_data
        if not body:
            return found
    return None


def readable_only(accepted: bytes) -> bytes:
    """Return the header `Accept-Encoding` without what cannot be read here, so that answers can be judged."""
    kept = [part for part in accepted.split(b",") if part.split(b";")[0].strip().lower().decode("latin-1") in ALLOWED]
    return b",".join(kept).strip() or b"identity"


ALLOWED = (*READABLE, "identity")
