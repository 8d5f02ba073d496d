"""The jobs command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from app.cli.options import open_workspace
from app.cli.screen import Screen, number, percent
from engine.store import Event, Job, Status

HIDDEN = ("params", "boot_id", "last_event_ts")


def add(subparsers: Any) -> None:
    """The grammar of the command."""
    parser = subparsers.add_parser("jobs", help="searches: running, done and interrupted")
    parser.set_defaults(command=run_list, status=None, limit=20)
    actions = parser.add_subparsers(metavar="list|show|log", parser_class=type(parser))
    listing = actions.add_parser("list", help="all jobs, the newest first")
    listing.add_argument("--status", choices=get_args(Status), help="only these")
    listing.add_argument("--limit", type=int, default=20, metavar="N")
    listing.set_defaults(command=run_list)
    show = actions.add_parser("show", help="one job")
    show.add_argument("job", metavar="ID")
    show.set_defaults(command=run_show)
    log = actions.add_parser("log", help="what a job told")
    log.add_argument("job", metavar="ID")
    log.add_argument("--after", type=int, default=0, metavar="SEQ")
    log.add_argument("--limit", type=int, default=1000, metavar="N")
    log.set_defaults(command=run_log)


def run_list(args: argparse.Namespace, screen: Screen) -> None:
    """List jobs."""
    with open_workspace(args) as space:
        page = space.store.jobs(args.status, args.limit)
    if screen.json:
        items = [answer(job) for job in page.items]
        screen.emit({"items": items, "total": page.total, "next": page.next})
    if not page.items:
        screen.say("No jobs here yet: kvant train --n 200 starts one.")
        return
    screen.table(
        ["job", "status", "data set", "done", "of", "latest Sharpe", "started", "message"],
        [
            [
                job.job_id, job.status, job.dataset or "-", f"{job.processed:,}",
                "-" if job.total is None else f"{job.total:,}", number(job.latest_sharpe),
                (job.started_at or "-")[:19], job.message or "",
            ]
            for job in page.items
        ],
        left=3,
        spare=("started", "latest Sharpe", "data set"),
    )  # fmt: skip


def run_show(args: argparse.Namespace, screen: Screen) -> None:
    """Show one job."""
    with open_workspace(args) as space:
        job = space.store.job(args.job)
    if screen.json:
        screen.emit(answer(job) | {"params": job.params})
    fields = answer(job) | {
        "progress": percent(job.progress), "latest_sharpe": number(job.latest_sharpe),
    }  # fmt: skip
    screen.pairs((name.replace("_", " "), _text(value)) for name, value in fields.items())
    screen.say("")
    screen.pairs(_flat(job.params))


def run_log(args: argparse.Namespace, screen: Screen) -> None:
    """Show the events of a job, in their order."""
    with open_workspace(args) as space:
        space.store.job(args.job)
        events = space.store.events(args.job, args.after, args.limit)
    if screen.json:
        screen.emit({"items": [wire(event) for event in events]})
    for event in events:
        told = wire(event)
        rest = {k: v for k, v in told.items() if k not in {"type", "seq", "job_id", "timestamp"}}
        text = "  ".join(f"{k}={msgspec.json.encode(v).decode()}" for k, v in rest.items())
        screen.say(f"{event.seq:>6}  {event.timestamp}  {event.type:<8}  {text}")


def _flat(params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The parameters of a job, those of its parts too, one under the other."""
    for name, value in params.items():
        if isinstance(value, dict) and name in {"config", "params"}:
            yield from _flat(value)
        else:
            yield name.replace("_", " "), _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list | dict):
        return msgspec.json.encode(value).decode() if value else "-"
    return "-" if value is None else str(value)


def answer(job: Job) -> dict[str, object]:
    """A job as JSON shows it."""
    return {k: v for k, v in msgspec.structs.asdict(job).items() if k not in HIDDEN}


def wire(event: Event) -> dict[str, object]:
    """An event as JSON shows it."""
    told: dict[str, object] = msgspec.json.decode(event.json)
    return {"type": event.type, "seq": event.seq, "job_id": event.job_id,
            "timestamp": event.timestamp} | told  # fmt: skip
