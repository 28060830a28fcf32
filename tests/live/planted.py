"""Secrets to plant in traffic, and the search for them in whatever was written: plain, or however a program may have encoded them."""

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(secret: str) -> set[bytes]:
    """Return how a secret may stand in a file."""
    texts = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), html.escape(secret)}
    texts |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    texts |= {json.dumps(text)[1:-1] for text in texts}  # in JSON in a text
    texts |= {"".join(f"%{byte:02X}" for byte in secret.encode()), "".join(f"\\u{ord(sign):04x}" for sign in secret)}
    found = {text.encode() for text in texts} | {secret.encode("utf-16-le"), secret.encode().hex().encode()}
    return found | set(_packed(secret.encode()))


def found_in(content: bytes, secrets: Iterable[str]) -> list[str]:
    """Return the secrets that stand in a content, in any form."""
    return [secret for secret in secrets if any(form in content for form in forms(secret))]


def found_below(folder: Path, secrets: Iterable[str]) -> dict[str, list[str]]:
    """Return what stands where in the files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files, "there is nothing to search"
    searched = ((path, found_in(path.read_bytes(), secrets)) for path in files)
    return {str(path.relative_to(folder)): some for path, some in searched if some}


def _packed(secret: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of a secret wherever it begins in something longer; the signs at both ends depend on their neighbours."""
    for before in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            packed = encode(b"\0" * before + secret)
            yield packed[4 if before else 0 : len(packed) // 4 * 4 - 4]
