# SPDX-License-Identifier: Apache-2.0
"""The questions that a book answers, and the page of each: the answer first, its SQL below; all of it as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sourcebook.book.taken import ANSWERED
from sourcebook.content.labels import Labels
from sourcebook.extract.site import Question
from sourcebook.site.answer import CSV, Answer, Asked, attachment
from sourcebook.site.head import link_header
from sourcebook.site.machines.heads import of_file, of_listing, of_question
from sourcebook.site.parameters import wrong
from sourcebook.site.published import Published
from sourcebook.site.rendering import page
from sourcebook.site.reporting import stands
from sourcebook.site.results.asking import Refused, parameters_of
from sourcebook.site.results.files import as_csv, as_data
from sourcebook.site.results.rows import Result
from sourcebook.site.results.run import run


def answer(opened: Published, asked: Asked) -> Answer | None:
    """The list of questions; a question's page, or its answer as a file: ``/questions/NAME.csv``."""
    name = asked.path[1] if len(asked.path) > 1 else ""
    if not name:
        if problems := " ".join(wrong(asked, ())):
            return page("refused", opened, asked, status=400, refused=problems, told=problems)
        what = f"Questions that are answered by: {opened.site.title}"
        head = of_listing(opened, asked, asked.at("").page("questions"), [], what)
        return page("questions", opened, asked, head=head)
    by_name = {one.name: one for one in opened.site.questions}
    stem, _, form = name.rpartition(".")
    if name in by_name:
        return _html(opened, asked, by_name[name])
    if stem in by_name and form in ANSWERED:
        made = _file(opened, asked, by_name[stem], form)
        links = link_header(of_file(opened, asked, asked.at("").question(stem)))
        return made if made.status >= 400 else replace(made, headers={**made.headers, **links})
    return None


def _html(opened: Published, asked: Asked, question: Question) -> Answer:
    result: Result | None = None
    fields: tuple[str, ...] = ()
    values: dict[str, str] = {}
    problem = ""
    at = asked.at(opened.site.name)
    try:
        fields = parameters_of(opened, question)
        values = _values(fields, question, asked)
        if not fields or not _lacking(fields, values):
            result = run(opened, Labels(opened, at), question, values)
    except Refused as why:
        problem = str(why)
        if asked.data:
            return Answer.refusal(problem, 400, data=True)
    files = [(form, at.question(question.name, form, _said(question, values))) for form in ANSWERED] if result else []
    return page(
        "question",
        opened,
        asked,
        status=400 if problem else 200,
        head=None if problem else of_question(opened, asked, question, _said(question, values), files),
        question=question,
        fields=fields,
        values=values,
        lacking=_lacking(fields, values),
        result=result,
        problem=problem,
        files=files,
        stands=stands(opened, at, question.path, 1),
        editor=at.sql(question.sql, values),
        fits=at.fits(question.sql, values),
    )


def _values(fields: tuple[str, ...], question: Question, asked: Asked) -> dict[str, str]:
    """What is asked for, as text: what the reader says, and the defaults of what is not said.

    Where the reader says something, what has no default is empty; else it is not there. Raises Refused for what else is
    said.
    """
    if problems := wrong(asked, fields):
        raise Refused(" ".join(problems))
    said = {name: asked.one(name) for name in fields if name in asked.query}
    defaults = {name: question.defaults[name] for name in fields if name in question.defaults}
    return {**(dict.fromkeys(fields, "") if said else {}), **defaults, **said}


def _lacking(fields: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    """The parameters that have no value yet."""
    return [name for name in fields if name not in values]


def _said(question: Question, values: Mapping[str, str]) -> Mapping[str, str]:
    """What an address must say so that these are the ``values``: nothing where they are the defaults."""
    return {} if values == question.defaults else values


def _file(opened: Published, asked: Asked, question: Question, form: str) -> Answer:
    labels = Labels(opened, asked.at(opened.site.name))
    try:
        fields = parameters_of(opened, question)
        values = _values(fields, question, asked)
        if lacking := _lacking(fields, values):
            raise Refused(f"The question needs a value for {', '.join(lacking)}, in the address: ?{lacking[0]}=…")
        return _written(labels, question, values, form)
    except Refused as why:
        return Answer.refusal(str(why), 400, data=form == "json" or asked.data)


def _written(labels: Labels, question: Question, values: Mapping[str, str], form: str) -> Answer:
    if form == "json":
        return Answer.json(as_data(labels, question, values))
    text = as_csv(labels, question, values)
    return Answer(text.encode("utf-8", "replace"), CSV, headers=attachment(f"{question.name}.csv"))
