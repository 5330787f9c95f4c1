"""What is measured, and how one run of it becomes numbers. README.md describes the method."""
import dataclasses
import statistics
import time

from link import Link
from process import Failed, Session, cpu_seconds

KIB = 1024


@dataclasses.dataclass(frozen=True)
class Measurement:
    name: str
    group: str
    run: object  # (context, peer) -> {metric: number}


@dataclasses.dataclass(frozen=True)
class Context:
    link_program: str
    quick: bool

    def pick(self, quick, full):
        return quick if self.quick else full


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def words(options):
    return [f"{key}={value}" for key, value in options.items()]


def run_session(peer, measurement, options, two_processes=False, link=None, timeout=60):
    """Returns (result, start sample, end sample, cores that others used meanwhile)."""
    modes = ["offer", "answer"] if two_processes else ["local"]
    commands = [[*peer.command, measurement, mode, *words(options), *peer.options] for mode in modes]
    session = Session(commands, peer.env, link.carry if link else (lambda _, signal: signal))
    try:
        link_before = cpu_seconds(link.pid) if link else 0
        result = session.wait_result(timeout)
        if "unsupported" in result:
            raise Failed(f"not supported: {result['unsupported']}")
        start, end = session.samples["start"], session.samples["end"]
        ours = end.cpu - start.cpu + (cpu_seconds(link.pid) - link_before if link else 0)
        return result, start, end, max(0.0, (end.busy - start.busy - ours) / (end.at - start.at))
    finally:
        session.stop()


def flow_metrics(result, start, end, other):
    if result["bytes"] == 0:
        raise Failed("nothing arrived")
    gigabytes = result["bytes"] / 1e9
    return {"MB/s": gigabytes * 1000 / result["seconds"], "CPU s/GB": (end.cpu - start.cpu) / gigabytes,
            "other cores": other}


def flow(size, two_processes):
    def run(context, peer):
        options = {"size": size, "reliable": 1, "warmup": context.pick(0.5, 1), "seconds": context.pick(1.5, 3)}
        return flow_metrics(*run_session(peer, "flow", options, two_processes))
    where = "two processes" if two_processes else "one process"
    return Measurement(f"throughput {size // KIB} KiB, {where}", "throughput", run)


def messages(two_processes):
    def run(context, peer):
        options = {"size": 100, "reliable": 0, "warmup": context.pick(0.5, 1), "seconds": context.pick(1.5, 3)}
        result, start, end, other = run_session(peer, "flow", options, two_processes)
        if result["messages"] == 0:
            raise Failed("nothing arrived")
        return {"messages/s": result["messages"] / result["seconds"],
                "CPU µs/message": (end.cpu - start.cpu) * 1e6 / result["messages"], "other cores": other}
    where = "two processes" if two_processes else "one process"
    return Measurement(f"100-byte messages, unreliable, {where}", "messages", run)


def roundtrip(two_processes):
    def run(context, peer):
        options = {"size": 64, "warmup": 500, "trips": context.pick(4000, 20000)}
        result, start, end, other = run_session(peer, "roundtrip", options, two_processes)
        micros = result["micros"]
        return {"µs p50": statistics.median(micros), "µs p99": percentile(micros, 0.99),
                "CPU µs/trip": (end.cpu - start.cpu) * 1e6 / len(micros), "other cores": other}
    return Measurement(f"round trip 64 B, {'two processes' if two_processes else 'one process'}", "roundtrip", run)


def rtp():
    def run(context, peer):
        options = {"size": 1200, "window": 256, "warmup": context.pick(0.5, 1), "seconds": context.pick(1.5, 3)}
        result, start, end, other = run_session(peer, "rtp", options)
        if result["packets"] == 0:
            raise Failed("nothing arrived")
        return {"packets/s": result["packets"] / result["seconds"], "lost %": 100 * (1 - result["packets"] / result["sent"]),
                "CPU µs/packet": (end.cpu - start.cpu) * 1e6 / result["packets"], "other cores": other}
    return Measurement("RTP packets of 1200 bytes, one process", "rtp", run)


