"""TLS in front of a server that was built without it, as `python -m tests.variants.door PORT TARGET CERTIFICATE`."""

import asyncio
import ssl
import sys
from contextlib import suppress

from barker.local.ports import LOOPBACK

PIECE = 65_536


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    target.close()


async def _serve(port: int, target: int, certificate: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to = await asyncio.open_connection(LOOPBACK, target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pump(reader, to), _pump(there, writer))

    async with await asyncio.start_server(carry, LOOPBACK, port, ssl=context) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
