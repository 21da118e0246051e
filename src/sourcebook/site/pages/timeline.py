# SPDX-License-Identifier: Apache-2.0
"""The timeline: when the records were that have a place in time, as a picture and as the table that says the same."""

from __future__ import annotations

from dataclasses import replace

from sourcebook.content.labels import Labels
from sourcebook.extract.days import day_text
from sourcebook.extract.site import Collection
from sourcebook.site.answer import Answer, Asked
from sourcebook.site.machines.heads import of_picture
from sourcebook.site.pictures.chosen import chosen
from sourcebook.site.pictures.frame import ROWS, address, status, turn
from sourcebook.site.pictures.spans import ROLE, spans_of, told, window
from sourcebook.site.pictures.timeline import draw, singles
from sourcebook.site.published import Published
from sourcebook.site.rendering import page


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The page; None where no collection of the book has a place in time."""
    if not any(ROLE in one.roles for one in opened.site.collections):
        return None
    at = asked.at(opened.site.name)
    labels = Labels(opened, at)
    picked = chosen(opened, labels, asked, ROLE, own=("from", "to"))
    within = window(asked)
    spans, lacking = spans_of(opened, picked, within)
    turned = turn(at, asked, len(spans))
    problems = [*within.problems, *filter(None, (turned.problem,))]
    wrong = " ".join((*problems, *picked.problems))
    listed = spans[turned.first : turned.first + ROWS]
    said = told(labels, list(dict.fromkeys([*singles(spans, within), *listed])))

    rows = [said[one].row for one in listed if one in said]
    noted = any(row.cells[-1] for row in rows)  # a book need not say how exact its dates are

    def narrower(collection: Collection, first: int, last: int) -> str:
        ends = {"from": day_text(first), "to": day_text(last)}
        return address(at, asked, collection=collection.name, **ends)

    return page(
        "timeline",
        opened,
        asked,
        status=status(turned, wrong),
        head=None if wrong else of_picture(opened, asked, "timeline"),
        refused=wrong,
        chosen=picked,
        timeline=draw(spans, said, narrower, within, lacking),
        problems=problems,
        heads=("When", "How exact")[: 2 if noted else 1],
        rows=[replace(row, cells=row.cells if noted else row.cells[:1]) for row in rows],
        turn=turned,
        ends=[(name, label, asked.one(name)) for name, label in (("from", "From"), ("to", "Until"))],
    )
