"""Hold tables against their expectation suites with Great Expectations, on pandas batches, without any network.

Importing this module imports Great Expectations, which takes seconds: the pipeline imports it at this stage only.
Frames are bounded by the caller (dimension tables and violations, never all answers).
"""

from __future__ import annotations

import logging
import math
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from harmonize.errors import ConfigurationError
from harmonize.quality.data_docs import NO_TIME, write_pages
from harmonize.quality.result import Check, QualityResult
from harmonize.quality.suites import Expectation, LoadedSuite, load_suites

__all__ = ["Check", "QualityResult", "check"]

_PLACE = "place"
_NO_ROWS = "expect_table_row_count_to_equal"
_SHOWN_VALUES = 5
_SHOWN_CHARACTERS = 300
_RUN = RunIdentifier(run_name="harmonize", run_time=NO_TIME)


def check(frames: Mapping[str, pd.DataFrame], suites: Sequence[Path], docs: Path | None) -> QualityResult:
    """Hold `frames` against the suites in `suites` and write Data Docs below `docs` where one is given.

    Raises:
        ConfigurationError: a suite that cannot be run: unknown table, column or expectation.
    """
    loaded = load_suites(suites)
    with _quiet(), tempfile.TemporaryDirectory() as site:
        context = _context(Path(site))
        asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
        batches = asset.add_batch_definition_whole_dataframe("whole")
        checks = tuple(
            found for suite in loaded for found in _check_suite(context, batches, suite, _frame(suite, frames))
        )
        if docs is not None:
            context.build_data_docs()
            write_pages(Path(site), docs, checks)
    return QualityResult(checks)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's own remarks off the terminal; what it finds is in the result."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _context(site: Path) -> EphemeralDataContext:
    builder = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        # The page of a result states its expectations too.
        "site_section_builders": {"expectations": "none", "profiling": "none"},
    }
    configuration = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites={"site": builder},
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    return gx.get_context(mode="ephemeral", project_config=configuration)


def _frame(suite: LoadedSuite, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    frame = frames.get(suite.table)
    if frame is None:
        raise ConfigurationError(
            f"{suite.path}: there is no table {suite.table!r}; the tables are {', '.join(sorted(frames))}."
        )
    for expectation in suite.expectations:
        for column in expectation.columns():
            if column not in frame.columns:
                raise ConfigurationError(
                    f"{suite.path}: {suite.table} has no column {column!r}; it has {', '.join(frame.columns)}."
                )
    return _plain(frame)


def _check_suite(
    context: EphemeralDataContext, batches: BatchDefinition[Any], suite: LoadedSuite, frame: pd.DataFrame
) -> Iterator[Check]:
    found = {_place(result): result for result in _validate(context, batches, suite, frame).results}
    for place, expectation in enumerate(suite.expectations):
        yield _as_check(suite.table, expectation, found[place], frame)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with enums as texts: categories do not compare and do not print."""
    enums = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(enums, object)) if enums else frame


def _validate(
    context: EphemeralDataContext, batches: BatchDefinition[Any], suite: LoadedSuite, frame: pd.DataFrame
) -> ExpectationSuiteValidationResult:
    wanted = gx.ExpectationSuite(name=suite.table)
    for place, expectation in enumerate(suite.expectations):
        try:
            # (`add_expectation_configuration` would replace an expectation of the same type and column.)
            wanted.add_expectation(_configuration(place, expectation).to_domain_obj())
        except (GreatExpectationsError, ValueError, TypeError) as problem:
            raise ConfigurationError(f"{suite.path}: {suite.table}: {expectation.type}: {problem}") from problem
    definition = gx.ValidationDefinition(name=suite.table, data=batches, suite=context.suites.add(wanted))
    return context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame}, run_id=_RUN, result_format="BASIC"
    )


def _configuration(place: int, expectation: Expectation) -> ExpectationConfiguration:
    return ExpectationConfiguration(
        type=expectation.type,
        kwargs={name: _comparable(value) for name, value in expectation.kwargs.items()},
        severity=FailureSeverity(expectation.severity),
        meta={_PLACE: place, "notes": expectation.meaning},
    )


def _comparable(value: object) -> object:
    """A date as the time at which it begins: pandas compares its time stamps with nothing else."""
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def _place(result: ExpectationValidationResult) -> int:
    configuration = result.expectation_config
    if configuration is None:
        raise TypeError("a validation result names its expectation")
    return int(configuration.meta[_PLACE])


def _as_check(table: str, expectation: Expectation, result: ExpectationValidationResult, frame: pd.DataFrame) -> Check:
    observed = _observed(result)
    if expectation.type == _NO_ROWS and not frame.empty:
        observed += f" rows, first {_first_row(frame)}"
    passed = bool(result.success)
    return Check(
        table=table,
        expectation=expectation.type,
        column=", ".join(expectation.columns()),
        severity=expectation.severity,
        success=passed,
        observed=observed,
        message=expectation.meaning if passed else f"{expectation.meaning} Found: {observed}.",
    )


def _first_row(frame: pd.DataFrame) -> str:
    """One of the rows that should not be there, so that a person has a place to look at."""
    return ", ".join(f"{name} {value}" for name, value in frame.iloc[0].items())[:_SHOWN_CHARACTERS]


def _observed(result: ExpectationValidationResult) -> str:
    trouble = _exception(result.exception_info or {})
    if trouble is not None:
        return f"could not be evaluated: {trouble}"
    found: dict[str, Any] = result.result or {}
    if "unexpected_count" in found:
        shown = found.get("partial_unexpected_list", [])[:_SHOWN_VALUES]
        values = ", ".join(str(value) for value in shown if not _is_null(value))
        count = f"{found['unexpected_count']} of {found.get('element_count', 0)} unexpected"
        return f"{count} ({values})" if values else count
    return str(found.get("observed_value", ""))


def _is_null(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _exception(info: Mapping[str, Any]) -> str | None:
    """The message of an exception, which stands either at the top or below a metric's id."""
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else None
    nested = (_exception(value) for value in info.values() if isinstance(value, Mapping))
    return next((message for message in nested if message), None)
