# SPDX-License-Identifier: Apache-2.0
"""A comparison as plain data, by ``diff.schema.json``: everything, and nothing shortened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.diff.model import AnswerChange, Change, Compared, RecordChange, Side, Stand, Statement
from sourcebook.exact import loads
from sourcebook.finding import pointer

FORMAT = "sourcebook-diff/1"
"""What the form calls itself: another number where it is not read as before."""


def as_dict(compared: Compared) -> dict[str, Any]:
    """The comparison, less nothing: what `applied` makes new records of."""
    kinds = ("added", "removed", "changed", "renamed", "moved")
    return {
        "format": FORMAT,
        "old": _side(compared.old),
        "new": _side(compared.new),
        "differs": compared.differs,
        "counts": {
            **{kind: len(compared.of(kind)) for kind in kinds},
            "answers_lost": sum(one.lost for one in compared.answers),
            "answers_got": sum(not (one.lost or one.was) for one in compared.answers),
            "breaking": len(compared.breaking),
            "unreadable": len(compared.unreadable),
            "uncompared": len(compared.uncompared),
        },
        "answers": [_answer(one) for one in compared.answers],
        "records": [_record(one) for one in compared.records],
        "tables": [{name: _plain(getattr(one, name)) for name in one.__slots__} for one in compared.tables],
        "descriptor": [_change(one) for one in compared.descriptor],
        "files": [{"kind": one.kind, "file": one.file, "data": one.data} for one in compared.files],
        "unreadable": [
            {
                "side": one.side,
                "path": one.finding.path,
                "line": one.finding.line,
                "column": one.finding.column,
                "rule": one.finding.rule,
                "message": one.finding.message,
                "hint": one.finding.hint,
            }
            for one in compared.unreadable
        ],
        "uncompared": [
            {"side": one.side, "collection": one.collection, **_stand(one.key, one.stand)}
            for one in compared.uncompared
        ],
        "notes": list(compared.notes),
    }


def diff_schema() -> Any:
    """The JSON Schema of the form."""
    return loads((Path(__file__).parent / "diff.schema.json").read_bytes())


def _side(side: Side) -> dict[str, str]:
    return {name: getattr(side, name) for name in side.__slots__}


def _answer(one: AnswerChange) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "lost": one.lost,
        "statement": {"collection": one.collection, "key": one.key},
        "answer": {"collection": one.by_collection, "key": one.by_key},
        "removed": one.gone,
        "was": one.was,
        "words": str(one),
    }


def _record(one: RecordChange) -> dict[str, Any]:
    old = _stand(one.old_key, one.old) if one.old else None
    new = _stand(one.key, one.new) if one.new else None
    if old is not None and one.kind == "removed" and one.old_value is not None:
        old["value"] = one.old_value
    if new is not None and one.kind == "added":
        new["value"] = one.new_value
    told = {
        "kind": one.kind,
        "collection": one.collection,
        "key": one.key,
        "old": old,
        "new": new,
        "changes": [_change(change) for change in one.changes],
        "why": one.why,
    }
    return told | ({"statement": _statement(one.statement)} if one.statement else {})


def _stand(key: str, stand: Stand) -> dict[str, Any]:
    return {"key": key, "file": stand.file, "line": stand.line, "number": stand.number}


def _statement(one: Statement) -> dict[str, Any]:
    answers = [{"words": words, "record": record} for words, record in one.answers]
    return {"by": list(one.by), "in": list(one.published_in), "answers": answers}


def _change(one: Change) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": one.kind,
        "old_at": None if one.old_at is None else pointer(one.old_at),
        "new_at": None if one.new_at is None else pointer(one.new_at),
        "name": one.name,
    }
    if one.kind in ("removed", "changed", "order"):
        told["old"] = one.old
    if one.kind in ("added", "changed", "order"):
        told["new"] = one.new
    return told


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
