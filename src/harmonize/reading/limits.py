"""Limits that keep one hostile file from taking the run down; a pipeline file may change them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Limits"]


class Limits(BaseModel):
    """What a file may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    archive_expansion: int = Field(default=100, gt=0, description="Unpacked bytes per packed byte, at most.")
    archive_bytes: int = Field(default=2 * 1024**3, gt=0, description="Unpacked bytes of one archive, at most.")
    file_bytes: int = Field(default=2 * 1024**3, gt=0, description="Size of one file, at most.")
    sheet_cells: int = Field(default=50_000_000, gt=0, description="Cells of one worksheet, at most.")
    json_depth: int = Field(default=200, gt=0, description="Nesting of one JSON document, at most.")
    header_search_rows: int = Field(default=10, gt=0, description="Rows searched for a header.")
