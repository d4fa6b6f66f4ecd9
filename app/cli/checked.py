"""A draft under ``sendoff check``: its links, their verdicts, and the published report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.cli.links import link_object
from app.lines import line_starts, split_lines
from app.linkcheck.verdict import Status, Verdict
from app.markup import Document
from app.proof import Proof, ProofedLink

_SLICE = 0.004
_PORTION = 12_000


class CheckedFile:
    """One file of the command line; `read` must be used up before anything else."""

    def __init__(self, name: str, text: str, *, allow_private: bool) -> None:
        self.name = name
        self._starts = line_starts(text)
        self._document = Document.opening(split_lines(text), 0, 0, _PORTION)
        self._proof = Proof(self._document, allow_private=allow_private)
        self._read: set[str] = set()

    def read(self) -> Iterator[list[str]]:
        """Parse the file in slices of some milliseconds, so that checks go on between them.

        Yields the URLs that only a request can tell of as they are found (often none), in the end
        those that only the whole draft shows to be links.
        """
        while (job := self._document.job) is not None:
            is_done, told = False, 0
            while not is_done:
                is_done = job.step(_SLICE)
                yield self._new(self._proof.foresee(job.hrefs[told:]))
                told = len(job.hrefs)
            self._proof.apply(self._document.adopt(job))
        yield self._new(self._proof.wanted())

    def _new(self, urls: Iterable[str]) -> list[str]:
        new = [url for url in dict.fromkeys(urls) if url not in self._read]
        self._read.update(new)
        return new

    def learn(self, verdicts: Mapping[str, Verdict]) -> None:
        """Take in what was found."""
        self._proof.learn(verdicts.items())

    def links(self) -> list[ProofedLink]:
        """Every link with its verdict, in the order of the text."""
        return list(self._proof.links())

    @property
    def counts(self) -> Counter[Status]:
        """How many links have each status; each use counts."""
        return self._proof.counts

    def objects(self) -> list[dict[str, object]]:
        """The published JSON objects of the links."""
        return [_check_object(each, self._starts) for each in self._proof.links()]


def report(files: Sequence[CheckedFile], requests: int, seconds: float) -> dict[str, object]:
    """The published report of a run, ready for JSON."""
    whole: dict[str, object]
    if len(files) == 1:
        whole = {"version": 1, **_file_object(files[0])}
    else:
        whole = {"version": 1, "files": [_file_object(file) for file in files]}
    counts = sum((file.counts for file in files), Counter[Status]())
    whole["summary"] = _summary(counts, requests, seconds)
    return whole


def _file_object(file: CheckedFile) -> dict[str, object]:
    return {"file": file.name, "links": file.objects()}


def _summary(counts: Counter[Status], requests: int, seconds: float) -> dict[str, object]:
    by_status = {status.value: counts[status] for status in Status}
    return {**by_status, "requests": requests, "seconds": round(seconds, 3)}


def _check_object(proofed: ProofedLink, starts: Sequence[int]) -> dict[str, object]:
    verdict = proofed.verdict
    checked_at = verdict.checked_at and verdict.checked_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    retry_at = verdict.retry_at and verdict.retry_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        **link_object(proofed, starts),
        "http_status": verdict.http_status,
        "method": verdict.method,
        "final_url": verdict.final_url,
        "redirects": [{"status": hop.status, "url": hop.url} for hop in verdict.redirects],
        "checked_at": checked_at,
        "from_cache": verdict.from_cache,
        "seconds": None if verdict.seconds is None else round(verdict.seconds, 3),
        "retry_at": retry_at,
        "evidence": verdict.evidence,
        "threat": verdict.threat,
        "hop": verdict.hop,
        "also": [reason.value for reason in verdict.also],
    }
