# SPDX-License-Identifier: Apache-2.0
"""What Datasette refuses, as a short answer and one line of the log.

Where ``rich`` is installed Datasette prints every local variable of every call that led to a page that is not there:
on this a server spends longer than on any page, and it fails by itself where no exception was raised. Before that it
looks for a page among all templates, and after it renders a page of its own. Datasette calls its handler whatever
plugins answer, so that two methods of its router are wrapped. Here a page that is not there costs what it is worth, a
mistake of who asked is never the fault of the server, and only what is keeps its traceback.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import warnings
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from datasette.utils import add_cors_headers, await_me_maybe, tilde_decode
from datasette.utils.asgi import Base400, NotFound, Response
from markupsafe import Markup

_log = logging.getLogger("sourcebook.site")
_LONGEST = 200  # characters of an address in the log

NotFoundPage = Callable[[str], bytes]
Editor = Callable[[Any, Any, str], Awaitable[str | None]]
Method = Callable[..., Awaitable[Any]]


class _Site(NamedTuple):
    """How one Datasette refuses: its page for what is not there, and whether it may have pages among its templates."""

    has_pages: bool
    not_found: NotFoundPage | None
    editor: Editor | None


_sites: WeakKeyDictionary[Any, _Site] = WeakKeyDictionary()
_theirs: dict[str, Method] = {}  # the methods of Datasette that are wrapped


def refuse_shortly(site: Any, not_found: NotFoundPage | None = None, editor: Editor | None = None) -> None:
    """Have the Datasette ``site`` refuse as this module says; ``not_found`` is given a path and makes the page for it.

    ``editor`` is given the Datasette, a request and what is wrong with it, and makes the page on which the SQL can be
    mended. Neither may hold the Datasette, which then would never end. Others in the process refuse as they did.
    """
    # Not at the top: Datasette looks for its plugins when this is imported, and would find half of this one.
    from datasette.app import DatasetteRouter
    from datasette.database import Database

    if not _theirs:
        _theirs["404"], DatasetteRouter.handle_404 = DatasetteRouter.handle_404, _not_there
        _theirs["execute"], Database.execute = Database.execute, _executed
        _theirs["exception"], DatasetteRouter.handle_exception = DatasetteRouter.handle_exception, _refused
        # Where a facet fails Datasette leaves those after it unmade, and Python says so in several lines.
        warnings.filterwarnings("ignore", r"coroutine '(TableView|\w*Facet)\..*' was never awaited", RuntimeWarning)
    _sites[site] = _Site(site.template_dir is not None, not_found, editor)


# --- what is not there ------------------------------------------------------------------------------------------------


async def _not_there(self: Any, request: Any, send: Any, exception: Any = None) -> None:
    """What Datasette does, without looking through all templates; and without redirects from nothing to nothing."""
    site = _sites.get(self.ds)
    redirected = "%" in request.path or request.path.endswith("/")
    if site is None or (_may_be_there(self.ds, request.path) if redirected else site.has_pages):
        await _theirs["404"](self, request, send, exception)
    else:
        await self.handle_exception(request, send, exception or NotFound("There is no such page"))


def _may_be_there(site: Any, path: str) -> bool:
    """Whether an address is below a database or Datasette's own; so that none leads elsewhere, as ``/\\host/`` may."""
    first = path.removeprefix(site.urls.path("")).lstrip("/").partition("/")[0].replace("%", "~")
    return first == "-" or any(database.route == tilde_decode(first) for database in site.databases.values())


# --- answers ----------------------------------------------------------------------------------------------------------


async def _refused(self: Any, request: Any, send: Any, exception: Exception) -> None:
    """What Datasette does, with ``answer`` in the place of its own handler. Other plugins are asked first."""
    from datasette.plugins import pm

    if self.ds not in _sites or self.ds.pdb:
        await _theirs["exception"](self, request, send, exception)
        return
    others = pm.subset_hook_caller("handle_exception", [pm.get_plugin("datasette.handle_exception")])
    answers = [await await_me_maybe(one) for one in others(datasette=self.ds, request=request, exception=exception)]
    found = next((one for one in answers if one is not None), None)
    await (found or await answer(self.ds, request, exception)).asgi_send(send)


async def answer(site: Any, request: Any, exception: Exception) -> Any:
    """The answer for ``exception``: JSON where JSON was asked for, text for CSV, else a page.

    Writes a line to the log, and a traceback for what is a fault of the server.
    """
    refusal = _refusal(exception, request)
    _tell(refusal, request, exception)
    headers: dict[str, str] = {}
    if site.cors:
        add_cors_headers(headers)
    form, status, own = _form(request), refusal.status, _sites[site]
    if form == "json":
        told = {"ok": False, "error": refusal.message, "errors": [refusal.message], "status": status}
        more = getattr(exception, "error_dict", {})
        return Response.json({**more, **told, "title": refusal.title or None}, status=status, headers=headers)
    if form == "csv":
        return Response.text(refusal.message, status=status, headers=headers)
    if status == 404 and own.not_found:
        return Response.html(own.not_found(request.path), status=status, headers=headers)
    if status == 400 and own.editor and (page := await own.editor(site, request, refusal.message)):
        return Response.html(page, status=status, headers=headers)
    environment = site.get_jinja_environment(request) if hasattr(site, "get_jinja_environment") else site.jinja_env
    title = refusal.title or _TITLES.get(status, _TITLES[400])
    page = await environment.get_template("sourcebook_error.html").render_async(
        title=title, message=refusal.message, urls=site.urls
    )
    return Response.html(page, status=status, headers=headers)


