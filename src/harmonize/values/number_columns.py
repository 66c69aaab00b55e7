"""Numbers of many texts at once: plain ones by polars, every other form by `harmonize.values.numbers`.

The result is that of `parse_number` for every text; only the way is shorter.
"""

from __future__ import annotations

import polars as pl

from harmonize.values.numbers import NumberProblem, NumberStyle, decide_style, looks_numeric, parse_number

__all__ = ["proving_texts", "read_numbers", "style_of"]

_USUAL = r"^[+-]?(?:[0-9]{1,15}|[0-9]+\.[0-9]+)$"
_DECIMAL = r"^[+-]?[0-9]+\.[0-9]+$"
# Three digits behind up to three others may be thousands: `1.234`. (Behind a lone zero they are decimals.)
_UNCLEAR = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$|^[+-]?0[0-9]{1,2}\.[0-9]{3}$"
_PERHAPS_NUMBER = r"^[^!-*/:-~]"
"""What may begin a number: a digit of any script, a sign, a separator or a space, and anything beyond ASCII."""


def style_of(texts: pl.Series, default: NumberStyle) -> NumberStyle:
    """The number style that these texts prove together, as `decide_style` finds it."""
    return decide_style(proving_texts(texts), default)


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


def read_numbers(texts: pl.Series, style: NumberStyle, is_number: pl.Series | None) -> tuple[pl.Series, pl.Series]:
    """The number of every text, and why it is none where that matters (`undecidable`).

    Args:
        texts: no nulls.
        is_number: texts of cells that are stored as numbers, which print with a decimal point.

    Returns:
        Two series as long as `texts`: Float64, null where a text is no number, and String.
    """
    frame = pl.DataFrame({"text": texts, "stored": is_number if is_number is not None else [False] * len(texts)})
    if is_number is None:
        frame = frame.with_columns(stored=pl.lit(value=False))
    text = pl.col("text")
    plain = text.str.contains(_USUAL)
    if style is not NumberStyle.POINT:
        plain = plain & (pl.col("stored") | ~text.str.contains(_UNCLEAR))
    frame = frame.select(
        "text",
        "stored",
        number=pl.when(plain).then(text).otherwise(None).cast(pl.Float64),
        odd=~plain & text.str.contains(_PERHAPS_NUMBER),
    )
    if not frame["odd"].any():
        return frame["number"], pl.Series(values=[None], dtype=pl.String).new_from_index(0, len(texts))
    odd = frame.filter("odd").select("text", "stored").unique(maintain_order=True)
    read = [_read(word, NumberStyle.POINT if stored else style) for word, stored in odd.iter_rows()]
    found = odd.with_columns(
        odd_number=pl.Series([number for number, _ in read], dtype=pl.Float64),
        problem=pl.Series([problem for _, problem in read], dtype=pl.String),
    )
    joined = frame.join(found, on=["text", "stored"], how="left", maintain_order="left")
    return joined.select(pl.coalesce("number", "odd_number"))["number"], joined["problem"]


def _read(text: str, style: NumberStyle) -> tuple[float | None, str | None]:
    if not looks_numeric(text):
        return None, None
    number = parse_number(text, style)
    if isinstance(number, float):
        return number, None
    return None, number.value if number is NumberProblem.UNDECIDABLE else None
