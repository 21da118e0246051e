# SPDX-License-Identifier: Apache-2.0
"""Servers that are measured: on a free port of the loopback interface, ended by the id they were started with."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench.books import ROOT
from bench.load import HOST
from bench.measure import environment

CLIENTS = 8


@contextmanager
def running(command: list[str]) -> Iterator[tuple[int, int]]:
    """A server that ends with the block, by its id: that, and the port it listens on."""
    port = free()
    with started([*command, str(port)], port) as pid:
        yield pid, port


@contextmanager
def started(command: list[str], port: int, more: Mapping[str, str] | None = None) -> Iterator[int]:
    """A server that listens at ``port`` and ends with the block, by its id; ``more`` is of its environment."""
    with tempfile.TemporaryFile() as log:
        env = {**environment(), **(more or {})}
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            if not _listens(port, process):
                log.seek(0)
                raise RuntimeError(f"a server does not start: {log.read().decode('utf-8', 'replace')[-2000:]}")
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free() -> int:
    """A port that nobody listens at."""
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether a server comes to listen at a port."""
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                return False
            time.sleep(0.1)
        else:
            return True
