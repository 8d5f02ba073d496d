"""What the user chose."""

from __future__ import annotations

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from app.routes.given import TheLab
from app.schemas import HandleRequest, Settings, SettingsRequest
from engine.workspace import choose_home, chosen_home

KEYS = ("theme", "workers", "dataset", "density", "signs")


@get("/api/settings", sync_to_thread=True, operation_id="settings")
def settings(lab: TheLab) -> Settings:
    """All settings."""
    return chosen(lab)


@post("/api/settings", status_code=200, sync_to_thread=True, operation_id="save_settings")
def save_settings(lab: TheLab, data: JSONBody[SettingsRequest]) -> Settings:
    """Change some settings."""
    if data.dataset is not None:
        lab.workspace.dataset(data.dataset)
    for key in KEYS:
        value = getattr(data, key)
        if value is not None:
            lab.store.set_setting(key, str(value))
    return chosen(lab)


@post("/api/settings/folder", status_code=200, sync_to_thread=True, operation_id="save_folder")
def save_folder(lab: TheLab, data: JSONBody[HandleRequest]) -> Settings:
    """Keep everything in the picked folder from the next start on."""
    choose_home(lab.intake.file(data.handle))
    return chosen(lab)


def chosen(lab: TheLab) -> Settings:
    """The settings of a workspace; what was never set has its default."""
    known = lab.store.settings()
    root = lab.workspace.root
    following = chosen_home() or root
    fixed = lab.workspace.fixed
    return msgspec.convert(
        {key: known[key] for key in KEYS if key in known}
        | {
            "data_folder": str(root),
            "data_folder_fixed": fixed,
            "next_data_folder": None if fixed or following == root else str(following),
        },
        type=Settings,
        strict=False,
    )


ROUTES = [settings, save_settings, save_folder]
