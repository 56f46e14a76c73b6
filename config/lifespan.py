"""What the server's start and stop mean for deliveries, in each process that delivers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from apps.core.stopping import before_stopping
from apps.delivery.listening import STREAMS
from apps.delivery.process import REFRESHER
from apps.delivery.signing import RING
from config.environment import read

Message = MutableMapping[str, Any]


async def lifespan(
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
    opening: Callable[[], None] = lambda: None,
    closing: Callable[[], None] = lambda: None,
) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            before_stopping(STREAMS.close_all, drain=read().drain)
            RING.reload()  # a data folder that cannot hold the key ends the start, with a sentence
            REFRESHER.start()
            opening()
        else:
            closing()
            STREAMS.close_all()
            REFRESHER.stop()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
