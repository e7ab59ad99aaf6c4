"""The figures, beside what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the table "To reach"."""

    title: str
    unit: str
    at: Literal["least", "most"]
    value: float
    read: Callable[[Figures], float | None]


def _fanout(figures: Figures, n: int, key: str) -> float | None:
    rows = (row for row in figures.get("fanout", []) if row["n"] == n)
    row = next(rows, None)
    return None if row is None else float(row[key])


def _figure(part: str, key: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures[part][key] if part in figures else None


def _growth(key: str, n: int = 100_000) -> Callable[[Figures], float | None]:
    def read(figures: Figures) -> float | None:
        small, large = (_fanout(figures, size, key) for size in (10_000, n))
        return large / small if small and large else None

    return read


def _store(key: str) -> Callable[[Figures], float | None]:
    return _figure("stores", key)


def _memory(case: str, way: str) -> Callable[[Figures], float | None]:
    def read(figures: Figures) -> float | None:
        stores = figures.get("stores")
        return None if stores is None else float(stores[case][f"{way}_above_mb"])

    return read


TARGETS: Final = (
    Target(
        "fan-out of 10 000: share of the physical limit", "", "least", 0.25,
        lambda f: _fanout(f, 10_000, "ratio_to_limit"),
    ),
    Target(
        "fan-out of 10 000: items per second", "/s", "least", 8_000,
        lambda f: _fanout(f, 10_000, "items_per_s"),
    ),
    Target(
        "commits per item", "", "most", 0.1,
        lambda f: _fanout(f, 10_000, "commits_per_item"),
    ),
    Target(
        "WAL per item", "B", "most", 3_600,
        lambda f: _fanout(f, 10_000, "wal_bytes_per_item"),
    ),
    Target(
        "cost per item, 100 000 against 10 000", "×", "most", 1.2,
        _growth("cost_us_per_item"),
    ),
    Target(
        "cost per item, 1 000 000 against 10 000", "×", "most", 1.2,
        _growth("cost_us_per_item", 1_000_000),
    ),
    Target(
        "unbatched: reports of 32 sessions on one loop", "/s", "least", 5_000,
        _figure("unbatched", "reports_per_s"),
    ),
    Target(
        "worker memory, 100 000 against 10 000", "×", "most", 1.2,
        _growth("worker_rss_mb"),
    ),
    Target(
        "server memory, 100 000 against 10 000", "×", "most", 1.5,
        _growth("server_rss_mb"),
    ),
    Target(
        "claim p99 under a foreign snapshot, against without", "×", "most", 2,
        _figure("foreign_snapshot", "ratio"),
    ),
    Target("five steps, p50", "ms", "most", 12, _figure("five_step", "p50_ms")),
    Target("five steps, p99", "ms", "most", 30, _figure("five_step", "p99_ms")),
    Target("noetl run, warm", "s", "most", 1.5, _figure("hello", "warm_s")),
    Target("noetl run, first ever", "s", "most", 6, _figure("hello", "first_s")),
    Target(
        "condition of six nodes, evaluations per second", "/s", "least", 20_000,
        _figure("expressions", "per_s"),
    ),
    Target(
        "the same with a context of 100 kB, against a small one", "×", "least", 0.9,
        _figure("expressions", "ratio"),
    ),
    Target("to S3, against upload_file", "×", "least", 0.8, _store("s3_put_ratio")),
    Target("from S3, against download_file", "×", "least", 0.8, _store("s3_get_ratio")),
    Target("to a file, against cp and sync", "×", "least", 0.8, _store("pvc_put_ratio")),
    Target("from a file, against cat", "×", "least", 0.8, _store("pvc_get_ratio")),
    Target(
        "from a file into another, checked, against cp", "×", "least", 0.8,
        _store("pvc_sha256_copy_ratio"),
    ),
    Target("memory for an object to S3", "MB", "most", 64, _memory("s3", "put")),
    Target("memory for an object from S3", "MB", "most", 64, _memory("s3", "get")),
    Target(
        "rows into Parquet, against COPY into a file", "×", "least", 0.7,
        _figure("export", "ratio"),
    ),
    Target(
        "the worker's memory meanwhile, above its baseline", "MB", "most", 128,
        _figure("export", "worker_mb_above"),
    ),
    Target(
        "idle: statements per second and process", "/s", "most", 2,
        _figure("idle_system", "per_s_and_process"),
    ),
    Target(
        "the same with 100 idle workers", "/s", "most", 2,
        _figure("idle_fleet", "per_s_and_process"),
    ),
    Target(
        "fan-out over NATS, against the database", "×", "least", 0.6,
        _figure("transports", "nats_ratio"),
    ),
    Target(
        "fan-out over HTTP, against the database", "×", "least", 0.4,
        _figure("transports", "http_ratio"),
    ),
    Target(
        "1 000 items over NATS at random times, until logged, p99", "ms", "most", 50,
        _figure("arrivals", "p99_ms"),
    ),
    Target(
        "lag of the projection meanwhile, p95", "ms", "most", 500,
        _figure("arrivals", "lag_p95_ms"),
    ),
    Target(
        "status of a run in a large log, SQL, p99", "ms", "most", 2,
        _figure("status", "sql_p99_ms"),
    ),
    Target(
        "the same over HTTP at 100 a second, p99", "ms", "most", 10,
        _figure("status", "http_p99_ms"),
    ),
    Target(
        "first chunk in the next step", "ms", "most", 100,
        _figure("stream", "first_max_ms"),
    ),
)  # fmt: skip

_FANOUT_LINES: Final = (
    ("items per second", "{items_per_s:,.0f}"),
    ("physical limit, items per second", "{limit_items_per_s:,.0f}"),
    ("share of the limit", "{ratio_to_limit:.2f}"),
    ("commits per item", "{commits_per_item:.3f}"),
    ("WAL bytes per item", "{wal_bytes_per_item:,.0f}"),
    ("claim, p50 / p99 ms", "{claim_p50_ms:.1f} / {claim_p99_ms:.1f}"),
    ("report, p50 / p99 ms", "{report_p50_ms:.1f} / {report_p99_ms:.1f}"),
    ("flush of the log, mean ms", "{flush_mean_ms:.1f}"),
    ("peak memory of a worker, MB", "{worker_rss_mb:.0f}"),
    ("server, without shared buffers, MB", "{server_rss_mb:.0f}"),
)

_STORE_CASES: Final = (
    ("boto3", "S3: upload_file, download_file"),
    ("boto3_4", "S3: the same with four threads"),
    ("s3", "S3: ours"),
    ("s3_sha256", "S3: ours, and sha256"),
    ("cp", "file: cp and sync, cat, cp"),
    ("pvc", "file: ours"),
    ("pvc_sha256", "file: ours, and sha256"),
)


def print_report(console: Console, figures: Figures) -> None:
    """Print what was measured, then how it stands to the targets."""
    if figures.get("fanout"):
        console.print(_fanout_table(figures["fanout"]))
    if step := figures.get("five_step"):
        console.print(
            f"Five steps: p50 {step['p50_ms']:.1f} ms, p99 {step['p99_ms']:.1f} ms over"
            f" {step['times']} runs; {step['per_s']:.0f} playbooks/s with"
            f" {step['at_once']} at once"
        )
    if unbatched := figures.get("unbatched"):
        console.print(
            f"{unbatched['sessions']} sessions, one report per transaction, one loop:"
            f" {unbatched['reports_per_s']:,.0f}/s; the same inserts without an engine"
            f" {unbatched['inserts_per_s']:,.0f}/s ({unbatched['ratio']:.2f} of them),"
            f" the least that a report must change {unbatched['least_per_s']:,.0f}/s"
        )
    if snapshot := figures.get("foreign_snapshot"):
        console.print(
            f"Claim of {snapshot['claim_of']} while {snapshot['n']:,} items finish: p99"
            f" {snapshot['free_claim_p99_ms']:.1f} ms,"
            f" under a foreign snapshot {snapshot['held_claim_p99_ms']:.1f} ms"
        )
    if export := figures.get("export"):
        console.print(
            f"{export['rows']:,} rows into Parquet: {export['rows_per_s']:,.0f}/s,"
            f" {export['export_s']:.1f} s; COPY into a file {export['copy_s']:.1f} s;"
            f" worker {export['worker_mb_above']:.0f} MB above its baseline"
        )
    if stream := figures.get("stream"):
        console.print(
            f"Chunks until the next step's code runs: the first within"
            f" {stream['first_p50_ms']:.1f} ms (median of {stream['repeats']} runs; at most"
            f" {stream['first_max_ms']:.1f} ms), all {stream['chunks']}: p50"
            f" {stream['p50_ms']:.1f} ms, p99 {stream['p99_ms']:.1f} ms"
        )
    _print_fleets(console, figures)
    if stores := figures.get("stores"):
        console.print(_stores_table(stores))
    console.print(_target_table(figures))
    if machine := figures.get("machine"):
        console.print(_machine_line(machine), style="dim", highlight=False)
        if machine["load_average"] > machine["cores"] / 2:
            console.print("[yellow]Others used this machine too: figures are lower.[/]")


def _print_fleets(console: Console, figures: Figures) -> None:
    if transports := figures.get("transports"):
        speeds = ", ".join(
            f"{name} {transports[name]['items_per_s']:,.0f}"
            for name in ("postgres", "http", "nats")
        )
        console.print(
            f"Fan-out of {transports['n']:,} over each transport, items/s: {speeds}"
        )
    if arrivals := figures.get("arrivals"):
        console.print(
            f"{arrivals['items']:,} items over NATS, until logged: p50"
            f" {arrivals['p50_ms']:.1f} ms, p99 {arrivals['p99_ms']:.1f} ms"
        )
    if status := figures.get("status"):
        console.print(
            f"Status with {status['events']:,} events: SQL p50 {status['sql_p50_ms']:.2f}"
            f" ms, p99 {status['sql_p99_ms']:.2f} ms; HTTP p50"
            f" {status['http_p50_ms']:.1f} ms, p99 {status['http_p99_ms']:.1f} ms at"
            f" {status['http_per_s']} a second and {status['cpu_share']:.0%} CPU"
        )


def _fanout_table(rows: list[Figures]) -> Table:
    table = Table(title="Fan-out with fan-in, no-op items", title_justify="left")
    table.add_column("items")
    for row in rows:
        table.add_column(f"{row['n']:,}", justify="right")
    for title, text in _FANOUT_LINES:
        table.add_row(title, *(text.format(**row) for row in rows))
    return table


def _stores_table(stores: Figures) -> Table:
    size = stores["bytes"] / 1e6
    table = Table(title=f"An object of {size:,.0f} MB", title_justify="left")
    for title in ("by", "put, MB/s", "get, MB/s", "into a file, MB/s", "memory, MB"):
        table.add_column(title, justify="left" if title == "by" else "right")
    for case, title in _STORE_CASES:
        row = stores[case]
        table.add_row(
            title,
            f"{row['put_mb_per_s']:,.0f}",
            f"{row['get_mb_per_s']:,.0f}",
            f"{row['copy_mb_per_s']:,.0f}" if "copy_mb_per_s" in row else "",
            f"{row['put_above_mb']:,.0f} / {row['get_above_mb']:,.0f}",
        )
    return table


def _target_table(figures: Figures) -> Table:
    table = Table(title="To reach", title_justify="left")
    table.add_column("what")
    for title in ("measured", "target", "ratio", ""):
        table.add_column(title, justify="right")
    for target, value in _measured(figures):
        reached = (
            value >= target.value if target.at == "least" else value <= target.value
        )
        table.add_row(
            target.title,
            f"{_short(value)} {target.unit}",
            f"{'≥' if target.at == 'least' else '≤'} {_short(target.value)} {target.unit}",
            f"{value / target.value:.2f}",
            "[green]reached[/]" if reached else "[red]missed[/]",
        )
    return table


def _measured(figures: Figures) -> Iterator[tuple[Target, float]]:
    for target in TARGETS:
        if (value := target.read(figures)) is not None:
            yield target, value


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _machine_line(machine: Figures) -> str:
    settings = ", ".join(f"{k} {v}" for k, v in machine["settings"].items())
    return (
        f"Measured on {machine['measured_at']} at commit {machine['commit']}:"
        f" {machine['cpu']}, {machine['cores']} cores, {machine['memory_mb']} MB,"
        f" {machine['kernel']}, load {machine['load_average']:.1f};"
        f" PostgreSQL {machine['postgres']} ({settings})"
    )
