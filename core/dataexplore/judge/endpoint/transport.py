"""The connections to an endpoint: many at once, cheaply, and never more bytes than an answer can have."""

import urllib.request
from urllib.parse import urlsplit

import httpx2

from dataexplore.judge.endpoint.failure import NotSentError
from dataexplore.judge.endpoint.gate import Window
from dataexplore.judge.endpoint.retry import retry_after

_MOST = 4 << 20
"""Bytes of an answer."""
_TOGETHER = 8
"""Connections of a pool: to find a free one, a pool looks at all that it has."""
_IDLE = 4.0  # seconds: the usual servers close an idle connection after five


class Connections(httpx2.AsyncBaseTransport):
    """Several small pools; the last look at the window before sending, the first at what the server says."""

    def __init__(self, address: str, ceiling: int, window: Window) -> None:
        context = httpx2.create_ssl_context()
        limits = httpx2.Limits(
            max_connections=None, max_keepalive_connections=_TOGETHER * 2, keepalive_expiry=_IDLE
        )
        count = -(-ceiling // _TOGETHER)
        proxy = _proxy(address)
        self._pools = [
            httpx2.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy) for _ in range(count)
        ]
        self._busy = [0] * count
        self._window = window

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and read its answer whole."""
        if self._window.left():
            raise NotSentError
        place = self._busy.index(min(self._busy))
        self._busy[place] += 1
        try:
            response = await self._pools[place].handle_async_request(request)
            try:
                wait = retry_after(response.headers) if response.status_code >= 400 else None
                if wait:
                    self._window.close(wait)
                return await _whole(response)
            finally:
                await response.aclose()
        finally:
            self._busy[place] -= 1

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools:
            await pool.aclose()


async def _whole(response: httpx2.Response) -> httpx2.Response:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("the answer is packed, which was not asked for")
    parts, size = [], 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > _MOST:
            raise httpx2.DecodingError(f"the answer has more than {_MOST:,} bytes")
        parts.append(part)
    return httpx2.Response(response.status_code, headers=response.headers, content=b"".join(parts))


def _proxy(address: str) -> str | None:
    """Return the proxy that the environment names for an address."""
    parts = urlsplit(address)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    found = urllib.request.getproxies()
    return found.get(parts.scheme) or found.get("all")
