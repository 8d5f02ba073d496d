"""Values of expressions on a panel.

The value of an expression never depends on what it is evaluated with: every operator is a function
of its arguments alone, so sharing, order, threads and the size of the cache change the time it
takes and nothing else.
"""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine import kernels
from engine.dsl.ops import Axis
from engine.dsl.tree import Call, Category, Feature, Node, Num, Text, walk
from engine.errors import CancelledError
from engine.evaluate.cache import Cache
from engine.evaluate.plan import Plan
from engine.kernels import pool
from engine.kernels.pool import Array
from engine.panel import Panel

T = TypeVar("T")
Cancel = Callable[[], bool]
_CHUNK = 8
_CACHED_ARRAYS = 32
_CACHE_SHARE_OF_MEMORY = 0.25
_TILE_BYTES = 1 << 19
_LOWEST_TILE = 32


def never() -> bool:
    """A cancel switch that is never thrown."""
    return False


def evaluate(panel: Panel, node: Node, cancel: Cancel = never) -> Array:
    """Value of `node` on `panel`: float64 [dates x symbols], missing is NaN.

    Raises CancelledError soon after `cancel()` is true.
    """
    return _Evaluator(panel, Cache({}, 0), cancel).signal(node)


def run(
    panel: Panel,
    roots: Sequence[Node],
    consume: Callable[[int, Any], T],
    *,
    workers: int = 1,
    cancel: Cancel = never,
    begun: Callable[[Sequence[int]], None] = lambda _: None,
    by_rows: bool = False,
) -> Iterator[tuple[int, T]]:
    """`consume(index, signal)` of every root, in an order that depends on `roots` alone.

    With `by_rows` a signal is a `Signal`, for a consumer that takes it a few dates at a time; what
    needs no other date is then computed on those dates only, in warm memory. Runs on `workers`
    threads; `consume` runs in them too. `begun` is called with the indices of a chunk before its
    evaluation starts. Raises CancelledError soon after `cancel()` is true.
    """
    plan = Plan(roots)
    evaluator = _Evaluator(panel, Cache(plan.uses, _cache_size(panel)), cancel)
    value = evaluator.rows if by_rows else evaluator.signal
    size = max(1, min(_CHUNK, len(roots) // (4 * workers)))
    chunks = [plan.order[i : i + size] for i in range(0, len(roots), size)]

    def work(chunk: Sequence[int]) -> list[tuple[int, T]]:
        begun(chunk)
        return [(i, evaluator.root(plan, i, consume(i, value(roots[i])))) for i in chunk]

    yield from _in_order(work, chunks, workers)


def _in_order(
    work: Callable[[Sequence[int]], list[T]], chunks: Sequence[Sequence[int]], workers: int
) -> Iterator[T]:
    """Results of the chunks in their order, at most two chunks per worker ahead of the reader."""
    pending: deque[Future[list[T]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="evaluate") as pool:
        try:
            for chunk in chunks:
                pending.append(pool.submit(work, chunk))
                if len(pending) > 2 * workers:
                    yield from pending.popleft().result()
            while pending:
                yield from pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _cache_size(panel: Panel) -> int:
    """How many panel-sized arrays may be kept for later expressions."""
    array = max(1, len(panel.dates) * len(panel.symbols) * 8)
    return min(_CACHED_ARRAYS, int(_CACHE_SHARE_OF_MEMORY * _memory() / array))


def _memory() -> int:
    """Bytes of memory of this machine; 2 GiB where the system does not say."""
    if not hasattr(os, "sysconf"):
        return 2 << 30
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class Signal:
    """Values [dates x symbols] that are computed when rows are asked for, by `signal[a:b]`."""

    def __init__(self, shape: tuple[int, int], compute: Callable[[slice], Any]) -> None:
        self.shape = shape
        self._compute = compute

    def __getitem__(self, rows: slice) -> Array:
        value = self._compute(rows)
        if isinstance(value, np.ndarray):
            return value
        return np.full((rows.stop - rows.start, self.shape[1]), value)


def _repeated(node: Node) -> dict[Node, Any]:
    """Places for what the expression itself repeats: only that is held until it is done."""
    times = Counter(part for part in walk(node) if isinstance(part, Call))
    return {part: None for part, count in times.items() if count > 1}


class _Evaluator:
    def __init__(self, panel: Panel, cache: Cache, cancel: Cancel) -> None:
        self._panel = panel
        self._cache = cache
        self._cancel = cancel
        self._shape = (len(panel.dates), len(panel.symbols))
        self._universe = panel.universe()
        self._groups: dict[str, npt.NDArray[np.int32]] = {}

    def root(self, plan: Plan, index: int, result: T) -> T:
        self._cache.used(plan.parts(index))
        return result

    def signal(self, node: Node) -> Array:
        value = self._value(node, _repeated(node))
        return value if isinstance(value, np.ndarray) else np.full(self._shape, value)

    def rows(self, node: Node) -> Signal:
        """The value of `node`, of which only what looks at other dates is computed now."""
        repeated = _repeated(node)
        whole: dict[Node, Any] = {}
        self._prepare(node, repeated, whole)
        return Signal(self._shape, lambda rows: self._on(rows, node, whole))

    def _prepare(self, node: Node, repeated: dict[Node, Any], whole: dict[Node, Any]) -> None:
        """Fill `whole` with the values that the dates of `node` need as a whole."""
        if isinstance(node, Call) and self._joins(node, repeated):
            for argument in node.args:
                self._prepare(argument, repeated, whole)
        elif not isinstance(node, Num) and node not in whole:
            whole[node] = self._value(node, repeated)

    def _joins(self, node: Node, repeated: dict[Node, Any]) -> bool:
        """Whether `node` may be computed some dates at a time along with what needs it."""
        if not isinstance(node, Call) or node in repeated or self._cache.shared(node):
            return False
        return self._alone(node)

    @staticmethod
    def _alone(node: Call) -> bool:
        """Whether a date of `node` needs no other date of its arguments."""
        return node.op.axis is not Axis.TIME and node.op.lookback(*node.literals) == 0

    def _on(self, rows: slice, node: Node, whole: dict[Node, Any]) -> Any:
        if isinstance(node, Num):
            return node.value
        if node in whole:
            value = whole[node]
            return value[rows] if isinstance(value, np.ndarray) else value
        assert isinstance(node, Call)
        return self._apply(node, [self._on(rows, argument, whole) for argument in node.args], rows)

    def _value(self, node: Node, repeated: dict[Node, Any]) -> Any:
        if isinstance(node, Num):
            return node.value
        if isinstance(node, Feature):
            return self._panel.feature(node.name)
        if isinstance(node, Category):
            return self._codes(node.name)
        if isinstance(node, Text):
            return self._symbol(node.value)
        if node not in repeated:
            return self._call(node, repeated)
        if repeated[node] is None:
            repeated[node] = self._call(node, repeated)
        return repeated[node]

    def _call(self, node: Call, repeated: dict[Node, Any]) -> Any:
        future, mine = self._cache.claim(node)
        if future is not None and not mine:
            return future.result()
        try:
            value = self._compute(node, repeated)
        except BaseException as error:
            if future is not None:
                self._cache.forget(node)
                future.set_exception(error)
            raise
        if future is not None:
            future.set_result(value)
        return value

    def _compute(self, node: Call, repeated: dict[Node, Any]) -> Any:
        if self._cancel():
            raise CancelledError("The work was cancelled.")
        if any(self._joins(argument, repeated) for argument in node.args) and self._alone(node):
            return self._in_tiles(node, repeated)
        arguments = [self._value(argument, repeated) for argument in node.args]
        return self._apply(node, arguments, slice(None))

    def _in_tiles(self, node: Call, repeated: dict[Node, Any]) -> Array:
        """A chain of operators that need no other date, some dates at a time in warm memory."""
        whole: dict[Node, Any] = {}
        for argument in node.args:
            self._prepare(argument, repeated, whole)
        dates, symbols = self._shape
        height = max(_LOWEST_TILE, _TILE_BYTES // (8 * symbols))
        result = pool.empty(self._shape)
        for a in range(0, dates, height):
            rows = slice(a, min(a + height, dates))
            result[rows] = self._on(rows, node, whole)
        return result

    def _apply(self, node: Call, arguments: list[Any], rows: slice) -> Any:
        """The operator of `node` on arguments that hold `rows` of the dates."""
        kinds = (param.kind for param, _ in node.operands)
        arguments = [
            int(argument) if kind == "int" else argument
            for kind, argument in zip(kinds, arguments, strict=True)
        ]
        if self._universe is not None and node.op.axis in {Axis.CROSS, Axis.GROUP}:
            members = self._universe[rows]
            arguments = [_members(argument, members) for argument in arguments]
        return node.op.compute(*arguments)

    def _codes(self, name: str) -> npt.NDArray[np.int32]:
        """The groups of a category, to which members of the universe belong and nobody else."""
        if name not in self._groups:
            codes, universe = self._panel.codes(name), self._universe
            whole = codes if universe is None else np.where(universe, codes, np.int32(-1))
            self._groups[name] = whole
        return self._groups[name]

    def _symbol(self, name: str) -> Array:
        """1.0 in the column of symbol `name`, 0.0 elsewhere."""
        value = np.zeros(self._shape)
        value[:, self._panel.symbols.index(name)] = 1.0
        return value


def _members(argument: Any, universe: npt.NDArray[np.bool_]) -> Any:
    """Only members of the universe take part in comparisons across symbols."""
    if isinstance(argument, np.ndarray) and argument.dtype == np.float64:
        return kernels.mask(argument, universe)
    return argument
