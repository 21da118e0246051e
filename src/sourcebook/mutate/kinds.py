# SPDX-License-Identifier: Apache-2.0
"""The classes of faults: one registry, one function each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sourcebook.mutate import answers, links, records, syntax, values
from sourcebook.mutate.model import Mutant
from sourcebook.mutate.source import Source


@dataclass(frozen=True, slots=True)
class Kind:
    """One class of faults: its ID, and what makes mutants of it. Each is a different one; None is one that failed."""

    id: str
    make: Callable[[Source, random.Random], Iterator[Mutant | None]]

    @property
    def summary(self) -> str:
        """What goes wrong, in a sentence."""
        return (self.make.__doc__ or "").partition("\n")[0]


_ALL = (
    Kind("dangling-reference", links.dangling_reference),
    Kind("wrong-reference", links.wrong_reference),
    Kind("wrong-source", links.wrong_source),
    Kind("dropped-attribution", links.dropped_attribution),
    Kind("missing-property", links.missing_property),
    Kind("unlinked-answer", answers.unlinked_answer),
    Kind("dropped-answer", answers.dropped_answer),
    Kind("ungrounded-row", answers.ungrounded_row),
    Kind("missing-as-of", answers.missing_as_of),
    Kind("doubled-key", links.doubled_key),
    Kind("exchanged-keys", links.exchanged_keys),
    Kind("wrong-type", values.wrong_type),
    Kind("emptied-value", values.emptied_value),
    Kind("lost-quotes", values.lost_quotes),
    Kind("misspelt-choice", values.misspelt_choice),
    Kind("out-of-range", values.out_of_range),
    Kind("dropped-digit", values.dropped_digit),
    Kind("flipped-boolean", values.flipped_boolean),
    Kind("impossible-date", values.impossible_date),
    Kind("turned-range", values.turned_range),
    Kind("no-such-paragraph", values.no_such_paragraph),
    Kind("item-twice", values.item_twice),
    Kind("unknown-property", records.unknown_property),
    Kind("misspelt-property", records.misspelt_property),
    Kind("key-twice", records.key_twice),
    Kind("empty-record", records.empty_record),
    Kind("record-twice", records.record_twice),
    Kind("broken-utf8", syntax.broken_utf8),
    Kind("tab-for-space", syntax.tab_for_space),
    Kind("bad-indentation", syntax.bad_indentation),
    Kind("unclosed-quote", syntax.unclosed_quote),
    Kind("truncated-file", syntax.truncated_file),
)

KINDS: dict[str, Kind] = {kind.id: kind for kind in _ALL}
