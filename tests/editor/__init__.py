# SPDX-License-Identifier: Apache-2.0
"""The language server that editors read YAML with, driven as an editor drives it."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SERVER = HERE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
_PATIENCE = 60  # seconds for one answer: a hang is a failure, and not the end of the tests


class Editor:
    """A workspace open in an editor: the server gets the settings that the folder's ``.vscode`` has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = json.loads((folder / ".vscode/settings.json").read_text("utf-8"))
        self.process = subprocess.Popen(["node", SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._read: queue.Queue[Any] = queue.Queue()
        self._next = 0
        self._told: dict[str, Any] = {}
        self._versions: dict[str, int] = {}
        self._configured = False
        threading.Thread(target=self._listen, daemon=True).start()
        root = {"uri": folder.as_uri(), "name": folder.name}
        wanted = {"workspace": {"configuration": True, "workspaceFolders": True}}
        self._ask("initialize", processId=None, rootUri=root["uri"], workspaceFolders=[root], capabilities=wanted)
        self._send("initialized", {})
        self._send("workspace/didChangeConfiguration", {"settings": {"yaml": self._section("yaml")}})

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def diagnostics(self, path: str, text: str) -> list[Any]:
        """What the server finds wrong with a file that is opened with ``text``."""
        return self.diagnostics_of({path: text})[path]

    def diagnostics_of(self, texts: Mapping[str, str]) -> dict[str, list[Any]]:
        """What it finds wrong with each of several files.

        They are opened together, since the server waits a moment after each change for more typing.
        """
        for path, text in texts.items():
            self.open(path, text)
        while not all(self._uri(path) in self._told for path in texts):
            self._answer()
        return {path: list(self._told.pop(self._uri(path))) for path in texts}

    def completions(self, path: str, text: str, line: int, column: int) -> set[str]:
        """The labels that are offered at a place (from 1, as findings count) of a file with ``text``."""
        self.open(path, text)
        where = {"textDocument": {"uri": self._uri(path)}, "position": {"line": line - 1, "character": column - 1}}
        return {item["label"] for item in self._ask("textDocument/completion", **where)["items"]}

    def open(self, path: str, text: str) -> None:
        """Open a file of the workspace, with ``text`` in place of what it holds; or type that text where it is open."""
        while not self._configured:
            self._answer()
        self._told.pop(self._uri(path), None)
        document = {"uri": self._uri(path), "languageId": "yaml", "version": self._versions.get(path, 0) + 1}
        if path in self._versions:
            self._send("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        else:
            self._send("textDocument/didOpen", {"textDocument": {**document, "text": text}})
        self._versions[path] = document["version"]

    def _uri(self, path: str) -> str:
        return (self.folder / path).as_uri()

    def _section(self, name: str) -> Any:
        found = {key.removeprefix(f"{name}."): value for key, value in self.settings.items() if key.startswith(name)}
        return {**found, "schemaStore": {"enable": False}} if name == "yaml" else found  # nothing from the network

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._next += 1
        self._write({"id": self._next, "method": method, "params": parameters})
        while True:
            message = self._answer()
            if message.get("id") == self._next and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _send(self, method: str, parameters: Any) -> None:
        self._write({"method": method, "params": parameters})

    def _answer(self) -> Any:
        message = self._read.get(timeout=_PATIENCE)
        method = message.get("method")
        if method == "textDocument/publishDiagnostics":
            self._told[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif method == "workspace/configuration":
            items = message["params"]["items"]
            self._write({"id": message["id"], "result": [self._section(item["section"]) for item in items]})
            self._configured = True
        elif method and "id" in message:
            self._write({"id": message["id"], "result": None})
        return message

    def _write(self, message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout
        while header := self.process.stdout.readline():
            length = int(header.split(b":")[1]) if header.lower().startswith(b"content-length") else 0
            while header.strip():
                header = self.process.stdout.readline()
                if header.lower().startswith(b"content-length"):
                    length = int(header.split(b":")[1])
            self._read.put(json.loads(self.process.stdout.read(length)))
