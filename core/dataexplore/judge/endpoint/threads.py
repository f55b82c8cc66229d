"""Work for the disk that the event loop does not wait for."""

import asyncio
from collections.abc import Callable


async def in_thread(call: Callable[[], None]) -> None:
    """Run a call in another thread; who is cancelled meanwhile still waits for its end."""
    work = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise
