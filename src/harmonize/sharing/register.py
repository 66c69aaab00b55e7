"""The consent register as a file: a row is added or revoked, and the bytes of all others stay as they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from harmonize.errors import InboxError

__all__ = ["COLUMNS", "Register"]

COLUMNS = (
    *("grant_id", "facility_scheme", "facility_value", "instrument", "assessment", "audience", "scope"),
    *("valid_from", "valid_to", "purpose", "evidence", "revoked_on"),
    *("granted_by", "signatory_role", "granted_on", "text_version", "onward_use", "retention_until"),
)
"""The columns of a register that is begun."""
_BOM = "\ufeff"
_NUMBERED = re.compile(r"(.*?)(\d+)$")


@dataclass(frozen=True, slots=True)
class Register:
    """A register as text.

    Attributes:
        name: for messages.
    """

    text: str
    name: str

    @classmethod
    def read(cls, content: bytes | None, name: str) -> Register:
        """A register, or one that is begun where there is none.

        Raises:
            InboxError: it is no UTF-8 text with a column `grant_id`.
        """
        if not content:
            return cls(",".join(COLUMNS) + "\n", name)
        try:
            register = cls(content.decode("utf-8"), name)
        except UnicodeDecodeError as problem:
            raise InboxError(f"{name}: it is no UTF-8 text. Save it as CSV in UTF-8.") from problem
        if "grant_id" not in register.header:
            raise InboxError(f"{name}: its first line names no column 'grant_id'. Correct the header.")
        return register

    @property
    def _delimiter(self) -> str:
        first = self.text.partition("\n")[0]
        return max(",;\t", key=first.count)

    @property
    def _end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @property
    def header(self) -> Sequence[str]:
        """Its columns."""
        return [name.strip() for name in self._cells(self.text.removeprefix(_BOM).partition("\n")[0])]

    def _cells(self, row: str) -> list[str]:
        return next(csv.reader(io.StringIO(row, newline=""), delimiter=self._delimiter), [])

    def _written(self, cells: Sequence[str]) -> str:
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=self._delimiter, lineterminator="").writerow(cells)
        return stream.getvalue()

    def _rows(self) -> Iterator[tuple[int, int, list[str]]]:
        """Begin and end of every row behind the header, without its line end, and its cells."""
        begin, is_quoted, is_header = 0, False, True
        for at, letter in enumerate(f"{self.text}\n"):
            if letter == '"':
                is_quoted = not is_quoted
            if letter != "\n" or is_quoted:
                continue
            end = at - 1 if at > begin and self.text[at - 1] == "\r" else at
            if not is_header and end > begin:
                yield begin, end, self._cells(self.text[begin:end])
            begin, is_header = at + 1, False

    def _id(self, cells: Sequence[str]) -> str:
        at = self.header.index("grant_id")
        return cells[at].strip() if at < len(cells) else ""

    def next_id(self) -> str:
        """The id of a grant to come: that of the highest number, and one more."""
        ids = [found for _, _, cells in self._rows() if (found := _NUMBERED.fullmatch(self._id(cells)))]
        if not ids:
            return "g-1"
        highest = max(ids, key=lambda found: int(found[2]))
        return f"{highest[1]}{int(highest[2]) + 1:0{len(highest[2])}d}"

    def has(self, grant_id: str) -> bool:
        """Whether a row has this id, however it is written: grants are told apart and revoked by it."""
        return any(self._id(cells).casefold() == grant_id.strip().casefold() for _, _, cells in self._rows())

    def with_row(self, row: Mapping[str, str]) -> Register:
        """The register with a row behind all others.

        Raises:
            InboxError: it has no column for what the row says.
        """
        lacking = [name for name, value in row.items() if value and name not in self.header]
        if lacking:
            raise InboxError(f"{self.name}: it has no column {lacking[0]!r}. Add it to the end of its header first.")
        gap = "" if self.text.endswith("\n") else self._end
        written = self._written([row.get(name, "") for name in self.header])
        return Register(f"{self.text}{gap}{written}{self._end}", self.name)

    def revoked(self, grant_id: str, day: date, why: str | None) -> Register:
        """The register with the day of revocation at a grant.

        Raises:
            InboxError: there is no such grant, it is revoked, or the register has no column for it.
        """
        wanted = [one for one in self._rows() if self._id(one[2]).casefold() == grant_id.strip().casefold()]
        if not wanted:
            raise InboxError(f"{self.name}: there is no grant {grant_id!r}. See `harmonize grants show`.")
        if "revoked_on" not in self.header:
            raise InboxError(f"{self.name}: it has no column 'revoked_on'. Add it to the end of its header first.")
        text = self.text
        for begin, end, cells in reversed(wanted):
            cells += [""] * (len(self.header) - len(cells))
            at = self.header.index("revoked_on")
            if cells[at].strip() and cells[at].strip() <= day.isoformat():
                raise InboxError(f"{self.name}: the grant {grant_id!r} was revoked on {cells[at].strip()} already.")
            cells[at] = day.isoformat()
            if why and "evidence" in self.header:
                place = self.header.index("evidence")
                cells[place] = "; ".join(filter(None, [cells[place], f"revoked: {why}"]))
            text = f"{text[:begin]}{self._written(cells)}{text[end:]}"
        return Register(text, self.name)
