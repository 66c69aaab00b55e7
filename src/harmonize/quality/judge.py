"""Hold tables against their expectation suites with Great Expectations, on pandas batches, without any network.

Importing this module imports Great Expectations, which takes seconds: `harmonize.quality.judging` does so when there is
something to judge, and nobody else does. The library's stores, checkpoints and site builder are not used: a batch
validates a suite, and the page renderer makes the page of the result.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.expectation import Expectation as LibraryExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

from harmonize.collection import without_collector
from harmonize.errors import ConfigurationError
from harmonize.quality.result import Judged, Verdict
from harmonize.quality.suites import Expectation, LoadedSuite

__all__ = ["judge"]

_PLACE = "place"
_SHOWN_VALUES = 5
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""The run time that the renderer demands and that the pages do not show: a run carries no clock."""
_RUN = RunIdentifier(run_name="harmonize", run_time=_NO_TIME)


def judge(suites: Sequence[LoadedSuite], frames: Mapping[str, pd.DataFrame], *, pages: bool) -> dict[str, Judged]:
    """Hold each suite against the frame of its table.

    Raises:
        ConfigurationError: an expectation that the library does not know or whose arguments it refuses.
    """
    with _quiet():
        wanted = {suite.table: _suite(suite) for suite in suites}
        batches = _batches()
        results = {table: _validate(batches, suite, _plain(frames[table])) for table, suite in wanted.items()}
        printed = _pages(results) if pages else dict.fromkeys(results, "")
    return {
        table: Judged(tuple(_verdict(one) for one in _in_order(result)), printed[table])
        for table, result in results.items()
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's own remarks off the terminal (what it finds is in the result) and the collector off its back.

    The library makes hundreds of thousands of short-lived objects, none in a cycle worth collecting in between.
    """
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), without_collector():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _batches() -> BatchDefinition[Any]:
    configuration = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(mode="ephemeral", project_config=configuration)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("whole")


def _suite(suite: LoadedSuite) -> gx.ExpectationSuite:
    # (All at once: `add_expectation` compares each with all before it.)
    expectations = [_expectation(suite, place, stated) for place, stated in enumerate(suite.expectations)]
    return gx.ExpectationSuite(name=suite.table, expectations=expectations)


def _expectation(suite: LoadedSuite, place: int, stated: Expectation) -> LibraryExpectation:
    try:
        return ExpectationConfiguration(
            type=stated.type,
            kwargs={name: _comparable(value) for name, value in stated.kwargs.items()},
            severity=FailureSeverity(stated.severity),
            meta={_PLACE: place, "notes": stated.meaning},
        ).to_domain_obj()
    except (GreatExpectationsError, ValueError, TypeError) as problem:
        raise ConfigurationError(f"{suite.path}: {suite.table}: {stated.type}: {problem}") from problem


def _comparable(value: object) -> object:
    """A date as the time at which it begins: pandas compares its time stamps with nothing else."""
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with enums as texts: categories do not compare and do not print."""
    enums = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(enums, object)) if enums else frame


def _validate(
    batches: BatchDefinition[Any], suite: gx.ExpectationSuite, frame: pd.DataFrame
) -> ExpectationSuiteValidationResult:
    result = batches.get_batch({"dataframe": frame}).validate(suite, result_format="BASIC")
    result.meta |= {"run_id": _RUN, "validation_time": _NO_TIME}
    return result


def _pages(results: Mapping[str, ExpectationSuiteValidationResult]) -> dict[str, str]:
    renderer, view = ValidationResultsPageRenderer(), DefaultJinjaPageView()
    render: Callable[..., str] = view.render
    return {table: render(renderer.render(result), show_how_to_buttons=False) for table, result in results.items()}


def _in_order(result: ExpectationSuiteValidationResult) -> list[ExpectationValidationResult]:
    return sorted(result.results, key=_place)


def _place(result: ExpectationValidationResult) -> int:
    configuration = result.expectation_config
    if configuration is None:
        raise TypeError("a validation result names its expectation")
    return int(configuration.meta[_PLACE])


def _verdict(result: ExpectationValidationResult) -> Verdict:
    return Verdict(bool(result.success), _observed(result))


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
