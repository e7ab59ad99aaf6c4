"""Statements of an idle fleet are counted over each transport, and there are few."""

from __future__ import annotations

from bench.idle import TRANSPORTS, measure_idle_fleets


def test_idle_fleet_asks_little_over_each_transport() -> None:
    (found,) = measure_idle_fleets((1,), seconds=5, settle=5)
    rates = [found[transport]["per_s_and_process"] for transport in TRANSPORTS]
    assert found["per_s_and_process"] == max(rates)
    assert min(rates) > 0
    # Within seconds a heartbeat more or less counts.
    assert max(rates) < 3
    for transport in TRANSPORTS:
        asked = " ".join(query for query, _ in found[transport]["most"])
        assert "claim_commands" in asked
        assert "due_work" in asked
