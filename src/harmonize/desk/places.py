"""Two places drawn to scale: where to put the points, a scale bar, and how far they are apart."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

__all__ = ["Drawn", "Place", "drawn", "place_of"]

Place = tuple[float, float]
"""Latitude and longitude in degrees."""
WIDTH, HEIGHT = 320, 200
_MARGIN = 40
_EARTH_RADIUS = 6_371_008.8
_DEGREES = re.compile(r"(-?\d{1,2}\.\d{5}), (-?\d{1,3}\.\d{5})")
_SMALLEST = 50.0
"""Metres that the picture shows at least, so that two notes of one place do not fly apart."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of two places, north on top.

    Attributes:
        a, b: where they are drawn, from the left and the top.
        metres: between them.
        bar: length of the scale bar in the picture.
        bar_metres: what it stands for.
    """

    a: tuple[float, float]
    b: tuple[float, float]
    metres: float
    bar: float
    bar_metres: float
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_one(self) -> bool:
        """The two points fall on one another."""
        return math.dist(self.a, self.b) < 1


def place_of(text: str) -> Place | None:
    """A place as the evidence of an item writes it."""
    found = _DEGREES.fullmatch(text)
    if found is None:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def drawn(a: Place, b: Place) -> Drawn:
    """The picture of two places; distances are great circles, the picture is flat."""
    metres = _metres(a, b)
    # The shorter way around the earth.
    east = ((b[1] - a[1] + 180) % 360 - 180) * math.cos(math.radians((a[0] + b[0]) / 2))
    north = b[0] - a[0]
    length = math.hypot(east, north)
    across, up = (metres * east / length, metres * north / length) if length else (0.0, 0.0)
    room, rise = WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN
    scale = min(room / max(abs(across), _SMALLEST), rise / max(abs(up), _SMALLEST))
    half_x, half_y = across * scale / 2, up * scale / 2
    middle_x, middle_y = WIDTH / 2, HEIGHT / 2
    bar_metres = _round_length(room / 2 / scale)
    return Drawn(
        (round(middle_x - half_x, 1), round(middle_y + half_y, 1)),
        (round(middle_x + half_x, 1), round(middle_y - half_y, 1)),
        metres,
        round(bar_metres * scale, 1),
        bar_metres,
    )


def _metres(a: Place, b: Place) -> float:
    latitude, other = math.radians(a[0]), math.radians(b[0])
    half = (
        math.sin((other - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def _round_length(most: float) -> float:
    """The longest of 1, 2 and 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(most))
    return power * max(step for step in (1, 2, 5) if step * power <= most * 1.000_001)
