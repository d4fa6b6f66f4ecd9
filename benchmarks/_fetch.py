"""Asks a tracking server for all that a first sync asks for, and throws it away: the floor of what
any client needs.

    python _fetch.py URL KEY
"""

import re
import sys
from collections.abc import Iterator

import httpx

_CURSOR = re.compile(rb'"cursor":"([^"]*)"')
_ISSUE = re.compile(rb'"id":"(iss_\w+)"')


def main() -> None:
    url, key = sys.argv[1:]
    headers = {"authorization": f"Bearer {key}"}
    count = 0
    with httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False) as http:
        issues: list[str] = []
        for body in pages(http, "/v1/changes", 200):
            count += 1
            issues += [name.decode() for name in _ISSUE.findall(body)]
        for issue in issues:
            http.get(f"/v1/issues/{issue}/report").raise_for_status().read()
            count += 1 + sum(1 for _ in pages(http, f"/v1/issues/{issue}/events", 2000))
    print(count)


def pages(http: httpx.Client, path: str, limit: int) -> Iterator[bytes]:
    """The bodies of a feed's pages."""
    cursor, more = "", True
    while more:
        asked: dict[str, str | int] = {"limit": limit}
        if cursor:
            asked["cursor"] = cursor
        body = http.get(path, params=asked).raise_for_status().read()
        found = _CURSOR.findall(body)
        cursor, more = found[-1].decode(), b'"more":true' in body
        yield body


if __name__ == "__main__":
    main()
