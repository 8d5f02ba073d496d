"""The expression language."""

from __future__ import annotations
