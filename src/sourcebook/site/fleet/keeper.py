# SPDX-License-Identifier: Apache-2.0
"""The process that keeps the others: it forks them, starts again what ends, and has all end together.

It has one thread and answers nobody, so that it may fork at any time (https://docs.python.org/3/library/os.html#os.fork)
and there is little in it that could fail. A process that ends is told, and started again: at once, and later each time
where that happens over and over.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sourcebook.errors import EnvironmentFailure, SourcebookError, UsageError
from sourcebook.machine.waits import backed_off
from sourcebook.site.accepting import GRACE, TO_END
from sourcebook.site.fleet.member import CANNOT, FAILED, READY, SHOW, SHOWS, STARTED, Member

_TICK = 0.1  # seconds between two looks at the clock
_STOOD_STILL = 1.0  # seconds between two of them from which on this process itself has had no time
_SILENT = 30.0  # seconds after which a process that says nothing is ended: it has stopped doing anything
_WELL = 60.0  # seconds after which a process that was started again is one like any other
_FIRST, _LONGEST = 0.5, 30.0  # seconds until a process is started again that ended twice in a row, and at most
_TRIES = 5  # times that each process is started in a row before all is given up
_MORE = 3  # seconds that processes are given beside those for their answers, until they are killed

log = logging.getLogger("sourcebook.site")


@dataclass(eq=False)
class Post:
    """A place that a process fills, which ``runs`` there until it is told to end."""

    name: str
    runs: Callable[[Member], None]
    answers: bool = True  # whether it is one of those that readers are answered by
    quiet: float = _SILENT  # seconds for which it may say nothing
    pid: int = 0
    link: socket.socket | None = None
    heard: bytes = b""
    started: bool = False
    since: float = 0.0  # when it was forked
    last: float = 0.0  # when it last said something
    failures: int = 0  # times in a row that it ended
    due: float = 0.0  # when it is forked again
    failed: list[str] = field(default_factory=list)  # what it said of why it ends
    ready: str = ""
    shows: str = ""
    cannot: str = ""  # the release that it could not show when it tried last


class Fleet:
    """Some processes, kept going. ``should_exit`` is set to have all end."""

    def __init__(self, posts: Sequence[Post], listening: socket.socket) -> None:
        """Those of ``posts`` answer at ``listening``, which is closed here when they are to end.

        Raises UsageError where this process may not fork.
        """
        check_forks()
        self.should_exit = False
        self._posts = posts
        self._ready = False
        self._listening = listening
        self._selector = selectors.DefaultSelector()
        self._looked = time.monotonic()  # at the clock

    def run(self, ready: Callable[[], None]) -> None:
        """Start all, call ``ready`` when all that answer do, and keep them going until told to end.

        Raises what a process says of why it does not start; EnvironmentFailure where all end over and over.
        """
        gc.collect()
        gc.freeze()  # so that their collectors leave the memory shared that they inherit
        try:
            for post in self._posts:
                self._start(post)
            while not self.should_exit and not all(post.started for post in self._posts if post.answers):
                self._look()
                for post in self._posts:
                    if post.failures and post.answers:
                        raise _why(post)
            if not self.should_exit:
                self._ready = True
                ready()
            while not self.should_exit:
                self._look()
                self._start_what_is_due()
        finally:
            self._end()

    def _start(self, post: Post) -> None:
        sys.stdout.flush()  # else what waits there would be said twice
        sys.stderr.flush()
        pair: tuple[socket.socket, ...] = ()
        try:
            pair = ours, theirs = socket.socketpair()
            pid = os.fork()
        except OSError as error:
            for one in pair:
                one.close()
            self._ended(post, f"cannot be started: {error.strerror}")
            return
        if not pid:
            ours.close()
            self._be(post, theirs)
        theirs.close()
        post.pid, post.link, post.heard = pid, ours, b""
        post.started, post.failed = not post.answers, []
        post.ready = post.shows = post.cannot = ""
        post.since = post.last = time.monotonic()
        self._selector.register(ours, selectors.EVENT_READ, post)

    def _be(self, post: Post, theirs: socket.socket) -> None:
        """What a process does that was forked: it never returns."""
        status = 1
        try:
            for number in TO_END:
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # which a terminal tells to all: the keeper hears it
            for other in self._posts:
                if other.link is not None:
                    other.link.close()
            self._selector.close()
            if not post.answers:
                self._listening.close()
            member = Member(theirs)
            try:
                post.runs(member)
                status = 0
            except (SourcebookError, OSError) as error:
                member.say(FAILED, f"{int(isinstance(error, UsageError))} {' '.join(str(error).split())}")
        except SystemExit:
            status = 0
        except BaseException:  # the process ends here, and says why
            import traceback  # which few need

            traceback.print_exc()
        finally:
            with suppress(BaseException):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _look(self) -> None:
        """Hear what is said within a moment, and see who has ended, or says nothing."""
        for key, _ in self._selector.select(_TICK):
            self._hear(key.data)
        now = time.monotonic()
        if now - self._looked > _STOOD_STILL:  # by Ctrl-Z, say, or with its container: nobody could say anything then
            for post in self._posts:
                post.last = now
        self._looked = now
        for post in self._posts:
            if post.pid and now - post.last > post.quiet:
                log.error("%s has said nothing for %d s and is ended", post.name, post.quiet)
                os.kill(post.pid, signal.SIGKILL)
                post.last = now
            if post.failures and post.pid and now - post.since > _WELL:
                post.failures = 0

    def _hear(self, post: Post) -> None:
        assert post.link is not None
        try:
            part = post.link.recv(65_536)
        except OSError:
            part = b""
        if not part:
            self._selector.unregister(post.link)
            post.link.close()
            post.link = None
            self._ended(post, _told(os.waitpid(post.pid, 0)[1]))
            return
        post.last = time.monotonic()
        *lines, post.heard = (post.heard + part).split(b"\n")
        for line in lines:
            word, _, about = line.decode("utf-8", "replace").partition(" ")
            if word == STARTED:
                post.started = True
            elif word == READY:
                post.ready = about
            elif word == SHOWS:
                post.shows, post.ready = about, ""
            elif word == CANNOT:
                post.cannot, post.ready = about, ""
            elif word == FAILED:
                post.failed.append(about)
        self._agree()

    def _agree(self) -> None:
        """Have a release shown that all have ready, or show already; those aside who cannot."""
        answering = [post for post in self._posts if post.answers and post.pid and post.started]
        for release in {post.ready for post in answering if post.ready}:
            if all(release in (post.ready, post.shows, post.cannot) for post in answering):
                for post in answering:
                    if post.ready == release and post.link is not None:
                        post.ready, post.shows = "", release
                        with suppress(OSError):
                            post.link.sendall(f"{SHOW} {release}\n".encode())

    def _ended(self, post: Post, how: str) -> None:
        """Say that a process has ended, and when it is started again."""
        post.pid = 0
        post.failures += 1
        wait = 0.0 if post.failures == 1 else backed_off(_FIRST, post.failures - 2, _LONGEST)
        post.due = time.monotonic() + wait
        post.failed.insert(0, how)
        if (self._ready or not post.answers) and not self.should_exit:
            later = f" in {wait:g} s" if wait else ""
            log.error("%s %s; it is started again%s", post.name, how, later)
        self._agree()

    def _start_what_is_due(self) -> None:
        answering = [post for post in self._posts if post.answers]
        if all(not post.pid and post.failures >= _TRIES for post in answering):
            raise EnvironmentFailure(f"no process stays that answers readers: the last {answering[-1].failed[0]}")
        now = time.monotonic()
        for post in self._posts:
            if not post.pid and now >= post.due:
                self._start(post)

    def _end(self) -> None:
        """Have all end: who answers ends the answers under way first."""
        self.should_exit = True
        self._listening.close()
        self._tell(signal.SIGTERM)
        until = time.monotonic() + GRACE + _MORE
        while any(post.pid for post in self._posts) and time.monotonic() < until:
            for key, _ in self._selector.select(_TICK):
                self._hear(key.data)
        self._tell(signal.SIGKILL)
        for post in self._posts:
            if post.pid:
                os.waitpid(post.pid, 0)
        self._selector.close()

    def _tell(self, number: int) -> None:
        for post in self._posts:
            if post.pid:
                os.kill(post.pid, number)


def check_forks() -> None:
    """Raises UsageError where this process may not fork others: of its threads these would have one alone."""
    if threading.active_count() > 1 or threading.current_thread() is not threading.main_thread():
        raise UsageError(
            "several workers are forked by a process of one thread, and this one has more: run `sourcebook serve`"
        )


def _told(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"has ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _why(post: Post) -> SourcebookError:
    """Why a process did not start, as it said it itself where it could."""
    how, *said = post.failed
    if not said:
        return EnvironmentFailure(f"{post.name} {how} before it could answer")
    kind, _, text = said[-1].partition(" ")
    return UsageError(text) if kind == "1" else EnvironmentFailure(text)
