"""Rice codes: vectors of the reference client (google/webrisk, hash_test.go), and round trips."""

import base64
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.linkcheck.reputation.webrisk.api import ThreatType
from app.linkcheck.reputation.webrisk.differences import read_difference
from app.linkcheck.reputation.webrisk.rice import RiceError, decode
from tests.support.web_risk_lists import rice


@pytest.mark.parametrize(
    ("parameter", "data", "differences"),
    [
        (2, "f702", [15, 9]),
        (5, "00", [0]),
        (10, "", []),
        (
            28,
            "54607be70a5fc1dcee69defe583ca3d6a5f2108c4a595600",
            [62763050, 1046523781, 192522171, 1800511020, 4442775, 582142548],
        ),
    ],
)
def test_published_codes(parameter: int, data: str, differences: list[int]) -> None:
    found = list(decode(0, parameter, len(differences), bytes.fromhex(data)))
    assert [b - a for a, b in pairwise(found)] == differences


def test_published_hashes() -> None:
    answer = {
        "responseType": "DIFF",
        "additions": {
            "riceHashes": {
                "firstValue": "164066655",
                "riceParameter": 28,
                "entryCount": 2,
                "encodedData": base64.b64encode(bytes.fromhex("91280dd01f2c9d5301")).decode(),
            }
        },
    }
    found = sorted(read_difference(answer, ThreatType.MALWARE, 0.0).additions)
    assert [each.hex() for each in found] == ["33341993", "5f75c709", "83bfca1d"]


@pytest.mark.parametrize(
    ("parameter", "data", "indices"),
    [
        (28, "720000c0210000100400001a01006017000000", [172, 229, 364, 494, 776, 963]),
        (28, "de0000c00000006805000085000000", [497, 608, 611, 784, 917]),
    ],
)
def test_published_indices(parameter: int, data: str, indices: list[int]) -> None:
    raw = bytes.fromhex(data)
    assert list(decode(indices[0], parameter, len(indices) - 1, raw)) == indices


@given(st.lists(st.integers(0, (1 << 32) - 1), min_size=1, unique=True), st.integers(24, 28))
def test_what_is_encoded_is_decoded(values: list[int], parameter: int) -> None:
    values.sort()
    coded = rice(values, parameter)
    data = base64.b64decode(coded["encodedData"])
    assert list(decode(values[0], parameter, len(values) - 1, data)) == values


@pytest.mark.parametrize(("count", "data"), [(1, ""), (2, "00"), (1, "0000000000"), (9, "ffff")])
def test_data_of_the_wrong_length(count: int, data: str) -> None:
    with pytest.raises(RiceError):
        list(decode(0, 5, count, bytes.fromhex(data)))
