"""Withholds from audiences what no grant opens: of the rows that the joint core shares, before the stages.

Reads the temp tables `audience`, `shared_answer`, `shared_finding`, `shared_mention` and `shared_header` (README of the
package: `harmonize.sharing`). Findings, mentions and headers are changed in place; for answers, which are many, it says
what is to be done:

`withheld_question(kind, instrument, question_id, indicator_id, class_no, class)`
    questions that leave for no audience of a kind (`indicator_id` is empty where unmapped).
`withheld_answer(audience_no, answer_no, class, effect)`
    one row for each answer that does not leave as it is. Effect `row`: not at all. `value`: `value_text`, `raw_value`,
    `value_number` and the remark become null, and the reason reads `withheld: small count`. `text`: the four texts are
    those of `masked_answer(audience_no, answer_no, value_text, raw_value, remark_reason, remark_description, class)`.
`withheld_score(audience_no, instrument, class)`
    instruments whose scores (table `score`) leave for an audience with its own rows alone.
`withheld_count(audience_no, class, rule, table_name, rows)`
    how much was withheld, for the manifest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.database import quoted
from harmonize.sharing.personal_masks import contact_masker, masker
from harmonize.sharing.withholding_rules import Indicator, WithholdingRules

__all__ = [
    "SMALL_COUNT_REASON",
    "create_rule_tables",
    "create_temp_table",
    "flag_texts",
    "known_indicators",
    "withhold",
]

SMALL_COUNT_REASON = "withheld: small count"
_STRING, _LIST = pa.string(), pa.list_(pa.string())
_KEPT_COLUMNS = frozenset(
    {"audience_no", "mention_id", "is_own", "file_id", "locator", "assessment_no", "facility_id", "contributor"}
    | {"instrument"}
)
"""Columns of a mention by which the core finds it; they are no statement of the mention."""


def withhold(
    connection: duckdb.DuckDBPyConnection,
    rules: WithholdingRules,
    approved: Collection[str] = (),
    indicators: str = "source.indicator",
    rights: str = "source.instrument_rights",
) -> None:
    """Withhold what the rules forbid; own rows are not touched.

    Args:
        approved: keys of the texts that a steward let go (`harmonize.sharing.text_reviews`).
        indicators: the table of the language.
        rights: the table of the instruments' rights.
    """
    create_rule_tables(connection, rules, known_indicators(connection, indicators))
    connection.execute(f"CREATE OR REPLACE TEMP VIEW shared_right AS SELECT * FROM {rights}")
    _run(connection, "shared_questions.sql")
    _run(connection, "denied.sql")
    _create(connection, "approved_text", {"key": _STRING}, [{"key": key} for key in sorted(approved)])
    _run(connection, "withholding.sql")
    _suppress_small_counts(connection)
    flag_texts(connection, rules, _TEXTS)
    _flag_addresses(connection, rules)
    for name in ("text_key.sql", "texts.sql", "findings.sql", "headers.sql"):
        _run(connection, name)
    _strip_unnamed(connection, rules)
    _run(connection, "withheld_count.sql")


def withhold_questions(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules) -> None:
    """Make `withheld_question` of all that is asked, and `flagged_text` of the texts that many answers state.

    Answers to such questions are never chosen (own ones are); the others are looked at by `withhold`, as far as
    anything in them may have to be withheld.
    """
    create_rule_tables(connection, rules, known_indicators(connection, "source.indicator"))
    connection.execute("CREATE OR REPLACE TEMP VIEW shared_right AS SELECT * FROM source.instrument_rights")
    _run(connection, "asked_questions.sql")
    _run(connection, "denied.sql")
    flag_texts(connection, rules, "SELECT raw_value AS text FROM source.compact.stated_text WHERE text_no > 0")


def known_indicators(connection: duckdb.DuckDBPyConnection, table: str) -> list[Indicator]:
    """The indicators of a release."""
    rows = connection.execute(f"SELECT indicator_id, topic_id, kind::VARCHAR, unit, facets FROM {table}").fetchall()
    return [Indicator(name, topic, kind, unit, tuple(facets or ())) for name, topic, kind, unit, facets in rows]


def create_rule_tables(
    connection: duckdb.DuckDBPyConnection, rules: WithholdingRules, indicators: Iterable[Indicator]
) -> None:
    """The rules as tables, patterns resolved against the language."""
    known = list(indicators)
    numbers = {name: number for number, (name, _) in enumerate(rules.reasons())}
    integer, boolean = pa.int32(), pa.bool_()
    by_name = {one.name: one for one in rules.classes}
    _create(
        connection,
        "withheld_class",
        {
            "class_no": integer, "class": _STRING, "rule": integer, "unmapped": boolean, "unless_right": _LIST,
            "instruments": _LIST, "columns": _LIST,
        },
        [
            {
                "class_no": numbers[name],
                "class": name,
                "rule": reason.rule,
                "unmapped": name in by_name and by_name[name].unmapped,
                "unless_right": list(by_name[name].unless_right) if name in by_name else [],
                "instruments": list(by_name[name].instruments) if name in by_name else [],
                "columns": list(by_name[name].columns) if name in by_name else [],
            }
            for name, reason in rules.reasons()
        ],
    )  # fmt: skip
    denied = [
        {"class_no": numbers[name], "class": name, "kind": kind}
        for name, reason in rules.reasons()
        for kind in reason.denied_to
    ]
    _create(connection, "withheld_kind", {"class_no": integer, "kind": _STRING}, denied)
    own = [row for row in denied if row["class"] not in by_name]
    _create(connection, "denied_text", {"class": _STRING, "kind": _STRING}, own)
    _create(
        connection,
        "withheld_indicator",
        {"indicator_id": _STRING, "class_no": integer},
        [{"indicator_id": name, "class_no": numbers[one]} for name, one in rules.classes_of(known)],
    )
    _create(
        connection,
        "withheld_pattern",
        {"instrument": _STRING, "pattern": _STRING, "class_no": integer},
        [
            {"instrument": instrument, "pattern": pattern, "class_no": numbers[one.name]}
            for one in rules.classes
            for instrument, patterns in one.questions.items()
            for pattern in patterns
        ],
    )
    for table, column, attribute in (
        ("withheld_state", "state", "states"),
        ("withheld_severity", "severity", "severities"),
        ("withheld_rating", "pattern", "ratings"),
    ):
        _create(
            connection,
            table,
            {column: _STRING, "class_no": integer},
            [
                {column: value, "class_no": numbers[one.name]}
                for one in rules.classes
                for value in getattr(one, attribute)
            ],
        )
    _create_count_tables(connection, rules, known)
    _create_text_tables(connection, rules, known)


def _create_count_tables(
    connection: duckdb.DuckDBPyConnection, rules: WithholdingRules, known: list[Indicator]
) -> None:
    counts, integer = rules.small_counts, pa.int32()
    # Totals are looked at whether or not they are counts of workers themselves.
    named = {one.total for one in counts.sums} | {one.of for one in counts.shares}
    counted = [one.indicator_id for one in known if counts.counts(one) or one.indicator_id in named]
    _create(connection, "counted_indicator", {"indicator_id": _STRING}, [{"indicator_id": name} for name in counted])
    _create(connection, "least_count", {"least": integer}, [{"least": counts.least}])
    _create(
        connection, "always_suppressed", {"indicator_id": _STRING}, [{"indicator_id": name} for name in counts.always]
    )
    shares = [{"share": one.share, "whole": one.of} for one in counts.shares]
    _create(connection, "count_share", {"share": _STRING, "whole": _STRING}, shares)
    sums = [{"sum_no": no, "total": one.total, "parts": list(one.parts)} for no, one in enumerate(counts.sums)]
    _create(connection, "count_sum", {"sum_no": integer, "total": _STRING, "parts": _LIST}, sums)
    parts = [{"sum_no": no, "part": part} for no, one in enumerate(counts.sums) for part in one.parts]
    _create(connection, "count_part", {"sum_no": integer, "part": _STRING}, parts)


def _create_text_tables(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules, known: list[Indicator]) -> None:
    sensitive, boolean = rules.sensitive_texts, pa.bool_()
    _create(
        connection,
        "text_indicator",
        {"indicator_id": _STRING, "is_sensitive": boolean, "is_text": boolean, "is_identifier": boolean},
        [
            {
                "indicator_id": one.indicator_id,
                "is_sensitive": sensitive.matches(one),
                "is_text": one.kind == "text",
                "is_identifier": rules.personal.is_identifier(one.indicator_id),
            }
            for one in known
        ],
    )
    _create(connection, "text_limit", {"free_from": pa.int32()}, [{"free_from": sensitive.free_from}])
    topics = [{"topic_id": name} for name in sensitive.topics]
    _create(connection, "sensitive_topic", {"topic_id": _STRING}, topics)
    severities = [{"severity": name} for name in sensitive.severities]
    _create(connection, "sensitive_severity", {"severity": _STRING}, severities)
    # (RE2 knows word boundaries of ASCII alone.)
    words = "|".join(re.escape(word) for word in rules.organisations)
    pattern = rf"(?i)(?:^|[^\pL\pN])(?:{words})(?:$|[^\pL\pN])"
    _create(connection, "organisation", {"pattern": _STRING}, [{"pattern": pattern}])


def _suppress_small_counts(connection: duckdb.DuckDBPyConnection) -> None:
    _run(connection, "small_counts.sql")
    spread = files("harmonize.sharing").joinpath("small_counts_spread.sql").read_text(encoding="utf-8")
    while connection.execute(spread).fetchall()[0][0]:
        pass
    connection.execute(
        """
        INSERT INTO withheld_answer
        SELECT DISTINCT a.audience_no, a.answer_no, 'small_count', 'value'
        FROM shared_answer a
        JOIN suppressed_count s USING (audience_no, assessment_id, indicator_id)
        JOIN audience_kind k USING (audience_no)
        JOIN denied_text d ON d.class = 'small_count' AND d.kind = k.kind
        ANTI JOIN withheld_answer w ON w.audience_no = a.audience_no AND w.answer_no = a.answer_no
        WHERE NOT a.is_own
        """
    )


_TEXTS = """
    SELECT value_text AS text FROM shared_answer WHERE NOT is_own
    UNION SELECT raw_value FROM shared_answer WHERE NOT is_own AND value_number IS NULL
    UNION SELECT remark_reason FROM shared_answer WHERE NOT is_own
    UNION SELECT remark_description FROM shared_answer WHERE NOT is_own
    UNION SELECT unnest([description, root_cause, action, legal_reference, responsible])
    FROM shared_finding WHERE NOT is_own
    UNION SELECT assessor FROM shared_header WHERE NOT is_own
