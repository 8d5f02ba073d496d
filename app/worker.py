"""The engine process: takes one order at a time, reports what happens.

It never writes the store, and it dies with its parent: the kernel kills it (Linux), and a thread
that waits for the parent ends it elsewhere.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection

import msgspec

from app.messages import Crashed, Finished, Order, Refused, Report, Stop
from app.orders import Desk
from engine.errors import EngineError

_PR_SET_PDEATHSIG = 1
_NICE = 10


def main(connection: Connection, background: bool) -> None:  # noqa: FBT001  # a process' argument
    """Serve orders from `connection` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    _be_quiet()
    if background and hasattr(os, "nice"):
        os.nice(_NICE)
    _Worker(connection).serve()


class _Worker:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        # while an order is being carried out, only a Stop can come in
        self._desk = Desk(self._send, connection.poll)

    def serve(self) -> None:
        while (order := self._receive()) is not None:
            if isinstance(order, Stop):
                continue  # the order it was meant for has ended by itself
            try:
                self._desk.obey(order)
            except EngineError as error:
                self._send(Refused(error.code, error.message))
            except BaseException:  # noqa: BLE001  # Polars panics are no Exceptions
                self._send(Crashed(traceback.format_exc()))
            self._send(Finished())

    def _receive(self) -> Order | None:
        try:
            return _ORDERS.decode(self._connection.recv_bytes())
        except (EOFError, OSError):
            return None

    def _send(self, report: Report) -> None:
        data = _ENCODER.encode(report)
        with self._sending:
            try:
                self._connection.send_bytes(data)
            except OSError:
                os._exit(1)


_ORDERS: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)
_ENCODER = msgspec.msgpack.Encoder()


def _be_quiet() -> None:
    """Keep what libraries print of their panics off the terminal: a refusal says it, or a log."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
