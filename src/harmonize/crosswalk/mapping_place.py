"""Where a mapping is written: the line of its SSSOM file and that of its rules, as the project holds them today."""

from __future__ import annotations

from urllib.parse import unquote

from harmonize.crosswalk.tabular import read_text
from harmonize.project import Project

__all__ = ["mapping_places"]


def mapping_places(project: Project, mapping_id: str) -> dict[str, str | None]:
    """`mappings/<instrument>/<file>:<line>` of the statement (`sssom`) and of its rules (`rules`).

    None where no line says it any more: the release was made by other files. A mapping of a whole compliance point
    stands in one table, which is both.
    """
    instrument, edition, question = (*mapping_id.split(":", 2), "", "")[:3]
    if edition == "compliance_point":
        place = _line(project, f"{instrument}/compliance_points.tsv", question)
        return {"sssom": place, "rules": place}
    return {
        "sssom": _line(project, f"{instrument}/{edition}.sssom.tsv", f"{instrument}:{question}"),
        "rules": _line(project, f"{instrument}/{edition}.rules.tsv", question),
    }


def _line(project: Project, name: str, first: str) -> str | None:
    """The line whose first cell says it; what maps comes before what only stands beside it."""
    for path in project.files("mappings", name):
        lines = enumerate(read_text(path).splitlines(), start=1)
        found = [(number, line.split("\t")) for number, line in lines if _first(line) == first]
        if found:
            number, _ = next((one for one in found if _maps(one[1])), found[0])
            return f"mappings/{name}:{number}"
    return None


def _first(line: str) -> str:
    return unquote(line.split("\t", 1)[0])


def _maps(cells: list[str]) -> bool:
    """Whether a line of an SSSOM file leads to our indicator and denies nothing."""
    return "Not" not in cells and any(cell.startswith("hz:") for cell in cells)