"""
_SUSPECT = """
    SELECT text, regexp_matches(nfc_normalize(text), {words}) AS has_word
    FROM ({texts})
    WHERE length(text) > 3
        AND (regexp_matches(nfc_normalize(text), {hint}) OR regexp_matches(nfc_normalize(text), {words}))
"""


def flag_texts(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules, texts: str) -> None:
    """Make `flagged_text(text, masked, has_word)` of those texts that name persons or a sensitive matter.

    Args:
        texts: a query of distinct texts, in the column `text`.
    """
    words = "(?i)" + "|".join(re.escape(word) for word in rules.sensitive_texts.all_words)
    asked = _SUSPECT.format(words=quoted(words), hint=quoted(rules.personal.hint), texts=texts)
    mask = masker(rules.personal)
    rows = []
    for text, has_word in connection.execute(asked).fetchall():
        told = mask(text)
        if has_word or told != text:
            rows.append({"text": text, "masked": None if told == text else told, "has_word": has_word})
    _create(connection, "flagged_text", {"text": _STRING, "masked": _STRING, "has_word": pa.bool_()}, rows)


def _flag_addresses(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules) -> None:
    mask = contact_masker(rules.personal)
    found = connection.execute("SELECT DISTINCT address FROM shared_mention WHERE NOT is_own AND address IS NOT NULL")
    told = ((text, mask(text)) for (text,) in found.fetchall())
    rows = [{"text": text, "masked": masked} for text, masked in told if masked != text]
    _create(connection, "flagged_address", {"text": _STRING, "masked": _STRING}, rows)


def _strip_unnamed(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules) -> None:
    """Of mentions that leave without names, empty all but what the rules keep."""
    columns = [row[0] for row in connection.execute("DESCRIBE shared_mention").fetchall()]
    emptied = [name for name in columns if name not in _KEPT_COLUMNS and name not in rules.unnamed_columns]
    if emptied:
        settings = ", ".join(f'"{name}" = NULL' for name in emptied)
        connection.execute(
            f"UPDATE shared_mention SET {settings} WHERE NOT is_own "
            "AND audience_no IN (SELECT audience_no FROM audience WHERE NOT is_named)"
        )


def _create(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: dict[str, pa.DataType],
    rows: Sequence[Mapping[str, object]],
) -> None:
    create_temp_table(connection, name, pa.Table.from_pylist(list(rows), schema=pa.schema(columns)))


def create_temp_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Make or replace a temp table, in a file that is only read too."""
    connection.register("arriving", table)
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM arriving')
    connection.unregister("arriving")


def _run(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(files("harmonize.sharing").joinpath(name).read_text(encoding="utf-8"))
