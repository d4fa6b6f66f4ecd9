"""Issues' own texts: asked for when somebody looks at one, and kept in the cache folder.

A text that was sent does not change any more; what is in the cache may be deleted at any time.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from app import paths
from app.engagement import providers
from app.engagement.errors import HttpError
from app.engagement.model import Account
from app.engagement.providers import IssueText, TellsText
from app.speech import mark, say

_VERSION = 1
NOT_TOLD = mark("The platform does not tell the texts of its issues.")
NO_KEY = mark("There is no key for this account: enter it under Accounts.")


def kept(account: Account, issue: str) -> IssueText | None:
    """What is in the cache, from an earlier look."""
    try:
        data = json.loads(_file(account, issue).read_bytes())
        if data["version"] != _VERSION or not isinstance(data["content"], str):
            return None
        return IssueText(data["content"], data["is_markdown"] is True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


async def fetch(account: Account, key: str | None, issue: str) -> IssueText:
    """Ask the platform, and keep the answer. Raises HttpError."""
    if not key:
        raise HttpError(say(NO_KEY))
    if account.provider not in providers.PROVIDERS:
        raise HttpError(say(NOT_TOLD))
    async with providers.client(account, key) as client:
        provider = providers.provider(account, client)
        if not isinstance(provider, TellsText):
            raise HttpError(say(NOT_TOLD))
        text = await provider.text(issue)
    if not text.content.strip():
        raise HttpError(say(NOT_TOLD))
    keep(account, issue, text)
    return text


def keep(account: Account, issue: str, text: IssueText) -> None:
    """Put a text into the cache; a disk that is full is no reason not to show it."""
    file = _file(account, issue)
    data = {"version": _VERSION, "content": text.content, "is_markdown": text.is_markdown}
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as opened:
                json.dump(data, opened)
            Path(temporary).replace(file)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise


def forget(account: Account) -> None:
    """The account was removed: so are its texts."""
    shutil.rmtree(_folder(account), ignore_errors=True)


def _folder(account: Account) -> Path:
    name = hashlib.blake2b(account.id.encode(), digest_size=12).hexdigest()
    return paths.cache_dir() / "issue-texts" / name


def _file(account: Account, issue: str) -> Path:
    name = hashlib.blake2b(issue.encode(), digest_size=16).hexdigest()
    return _folder(account) / f"{name}.json"
