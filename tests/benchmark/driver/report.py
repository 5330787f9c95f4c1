"""Medians, ratios and targets as a table."""
import statistics

#: What is to be reached: (measurement, metric, comparison, value or (peer, factor)[, by whom if not parley]).
TARGETS = [
    ("throughput 64 KiB, one process", "MB/s", ">=", ("node-datachannel", 5)),
    ("throughput 64 KiB, one process", "MB/s", ">=", ("node-datachannel", 2.5), "parley portable"),
    ("throughput 64 KiB, one process", "MB/s", ">=", 250),
    ("throughput 64 KiB, one process", "CPU s/GB", "<=", 7),
    ("round trip 64 B, one process", "µs p50", "<=", ("bare UDP", 1.2)),
    ("RTP packets of 1200 bytes, one process", "packets/s", ">=", 400_000),
    ("RTP packets of 1200 bytes, one process", "packets/s", ">=", 180_000, "parley portable"),
    ("RTP packets of 1200 bytes, one process", "CPU µs/packet", "<=", 5),
    ("set-up, one after the other", "ms p50", "<=", 20),
    ("set-up, one after the other", "ms p99", "<=", 40),
    ("set-up, 100 at once", "pairs/s", ">=", 300),
    ("idle, 100 pairs", "KB/connection", "<=", 150),
    ("idle, 1000 pairs", "KB/connection", "<=", 150),
    ("idle, 100 pairs", "threads added", "<=", 0),
    ("idle, 1000 pairs", "threads added", "<=", 0),
    ("idle, 1000 pairs", "unconnected", "<=", 0),
    ("link: 100 ms round trip, 0 % loss, 100 Mbit/s", "% of the link", ">=", 80),
]

#: More is better for these; less is for all others.
MORE_IS_BETTER = {"MB/s", "messages/s", "packets/s", "pairs/s", "% of the link"}
HIDDEN = {"other cores"}


def number(value):
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"


def summarize(runs):
    """{measurement: {metric: {peer: (median, min, max, count)}}} of the runs that gave numbers, in their order."""
    values = {}
    for run in runs:
        for metric, value in run.get("metrics", {}).items():
            values.setdefault(run["measurement"], {}).setdefault(metric, {}).setdefault(run["peer"], []).append(value)
    return {measurement: {metric: {peer: (statistics.median(some), min(some), max(some), len(some))
                                   for peer, some in peers.items()} for metric, peers in metrics.items()}
            for measurement, metrics in values.items()}


def cell(entry):
    if entry is None:
        return "–"
    median, low, high, count = entry
    return number(median) if count == 1 else f"{number(median)} ({number(low)}–{number(high)})"


def ratio(first, other, metric):
    """How many times better `first` is; under 1 it is worse."""
    if first is None or other is None:
        return "–"
    up, down = (first[0], other[0]) if metric in MORE_IS_BETTER else (other[0], first[0])
    return f"{up / down:.2f}" if down > 0 and up > 0 else "–"


def rows(summary, peers):
    first = peers[0]
    yield ["measurement", "", *peers, *(f"{first} is × {other}" for other in peers[1:])]
    for measurement, metrics in summary.items():
        for metric, entries in metrics.items():
            if metric not in HIDDEN and not (metric in ("unconnected", "dropped by the machine") and
                                             all(entry[2] == 0 for entry in entries.values())):
                yield [measurement, metric, *(cell(entries.get(peer)) for peer in peers),
                       *(ratio(entries.get(first), entries.get(other), metric) for other in peers[1:])]


def table(lines):
    lines = [list(line) for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["| " + " | ".join(word.ljust(width) for word, width in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def target_rows(summary):
    yield ["target", "measured", "", "wanted"]
    for measurement, metric, comparison, wanted, *by in TARGETS:
        who = by[0] if by else "parley"
        entries = summary.get(measurement, {}).get(metric, {})
        name, limit = f"{who}: {measurement}, {metric}", wanted
        if isinstance(wanted, tuple):
            peer, factor = wanted
            name, limit = f"{name} (× {peer})", factor * entries[peer][0] if peer in entries else None
        if who not in entries or limit is None:
            continue
        value = entries[who][0]
        met = value >= limit if comparison == ">=" else value <= limit
        yield [name, number(value), "met" if met else "MISSED", f"{comparison} {number(limit)}"]


def problems(runs):
    for run in runs:
        if "failed" in run:
            yield f"{run['peer']}, {run['measurement']}, run {run['repetition']}: {run['failed']}"
        elif run["metrics"].get("other cores", 0) > run["disturbed_above"]:
            yield (f"{run['peer']}, {run['measurement']}, run {run['repetition']}: other programs used "
                   f"{run['metrics']['other cores']:.2f} cores")


def text(runs, peers):
    summary = summarize(runs)
    if not summary:
        return "Nothing was measured."
    parts = [table(rows(summary, peers))]
    targets = list(target_rows(summary))
    if len(targets) > 1:
        parts.append(table(targets))
    notes = list(problems(runs))
    if notes:
        parts.append("Runs to look at:\n" + "\n".join("  " + note for note in notes))
    return "\n\n".join(parts)
