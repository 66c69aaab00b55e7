"""A zip file written from members that another one holds packed, without packing them again.

Rule kept: every header states what was found, not what was claimed, and the copy holds nothing else.
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = ["ZipCopy"]

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_VERSION: Final = 20
_UTF8_NAMES: Final = 0x800
_FIRST_DAY: Final = 0x21


class ZipCopy:
    """A zip file in memory, below 4 GiB and 65,536 members."""

    def __init__(self) -> None:
        self._content = bytearray()
        self._directory = bytearray()
        self._members = 0

    def add(self, name: str, method: int, packed: bytes, checksum: int, size: int) -> None:
        """Add a member as it is packed.

        Raises:
            ValueError: the archive grows beyond what the format without extensions can state.
        """
        if len(self._content) + len(packed) >= 1 << 32 or self._members + 1 >= 1 << 16:
            raise ValueError("too many or too large parts")
        encoded = name.encode("utf-8", "surrogatepass")
        facts = (_VERSION, _UTF8_NAMES, method, 0, _FIRST_DAY, checksum, len(packed), size, len(encoded))
        self._directory += _CENTRAL.pack(b"PK\x01\x02", _VERSION, *facts, 0, 0, 0, 0, 0, len(self._content)) + encoded
        self._content += _LOCAL.pack(b"PK\x03\x04", *facts, 0) + encoded + packed
        self._members += 1

    def finished(self) -> bytes:
        """The whole archive."""
        end = _END.pack(b"PK\x05\x06", 0, 0, self._members, self._members, len(self._directory), len(self._content), 0)
        return bytes(self._content + self._directory + end)
