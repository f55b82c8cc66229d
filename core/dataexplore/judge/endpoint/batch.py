"""OpenAI's batch files: requests written at half the price, and what came back a day later."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from dataexplore.errors import JudgeError
from dataexplore.jobs.files import FILE_MODE
from dataexplore.judge.asked import Asked
from dataexplore.judge.endpoint import failure
from dataexplore.judge.endpoint.answer import answer_in
from dataexplore.judge.endpoint.failure import Failure
from dataexplore.judge.endpoint.fields import Fields
from dataexplore.judge.endpoint.questions import Question
from dataexplore.judge.replies import ERROR, SCORED, UNPARSED, Hash, Replies, Reply
from dataexplore.text import short

MOST_REQUESTS, MOST_BYTES = 50_000, 190_000_000
"""What one batch file may hold: OpenAI takes 50,000 requests and 200 MB."""
_STORED_AT_ONCE = 2000
_URL = "/v1/chat/completions"
JOB = "batch"


def write_batches(
    out: Path, judge: str, texts: Iterable[Asked], question: Question, fields: Fields, secret: bytes
) -> list[Path]:
    """Write the requests into `out` as requests-1.jsonl and so on; JudgeError where one is there already.

    A request's id is the judge's with its text's hash: answers find their rows in any order, and no other
    judge takes them for its own.
    """
    files: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        if there := sorted(out.glob("requests-*.jsonl")):
            raise JudgeError(f"{there[0]}: is there already; name another folder")
        for some in _parts(_lines(judge, texts, question, fields, secret)):
            files.append(out / f"requests-{len(files) + 1}.jsonl")
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with os.fdopen(os.open(files[-1], flags, FILE_MODE), "wb") as file:
                _write(file, some)
    except OSError as error:
        raise JudgeError(f"{out}: batch files cannot be written here ({error.strerror or error})") from None
    return files


def _write(file: BinaryIO, lines: Iterable[bytes]) -> None:
    for line in lines:
        file.write(line)


def _lines(
    judge: str, texts: Iterable[Asked], question: Question, fields: Fields, secret: bytes
) -> Iterator[bytes]:
    for one in texts:
        body = fields.request(question.messages(one, secret), frozenset({"max_tokens"}))
        request = {"custom_id": f"{judge}-{one.hash.hex()}", "method": "POST", "url": _URL, "body": body}
        yield orjson.dumps(request) + b"\n"


def _parts(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) == MOST_REQUESTS or size + len(line) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part


@dataclass
class BatchRead:
    """What stood in answer files."""

    stored: int = 0
    """Answers about texts that this judge was to be asked about."""
    known: int = 0
    """Answers about texts that had their reply already."""
    foreign: int = 0
    """Answers of another judge, or about rows that are not judged now."""
    unreadable: int = 0
    """Lines that are no answer of a batch."""
    states: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def answers(self) -> int:
        """Lines that are an answer of a batch."""
        return self.stored + self.known + self.foreign


def read_batches(
    paths: Iterable[Path], judge: str, wanted: set[Hash], question: Question, replies: Replies
) -> BatchRead:
    """Store the answers in some files of output or errors; what was answered before stays as it is.

    Raises JudgeError for a file that cannot be read or holds no answer at all.
    """
    read, known = BatchRead(), replies.hashes(SCORED, UNPARSED)

    def about(line: bytes) -> Reply | None:
        return _reply(line, judge, wanted, known, question, read) if line.strip() else None

    for path in paths:
        before = read.answers
        try:
            with path.open("rb") as file:
                waiting: list[Reply] = []
                for line in file:
                    if (reply := about(line)) is not None:
                        waiting.append(reply)
                    if len(waiting) == _STORED_AT_ONCE:
                        replies.put(waiting)
                        waiting = []
                replies.put(waiting)
        except OSError as error:
            raise JudgeError(f"{path}: cannot be read ({error.strerror or error})") from None
        if read.answers == before:
            raise JudgeError(f"{short(str(path), 200)}: holds no answer of a batch (custom_id and response)")
    return read


def _reply(
    line: bytes, judge: str, wanted: set[Hash], known: set[Hash], question: Question, read: BatchRead
) -> Reply | None:
    try:
        found: Any = orjson.loads(line)
        asked, _, text = found["custom_id"].partition("-")
        hash_ = bytes.fromhex(text)
        response = found.get("response") or {}
        body = response.get("body")
        status = int(response.get("status_code") or 0)
    except (ValueError, TypeError, KeyError, AttributeError):
        read.unreadable += 1
        return None
    if asked == judge and hash_ in known:
        read.known += 1
        return None
    if asked != judge or hash_ not in wanted:
        read.foreign += 1
        return None
    reply = _outcome(hash_, body if status == 200 else None, found.get("error") or body, question, read)
    read.stored += 1
    read.states[reply.state] += 1
    return reply._replace(job=JOB, address=JOB)


def _outcome(hash_: Hash, body: object, error: object, question: Question, read: BatchRead) -> Reply:
    if not isinstance(body, dict):
        return Reply(hash_, ERROR, reason=_error_name(error), text=short(str(error), 300))
    answer = answer_in(body, str)
    if isinstance(answer, Failure):
        return Reply(hash_, ERROR, reason=answer.name, text=answer.sentence)
    read.prompt_tokens += answer.prompt_tokens or 0
    read.completion_tokens += answer.completion_tokens or 0
    reply = question.read(Asked(hash_, ()), answer)
    return reply._replace(
        prompt_tokens=answer.prompt_tokens or 0, completion_tokens=answer.completion_tokens or 0
    )


def _error_name(error: object) -> str:
    said = str(error)
    if "batch_expired" in said:
        return "batch expired"
    return failure.RATE_LIMITED if "rate_limit" in said else failure.REFUSED
