# SPDX-License-Identifier: Apache-2.0
"""Work done apart: what is over its limits is ended and told of, the rest is done, and nothing outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sourcebook.apart import FORKS, Allowed, At, Over, mapped

pytestmark = pytest.mark.skipif(not FORKS, reason="processes are forked, which Windows does not know")

MB = 1024 * 1024


def number_only(number: int, _at: At) -> int:
    return number


def busy(number: int, _at: At) -> int:
    """A task whose second number goes on for ever, inside one call that looks at nothing."""
    if number == 1:
        sum(iter(int, 1))
    return number


def greedy(number: int, _at: At) -> int:
    return len(bytearray(800 * MB)) if number == 1 else number


def talkative(number: int, _at: At) -> str:
    return "x" * (5 * MB if number == 1 else 1)


def killed(number: int, _at: At) -> int:
    if number == 1:
        os._exit(3)
    return number


@pytest.mark.parametrize("most", [1, 3])
def test_results_come_in_order(most: int) -> None:
    assert list(mapped(number_only, 200, Allowed(5), most=most, at_once=True)) == list(range(200))
    assert list(mapped(number_only, 0, Allowed(5))) == []


@pytest.mark.parametrize(
    ("task", "what"),
    [
        pytest.param(busy, "time", marks=pytest.mark.slow),
        pytest.param(
            greedy, "memory", marks=pytest.mark.skipif(sys.platform != "linux", reason="a limit of Linux alone")
        ),
        (talkative, "result"),
        (killed, "end"),
    ],
)
def test_what_goes_over_a_limit_is_told_and_the_rest_is_done(task: Callable[[int, At], object], what: str) -> None:
    begin, middle, end = mapped(task, 3, Allowed(0.2, 200 * MB, 2 * MB))
    assert middle == Over(what, 0)  # type: ignore[arg-type]
    assert (begin, end) == (task(0, lambda _: None), task(2, lambda _: None))


def stepwise(number: int, at: At) -> int:
    """Long in all, and each step is short; what is between the steps does not count."""
    for step in range(1, 5):
        at(step)
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass
        at(0)
    until = time.process_time() + 0.6
    while time.process_time() < until:
        pass
    if number == 1:
        at(7)
        sum(iter(int, 1))
    return number


@pytest.mark.slow
def test_each_step_has_its_time_and_the_one_that_took_too_long_is_told() -> None:
    assert list(mapped(stepwise, 3, Allowed(0.4, steps=True))) == [0, Over("time", 7), 2]


@pytest.mark.slow
def test_work_is_done_again_without_what_took_too_long() -> None:
    left_out: set[int] = set()

    def task(number: int, at: At) -> list[int]:
        done = []
        for step in range(1, 4):
            if step in left_out:
                continue
            at(step)
            if (number, step) in ((0, 2), (1, 3)):
                sum(iter(int, 1))
            at(0)
            done.append(step)
        return done

    def again(_number: int, over: Over) -> bool:
        left_out.add(over.step)
        return True

    assert list(mapped(task, 2, Allowed(0.2, steps=True), again=again)) == [[1, 3], [1]]


def failing(number: int, _at: At) -> int:
    raise FileNotFoundError(2, "gone", f"{number}.yaml")


def test_what_a_task_raises_is_raised() -> None:
    with pytest.raises(FileNotFoundError, match=r"0\.yaml") as raised:
        list(mapped(failing, 2, Allowed(5)))
    assert raised.value.errno == 2


def test_nothing_is_left_when_results_are_not_wanted_any_more() -> None:
    results: Iterator[object] = mapped(lambda _number, _at: os.getpid(), 50, Allowed(5), most=3, at_once=True)
    processes = {next(results) for _ in range(40)}
    before = descriptors()
    results.close()  # type: ignore[attr-defined]
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(int(str(process)), 0)
    assert sys.platform != "linux" or descriptors() == before - 3 * len(processes)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


ORPHAN = """
import os, sys
from sourcebook.apart import Allowed, mapped
def task(number, at):
    if number == 0:
        return os.getpid()
    sum(iter(int, 1))
for process in mapped(task, 2, Allowed(60)):
    print(process, flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the time of a process ends it")
def test_a_child_never_outlives_its_parent_whatever_it_does_and_however_that_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        os.kill(child, 0)
        parent.kill()
    for _ in range(100):
        if not alive(child):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    raise AssertionError("the child went on")


SIBLINGS = """
import os, time
from sourcebook.apart.forks import forked
lives = []
for _ in range(3):
    process, life = forked(lives)
    if not process:
        print(os.getpid(), len(os.listdir("/proc/self/fd")), flush=True)
        sum(iter(int, 1))
    lives.append(life)
    time.sleep(0.1)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing ends a child with its parent")
def test_children_hold_nothing_of_each_other_and_all_end_with_their_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", SIBLINGS], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        told = [parent.stdout.readline().split() for _ in range(3)]
        parent.kill()
    assert len({descriptors for _, descriptors in told}) == 1
    for _ in range(100):
        if not any(alive(int(process)) for process, _ in told):
            return
        time.sleep(0.05)
    for process, _ in told:
        os.kill(int(process), signal.SIGKILL)
    raise AssertionError("a child went on")


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for is none."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is counted as Linux tells it")
def test_where_no_process_is_to_be_had_nothing_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError(11, "no process is to be had")

    monkeypatch.setattr(os, "fork", none)
    before = {one.name for one in Path("/proc/self/fd").iterdir()}
    for _ in range(3):
        with pytest.raises(BlockingIOError):
            list(mapped(number_only, 4, Allowed(5), most=2, at_once=True))
    assert {one.name for one in Path("/proc/self/fd").iterdir()} == before
