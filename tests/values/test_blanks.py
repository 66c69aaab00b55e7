"""Names that lack blanks, or have them inside words, mean what they mean with blanks in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.values.names import NameWords

NAMES = NameWords.from_folder(Path(__file__).parents[2] / "schemas")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("KUNSHAN FENGYUANFactory", "Kunshan Fengyuan Factory"),
        ("LONG THIEN PHUCCOMPANY LIMITED", "Long Thien Phuc Company Limited"),
        ("UILWELLLTD", "Uilwell Ltd"),
        ("Royal Belsina PrivateLimited", "Royal Belsina Private Limited"),
        ("ADK Garm ent JSC", "ADK Garment JSC"),
        ("Botra Foot Wear Co., Ltd", "Botra Footwear Co., Ltd"),
        ("Chi Lang Knit Wear", "Chi Lang Knitwear"),
    ],
)
def test_blanks_are_put_right(written: str, meant: str) -> None:
    assert NAMES.name(written) == NAMES.name(meant)


@pytest.mark.parametrize("name", ["Unlimited Sky", "Wonderland Garments", "Factory Company", "Sao Mai"])
def test_words_that_are_whole_stay_whole(name: str) -> None:
    words = name.casefold().split()
    assert NAMES.lists.blanks.put_right(list(words)) == words
