"""The patient API serves the same data each time, in pages, and fails as asked."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.examples.conftest import ROOT, StartApi

PAGES = {
    "assessments": range(2, 5),
    "conditions": range(1, 4),
    "medications": range(2, 4),
    "vital_signs": range(1, 2),
}


def read_pages(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """Follow ``hasMore`` from page 1 to the end."""
    pages = [client.get(path, params={"page": 1}).json()]
    while pages[-1]["hasMore"]:
        pages.append(client.get(path, params={"page": len(pages) + 1}).json())
    return pages


@pytest.mark.parametrize("data_type", PAGES)
def test_pages_end_and_hold_all_records_once(
    start_api: StartApi, data_type: str
) -> None:
    seen = set()
    with httpx.Client(base_url=start_api(facilities=2, patients=20)) as client:
        for patient_id in (*range(100001, 100021), 200001):
            pages = read_pages(client, f"/patients/{patient_id}/{data_type}")
            records = [r["record_id"] for page in pages for r in page["records"]]
            assert len(pages) in PAGES[data_type]
            assert records == list(range(1, pages[0]["total"] + 1))
            seen.add(len(pages))
    assert seen == set(PAGES[data_type])


def test_same_seed_serves_the_same_bytes(start_api: StartApi) -> None:
    first, second, other = start_api(), start_api(), start_api(seed=2)
    for path in (
        "/patients/100007/assessments?page=2",
        "/patients/100007/demographics",
    ):
        assert httpx.get(first + path).content == httpx.get(second + path).content
        assert httpx.get(first + path).content != httpx.get(other + path).content


def test_demographics_is_a_single_record(start_api: StartApi) -> None:
    record = httpx.get(start_api() + "/patients/100001/demographics").json()
    assert record["patient_id"] == 100001
    assert record.keys().isdisjoint({"records", "hasMore"})


def test_facilities_list_patients_and_mds_with_details(start_api: StartApi) -> None:
    with httpx.Client(base_url=start_api(facilities=2, patients=300)) as client:
        facilities = client.get("/facilities").json()["facilities"]
        assert [f["facility_id"] for f in facilities] == [1, 2]
        pages = read_pages(client, "/facilities/2/patients")
        assert [len(page["records"]) for page in pages] == [250, 50]
        (listed,) = read_pages(client, "/facilities/2/mds")
        assert listed["total"] == len(listed["records"]) == 60
        for assessment in listed["records"]:
            details = client.get(f"/mds/{assessment['assessment_id']}").json()
            assert details["patient_id"] == assessment["patient_id"]
            assert details["sections"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/patients/100101/assessments", 404),
        ("/patients/300001/assessments", 404),
        ("/patients/100001/horoscopes", 404),
        ("/patients/100001/assessments?page=0", 400),
        ("/patients/100001/assessments?page=two", 400),
        ("/facilities/9/patients", 404),
        ("/mds/1000021", 404),
        ("/mds/1000012", 404),
    ],
)
def test_what_does_not_exist_is_refused(
    start_api: StartApi, path: str, status: int
) -> None:
    response = httpx.get(start_api(facilities=2, patients=100) + path)
    assert response.status_code == status


def test_trouble_is_the_same_for_the_same_seed_and_ends(start_api: StartApi) -> None:
    def statuses(address: str) -> list[list[int]]:
        with httpx.Client(base_url=address) as client:
            return [
                [client.get(f"/patients/{p}/conditions").status_code for _ in range(5)]
                for p in range(100001, 100041)
            ]

    trouble = {"rate_429": 0.3, "rate_500": 0.3, "patients": 40}
    first = statuses(start_api(**trouble))
    assert first == statuses(start_api(**trouble))
    assert first != statuses(start_api(**trouble, failure_seed=2))
    assert {status for row in first for status in row} == {200, 429, 500}
    assert all(row[3:] == [200, 200] for row in first)


def test_stats_count_requests_and_injected_errors(start_api: StartApi) -> None:
    with httpx.Client(base_url=start_api(rate_429=1, retry_after=2)) as client:
        refused = [client.get("/patients/100001/conditions") for _ in range(3)]
        served = client.get("/patients/100001/conditions")
        stats = client.get("/stats").json()
    assert [r.status_code for r in refused] == [429] * 3
    assert {r.headers["retry-after"] for r in refused} == {"2"}
    assert served.status_code == 200
    assert stats["requests"] == 4
    assert stats["errors"] == {"429": 3}
    assert stats["cpu_s"] > 0


def test_delay_holds_back_each_answer(start_api: StartApi) -> None:
    response = httpx.get(start_api(delay=0.2) + "/facilities")
    assert response.elapsed.total_seconds() >= 0.2


def test_api_ends_with_the_program_that_started_it() -> None:
    command = [sys.executable, str(ROOT / "examples/patients/api.py")]
    with subprocess.Popen(
        [*command, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        assert server.stdout.readline().startswith(b"http://127.0.0.1:")
        server.stdin.close()
        assert server.wait(timeout=10) is not None