def setup_sequential():
    def run(context, peer):
        options = {"pairs": context.pick(10, 50), "together": 1, "warmup": 3, "deadline": 10}
        result, start, end, other = run_session(peer, "setup", options, timeout=context.pick(30, 120))
        millis = result["millis"]
        return {"ms p50": statistics.median(millis), "ms p99": percentile(millis, 0.99),
                "CPU ms/pair": (end.cpu - start.cpu) * 1000 / len(millis), "other cores": other}
    return Measurement("set-up, one after the other", "setup", run)


def setup_together():
    def run(context, peer):
        options = {"pairs": 100, "together": 100, "warmup": 3, "deadline": context.pick(6, 40)}
        result, start, end, other = run_session(peer, "setup", options, timeout=80)
        connected = len(result["millis"])
        return {"pairs/s": connected / result["seconds"], "unconnected": result["pairs"] - connected,
                "CPU ms/pair": (end.cpu - start.cpu) * 1000 / max(connected, 1), "other cores": other}
    return Measurement("set-up, 100 at once", "setup", run)


def idle(pairs):
    def run(context, peer):
        options = {"pairs": pairs, "deadline": 120}
        session = Session([[*peer.command, "idle", "local", *words(options), *peer.options]], peer.env)
        try:
            connected = session.wait_result(150)["connected"]
            base = session.samples["start"]
            # Timers of the set-up run out first.
            time.sleep(context.pick(1, 8))
            before = session.sample()
            time.sleep(context.pick(2, 5))
            after = session.sample()
        finally:
            session.stop()
        elapsed, connections = after.at - before.at, max(1, 2 * connected)
        used = after.cpu - before.cpu
        return {"KB/connection": (after.resident - base.resident) / 1000 / connections,
                "threads added": after.threads - base.threads, "CPU % idle": 100 * used / elapsed,
                "CPU % idle/connection": 100 * used / elapsed / connections,
                "unconnected": pairs - connected,
                "other cores": max(0.0, (after.busy - before.busy - used) / elapsed)}
    return Measurement(f"idle, {pairs} pairs", "idle", run)


def link(rtt, loss, rate=0):
    def run(context, peer):
        emulator = Link(context.link_program, rtt, loss, rate)
        try:
            options = {"size": 64 * KIB, "reliable": 1, "warmup": context.pick(1.5, 3), "seconds": context.pick(1.5, 5)}
            session = run_session(peer, "flow", options, True, emulator)
            metrics = flow_metrics(*session)
            counters = emulator.counters()
        finally:
            emulator.stop()
        metrics["dropped by the machine"] = counters["kernel_drops"]
        if rate:
            metrics["% of the link"] = metrics["MB/s"] * 8 / rate * 100
        return metrics
    limit = f", {rate} Mbit/s" if rate else ""
    return Measurement(f"link: {rtt} ms round trip, {loss} % loss{limit}", "link", run)


def all_measurements():
    return [
        *(flow(size * KIB, two) for two in (False, True) for size in (1, 16, 64, 256)),
        messages(False), messages(True), roundtrip(False), roundtrip(True), rtp(), setup_sequential(), setup_together(),
        idle(100), idle(1000),
        *(link(rtt, loss) for rtt in (0, 20, 50, 100) for loss in (0, 0.1, 1)),
        link(100, 0, 100),
    ]


#: Those that --quick runs.
QUICK = ["throughput 64 KiB, one process", "throughput 64 KiB, two processes", "100-byte messages, unreliable, one process",
         "round trip 64 B, one process", "set-up, one after the other", "set-up, 100 at once", "idle, 100 pairs",
         "link: 50 ms round trip, 0.1 % loss", "link: 100 ms round trip, 0 % loss, 100 Mbit/s"]
