"""Let everyone deliver: all documents of the world, with faults planted, as finished files."""

from __future__ import annotations

from harmonize.demo import brand_audits, sportswear_audits
from harmonize.demo.audit_exports import audit_documents
from harmonize.demo.better_work import better_work_documents
from harmonize.demo.better_work_public import public_documents
from harmonize.demo.bsci_monitorings import bsci_documents
from harmonize.demo.caf_exports import caf_documents, caf_json_documents
from harmonize.demo.ersa_workbooks import ersa_documents
from harmonize.demo.faults import with_faults
from harmonize.demo.government_forms import government_documents
from harmonize.demo.happenings import Happenings
from harmonize.demo.higg_deliveries import fem_documents, fem_json_documents
from harmonize.demo.json_documents import json_parcel
from harmonize.demo.material import Material
from harmonize.demo.node_faults import with_node_faults
from harmonize.demo.parcels import Parcel, sheet_parcel
from harmonize.demo.registers import register_documents
from harmonize.demo.smeta7_audits import smeta7_documents
from harmonize.demo.smeta_audits import smeta_documents
from harmonize.demo.spoiled_files import spoiled_parcels

__all__ = ["deliver"]


def deliver(world: Happenings, material: Material, seed: int) -> list[Parcel]:
    """All files of the inbox."""
    exports = (*brand_audits.EXPORTS, *sportswear_audits.EXPORTS)
    sheets = [
        *fem_documents(world.fem, material, seed),
        *better_work_documents(world.better_work, material, seed),
        *public_documents(world.better_work, material, seed),
        *audit_documents(exports, world.audits, material, seed),
        *smeta_documents(world.audits, material, seed),
        *caf_documents(world.caf, material, seed),
        *ersa_documents(world.questionnaires, material, seed),
        *government_documents(world.questionnaires, material, seed),
        *register_documents(world.factories, material, seed),
    ]
    platforms = [
        *fem_json_documents(world.fem, material, seed),
        *caf_json_documents(world.caf, material, seed),
        *smeta7_documents(world.audits, material, seed),
        *bsci_documents(world.questionnaires, material, seed),
    ]
    facilities = len(world.factories)
    return [
        *map(sheet_parcel, with_faults(sheets, material.faults, material.higg_fem, facilities, seed)),
        *map(json_parcel, with_node_faults(platforms, material.faults, facilities, seed)),
        *spoiled_parcels(),
    ]
