"""Bytes become text by their mark, else as UTF-8, else by the profile's encoding, and doubt is said."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.reading.encoding import decode

TEXT = "Công ty Nghĩa Hưng;ក្រុមហ៊ុន\nบริษัท;ok"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_marked_or_utf8_text_is_certain(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + TEXT.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.certain, decoded.replaced) == (TEXT, encoding, True, 0)


def test_other_bytes_take_the_fallback() -> None:
    decoded = decode("Fábrica São João €".encode("cp1252"), "cp1252")
    assert decoded.text == "Fábrica São João €"
    assert not decoded.certain
    assert decoded.replaced == 0


def test_undecodable_bytes_are_counted() -> None:
    decoded = decode(b"ok\x81\xe9\x8d", "cp1252")
    assert decoded.text == "ok\ufffd\xe9\ufffd"
    assert decoded.replaced == 2


def test_half_a_utf16_character_is_counted() -> None:
    assert decode(codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"x").replaced == 1


@given(st.binary())
def test_any_bytes_become_text(data: bytes) -> None:
    decoded = decode(data)
    decoded.text.encode("utf-8")
    assert decoded.replaced >= 0


@given(st.text())
def test_utf8_round_trips(text: str) -> None:
    assert decode(codecs.BOM_UTF8 + text.encode("utf-8")).text == text
