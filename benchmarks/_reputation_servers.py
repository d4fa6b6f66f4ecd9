"""The reputation services of the benchmark, in a process of their own, as they are elsewhere, too.

    python _reputation_servers.py DNS_DELAY WEB_RISK_DELAY LIST_SIZE

Prints the ports and ends with its standard input.
"""

import json
import sys
import time
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.reputation_servers import DnsServer, Request, WebRiskServer
from tests.support.web_risk_lists import Lists, full_hash

CANARIES = {
    "test.surbl.org.multi.surbl.org": ["127.0.0.254"],
    "dbltest.com.dbl.spamhaus.org": ["127.0.1.2"],
}


def main() -> None:
    dns_delay, web_risk_delay, size = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    lists = Lists(time.time(), compressed=True)
    dangerous = [f"site{number}.bench.example/" for number in range(0, 200, 40)]
    prefixes = [sha256(str(number).encode()).digest()[:4] for number in range(size)]
    lists.publish("MALWARE", prefixes + [full_hash(each)[:4] for each in dangerous])
    lists.dangerous = {each: ["MALWARE"] for each in dangerous}
    made: dict[str, tuple[int, object]] = {}

    def answer(request: Request) -> tuple[int, object]:
        if request.path == "/v1/uris:search":
            return 200, {}
        key = f"{request.path}{request.query}"
        if key not in made:
            made[key] = lists(request)
        return made[key]

    names = DnsServer(dict(CANARIES), delay=dns_delay, negative_ttl=300)
    web_risk = WebRiskServer(answer, delay=web_risk_delay)
    with names, web_risk:
        print(json.dumps({"dns": names.port, "web_risk": web_risk.port}), flush=True)
        for _ in sys.stdin:  # a line asks how many questions have come
            print(json.dumps({"dns": names.asked.total(), "web_risk": len(web_risk.asked)}),
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
