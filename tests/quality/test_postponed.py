from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from harmonize.quality.postponed import postponed
with postponed("colorsys", "json"):
    import colorsys
    from colorsys import __name__ as name
    assert "colorsys" not in sys.modules or type(sys.modules["colorsys"]).__name__ == "_StandIn"
stand_in = colorsys
assert "colorsys" not in sys.modules and name == "colorsys"
assert stand_in.rgb_to_hsv(1, 1, 1) == (0.0, 0.0, 1)
import colorsys
assert type(colorsys).__name__ == "module" and colorsys.rgb_to_hsv is stand_in.rgb_to_hsv
try:
    stand_in.no_such_thing
except AttributeError as problem:
    assert "no_such_thing" in str(problem)
else:
    raise AssertionError
"""

DISTRIBUTION = """
import sys
from pathlib import Path
from harmonize.quality.judging import import_judge
from harmonize.quality.suites import load_suites
import pandas
judge = import_judge()
assert "altair" not in sys.modules and "scipy.stats" not in sys.modules
suites = load_suites([Path(sys.argv[1])])
judged = judge.judge(suites, {"file": pandas.DataFrame({"kind": ["a", "a", "b", "b"]})}, pages=True)
(verdict,) = judged["file"].verdicts
assert "scipy.stats" in sys.modules
sys.exit(not verdict.success or "could not" in verdict.observed)
"""


def _run(program: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-c", program, *arguments], check=False).returncode


def test_a_postponed_module_is_imported_when_it_is_used() -> None:
    assert _run(PROGRAM) == 0


def test_expectations_on_distributions_still_work(tmp_path: Path) -> None:
    path = tmp_path / "suite.yml"
    path.write_text(
        "table: file\nexpectations:\n  - type: expect_column_kl_divergence_to_be_less_than\n    kwargs:\n"
        "      column: kind\n      threshold: 0.1\n      partition_object: {values: [a, b], weights: [0.5, 0.5]}\n"
        "    severity: warning\n    meaning: Half and half.\n",
        encoding="utf-8",
    )
    assert _run(DISTRIBUTION, str(path)) == 0


ABSENT = """
import sys
from harmonize.quality.postponed import absent
import json
with absent("colorsys", "json"):
    import json
    try:
        import colorsys
    except ImportError:
        pass
    else:
        raise AssertionError
import colorsys
assert json.dumps(1) == "1" and colorsys.rgb_to_hsv(1, 1, 1) == (0.0, 0.0, 1)
"""

JUDGING = """
import sys
from pathlib import Path
from harmonize.quality.judging import begin_judging
from harmonize.quality.suites import load_suites
answer = begin_judging()
assert "sqlalchemy" not in sys.modules
import pandas
suites = load_suites([Path(sys.argv[1])])
judged = answer((suites, {"file": pandas.DataFrame({"kind": ["a", "b"]})}, True))
(verdict,) = judged["file"].verdicts
sys.exit(not verdict.success or "kind" not in judged["file"].page)
"""


def test_an_absent_module_is_as_if_it_were_not_installed() -> None:
    assert _run(ABSENT) == 0


def test_a_process_of_our_own_judges_without_what_speaks_with_databases(tmp_path: Path) -> None:
    path = tmp_path / "suite.yml"
    path.write_text(
        "table: file\nexpectations:\n  - type: expect_column_values_to_be_in_set\n    kwargs:\n"
        "      column: kind\n      value_set: [a, b]\n    severity: warning\n    meaning: Half and half.\n",
        encoding="utf-8",
    )
    assert _run(JUDGING, str(path)) == 0
