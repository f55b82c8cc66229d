"""A small hub on loopback: datasets with branches, large files behind a redirect, ways of saying no."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import loopback

Answer = Callable[["Request"], None]


@dataclass
class Repo:
    """The files of one commit, and what else is to be said of them."""

    files: Mapping[str, bytes]
    large: bool = False
    """Whether files are kept elsewhere, as those of any size on the hub are."""
    moved_to: str = ""
    gated: bool = False

    @property
    def commit(self) -> str:
        content = b"".join(name.encode() + data for name, data in sorted(self.files.items()))
        return hashlib.sha1(content).hexdigest()


@dataclass
class Hub:
    """Datasets by name, then by branch; an answer by name goes before them."""

    url: str = ""
    repos: dict[str, dict[str, Repo]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request, in order."""
    tokens: list[tuple[str, str]] = field(default_factory=list)
    """Path and authorization of each request that had one."""
    before_file: Answer | None = None
    """Called before a file is sent."""

    def add(self, name: str, files: Mapping[str, bytes | str], branch: str = "main", **more: Any) -> Repo:
        """Put a dataset on the hub."""
        data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        repo = Repo(data, **more)
        self.repos.setdefault(name, {})[branch] = repo
        return repo


class Request(loopback.Answers):
    """Answers as the hub does, as far as its client looks."""

    hub: Hub

    def answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((self.command, path))
        self.hub.tokens += [(path, token) for token in self.headers.get_all("Authorization", [])]
        parts = path.strip("/").split("/")
        if parts[0] == "cdn":
            self._large(parts[1])
        elif parts[:2] == ["api", "datasets"]:
            self._info("/".join(parts[2:4]), "/".join(parts[5:]) or "main")
        elif parts[0] == "datasets" and "resolve" in parts:
            self._file("/".join(parts[1:3]), parts[4], "/".join(parts[5:]))
        else:
            self.no(404)

    def _repo(self, name: str, revision: str) -> Repo | None:
        if name in self.hub.answers:
            self.hub.answers[name](self)
            return None
        branches = self.hub.repos.get(name)
        if branches is None:
            self.no(401, "RepoNotFound")
            return None
        moved = next((repo.moved_to for repo in branches.values() if repo.moved_to), "")
        if moved:
            self.send(307, {"Location": self.path.replace(name, moved)})
            return None
        commits = {repo.commit: repo for repo in branches.values()}
        repo = branches.get(revision) or commits.get(revision)
        if repo is None:
            self.no(404, "RevisionNotFound")
        return repo

    def _info(self, name: str, revision: str) -> None:
        repo = self._repo(name, revision)
        if repo is None:
            return
        files = [
            {"rfilename": path, "size": len(data), "blobId": hashlib.sha1(data).hexdigest()}
            for path, data in repo.files.items()
        ]
        about = {
            "id": name,
            "sha": repo.commit,
            "siblings": files,
            "gated": "manual" if repo.gated else False,
        }
        self.send(200, {"Content-Type": "application/json"}, json.dumps(about).encode())

    def _file(self, name: str, revision: str, path: str) -> None:
        repo = self._repo(name, revision)
        if repo is None:
            return
        if repo.gated:
            self.no(403, "GatedRepo")
            return
        if path not in repo.files:
            self.no(404, "EntryNotFound", {"X-Repo-Commit": repo.commit})
            return
        data = repo.files[path]
        mark = hashlib.sha256(data).hexdigest()
        if repo.large:
            linked = {"X-Linked-Etag": f'"{mark}"', "X-Linked-Size": str(len(data))}
            elsewhere = self.hub.url.replace("127.0.0.1", "localhost")  # another host to a client
            self.send(302, {"Location": f"{elsewhere}/cdn/{mark}", "X-Repo-Commit": repo.commit, **linked})
        else:
            self._data(data, {"X-Repo-Commit": repo.commit, "ETag": f'"{mark}"'})

    def _large(self, mark: str) -> None:
        every = [repo.files.values() for branches in self.hub.repos.values() for repo in branches.values()]
        self._data(
            next(data for files in every for data in files if hashlib.sha256(data).hexdigest() == mark)
        )

    def _data(self, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        if self.command == "GET" and self.hub.before_file:
            self.hub.before_file(self)
        self.send(200, headers or {}, data)

    def no(self, status: int, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Refuse, in words that no program should repeat."""
        said = {"X-Error-Code": code} if code else {}
        self.send(status, {**said, "X-Error-Message": "\x1b[31mno", **(headers or {})}, b'{"error": "no"}')


def serve() -> tuple[Hub, Callable[[], None]]:
    """Start a hub; return it and what stops it."""
    hub = Hub()
    hub.url, stop = loopback.serve(Request, hub=hub)
    return hub, stop
