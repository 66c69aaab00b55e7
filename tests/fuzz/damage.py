"""Ways in which a file gets damaged: cut off, overwritten, shuffled, doubled, re-encoded, packed, renamed; its header,
delimiter, JSON structure, sheet XML or zip directory changed.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

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
            names = sorted(opened.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _insert(data, chance)
    struck = chance.choice(names) if names else ""
    spoil = chance.choice([_overwrite, _cut, _insert])
    return _repacked(data, lambda name, content: spoil(content, chance) if name == struck else content, chance)


def _delimiter(data: bytes, chance: random.Random) -> bytes:
    before, after = chance.sample([b",", b";", b"\t", b"|", b":", b"\x1f"], 2)
    return data.replace(before, after) if chance.random() < 0.7 else data.replace(before, after, 50)


def _quotes(data: bytes, chance: random.Random) -> bytes:
    """Marks where none should be, or none where they should."""
    if chance.random() < 0.3:
        return data.replace(b'"', chance.choice([b"", b"'", b'""', b'\\"']))
    places = [found.start() for found in re.finditer(rb"[,;\n]", data[:200_000])] or [0]
    for at in sorted(chance.sample(places, min(3, len(places))), reverse=True):
        data = data[: at + 1] + b'"' + data[at + 1 :]
    return data


def _line_ends(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(
        b"\n", chance.choice([b"\r", b"\r\n", b"\n\n", b"\n\r", b"\r\r\n", b"\xe2\x80\xa8"])
    )


def _double_chunk(data: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(len(data) + 1)
    chunk = data[begin : begin + chance.randrange(1, 5000)]
    at = chance.randrange(len(data) + 1)
    return data[:at] + chunk * chance.randrange(1, 4) + data[at:]


def _header(data: bytes, chance: random.Random) -> bytes:
    """A header cell is renamed, doubled, dropped or emptied, or the whole header stands twice or later."""
    head, end, rest = data.partition(b"\n")
    delimiter = max((b",", b";", b"\t"), key=head.count)
    cells = head.split(delimiter)
    at = chance.randrange(len(cells))
    match chance.randrange(7):
        case 0:
            cells[at] = chance.choice(
                [b"", b"x", b'"', cells[chance.randrange(len(cells))], cells[at].upper(), b"A" * 300]
            )
        case 1:
            cells.insert(at, cells[at])
        case 2:
            del cells[at]
        case 3:
            chance.shuffle(cells)
        case 4:
            return data + head + end + rest
        case 5:
            return b"Report\n\n;;;;\n" * chance.randrange(1, 8) + data
        case _:
            cells += [b"extra%d" % number for number in range(chance.randrange(1, 400))]
    return delimiter.join(cells) + end + rest


_LEAVES: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    10**30,
    "",
    "x" * 3000,
    "\ud800",
    "\x00",
    [],
    {},
    [[[]]],
    {"": None},
    "31/02/2026",
)


def _json(data: bytes, chance: random.Random) -> bytes:
    """A node of the tree is replaced, dropped, doubled, wrapped or renamed."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return _insert(data, chance)
    for _ in range(chance.randrange(1, 5)):
        nodes = [node for node in _nodes(tree) if node]
        if not nodes:
            break
        node = chance.choice(nodes)
        key = chance.choice(list(node) if isinstance(node, dict) else list(range(len(node))))
        match chance.randrange(5):
            case 0:
                node[key] = chance.choice(_LEAVES)
            case 1:
                del node[key]
            case 2:
                node[key] = [node[key]]
            case 3:
                node[key] = {"value": node[key]}
            case _:
                if isinstance(node, list):
                    node.insert(key, node[key])
                else:
                    node[f"{key} "] = node[key]
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _nodes(tree: Any) -> list[Any]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict | list):
            found.append(node)
            waiting.extend(node.values() if isinstance(node, dict) else node)
    return found


