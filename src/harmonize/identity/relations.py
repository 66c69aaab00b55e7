"""Which factories belong together without being one: units of a factory, and sites of one company.

Pure functions of the records and of the factories that they were joined to. Nothing is ever linked by a relation: it is
worked out when all joining is done, and no step reads it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.database import scratch
from harmonize.identity.form_columns import fields_of
from harmonize.identity.forms import ITEM, LETTERS, PART
from harmonize.identity.records import Records
from harmonize.identity.relation_rules import RelationRules
from harmonize.values.identifiers import IdentifierRules

__all__ = ["RELATIONS", "related"]

RELATIONS = pa.schema({"one": pa.int32(), "other": pa.int32(), "kind": pa.string()})
"""Numbers of factories: `one` is a `unit_of` `other`; in `same_company` the smaller number comes first."""

_NAME = {"words": 1, "core": 3, "units": 5, "designators": 6}
_ADDRESS = {"address_words": 1, "numbers": 2, "address_designators": 3}
"""Places of the fields in what `forms` writes."""
_S = pa.large_string()


def related(
    records: Records, clusters: NDArray[np.int32], identifiers: IdentifierRules, rules: RelationRules
) -> pa.Table:
    """The factories that belong together (`RELATIONS`), every pair once.

    Args:
        clusters: per record the number of its factory.
    """
    with scratch() as connection:
        connection.register("named", _named(records, clusters, rules))
        connection.register("stated", _companies(records, clusters, identifiers))
        given = {"unit_kinds": list(rules.unit_kinds), "most_sites": rules.most_sites}
        return connection.execute(_statement(), given).to_arrow_table().cast(RELATIONS)


@cache
def _statement() -> str:
    return files("harmonize.identity").joinpath("relations.sql").read_text(encoding="utf-8")


def _named(records: Records, clusters: NDArray[np.int32], rules: RelationRules) -> pa.Table:
    """Every name of every record with its address, field by field, and whether any record of its factory names a unit.

    Names without a distinctive word are left out: they tell nothing.
    """
    lists = records.column("names")
    of = pc.list_parent_indices(lists)
    names = _fields(pc.list_flatten(lists), _NAME)
    addresses = _fields(records.column("used_address"), _ADDRESS)
    cluster = clusters[of.to_numpy()]
    kinds = f"(^|{ITEM})({'|'.join(map(re.escape, rules.unit_kinds))}){PART}"
    names_unit = pc.or_(pc.not_equal(names["units"], ""), pc.match_substring_regex(names["designators"], kinds))
    names_unit = pc.or_(names_unit, pc.match_substring_regex(addresses["address_designators"], kinds).take(of))
    has_unit = np.zeros(int(clusters.max(initial=-1)) + 1, bool)
    has_unit[cluster[names_unit.to_numpy(zero_copy_only=False)]] = True
    table = pa.table(
        {
            "cluster": cluster,
            "states_unit": has_unit[cluster],
            "country": records.column("used_country").take(of),
            "province": records.column("province").take(of),
            **names,
            **{name: column.take(of) for name, column in addresses.items()},
        }
    )
    is_proper = pc.match_substring_regex(table["words"], f"(^|{ITEM}){LETTERS['distinctive']}")
    return table.filter(pc.and_(is_proper, pc.not_equal(table["country"], "")))


def _fields(forms: pa.Array, chosen: dict[str, int]) -> dict[str, pa.Array]:
    encoded = forms.dictionary_encode()
    fields = fields_of(encoded.dictionary, max(chosen.values()) + 1)
    return {name: fields[place].take(encoded.indices) for name, place in chosen.items()}


def _companies(records: Records, clusters: NDArray[np.int32], rules: IdentifierRules) -> pa.Table:
    """Which factories state which company, by scheme, the country where it counts there alone, and value."""
    lists = records.column("identifiers")
    of, flat = pc.list_parent_indices(lists), pc.list_flatten(lists)
    stated = pa.table(
        {
            "scheme": flat.field("scheme"),
            "country": records.column("used_country").take(of),
            "value": flat.field("value"),
            "cluster": clusters[of.to_numpy()],
        }
    )
    parts = [pa.table({"company": pa.array([], _S), "cluster": pa.array([], pa.int32())})]
    kinds = stated.select(["scheme", "country"]).group_by(["scheme", "country"]).aggregate([]).to_pylist()
    for kind in kinds:
        patterns = rules.company_patterns(kind["scheme"], kind["country"])
        if not patterns:
            continue
        is_meant = pc.and_(pc.equal(stated["scheme"], kind["scheme"]), pc.equal(stated["country"], kind["country"]))
        chosen = stated.filter(is_meant)
        values = chosen["value"].combine_chunks().cast(pa.string())
        read = (pc.extract_regex(values, f"^(?:{pattern})$") for pattern in patterns)
        # (`struct_field`, unlike `field`, has null where nothing fits.)
        found = pc.coalesce(*(pc.struct_field(fitting, "company") for fitting in read))
        place = kind["country"] if rules.is_national(kind["scheme"]) else ""
        company = pc.binary_join_element_wise(kind["scheme"], place, found, " ")
        parts.append(pa.table({"company": company.cast(_S), "cluster": chosen["cluster"]}))
    companies = pa.concat_tables(parts)
    return companies.filter(pc.is_valid(companies["company"]))
