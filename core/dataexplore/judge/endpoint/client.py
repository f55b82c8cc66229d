"""One question to an OpenAI-compatible endpoint, and its answer or why there is none."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from dataexplore.judge.endpoint import failure
from dataexplore.judge.endpoint.answer import Answer, answer_in
from dataexplore.judge.endpoint.failure import Failure
from dataexplore.judge.endpoint.fields import Fields, unwanted
from dataexplore.judge.endpoint.gate import Window
from dataexplore.judge.endpoint.key import Hider
from dataexplore.judge.endpoint.retry import retry_after
from dataexplore.text import short

_CONNECT = 15.0  # seconds
_TOO_LONG = re.compile(
    r"context.?(?:length|window|size)|maximum.{0,20}(?:length|tokens)|(?:prompt|input) is too long"
    r"|too many tokens|reduce the length",
    re.I,
)
_FILTER = re.compile(r"content.?(?:filter|policy|management)|safety|moderation", re.I)
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing|payment", re.I)


class Client:
    """An endpoint with its key; asks once, and tells failures by name instead of raising them."""

    def __init__(
        self,
        address: str,
        key: str,
        fields: Fields,
        hide: Hider,
        window: Window,
        ceiling: int,
        timeout: float,
    ) -> None:
        import httpx2
        import openai

        from dataexplore.judge.endpoint.transport import Connections

        self.address = address
        self.fields = fields
        self._hide = hide
        self._timeout = timeout
        self._raw = httpx2.Response
        self._errors = openai
        headers: dict[str, Any] = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if not key:  # the SDK would look for other keys of the environment
            headers["Authorization"] = openai.Omit()
        base, _, query = address.partition("?")
        self._options: Any = {"headers": headers}
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=base,
            default_query=dict(parse_qsl(query)),
            max_retries=0,
            timeout=httpx2.Timeout(timeout, connect=min(_CONNECT, timeout)),
            http_client=httpx2.AsyncClient(
                transport=Connections(address, ceiling, window), follow_redirects=False, trust_env=False
            ),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    def body(self, messages: list[dict[str, str]], without: frozenset[str]) -> bytes:
        """Return what is sent for some messages."""
        return orjson.dumps(self.fields.request(messages, without))

    async def ask(self, body: bytes, without: frozenset[str]) -> Answer | Failure:
        """Send a request made without some fields; raise NotSentError when the window closed meanwhile."""
        openai = self._errors
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.post(
                    "/chat/completions", cast_to=self._raw, content=body, options=self._options
                )
        except openai.APIStatusError as error:
            return self._refusal(
                error.response.status_code, error.response.headers, error.response.content, without
            )
        except TimeoutError:
            return Failure(failure.TIME_OUT, f"no answer in {self._timeout:g} s", answered=False)
        except openai.APIConnectionError as error:
            return self._unconnected(error.__cause__)
        return self._answer(response.content, without)

    def _unconnected(self, cause: BaseException | None) -> Failure:
        kind = type(cause).__name__
        said = self._hide(short(str(cause), 200)) if cause is not None and str(cause) else kind
        if kind in ("ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol"):
            said = said if kind != "ConnectTimeout" else "no connection in time"
            return Failure(failure.CONNECTION, said, reached=False)
        if kind == "DecodingError":
            return Failure(failure.GARBLED, said, answered=False)
        name = failure.TIME_OUT if kind.endswith("Timeout") else failure.CONNECTION
        return Failure(name, said, answered=False)

    def _answer(self, content: bytes, without: frozenset[str]) -> Answer | Failure:
        try:
            found = orjson.loads(content)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            said = self._shown(content.decode("utf-8", "replace")[:300])
            return Failure(failure.GARBLED, f"no JSON object: {said}", answered=False)
        if not isinstance(found.get("choices"), list) and found.get("error"):
            code = found["error"].get("code") if isinstance(found["error"], dict) else None
            return self._refusal(
                code if isinstance(code, int) and 400 <= code < 600 else 500, {}, content, without
            )
        return answer_in(found, self._hide)

    def _refusal(
        self, status: int, headers: Mapping[str, str], content: bytes, without: frozenset[str]
    ) -> Failure:
        said, named = _said(content)
        shown = f"{status} {self._shown(said)}".rstrip()
        if status == 429 or (status == 503 and retry_after(headers) is not None):
            quota = bool(_QUOTA.search(f"{said} {named}"))
            return Failure(failure.RATE_LIMITED, shown, retry_after(headers), fatal=quota)
        if status in (408, 504):
            return Failure(failure.TIME_OUT, shown, answered=False)
        if (status >= 500 and status != 501) or status in (409, 425):
            return Failure(failure.SERVER_ERROR, shown, retry_after(headers))
        if status == 413 or _TOO_LONG.search(said):
            return Failure(failure.TOO_LONG, shown)
        if status in (400, 404, 422, 501):
            if _FILTER.search(f"{said[:400]} {named}"):
                return Failure(failure.FILTERED, shown)
            sent = self.fields.request([], without)
            if field := unwanted(said, named, sent, without):
                return Failure(failure.REFUSED, shown, unwanted=field)
        fatal = status in (401, 402, 404, 405, 410) or status < 400
        return Failure(failure.REFUSED, shown, fatal=fatal, fatal_at_first=status == 403)

    def _shown(self, text: str) -> str:
        return short(self._hide(text), 300)


def _said(content: bytes) -> tuple[str, str]:
    """Return the sentence of a refusal, and the field and code that it names."""
    text = content.decode("utf-8", "replace").strip()
    try:
        found = orjson.loads(content)
    except ValueError:
        return re.sub(r"<[^>]*>|\s+", " ", text[:2000]).strip(), ""
    error = found.get("error", found) if isinstance(found, dict) else found
    if isinstance(error, dict):
        said = error.get("message") or error.get("detail") or error.get("error") or ""
        named = [error.get("param"), error.get("code"), error.get("type")]
        if isinstance(said, list):  # FastAPI: the place and the message of each error
            places = [".".join(map(str, one.get("loc", ()))) for one in said if isinstance(one, dict)]
            words = [str(one.get("msg", "")) for one in said if isinstance(one, dict)]
            said = "; ".join(f"{place}: {word}" for place, word in zip(places, words, strict=True))
            named = list(places)
        return str(said), " ".join(str(one) for one in named if one)
    return (error if isinstance(error, str) else text), ""
