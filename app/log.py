"""The log of a workspace: one JSON object per line, in files that take turns."""

from __future__ import annotations

import datetime as dt
import logging
import logging.handlers
import traceback
from pathlib import Path
from typing import Any

import msgspec

FILE = "kvant.log"
MAX_BYTES = 5 << 20
FILES = 5
_LONGEST = 2000  # characters of one text; a traceback keeps its end

_logger = logging.getLogger("kvant")
_logger.propagate = False
_logger.setLevel(logging.INFO)
logging.raiseExceptions = False  # a full disk must not break the work it tells about


class _Lines(logging.Formatter):
    """A record as a JSON object without line breaks or control characters."""

    def format(self, record: logging.LogRecord) -> str:
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).replace(tzinfo=None)
        fields = {name: _short(value) for name, value in getattr(record, "fields", {}).items()}
        line = {
            "ts": moment.isoformat(timespec="milliseconds") + "Z",
            "level": record.levelname,
            "job_id": fields.pop("job_id", None),
            "event": record.getMessage(),
        }
        return msgspec.json.encode(line | fields).decode()


def start(folder: Path) -> Path | None:
    """Log into `folder` from now on; the file, or None when it cannot be written."""
    stop()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / FILE, maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8"
        )
    except OSError:
        return None
    handler.setFormatter(_Lines())
    _logger.disabled = False  # a library that configures logging silences all loggers it finds
    _logger.addHandler(handler)
    return folder / FILE


def stop() -> None:
    """Close the log."""
    for handler in list(_logger.handlers):
        _logger.removeHandler(handler)
        handler.close()


def info(event: str, **fields: Any) -> None:
    """Something happened: what, and what there is to know about it (`job_id` among it)."""
    _logger.info(event, extra={"fields": fields})


def warning(event: str, **fields: Any) -> None:
    """Something happened that somebody may want to look into."""
    _logger.warning(event, extra={"fields": fields})


def crash(error: BaseException) -> None:
    """An error that nobody foresaw, with its traceback."""
    text = "".join(traceback.format_exception(error))
    _logger.error("crash", extra={"fields": {"error": repr(error), "traceback": text}})


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"...{value[-_LONGEST:]}"
    return value if isinstance(value, str | int | float | bool | None) else str(value)[:_LONGEST]
