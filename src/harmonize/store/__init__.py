"""The shared DuckDB file: contract tables, views, parquet extracts, releases."""
