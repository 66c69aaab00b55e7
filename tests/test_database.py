"""How every stage speaks with DuckDB."""

from __future__ import annotations

import duckdb
import pytest

from harmonize.database import compressed_without

SETTING = "SELECT lower(current_setting('disabled_compression_methods'))"


@pytest.mark.parametrize("before", ["", "alp,alprd"])
def test_a_compression_is_done_without_and_then_as_before(before: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"SET disabled_compression_methods = '{before}'")
        with compressed_without(connection, "dictionary"):
            ((meanwhile,),) = connection.execute(SETTING).fetchall()
        assert set(meanwhile.split(",")) - {""} == {*before.split(","), "dictionary"} - {""}
        assert connection.execute(SETTING).fetchall() == [(before,)]
