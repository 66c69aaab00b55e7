"""Bytes to cells: archives, encodings, CSV, workbooks and JSON, within limits that the pipeline states."""
