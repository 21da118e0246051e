# SPDX-License-Identifier: Apache-2.0
"""The book that changes with every build, pushed each time to a store from where it is followed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import sourcebook
from tests.hostile.load.turning import Book

_BUCKET = "shelf"
_STORE = """
import logging, sys, threading
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
server.stop()
"""


class Pushed(Book):
    """The book, which is at ``target`` when it is built."""

    def __init__(self, folder: Path, target: str) -> None:
        super().__init__(folder)
        self.target = target
        self.sent = 0

    def build(self, *, many: bool = False) -> None:
        """Make the next release, and push it."""
        super().build(many=many)
        self.sent += sourcebook.push(self.folder, self.target).sent
        self.published[self.count] = time.monotonic()


@contextmanager
def objects() -> Iterator[str]:
    """The endpoint of a store that speaks S3, a process beside this one: what it leaves open is nobody's here."""
    with subprocess.Popen([sys.executable, "-c", _STORE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address), address
        try:
            yield address
        finally:
            process.kill()


@contextmanager
def store() -> Iterator[str]:
    """The address of a bucket at such a store; the environment leads there."""
    with objects() as address:
        told = {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "AKIAFICTION",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-tests",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        with patch.dict(os.environ, told):
            import boto3

            boto3.client("s3").create_bucket(Bucket=_BUCKET)
            yield f"s3://{_BUCKET}/books"
