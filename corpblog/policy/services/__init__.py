"""What changes policies, and the one question that everything that leaves must pass."""

from corpblog.policy.services.drafts import (
    add_pack,
    create_draft,
    discard_draft,
    draft_of_document,
    draft_of_files,
    drop_dictionary,
    edit_draft,
    put_dictionary,
    put_document,
    put_records,
    switch_pack,
)
from corpblog.policy.services.exporting import export
from corpblog.policy.services.proposals import lowered_by, propose, put_in_force, refuse, roll_back, waits_until
from corpblog.policy.services.scanning import scan
from corpblog.policy.services.syncing import drop_source, put_source, sync_lists, sync_now, try_address

__all__ = [
    "add_pack",
    "create_draft",
    "discard_draft",
    "draft_of_document",
    "draft_of_files",
    "drop_dictionary",
    "drop_source",
    "edit_draft",
    "export",
    "lowered_by",
    "propose",
    "put_dictionary",
    "put_document",
    "put_in_force",
    "put_records",
    "put_source",
    "refuse",
    "roll_back",
    "scan",
    "switch_pack",
    "sync_lists",
    "sync_now",
    "try_address",
    "waits_until",
]
