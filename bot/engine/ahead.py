"""Work on two pieces of a stream at once: one thread inflates while another hashes and reads what came before."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from queue import Queue
from threading import Event, Thread

#: Pieces that may wait; each is at most `inflate.OUTPUT` bytes. Streams as short as that take no thread.
_WAITING = 8


@contextmanager
def ahead(pieces: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """Give the pieces of an iterator, which runs in a thread of its own until the end of the block."""
    stopped = Event()
    queue: Queue[bytes | BaseException | None] = Queue(_WAITING)
    threads: list[Thread] = []

    def produce() -> None:
        try:
            for piece in pieces:
                queue.put(piece)
                if stopped.is_set():
                    return
            queue.put(None)
        except BaseException as exc:
            # Whoever takes the pieces is told, in its own thread.
            queue.put(exc)

    def rest() -> Iterator[bytes]:
        threads.append(Thread(target=produce, name="inflate", daemon=True))
        threads[0].start()
        while (piece := queue.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    try:
        yield chain(islice(pieces, _WAITING), rest())
    finally:
        stopped.set()
        for thread in threads:
            while thread.is_alive():
                if not queue.empty():
                    queue.get()
                thread.join(0.001)
