"""What the writer said of drafts and issues, in the store."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from app.engagement.matching import DraftText, Match
from app.engagement.store.schema import StoreError, connect, store_file
from app.speech import mark, say

_FULL = mark("The answer could not be kept; it will be asked again.")


class Matches:
    """The answers. For any thread; close it."""

    def __init__(self, path: Path | None = None) -> None:
        self._connection = connect(path or store_file())
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def all(self) -> list[Match]:
        """Everything that was said."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT account, issue, draft, is_draft, subject, links FROM match"
                " ORDER BY account, issue, draft"
            ).fetchall()
        return [
            Match(account, issue, draft, bool(is_draft), subject, tuple(json.loads(links)))
            for account, issue, draft, is_draft, subject, links in rows
        ]

    def confirm(self, account: str, issue: str, draft: DraftText) -> None:
        """It is the issue's draft; an issue has one. Raises StoreError."""
        subject = draft.subjects[0] if draft.subjects else ""
        self._do(
            ("DELETE FROM match WHERE account = ? AND issue = ? AND is_draft", (account, issue)),
            (
                "INSERT OR REPLACE INTO match VALUES (?, ?, ?, 1, ?, ?)",
                (account, issue, draft.path, subject, json.dumps(draft.links)),
            ),
        )

    def refuse(self, account: str, issue: str, path: str) -> None:
        """It is not the issue's draft. Raises StoreError."""
        row = (account, issue, path)
        self._do(("INSERT OR REPLACE INTO match VALUES (?, ?, ?, 0, '', '[]')", row))

    def _do(self, *statements: tuple[str, Sequence[object]]) -> None:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    for statement, values in statements:
                        self._connection.execute(statement, values)
                    self._connection.execute("COMMIT")
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StoreError(say(_FULL)) from error
