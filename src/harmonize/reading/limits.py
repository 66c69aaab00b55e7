"""Limits that keep one hostile file from taking the run down; a pipeline file may change them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Limits"]

_MEBIBYTE = 1024**2
_GIBIBYTE = 1024**3


class Limits(BaseModel):
    """What a file may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    archive_expansion: int = Field(default=100, gt=0, description="Unpacked bytes per packed byte, at most.")
    archive_bytes: int = Field(default=2 * _GIBIBYTE, gt=0, description="Unpacked bytes of one archive, at most.")
    archive_members: int = Field(default=10_000, gt=0, description="Files in one archive, at most.")
    file_bytes: int = Field(default=2 * _GIBIBYTE, gt=0, description="Size of one file, at most.")
    text_bytes: int = Field(
        default=256 * _MEBIBYTE, gt=0, description="Text whose encoding must be guessed (no UTF-8, no mark), at most."
    )
    cell_characters: int = Field(
        default=10_000_000, gt=0, description="Characters of one cell, at most; a file with a longer one is refused."
    )
    columns: int = Field(default=50_000, gt=0, description="Cells of one row of a delimited text, at most.")
    line_characters: int = Field(
        default=64 * _MEBIBYTE, gt=0, description="Characters of one line of a delimited text, at most."
    )
    table_rows: int = Field(default=10_000_000, gt=0, description="Rows of one delimited text, at most.")
    workbook_bytes: int = Field(default=512 * _MEBIBYTE, gt=0, description="Unpacked bytes of one workbook, at most.")
    workbook_characters: int = Field(
        default=500_000_000, gt=0, description="Characters of all cells of one workbook, at most."
    )
    sheet_cells: int = Field(
        default=16_000_000, gt=0, description="Cells of a workbook's sheets, blank ones between others included."
    )
    legacy_workbook_seconds: int = Field(default=120, gt=0, description="Time that one .xls may take, at most.")
    json_whole_bytes: int = Field(
        default=64 * _MEBIBYTE,
        gt=0,
        description="JSON up to this size is read at once, a larger one entry by entry, each at most this large.",
    )
    json_entries: int = Field(
        default=10_000_000, gt=0, description="Entries or lines of a JSON document read entry by entry, at most."
    )
    json_broken_lines: int = Field(
        default=10_000, gt=0, description="Lines of a JSON Lines file that may be broken before it is refused."
    )
    json_depth: int = Field(default=200, gt=0, description="Nesting of one JSON document, at most.")
    header_search_rows: int = Field(default=10, gt=0, description="Rows searched for a header.")
