"""Ways in which a file gets damaged: cut off, overwritten, shuffled, doubled, re-encoded, packed, renamed."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping

__all__ = ["DAMAGES", "damaged"]

_NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"{", b"[", b"]}",
    b"null", b"NaN", b"1e999", b"-", b"9" * 400, b"=cmd|' /C calc'!A0", b"#N/A", b"\xed\xa0\x80", b"\\ud83d",
    "ឈ្មោះ".encode(), b"31/02/2026", b"2569-01-01", b"PK\x03\x04", b"\x1f\x8b", b"A" * 5000,
)  # fmt: skip


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _behead(data: bytes, chance: random.Random) -> bytes:
    return data[chance.randrange(len(data) + 1) :]


def _overwrite(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 30)):
        if spoiled:
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def _insert(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(_NASTY) + data[at:]
    return data


def _shuffle_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _repeat(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = chance.randrange(len(lines))
    return b"".join(lines[:at] + [lines[at]] * chance.randrange(2, 5) + lines[at:])


def _swap_cells(data: bytes, chance: random.Random) -> bytes:
    delimiter = b";" if data[:2000].count(b";") > data[:2000].count(b",") else b","
    cells = data.split(delimiter)
    for _ in range(chance.randrange(1, 10)):
        one, other = chance.randrange(len(cells)), chance.randrange(len(cells))
        cells[one], cells[other] = cells[other], cells[one]
    return delimiter.join(cells)


def _utf16(data: bytes, chance: random.Random) -> bytes:
    return data.decode("cp1252", "replace").encode(
        chance.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32"]), "replace"
    )


def _noise(data: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(2000))


def _gzip(data: bytes, chance: random.Random) -> bytes:
    return _overwrite(gzip.compress(data), chance) if chance.random() < 0.5 else gzip.compress(data)


def _zip(data: bytes, chance: random.Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            chance.choice(["a.csv", "../a.csv", "/etc/a.csv", "a/b/c.json", " ", "x" * 300, "ឈ.xlsx"]), data
        )
        archive.writestr("b.csv", _cut(data, chance))
    return stream.getvalue()


def _inside_workbook(data: bytes, chance: random.Random) -> bytes:
    """Damage one part of a workbook and pack it again, so that the damage reaches the reader of sheets."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            parts = {name: opened.read(name) for name in opened.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, RuntimeError, ValueError):
        return _insert(data, chance)
    if not parts:
        return data
    name = chance.choice(sorted(parts))
    parts[name] = chance.choice([_overwrite, _cut, _insert])(parts[name], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return stream.getvalue()


DAMAGES: Mapping[str, Callable[[bytes, random.Random], bytes]] = {
    "cut": _cut,
    "behead": _behead,
    "overwrite": _overwrite,
    "insert": _insert,
    "shuffle": _shuffle_lines,
    "repeat": _repeat,
    "swap": _swap_cells,
    "utf16": _utf16,
    "noise": _noise,
    "gzip": _gzip,
    "zip": _zip,
    "workbook": _inside_workbook,
}
_ENDINGS = ("csv", "xlsx", "json", "jsonl", "zip", "gz", "txt", "tsv", "xls", "xlsm", "pdf", "")


def damaged(name: str, data: bytes, seed: int) -> tuple[str, bytes]:
    """A file after one or two damages, often under another name; the same seed does the same."""
    chance = random.Random(f"{name}|{seed}")
    done = [chance.choice(list(DAMAGES)) for _ in range(chance.randrange(1, 3))]
    for damage in done:
        data = DAMAGES[damage](data, chance)
    stem, _, ending = name.rpartition(".")
    if chance.random() < 0.3:
        ending = chance.choice(_ENDINGS)
    return f"{stem}-{seed}-{'-'.join(done)}{'.' if ending else ''}{ending}", data
