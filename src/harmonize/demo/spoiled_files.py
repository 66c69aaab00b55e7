"""Make files that must be refused as a whole, and those that must be passed over without a word.

Every one of them stands alone in its delivery folder, so that nothing sound is lost with it.
"""

from __future__ import annotations

from harmonize.demo.parcels import Parcel
from harmonize.demo.rendering import archive, json_bytes
from harmonize.demo.truth import FaultTruth

__all__ = ["spoiled_parcels"]

WITHOUT_VISIT = (
    "VendorCode;FacilityID;FacilityName;StreetAddress;City;Region;Country;VisitType;VisitDate;Color;ProvisionCode;"
    "Provision;Severity;FindingText;CAPAction;TargetDate;CAPStatus\r\n"
    "VN00001;1000011;Brinadora Feltela Garment Co Ltd;12 Road 3;Ben Cat;Binh Duong;Vietnam;Full;03/14/2026;green;"
    ";;;;;;\r\n"
)
COST_SHEET = "Style;Fabric consumption;Trim cost;Margin\r\nA-100;1.25;0.40;12\r\nA-101;1.31;0.38;11\r\n"
README = "Exports of the last season. Nothing to load in this file.\n"


def spoiled_parcels() -> list[Parcel]:
    """All files with a fate of their own."""
    cut = json_bytes({"from": 0, "size": 2, "total": 2, "assessments": [{"id": "femsurvey:cut", "status": "ASC"}]})
    nested = archive({"inner.zip": archive({"fem.csv": b"surveyid,version,status\r\n"})})
    broken = archive({"fem.csv": b"surveyid,version,status\r\n"})[:60]
    return [
        _refused(
            "gap/received-2026-03-02/visits_without_number.csv",
            WITHOUT_VISIT.encode(),
            "missing_column",
            "VisitID",
        ),
        _refused("levis/received-2026-03-03/cost_sheet.csv", COST_SHEET.encode(), "unknown_format", ""),
        _refused("higg/received-2026-03-04/broken.zip", broken, "broken_archive", ""),
        _nested("higg/received-2026-03-05/nested.zip", nested),
        _refused("pvh/received-2026-03-06/fem2024_cut.json", cut[:-40], "truncated_json", ""),
        _refused("northline/received-2026-03-07/empty.csv", b"", "empty_file", ""),
        Parcel("bfc/received-2026-02-12/README.txt", README.encode(), "bfc", status="passed_over"),
    ]


def _refused(path: str, content: bytes, code: str, value: str) -> Parcel:
    fault = FaultTruth(path, "file", "header|row=1|line=1|$", code, value, "", "")
    return Parcel(path, content, path.partition("/")[0], status="refused", faults=(fault,))


def _nested(path: str, content: bytes) -> Parcel:
    """A reader may refuse the inner archive or the outer one."""
    parcel = _refused(path, content, "nested_archive", "inner.zip")
    return Parcel(path, content, parcel.contributor, status="refused", also=f"{path}!/inner.zip", faults=parcel.faults)
