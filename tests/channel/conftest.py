# SPDX-License-Identifier: Apache-2.0
"""Storages of every kind that can be had without a network."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.hostile.load import pushed


@pytest.fixture(scope="session")
def objects() -> Iterator[str]:
    """The endpoint of a store that speaks S3."""
    with pushed.objects() as address:
        yield address


@pytest.fixture
def bucket(objects: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty bucket at ``objects``, where the environment says so."""
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFICTION")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-the-tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", objects)
    client = boto3.client("s3")
    name = f"bucket-{abs(hash(request.node.nodeid)) % 10**10}"
    client.create_bucket(Bucket=name)
    yield f"s3://{name}"
    for one in client.list_objects_v2(Bucket=name).get("Contents", []):
        client.delete_object(Bucket=name, Key=one["Key"])
    client.delete_bucket(Bucket=name)


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder; nothing is logged."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a plain web server, and the folder whose files it serves."""
    folder = tmp_path / "web"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()