_TITLES = {
    400: "This cannot be answered",
    403: "This is not shown",
    404: "There is no such page",
    405: "This cannot be done here",
    500: "Something went wrong here",
}


class _Refusal(NamedTuple):
    """An answer's status, its title, which is empty where the status says it all, and what it tells."""

    status: int
    title: str
    message: str


def _refusal(exception: Exception, request: Any) -> _Refusal:
    """What an exception is for who asked: a mistake in what was asked is 4xx, whatever Datasette says."""
    if isinstance(exception, Base400):
        return _Refusal(exception.status, "", str(exception.args[0] if exception.args else ""))
    if hasattr(exception, "message_is_html"):  # a DatasetteError; its module looks for plugins when it is imported
        message = getattr(exception, "plain_message", None) or getattr(exception, "message", "")
        if exception.message_is_html:
            message = Markup(message).striptags()  # noqa: S704 # its tags go
        status = int(getattr(exception, "status", 500))
        cause = exception.__context__
        wrong = status == 500 and (cause is None or isinstance(cause, (LookupError, ValueError)) or _is_wrong(cause))
        return _Refusal(400 if wrong else status, getattr(exception, "title", "") or "", str(message))
    if _is_wrong(exception):
        return _Refusal(400, "Invalid SQL", str(exception))
    if isinstance(exception, sqlite3.DatabaseError) and exception.sqlite_errorcode == sqlite3.SQLITE_AUTH:
        return _Refusal(400, "Invalid SQL", f"{exception}: SQL reads records here, and nothing of the server")
    if isinstance(exception, sqlite3.DataError):
        return _Refusal(400, "Invalid SQL", str(exception))
    if isinstance(exception, sqlite3.DatabaseError) and exception.sqlite_errorcode in _ROOM:
        return _Refusal(
            400, "", "This takes more room for temporary files than this site gives to what one reader asks."
        )
    if type(exception).__name__ == "QueryInterrupted":  # its module looks for plugins when it is imported
        return _Refusal(400, "", "This takes longer than this site works on what one reader asks.")
    if isinstance(exception, MemoryError):  # where there is a limit to it, as for whom answers apart
        return _Refusal(400, "", "This takes more memory than this site gives to what one reader asks.")
    if isinstance(exception, AssertionError) and str(exception).startswith("Invalid format: "):
        return _Refusal(404, "", str(exception))
    if isinstance(exception, (ValueError, LookupError, TypeError)) and (name := _malformed(request)):
        return _Refusal(400, "", f"{name} is not what it has to be")
    ending = _ending(request)
    if ending == "csv" and isinstance(exception, KeyError) and exception.args == ("columns",):
        return _Refusal(404, "", "There are no rows here that could be a CSV")  # a database without SQL, on 0.65
    if ending == "blob" and isinstance(exception, (AttributeError, IndexError, TypeError)):
        return _Refusal(400, "", "There is no value here that is bytes")
    return _Refusal(500, "", "The page could not be made. It has been noted in the log of the server.")


def _is_wrong(error: BaseException) -> bool:
    """Whether it is a fault of SQL, and none of the database or the machine."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_ERROR


def _malformed(request: Any) -> str:
    """The argument, of those that Datasette trusts, that has not the form that it has to have."""
    limit = request.args.get("_timelimit")
    if limit and not (limit.isascii() and limit.isdigit()):
        return "_timelimit"
    for through in request.args.getlist("_through"):
        try:
            if {"table", "column", "value"} <= json.loads(through).keys():
                continue
        except (ValueError, AttributeError):
            pass
        return "_through"
    return ""


def _ending(request: Any) -> str:
    return str(request.path).rpartition("/")[2].rpartition(".")[2]


def _form(request: Any) -> str:
    """``json`` or ``csv`` where such was asked for, by the end of the address, ``_format`` or what is accepted."""
    asked = request.args.get("_format") or _ending(request)
    if asked in ("json", "jsono") or "application/json" in request.headers.get("accept", ""):
        return "json"
    return "csv" if asked == "csv" else ""


# --- the log ----------------------------------------------------------------------------------------------------------


def _tell(refusal: _Refusal, request: Any, exception: Exception) -> None:
    """Write one line to the log, and the traceback of what is a fault of the server."""
    path = request.path + (f"?{request.query_string}" if request.query_string else "")
    line = f"{refusal.status} {request.method} {path if len(path) <= _LONGEST else path[:_LONGEST] + '…'}: "
    if refusal.status < 500:
        _log.warning("%s", _one_line(line + refusal.message))
    else:
        _log.error("%s", _one_line(line + repr(exception)), exc_info=exception)


async def _executed(self: Any, *arguments: Any, **named: Any) -> Any:
    """What Datasette does, without lines of its own to the log, which have the whole SQL: the error is raised too."""
    if self.ds in _sites:
        named["log_sql_errors"] = False
    try:
        return await _theirs["execute"](self, *arguments, **named)
    except sqlite3.OperationalError as error:
        if self.ds not in _sites or getattr(error, "sqlite_errorcode", 0) not in _ROOM:
            raise
        told = sqlite3.OperationalError("this takes more room for temporary files than this site gives one reader")
        told.sqlite_errorcode = sqlite3.SQLITE_ERROR
        raise told from error


_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)  # nothing is written but what a sort puts aside


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
