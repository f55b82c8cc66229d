"""As much of the hub as a push talks to, on loopback."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import loopback

TOKEN = "hf_secretsecretsecretsecretsecret12"


@dataclass
class Hub:
    """What was pushed, and how to misbehave."""

    url: str = ""
    made: list[dict[str, Any]] = field(default_factory=list)
    """What each repository was asked to be."""
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    large: bool = False
    """Whether files go to another place than the commit, as large ones do."""
    refusals: dict[str, int] = field(default_factory=dict)
    """Status to answer with, by a part of the path."""
    silent: threading.Event | None = None
    """Until this is set nothing is answered."""
    stored: dict[str, bytes] = field(default_factory=dict)


class Request(loopback.Answers):
    """Answers as the hub does."""

    hub: Hub

    def answer(self) -> None:
        hub, path = self.hub, urlsplit(self.path).path
        place = f"{hub.url}/datasets/org/name"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        hub.tokens |= {self.headers["Authorization"]} if self.headers["Authorization"] else set()
        if hub.silent is not None:
            hub.silent.wait(60)
        for part, status in hub.refusals.items():
            if part in path:
                return self._say({"error": f"no, {TOKEN} \x1b[31m", "url": place}, status)
        if path == "/api/repos/create":
            hub.made.append(json.loads(body))
            return self._say({"url": place})
        if path == "/api/validate-yaml":
            return self._say({"errors": [], "warnings": []})
        if "/preupload/" in path:
            mode = "lfs" if hub.large else "regular"
            asked = json.loads(body)["files"]
            files = [{"path": one["path"], "uploadMode": mode, "shouldIgnore": False} for one in asked]
            return self._say({"files": files})
        if path.endswith("/info/lfs/objects/batch"):
            objects = [
                one | {"actions": {"upload": {"href": f"{hub.url}/store/{one['oid']}"}}}
                for one in json.loads(body)["objects"]
            ]
            return self._say({"transfer": "basic", "objects": objects})
        if path.startswith("/store/"):
            hub.stored[path.removeprefix("/store/")] = body
            return self._say({})
        if "/commit/" in path:
            self._commit([json.loads(line) for line in body.splitlines()])
            return self._say({"commitUrl": f"{place}/commit/1", "commitOid": "1" * 40})
        return self._say({"error": "unknown"}, 404)

    def _commit(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            value = item["value"]
            if item["key"] == "header":
                self.hub.commits.append(value["summary"])
            elif item["key"] == "file":
                self.hub.files[value["path"]] = base64.b64decode(value["content"])
            else:
                self.hub.files[value["path"]] = self.hub.stored[value["oid"]]

    def _say(self, found: dict[str, Any], status: int = 200) -> None:
        self.send(status, {"Content-Type": "application/json"}, json.dumps(found).encode())


@contextmanager
def serving() -> Iterator[Hub]:
    """Run a hub."""
    hub = Hub()
    hub.url, stop = loopback.serve(Request, hub=hub)
    try:
        yield hub
    finally:
        if hub.silent is not None:
            hub.silent.set()
        stop()
