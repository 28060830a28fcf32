"""Other words of the same shape: what stands for names, addresses, texts and ids of a recording, the same for the same, always.

Words come from Faker, in the lengths and with the capitals that they replace, so that spans, page breaks and lengths stay as they are.
Different short texts stay different. What is made depends on a key that is made anew for each disguise and kept nowhere, unless a seed
is given. Not here: which part of an exchange is what (`disguising`).
"""

import hashlib
import hmac
import random
import re
import secrets
import unicodedata
from collections.abc import Callable
from functools import cache
from uuid import UUID

from contract_tests.live.recent import Recent

WORD = re.compile(r"[^\W\d_]+|\d")
SHORT = 80  # characters; of longer texts two are hardly ever alike
LONG = 2_000  # characters; longer ones are made anew each time
REMEMBERED = 5_000  # texts between these
TRIES = 200
LONGEST_ENDING = 5  # characters of the ending of a file
LOCALES = ("en_US", "de_DE")


class Disguise:
    """Replaces what it is given. With `keep` everything but secrets stays as it is. `seed` makes it repeatable, and guessable."""

    def __init__(self, *, keep: bool = False, seed: int | None = None) -> None:
        self.keep = keep
        self._key = secrets.token_bytes(32) if seed is None else str(seed).encode()
        self._known: dict[tuple[str, str], str] = {}
        self._last: Recent[tuple[str, str], str] = Recent(REMEMBERED)  # as they come again and again in lists and pages
        self._taken: set[str] = set()
        self._numbers: set[int] = set()
        self._ids: dict[int, int] | None = None

    def settle(self) -> None:
        """End the first reading, in which ids are only collected: from now on each has its own small number, in the same order."""
        self._ids = {number: at for at, number in enumerate(sorted(self._numbers), 1)}

    def id(self, number: int) -> int:
        """Return what stands for an id."""
        if self.keep:
            return number
        if self._ids is None:
            self._numbers.add(number)
            return number
        return self._ids.setdefault(number, len(self._ids) + 1)

    def uuid(self, text: str) -> str:
        """Return what stands for a UUID."""
        if self.keep:
            return text
        made = UUID(int=self._chance("uuid", text.lower()).getrandbits(128), version=4)
        return str(made)

    def text(self, text: str) -> str:
        """Return other words of the same shape."""
        if self.keep or not WORD.search(text):
            return text
        return self._once("text", text, lambda chance: _reshaped(text, chance))

    def first_name(self, name: str) -> str:
        """Return what stands for a first name."""
        return self._name("first", name, "first_name")

    def last_name(self, name: str) -> str:
        """Return what stands for a last name."""
        return self._name("last", name, "last_name")

    def person(self, name: str) -> str:
        """Return what stands for the name of a person as it is shown: a first and a last name, or an address."""
        if "@" in name:
            return self.email(name)
        first, blank, last = name.partition(" ")
        return f"{self.first_name(first)}{blank}{self.last_name(last)}" if last else self.first_name(first) + blank

    def email(self, address: str) -> str:
        """Return what stands for an address; one that nobody has."""
        if self.keep or not address:
            return address
        return self._once("email", address.lower(), _address)

    def address(self, text: str) -> str:
        """Return what stands for an address of the web: one below example.com, with a path of the same shape."""
        if self.keep:
            return text
        scheme, _, rest = text.partition("://")
        host, slash, path = rest.partition("/")
        made = self.text(host.partition(":")[0]).replace(".", "-").lower()
        return f"{scheme}://{made}.example.com{slash}{self.text(path)}"

    def file(self, name: str) -> str:
        """Return what stands for the name of a file; its ending says what it is, and stays."""
        before, dot, ending = name.rpartition(".")
        is_ending = bool(before) and len(ending) <= LONGEST_ENDING and ending.isalnum()
        return f"{self.text(before)}{dot}{ending}" if is_ending else self.text(name)

    def secret(self, text: str) -> str:
        """Return what stands for a token or a password, also where all else is kept."""
        return hashlib.sha256(self._digest("secret", text)).hexdigest()[: max(8, min(len(text), 64))]

    def _name(self, kind: str, name: str, maker: str) -> str:
        if self.keep or not name.strip():
            return name
        return self._once(kind, name, lambda chance: chance.choice(_names(maker)))

    def _once(self, kind: str, text: str, make: Callable[[random.Random], str]) -> str:
        """Return what was made of a text before, else make it, unlike everything else that is short."""
        if len(text) > LONG:
            return make(self._chance(kind, text))
        if len(text) > SHORT:
            return self._last.get((kind, text), lambda: make(self._chance(kind, text)))
        found = self._known.get((kind, text))
        if found is None:
            chance = self._chance(kind, text)
            made = (make(chance) for _ in range(TRIES))
            found = next((one for one in made if one != text and kind + one not in self._taken), "")
            found = found or f"{make(chance)} {len(self._taken)}"
            self._taken.add(kind + found)
            self._known[kind, text] = found
        return found

    def _chance(self, kind: str, text: str) -> random.Random:
        return random.Random(self._digest(kind, text))

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256")


def _reshaped(text: str, chance: random.Random) -> str:
    return WORD.sub(lambda found: _word(found[0], chance), text)


def _word(word: str, chance: random.Random) -> str:
    if word.isdigit():
        return chance.choice("123456789" if word != "0" else "0123456789") if word.isascii() else word
    if not all("a" <= char <= "z" or char in "äöüßéèàáçñ" for char in word.lower()):
        return "".join(_letter(char, chance) for char in word)
    made = ""
    while len(made) < len(word):
        left = len(word) - len(made)
        made += chance.choice(_words().get(left) or _words()[min(left, 4)])
    if word.isupper():
        return made.upper()
    return made.capitalize() if word[0].isupper() else made


def _letter(char: str, chance: random.Random) -> str:
    """Return a letter of the same script: one of its neighbours of the same kind."""
    start, kind = ord(char) & ~31, unicodedata.category(char)
    near = [chr(code) for code in range(start, start + 32) if unicodedata.category(chr(code)) == kind]
    return chance.choice(near)


def _address(chance: random.Random) -> str:
    first, last = chance.choice(_names("first_name")), chance.choice(_names("last_name"))
    plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode()
    return f"{re.sub('[^A-Za-z.]', '-', plain).lower()}{chance.randrange(10, 1000)}@example.com"


@cache
def _words() -> dict[int, list[str]]:
    """Return words of Faker by length; single letters where it has none."""
    from faker import Faker

    found: dict[int, set[str]] = {1: set("abcdefghijklmnoprstuvwxyz")}
    for locale in LOCALES:
        fake = Faker(locale)
        fake.seed_instance(0)
        for word in (str(word).lower() for word in fake.words(4000)):
            if word.isascii() and word.isalpha():
                found.setdefault(len(word), set()).add(word)
    for length in (2, 3, 4):
        found.setdefault(length, {"ab", "abc", "abcd"})
    return {length: sorted(words) for length, words in found.items()}


@cache
def _names(maker: str) -> list[str]:
    from faker import Faker

    fake = Faker(list(LOCALES))
    fake.seed_instance(0)
    return sorted({str(getattr(fake, maker)()) for _ in range(600)})
