"""Say in words what a probability rests on, and what speaks against one factory however alike the words are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.forms import read_address, trade_of, units_of
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.profiles import Profiles

__all__ = ["Measured", "Reasons"]

Positions = NDArray[np.int64]
Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

_COLUMN = {name: number for number, name in enumerate(FEATURES)}
_S = pa.large_string()
_PER_CENT = pa.array([f"{hundredth / 100:.2f}" for hundredth in range(101)], _S)


@dataclass(frozen=True, slots=True)
class Measured:
    """Pairs of profiles with what was measured of them.

    Attributes:
        features: a row per pair in the order of `FEATURES`.
        away: kilometres between the places; not a number where a side has none.
        shared_company: whether both sides state one identifier of a company.
    """

    ones: Positions
    others: Positions
    features: Values
    away: Values
    shared_company: Flags

    def holds(self, feature: str) -> Flags:
        """Where a feature is more than nothing."""
        flags: Flags = self.features[:, _COLUMN[feature]] > 0
        return flags


class Reasons:
    """The reasons for pairs of some profiles."""

    def __init__(self, profiles: Profiles, model: MatchModel) -> None:
        self._profiles = profiles
        self._model = model

    def of(self, measured: Measured) -> tuple[pa.Array, Flags]:
        """The reasons of every pair, joined by semicolons, and whether there is a doubt among them."""
        is_near = ~np.isnan(measured.away)
        told = [
            self._alike("names", measured, "name_spelling"),
            self._alike("addresses", measured, "address_spelling"),
            _where(measured.shared_company, "same company identifier"),
            _said(is_near, [f"{km:.1f} km apart" for km in measured.away[is_near].tolist()]),
        ]
        doubts = self._doubts(measured)
        is_doubted = np.zeros(len(measured.ones), bool)
        for doubt in doubts:
            is_doubted |= doubt.is_valid().to_numpy(zero_copy_only=False)
        texts = pc.binary_join_element_wise(*told, *doubts, pa.scalar("; ", _S), null_handling="skip")
        return texts.cast(_S), is_doubted

    def _alike(self, what: str, measured: Measured, feature: str) -> pa.Array:
        hundredths = np.rint(measured.features[:, _COLUMN[feature]] * 100).astype(np.int64)
        parts = (pa.scalar(f"{what} ", _S), _PER_CENT.take(pa.array(hundredths)), pa.scalar(" alike", _S))
        return pc.binary_join_element_wise(*parts, pa.scalar("", _S))

    def _doubts(self, measured: Measured) -> list[pa.Array]:
        """What speaks against one factory, a column for each thing; null where it does not."""
        numbers_differ = measured.holds("numbers_differ")
        designators_differ = measured.holds("designators_differ") & ~numbers_differ
        is_placed, far_km = self._profiles.is_placed, self._model.outside.far_km
        return [
            self._against(measured, measured.holds("units_differ"), self._units, "unit "),
            self._against(measured, measured.holds("trade_differs"), self._trade),
            _where(measured.holds("unit_on_one_side"), "unit stated on one side only"),
            self._against(measured, numbers_differ, self._numbers, "numbers "),
            self._against(measured, designators_differ, self._designators),
            self._against(measured, measured.holds("provinces_differ"), self._province),
            _where(~(is_placed[measured.ones] & is_placed[measured.others]), "no full address on one side"),
            _where(measured.away > far_km, f"further than {far_km:g} km apart"),
        ]

    def _against(self, measured: Measured, chosen: Flags, tell: Callable[[int], str], first: str = "") -> pa.Array:
        told = cache(tell)
        sides = zip(measured.ones[chosen].tolist(), measured.others[chosen].tolist(), strict=True)
        return _said(chosen, [f"{first}{told(one)} against {told(other)}" for one, other in sides])

    def _units(self, profile: int) -> str:
        return ", ".join(sorted({unit for form in self._names(profile) for unit in units_of(form)}))

    def _trade(self, profile: int) -> str:
        return ", ".join(sorted({word.written for form in self._names(profile) for word in trade_of(form)}))

    def _numbers(self, profile: int) -> str:
        return ", ".join(sorted(read_address(self._profiles.addresses[profile].as_py()).numbers))

    def _designators(self, profile: int) -> str:
        stated = read_address(self._profiles.addresses[profile].as_py()).designators
        return ", ".join(sorted(f"{kind} {value}" for kind, value in stated))

    def _province(self, profile: int) -> str:
        return str(self._profiles.provinces[profile].as_py())

    def _names(self, profile: int) -> list[str]:
        names: list[str] = self._profiles.names[profile].as_py()
        return names


def _where(chosen: Flags, text: str) -> pa.Array:
    return pc.if_else(pa.array(chosen), pa.scalar(text, _S), pa.scalar(None, _S))


def _said(chosen: Flags, texts: list[str]) -> pa.Array:
    """The texts at the chosen places, null at the others."""
    places = np.cumsum(chosen) - 1
    return pa.array(texts, _S).take(pa.array(places, mask=~chosen))
