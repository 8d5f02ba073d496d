"""What the user and the proofs say of a strategy: tags, a note, a certificate."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.errors import NotFoundError, ParamError
from engine.lookahead import Certificate
from engine.store.clock import now
from engine.store.part import Part

MAX_TAGS = 20
MAX_TAG = 40
MAX_NOTE = 2000


class Remarks(Part):
    """Remarks on saved strategies, which are named by their whole hash."""

    def set_tags(self, expr_hash: str, tags: Iterable[str]) -> tuple[str, ...]:
        """Give a strategy these tags in the place of those it had; they come back sorted.

        Blanks around a tag go, and so does one that is there already but for its case.
        ParamError for what is no tag, NotFoundError for what is no saved strategy.
        """
        chosen = _tags(tags)
        with self._db.transaction():
            self._check(expr_hash)
            kept: dict[str, str] = dict(
                self._db.rows("SELECT tag, created_at FROM tags WHERE expr_hash = ?", (expr_hash,))
            )
            self._db.run("DELETE FROM tags WHERE expr_hash = ?", (expr_hash,))
            for tag in chosen:
                self._db.run(
                    "INSERT INTO tags VALUES (?, ?, ?)", (expr_hash, tag, kept.get(tag, now()))
                )
        return chosen

    def set_note(self, expr_hash: str, note: str) -> None:
        """Write a note on a strategy in the place of the one it had; a blank one goes."""
        if len(note) > MAX_NOTE:
            raise ParamError(f"The note has {len(note):,} characters; keep it to {MAX_NOTE:,}.")
        _check_text("note", note)
        with self._db.transaction():
            self._check(expr_hash)
            if note.strip():
                self._db.run(
                    "INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (expr_hash, note, now())
                )
            else:
                self._db.run("DELETE FROM notes WHERE expr_hash = ?", (expr_hash,))

    def save_certificate(self, certificate: Certificate) -> None:
        """Keep a certificate with its strategy in the place of the one it had."""
        with self._db.transaction():
            self._check(certificate.expr_hash)
            text = msgspec.json.encode(certificate).decode()
            self._db.run(
                "INSERT OR REPLACE INTO certificates VALUES (?, ?, ?)",
                (certificate.expr_hash, text, now()),
            )

    def _tags_of(self, expr_hash: str) -> tuple[str, ...]:
        rows = self._db.rows("SELECT tag FROM tags WHERE expr_hash = ?", (expr_hash,))
        return _sorted(tag for (tag,) in rows)

    def _note_of(self, expr_hash: str) -> str:
        row = self._db.one("SELECT note FROM notes WHERE expr_hash = ?", (expr_hash,))
        return str(row[0]) if row else ""

    def _certificate_of(self, expr_hash: str) -> Certificate | None:
        row = self._db.one(
            "SELECT certificate_json FROM certificates WHERE expr_hash = ?", (expr_hash,)
        )
        return self._db.decode(row[0], Certificate) if row else None

    def _check(self, expr_hash: str) -> None:
        if not self._db.one("SELECT 1 FROM runs WHERE expr_hash = ?", (expr_hash,)):
            raise NotFoundError(
                f"There is no saved strategy {expr_hash[:80]!r}; the list of strategies has them"
                " all."
            )


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags, each once and sorted; ParamError for what is none."""
    chosen: dict[str, str] = {}
    for tag in map(str.strip, tags):
        if not 1 <= len(tag) <= MAX_TAG or "," in tag or not tag.isprintable():
            raise ParamError(
                f"{tag[:80]!r} is no tag: use 1 to {MAX_TAG} characters on one line, without a"
                " comma."
            )
        _check_text("tag", tag)
        chosen.setdefault(tag.casefold(), tag)
    if len(chosen) > MAX_TAGS:
        raise ParamError(f"These are {len(chosen)} tags; a strategy has {MAX_TAGS} at most.")
    return _sorted(chosen.values())


def _sorted(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tags, key=lambda tag: (tag.casefold(), tag)))


def _check_text(kind: str, text: str) -> None:
    """ParamError for characters no file can keep."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ParamError(f"The {kind} has characters that are no text. Type it again.")