_SHEET_EDITS: tuple[tuple[bytes, tuple[bytes, ...]], ...] = (
    (rb'r="[A-Z]+\d+"', (b'r="XFD1048576"', b'r="A1"', b'r=""', b'r="A0"', b'r="ZZZZ99999999999"', b'r="-1"')),
    (rb't="[a-zA-Z]+"', (b't="s"', b't="e"', b't="b"', b't="d"', b't="str"', b't="inlineStr"', b't="?"', b"")),
    (
        rb"<v>[^<]*</v>",
        (b"<v>99999999</v>", b"<v>-1</v>", b"<v></v>", b"<v>1e400</v>", b"<v>#REF!</v>", b"<v>NaN</v>", b"<v>&x;</v>"),
    ),
    (rb's="\d+"', (b's="99999"', b's="-1"', b's="x"')),
    (rb'<dimension ref="[^"]*"', (b'<dimension ref="A1:XFD1048576"', b'<dimension ref="B2:A1"', b'<dimension ref="x"')),
    (
        rb"<sheetData>",
        (
            b"<sheetData/><sheetData>",
            b"<!DOCTYPE x [<!ENTITY a 'aa'>]><sheetData>",
            b"<mergeCells><mergeCell ref='A1:XFD9'/></mergeCells><sheetData>",
        ),
    ),
    (rb'<sheet name="[^"]*"', (b'<sheet name=""', b'<sheet name="a/b:c"', b'<sheet name="' + b"n" * 500 + b'"')),
    (rb"</?t>", (b"<r><t>", b"")),
)


def _sheet_xml(data: bytes, chance: random.Random) -> bytes:
    """Well-formed nonsense in a workbook: cells elsewhere, of another kind, texts that are not there."""

    def edited(content: bytes) -> bytes:
        for pattern, replacements in chance.sample(_SHEET_EDITS, 4):
            places = list(re.finditer(pattern, content))
            for place in sorted(chance.sample(places, min(len(places), 3)), key=lambda found: -found.start()):
                content = content[: place.start()] + chance.choice(replacements) + content[place.end() :]
        return content

    return _repacked(data, lambda name, content: edited(content) if name.endswith(".xml") else content, chance)


def _repacked(data: bytes, edit: Callable[[str, bytes], bytes], chance: random.Random) -> bytes:
    """The archive with every part edited; what is none is damaged in another way."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            parts = {name: opened.read(name) for name in opened.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, RuntimeError, ValueError, NotImplementedError):
        return _insert(data, chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, edit(name, content))
    return stream.getvalue()


def _zip_fields(data: bytes, chance: random.Random) -> bytes:
    """Fields of a zip's own records: sizes, offsets, flags, methods, counts of local, central and end records."""
    places = [found.start() for found in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06|\x07\x08)", data)]
    if not places:
        return _zip(data, chance)
    spoiled = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.choice(places) + chance.randrange(4, 46)
        if at < len(spoiled):
            spoiled[at] = chance.choice([0, 1, 8, 0x7F, 0xFF, chance.randrange(256)])
    return bytes(spoiled)


def _nest(data: bytes, chance: random.Random) -> bytes:
    """An archive in an archive, or the same member twice."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a.csv", data)
        archive.writestr(
            chance.choice(["a.csv", "A.CSV", "a.csv/", "b.zip", "b.csv.gz"]), chance.choice([data, _zip(data, chance)])
        )
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
    "delimiter": _delimiter,
    "quotes": _quotes,
    "lines": _line_ends,
    "chunk": _double_chunk,
    "header": _header,
    "json": _json,
    "sheet": _sheet_xml,
    "fields": _zip_fields,
    "nest": _nest,
}
_ENDINGS = ("csv", "xlsx", "json", "jsonl", "zip", "gz", "txt", "tsv", "xls", "xlsm", "pdf", "")


_SUITING = {
    "json": ("json",),
    "jsonl": ("json", "insert"),
    "xlsx": ("workbook", "sheet", "sheet", "fields"),
    "zip": ("fields", "nest", "overwrite"),
    "csv": ("delimiter", "quotes", "lines", "chunk", "header", "swap"),
}
"""Damages that reach deep into a kind of file; half of all are of these."""


def _chosen(ending: str, chance: random.Random) -> str:
    suiting = _SUITING.get(ending, ())
    return chance.choice(suiting if suiting and chance.random() < 0.5 else list(DAMAGES))


def damaged(name: str, data: bytes, seed: int) -> tuple[str, bytes]:
    """A file after one or two damages, often under another name; the same seed does the same."""
    chance = random.Random(f"{name}|{seed}")
    stem, _, ending = name.rpartition(".")
    done = [_chosen(ending, chance) for _ in range(chance.randrange(1, 3))]
    for damage in done:
        data = DAMAGES[damage](data, chance)
    if chance.random() < 0.3:
        ending = chance.choice(_ENDINGS)
    return f"{stem}-{seed}-{'-'.join(done)}{'.' if ending else ''}{ending}", data
