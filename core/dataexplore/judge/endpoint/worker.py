"""The judge job: asks an endpoint about every text without a reply; it goes on after a stop or a kill."""

import asyncio
import contextlib
import os
from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any

from dataexplore.errors import DataexploreError, JobError, JudgeError
from dataexplore.jobs import lock
from dataexplore.jobs.context import JobContext, reason_of
from dataexplore.judge import asked as asked_file
from dataexplore.judge.asked import Asked
from dataexplore.judge.endpoint.address import check_address, in_the_open
from dataexplore.judge.endpoint.budget import FILE as SPENT
from dataexplore.judge.endpoint.budget import Budget, Limits
from dataexplore.judge.endpoint.client import Client
from dataexplore.judge.endpoint.failure import LimitReachedError
from dataexplore.judge.endpoint.feed import Feed
from dataexplore.judge.endpoint.fields import fields_of
from dataexplore.judge.endpoint.gate import Gate, Window
from dataexplore.judge.endpoint.key import VARIABLE, Hider, find_key, hider
from dataexplore.judge.endpoint.pool import Pool
from dataexplore.judge.endpoint.prices import Price
from dataexplore.judge.endpoint.questions import question_of
from dataexplore.judge.endpoint.saving import Saver
from dataexplore.judge.endpoint.telling import Teller
from dataexplore.judge.folder import lock_file, read_secret
from dataexplore.judge.judge import Judge
from dataexplore.judge.replies import SCORED, Replies

CONCURRENCY, TIMEOUT = 16, 120.0
"""Requests under way at once, and seconds that one may take, unless the settings say otherwise."""
_MOST_AT_ONCE = 1024
_LOOK = 0.2  # seconds between two looks at whether to stop


def run(context: JobContext) -> None:
    """Ask about the job's texts; raise JudgeError or JobError, never with the key in it."""
    settings = context.spec.settings
    os.environ.pop("OPENAI_LOG", None)  # the SDK would write requests into the log
    key = find_key(str(settings.get("key_env") or VARIABLE), _maybe_text(settings.get("key_file")))
    hide = hider(key)
    try:
        _judge(context, settings, key, hide)
    except DataexploreError as error:
        raise JudgeError(hide(str(error))) from None
    except Exception as error:
        raise JobError(hide(f"{_place(error)}: {reason_of(error)}")) from None


def _judge(context: JobContext, settings: Mapping[str, Any], key: str, hide: Hider) -> None:
    folder = Path(str(settings["folder"]))
    try:
        held = lock.take(lock_file(folder))
    except JobError:
        raise JudgeError(
            f"{folder.name}: another job asks this judge already; wait for it or stop it"
        ) from None
    try:
        with Replies(folder, writable=True) as replies:
            price = Price.from_json(settings["prices"]) if settings.get("prices") else None
            limits = Limits(
                settings.get("max_requests"), settings.get("max_tokens"), settings.get("max_cost")
            )
            budget = Budget(limits, price, context.folder / SPENT)
            try:
                asyncio.run(_Judging(context, replies, budget, key, hide).work())
            finally:
                budget.close()
    finally:
        os.close(held)


class _Judging:
    """One worker's life."""

    def __init__(self, context: JobContext, replies: Replies, budget: Budget, key: str, hide: Hider) -> None:
        settings: Mapping[str, Any] = context.spec.settings
        self._context = context
        self._replies = replies
        self._hide = hide
        self._question = question_of(settings)
        self._judge = Judge(**{**settings["judge"], "signals": tuple(settings["judge"]["signals"])})
        self._secret = read_secret(Path(str(settings["folder"])))
        ceiling = min(_MOST_AT_ONCE, max(1, int(settings.get("concurrency") or CONCURRENCY)))
        window = Window(budget.spent.silent_until, budget.silent)
        self._gate = Gate(ceiling, window)
        address = check_address(str(settings["base_url"]))
        if key and in_the_open(address):
            context.event("warning", text="the key goes to this address unencrypted: it is no https")
        fields = fields_of(self._judge, self._question)
        timeout = float(settings.get("timeout") or TIMEOUT)
        self._client = Client(address, key, fields, hide, window, ceiling, timeout)
        self._budget = budget
        self._feed = Feed(context.folder / asked_file.FILE, replies)
        self._saver = Saver(replies)
        self._pool = Pool(
            context.job.id,
            self._client,
            self._gate,
            budget,
            self._feed,
            self._saver,
            self._prompt,
            self._question.read,
            self._warn,
        )

    async def work(self) -> None:
        """Ask until all is done, somebody says stop or a limit is reached."""
        asyncio.get_running_loop().set_exception_handler(self._unheard)
        context = self._context
        context.status("reading texts")
        total = context.spec.rows
        teller = Teller(context, self._judge, self._pool, total)
        stopped, by = "", ""
        pool = asyncio.create_task(self._pool.work())
        saver = asyncio.create_task(self._saver.run())
        stopping = asyncio.create_task(self._stop_asked())
        telling = asyncio.create_task(teller.run())
        tasks = {pool, saver, stopping, telling}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if stopping in done:
                stopped, by = "stopped as asked; resume goes on from here", "asked"
            for task in done:
                task.result()
        except LimitReachedError as limit:
            stopped, by = str(limit), str(limit).split(" ", 1)[0].removeprefix("--")
        finally:
            try:
                await self._leave(tasks)
            finally:
                with contextlib.suppress(DataexploreError, OSError):  # why it ended is worth more
                    await teller.tell(stopped_by=by)
        self._tell_of_no_probabilities()
        if not stopped:
            context.finish(teller.result())
            (context.folder / asked_file.FILE).unlink(
                missing_ok=True
            )  # as large as the data, and of no more use
            return
        left = total - teller.done
        if by != "asked":
            stopped = (
                f"{stopped}: {left:,} of {total:,} texts are left; it was this job's, a new one has its own"
            )
        context.stopped(stopped)

    async def _leave(self, tasks: set[asyncio.Task[None]]) -> None:
        """Abandon what is under way, keep what has arrived."""
        for task in tasks:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        self._saver.flush()
        try:
            async with asyncio.timeout(1):
                await self._client.close()
        except Exception:  # noqa: S110 # connections that do not close well end with the process
            pass
        for error in found:
            if isinstance(error, DataexploreError):
                raise error

    async def _stop_asked(self) -> None:
        while not self._context.stop_requested():
            await asyncio.sleep(_LOOK)

    def _prompt(self, asked: Asked) -> list[dict[str, str]]:
        return self._question.messages(asked, self._secret)

    def _tell_of_no_probabilities(self) -> None:
        """Say it where the second signal stays empty: some servers pass over what they do not know."""
        if len(self._judge.signals) < 2:
            return
        scored = [
            reply.scores for reply in self._replies.replies(SCORED) if reply.job == self._context.job.id
        ]
        if scored and all(isnan(scores[1]) for scores in scored):
            self._warn(f"the server gave no probabilities: {self._judge.signals[1]} is empty")

    def _warn(self, text: str) -> None:
        self._context.event("warning", text=text)

    def _unheard(self, loop: asyncio.AbstractEventLoop, found: dict[str, Any]) -> None:
        """Log what no task waited for, without a traceback: its text could hold the key."""
        self._warn(self._hide(f"{found.get('message', '')} {type(found.get('exception')).__name__}"))


def _maybe_text(value: object) -> str | None:
    return str(value) if value else None


def _place(error: BaseException) -> str:
    """Return file and line of an unexpected error, for its traceback is not shown."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "worker"
