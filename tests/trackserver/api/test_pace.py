"""The pace endpoint: from reported events to recipients a minute."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import insert

from app.trackserver.api.pace import EVERYBODY, Controls, PaceQuery, look
from app.trackserver.api.pacing import SLOWEST
from app.trackserver.store.database import Database
from app.trackserver.store.schema import rollup
from app.trackserver.words import Dimension, Metric
from tests.trackserver.api.conftest import Api
from tests.trackserver.work.scene import ISSUE, START, Scene

QUERY = PaceQuery(start=1000, most=50_000, window=60)


@dataclass
class Sending:
    """Sends as fast as it may to several providers, and writes down what became of the mails."""

    database: Database
    now: int = START
    figures: Counter[tuple[str, Metric]] = field(default_factory=Counter)

    def look(self) -> Controls:
        with self.database.writing() as connection:
            connection.execute(rollup.delete())
            rows = [
                {
                    "issue_id": ISSUE,
                    "dimension": int(Dimension.DOMAIN if domain else Dimension.TOTAL),
                    "key": domain,
                    "metric": int(metric),
                    "agent": 0,
                    "n": n,
                }
                for (domain, metric), n in self.figures.items()
                if n
            ]
            if rows:
                connection.execute(insert(rollup), rows)
            return look(connection, self.database, ISSUE, QUERY, self.now)

    def minute(self, shares: dict[str, float], failing: dict[str, float]) -> Controls:
        """One minute of sending by what was said last; the failing are deferred."""
        controls = self.look()
        overall = controls[EVERYBODY]
        for domain, share in shares.items():
            mails = overall.rate * share
            control = controls.get(domain)
            if control is not None and control.limited:
                mails = 0.0 if control.state == "paused" else min(mails, control.rate)
            if overall.state == "paused":
                mails = 0.0
            deferred = int(mails * failing.get(domain, 0.0))
            for key in (domain, EVERYBODY):
                self.figures[key, Metric.SENT] += int(mails)
                self.figures[key, Metric.DELIVERED] += int(mails) - deferred
                self.figures[key, Metric.DEFERRED] += deferred
        self.now += 60_000
        return self.look()


@pytest.fixture
def sending(database: Database) -> Sending:
    Scene(database, people=0)
    return Sending(database)


def test_one_provider_that_defers_is_slowed_and_the_others_go_on(sending: Sending) -> None:
    shares = {"good.example": 0.6, "bad.example": 0.4}
    failing = {"bad.example": 0.5}
    sending.minute(shares, failing)
    controls = sending.minute(shares, failing)
    assert controls["bad.example"].state in ("paused", "throttled")
    assert controls["bad.example"].limited
    assert not controls["good.example"].limited
    rates = [sending.minute(shares, failing)[EVERYBODY].rate for _ in range(4)]
    assert rates == sorted(rates)
    assert rates[-1] > 1000, "the others accelerate"
    for _ in range(16):
        controls = sending.minute(shares, {})
    assert not controls["bad.example"].limited or controls["bad.example"].rate > 1000 * 0.4, (
        "once it takes mail again it is given more"
    )


def test_a_decision_is_made_once_a_window(sending: Sending) -> None:
    first = sending.look()
    sending.now += 59_000
    sending.figures[EVERYBODY, Metric.SENT] = 5000
    assert sending.look() == first


def test_what_was_sent_before_the_first_look_counts(sending: Sending) -> None:
    for metric, n in ((Metric.SENT, 2000), (Metric.DELIVERED, 1500), (Metric.HARD_BOUNCE, 500)):
        sending.figures[EVERYBODY, metric] = n
    overall = sending.look()[EVERYBODY]
    assert overall.state == "paused"
    assert overall.rate == SLOWEST
    assert overall.reasons == ("permanent_failures",)


def test_the_answer_tells_reasons_and_sample(api: Api) -> None:
    people = [{"email": f"r{n}@big.example"} for n in range(400)]
    made = api.register(recipients=people)
    path = f"/v1/issues/{made['issue']['id']}"
    fresh = api.get(f"{path}/pace")
    assert (fresh["state"], fresh["recipients_per_minute"]) == ("starting", 100)
    assert fresh["domains"] == []
    at = made["issue"]["registered_at"]
    events = [
        {"type": kind, "at": at, "email": f"r{n}@big.example", "reason": "5.1.1" * (kind != "sent")}
        for n in range(400)
        for kind in ("sent", "hard_bounce" if n % 4 == 0 else "delivered")
    ]
    api.json("POST", f"{path}/events", 202, json={"events": events})
    api.work()
    other = api.register(subject="Two")
    assert api.get(f"/v1/issues/{other['issue']['id']}/pace")["state"] == "starting"
    later = api.served.services.clock() + 61_000
    api.served.services.clock = lambda: later
    pace = api.get(f"{path}/pace")
    assert pace["domains"][0]["domain"] == "big.example"
    assert pace["domains"][0]["recipients_per_minute"] == 0
    assert pace["domains"][0]["reasons"] == ["permanent_failures"]
    assert pace["sample"]["permanent"] == 100
    figure = {each["figure"]: each for each in pace["domains"][0]["evidence"]}["permanent_failures"]
    assert figure["at_least"] > figure["limit"]
