"""Numbers of many texts at once: plain ones by polars, every other form by `harmonize.values.numbers`.

The result is that of `parse_number` for every text; only the way is shorter.
"""

from __future__ import annotations

import polars as pl

from harmonize.values.numbers import NumberProblem, NumberStyle, looks_numeric, parse_number

__all__ = ["are_plain_words", "plain_numbers", "proving_texts", "read_numbers"]

_USUAL = r"^[+-]?(?:[0-9]{1,15}|[0-9]+\.[0-9]+)$"
_DECIMAL = r"^[+-]?[0-9]+\.[0-9]+$"
# Three digits behind up to three others may be thousands: `1.234`. (Behind a lone zero they are decimals.)
_UNCLEAR = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$|^[+-]?0[0-9]{1,2}\.[0-9]{3}$"
_PERHAPS_NUMBER = r"^[^!-*/:-~]"
"""What may begin a number: a digit of any script, a sign, a separator or a space, and anything beyond ASCII."""
_PLAIN_WORDS = r"^[!-*/:-~][!-~]*(?: [!-~]+)*$"
"""What begins with anything else, is ASCII, and is as cleaning leaves it."""


def proving_texts(texts: pl.Series) -> list[str]:
    """The few texts that may prove a number style: one plain decimal, and every unusual form once."""
    text = pl.col("text")
    frame = pl.DataFrame({"text": texts}).select(
        text,
        decimal=text.str.contains(_DECIMAL) & ~text.str.contains(_UNCLEAR),
        unusual=~text.str.contains(_USUAL) & text.str.contains(_PERHAPS_NUMBER),
    )
    decimals = frame.filter("decimal").get_column("text").head(1)
    return [*decimals, *frame.filter("unusual").get_column("text").unique()]


def plain_numbers(texts: pl.Series, style: NumberStyle) -> pl.Series:
    """The number of every text that is one in the plainest form; null where it is not."""
    text = pl.col("text")
    plain = text.str.contains(_USUAL)
    if style is not NumberStyle.POINT:
        plain = plain & ~text.str.contains(_UNCLEAR)
    number = pl.when(plain).then(text).otherwise(None).cast(pl.Float64)
    return pl.DataFrame({"text": texts}).select(number).to_series()


def are_plain_words(texts: pl.Series) -> pl.Series:
    """Whether a text is printable ASCII, clean, and begins like no number."""
    return texts.str.contains(_PLAIN_WORDS)


def read_numbers(texts: pl.Series, style: NumberStyle) -> tuple[pl.Series, pl.Series]:
    """The number of every text, and why it is none where that matters (`undecidable`).

    Args:
        texts: no nulls.

    Returns:
        Two series as long as `texts`: Float64, null where a text is no number, and String.
    """
    number = plain_numbers(texts, style)
    odd = number.is_null() & texts.str.contains(_PERHAPS_NUMBER)
    frame = pl.DataFrame({"text": texts, "number": number, "odd": odd})
    if not frame["odd"].any():
        return frame["number"], pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(texts))
    odd = frame.filter("odd").get_column("text").unique(maintain_order=True)
    read = [_read(text, style) for text in odd]
    found = pl.DataFrame(
        {
            "text": odd,
            "odd_number": pl.Series([number for number, _ in read], dtype=pl.Float64),
            "problem": pl.Series([problem for _, problem in read], dtype=pl.String),
        }
    )
    joined = frame.join(found, on="text", how="left", maintain_order="left")
    return joined.select(pl.coalesce("number", "odd_number"))["number"], joined["problem"]


def _read(text: str, style: NumberStyle) -> tuple[float | None, str | None]:
    if not looks_numeric(text):
        return None, None
    number = parse_number(text, style)
    if isinstance(number, float):
        return number, None
    return None, number.value if number is NumberProblem.UNDECIDABLE else None
