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
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from app.schemas import Begun, Crashed, Finished, ImportTask, Order, Refused, Report, TrainTask
from engine.dsl.tree import Node
from engine.errors import EngineError
from engine.panel import open_panel
from engine.strategy import refused
from engine.train import train
from engine.workspace import keep_file

DIED = "The engine process died twice on this expression; it is left out."
_PR_SET_PDEATHSIG = 1


def main(connection: Connection) -> None:
    """Serve orders from `connection` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    _Worker(connection).serve()


class _Worker:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def serve(self) -> None:
        while (order := self._receive()) is not None:
            try:
                self._obey(order)
            except EngineError as error:
                self._send(Refused(error.code, error.message))
            except BaseException:  # noqa: BLE001  # Polars panics are no Exceptions
                self._send(Crashed(traceback.format_exc()))
            self._send(Finished())

    def _obey(self, order: Order) -> None:
        match order:
            case TrainTask():
                self._train(order)
            case ImportTask(datasets=datasets, path=path, lockbox=lockbox, options=options):
                self._send(keep_file(Path(datasets), Path(path), lockbox, options))

    def _train(self, task: TrainTask) -> None:
        panel = open_panel(Path(task.folder), name=task.name, verify=False).head(task.rows)
        events = train(
            panel,
            task.config,
            workers=task.workers,
            skip=frozenset(task.skip),
            only=None if task.only is None else frozenset(task.only),
            begun=self._begun,
        )
        for event in events:
            self._send(event)

    def _begun(self, nodes: Sequence[Node]) -> None:
        self._send(Begun(tuple(refused(node, DIED) for node in nodes)))

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


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
