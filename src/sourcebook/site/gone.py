# SPDX-License-Identifier: Apache-2.0
"""What became of a record that was published once: it has another key, or it is gone, with the day and the reason.

That is told by the book's list of moved keys, by its log of corrections, and by the table of gone keys, which knows
every key that was ever published. What none of them says is not made up.
"""

from __future__ import annotations

from dataclasses import dataclass

from sourcebook.content.addresses import Addresses
from sourcebook.content.values import Shown, Value, date
from sourcebook.extract.gone_keys import GONE
from sourcebook.site.corrections import entries
from sourcebook.site.published import Published

HAS_TABLE = ("gone keys",)
"""By which a release keeps whether it has a table of gone keys."""
_WORDS = {
    "removed": "This record was removed",
    "renamed": "This record has another key",
    "retracted": "This record was retracted",
    "taken-down": "This record was taken down",
}


@dataclass(frozen=True, slots=True)
class Left:
    """What is said of a record that is not at its key any more: ``to`` is the key that stands for it now, if one does.

    ``how`` is removed, renamed, retracted or taken-down, or empty where that is not known; ``href`` leads to the entry
    of the log of corrections.
    """

    to: str = ""
    how: str = ""
    on: Shown | None = None
    reason: Shown | None = None
    href: str = ""

    @property
    def words(self) -> str:
        """What became of it, in words."""
        return _WORDS.get(self.how, "This record was withdrawn")


def left(opened: Published, at: Addresses, collection: str, key: str) -> Left | None:
    """What became of the record that had a ``key`` in a ``collection``; None where nothing is known of one.

    Whether there is a record of that key today is not looked at.
    """
    moved = opened.site.moved.get(collection, {}).get(key)
    listed = _listed(opened, collection, key)
    to = (moved.to if moved else "") or (listed.to if listed else "")
    if to:
        return Left(to=to, how="renamed")
    logged = list(entries(opened, at, collection, key))
    if not (moved or listed or logged):
        return None
    last = logged[-1] if logged else None
    found = listed or Left()
    # What the list of moved keys says is what the book says of this key; the log may tell of what was changed before.
    on = date(moved.on) if moved else found.on or (last.on if last else None)
    reason = Value(moved.gone) if moved else found.reason or (last.reason if last else None)
    return Left(how=found.how, on=on, reason=reason, href=last.href if last else "")


def _listed(opened: Published, collection: str, key: str) -> Left | None:
    """What the table of gone keys says."""
    if not has_table(opened):
        return None
    sql = f'SELECT "to", how, day, reason FROM site.{GONE} WHERE collection = ? AND key = ?'
    row = opened.connection.execute(sql, (collection, key)).fetchone()
    if row is None:
        return None
    to, how, day, reason = row
    return Left(to, how, date(day[:10]) if day else None, Value(reason) if reason else None)


def is_gone(opened: Published, key: str) -> bool:
    """Whether a key is that of a record that was removed or withdrawn, of any collection, and of none that is there."""
    if not has_table(opened):
        return False
    for one in opened.site.collections:
        found = _listed(opened, one.name, key)
        if found and found.how != "renamed" and not opened.has(one.name, key):
            return True
    return False


def was_collection(opened: Published, name: str) -> bool:
    """Whether a collection of that name was published once, and is none any more."""
    if any(one.name == name for one in opened.site.collections) or not has_table(opened):
        return False
    sql = f"SELECT 1 FROM site.{GONE} WHERE collection = ? LIMIT 1"
    return opened.connection.execute(sql, (name,)).fetchone() is not None


def has_table(opened: Published) -> bool:
    """Whether the release has a table of gone keys."""
    if HAS_TABLE not in opened.kept:
        attached = {row[1] for row in opened.connection.execute("PRAGMA database_list")}
        sql = "SELECT 1 FROM site.sqlite_master WHERE name = ?"
        opened.kept[HAS_TABLE] = "site" in attached and opened.connection.execute(sql, (GONE,)).fetchone() is not None
    return bool(opened.kept[HAS_TABLE])
