"""What a request for a search becomes: a job whose parameters decide its result."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from app.schemas import JobParams, TrainRequest
from engine.book import check_params
from engine.catalog import CatalogRules, DatasetSettings
from engine.panel import Panel
from engine.store import Job
from engine.train import TrainConfig
from engine.workspace import Workspace

MOST_SAVED = 50
"""Saved strategies that what is bred has to differ from."""


def start_train(
    workspace: Workspace,
    request: TrainRequest,
    key: str | None = None,
    may_create: Callable[[], None] = lambda: None,
) -> Job:
    """A new queued job, or the unfinished one with the same parameters.

    `may_create` raises when there is to be no new one; `key` is what a new one is found by again.
    """
    row = workspace.dataset(request.dataset)
    config = _decided(request.config, workspace.settings_of(row.name))
    panel = workspace.panel(row.name, domain_lags=config.domain_lags, price=config.price)
    check_params(request.params, panel)
    params = JobParams(
        dataset=row.name,
        fingerprint=panel.fingerprint,
        rows=len(panel.dates),
        config=config,
        saved=_saved(workspace, panel, config),
    )
    plain = msgspec.to_builtins(params)
    unfinished = workspace.store.resumable("train", plain)
    if unfinished is not None:
        return unfinished
    may_create()
    return workspace.store.create_job(
        Job(
            type="train",
            total=request.n,
            dataset=row.name,
            workers=request.workers,
            params=plain,
            boot_id=workspace.boot_id,
        ),
        key,
    )


def _saved(workspace: Workspace, panel: Panel, config: TrainConfig) -> tuple[str, ...]:
    """The saved runs that what is bred has to differ from: those somebody chose to keep."""
    if config.method == "random" or not config.novelty:
        return ()
    return workspace.store.chosen_runs(panel.fingerprint, MOST_SAVED)


def _decided(config: TrainConfig, settings: DatasetSettings) -> TrainConfig:
    """What is searched: the wishes of the request over what was decided for the data set."""
    rules = settings.rules if config.rules == CatalogRules() else config.rules
    return msgspec.structs.replace(
        config, rules=rules, domain_lags=settings.domain_lags | config.domain_lags
    )
