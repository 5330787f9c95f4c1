#!/usr/bin/env python3
"""Runs the benchmark peers side by side, alternating, and prints medians, ranges and ratios. See ../README.md."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import resource
import sys

sys.dont_write_bytecode = True

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import measurements
import network
import peers
import report
from process import Failed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release", help="build directory (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="a small choice, short windows, once: about two minutes")
    parser.add_argument("--repeat", type=int, help="runs of each (default 3, with --quick 1)")
    parser.add_argument("--peers", help="comma-separated names; the first is what the others are compared with")
    parser.add_argument("--only", action="append", help="measurements whose name or group holds this text; repeatable")
    parser.add_argument("--json", help="file for all results")
    parser.add_argument("--disturbed", type=float, default=0.25,
                        help="cores that other programs may use during a run before it is taken again (default %(default)s)")
    parser.add_argument("--retries", type=int, help="how often at most (default 2, with --quick 0)")
    parser.add_argument("--list", action="store_true", help="print the measurements and peers and end")
    return parser.parse_args()


def chosen_measurements(args):
    everything = measurements.all_measurements()
    if args.only:
        return [one for one in everything if any(text in one.name or text == one.group for text in args.only)]
    if args.quick:
        return [one for one in everything if one.name in measurements.QUICK]
    return everything


def chosen_peers(args):
    known = {peer.name: peer for peer in peers.known(args.build)}
    names = args.peers.split(",") if args.peers else list(known)
    for name in names:
        if name not in known:
            sys.exit(f"no peer {name!r}; there are: {', '.join(known)}")
    missing = [name for name in names if not known[name].available()]
    if missing:
        print(f"not built, left out: {', '.join(missing)} (ninja benchmark_peers bench_parley)", flush=True)
    return [known[name] for name in names if name not in missing]


def run_once(context, measurement, peer, args, retries):
    """The least disturbed of up to 1 + retries runs; a failure is a result too."""
    best = None
    for _ in range(1 + retries):
        try:
            metrics = measurement.run(context, peer)
        except Failed as failure:
            return {"failed": str(failure)}
        if best is None or metrics["other cores"] < best["other cores"]:
            best = metrics
        if best["other cores"] <= args.disturbed:
            break
    return {"metrics": best}


def applies(measurement, peer, quick):
    if peer.name == "parley asleep":  # it is about nothing else
        return measurement.group == "roundtrip"
    if peer.name == "bare UDP":
        return measurement.name == "round trip 64 B, one process"
    # With --quick the second path is only compared where the packets count.
    return not (quick and peer.name == "parley portable" and measurement.group != "throughput")


def run_all(args, context, wanted, parties):
    repeat = args.repeat or context.pick(1, 3)
    retries = args.retries if args.retries is not None else context.pick(0, 2)
    runs = []
    for measurement in wanted:
        for repetition in range(1, repeat + 1):
            for peer in parties:
                if not applies(measurement, peer, args.quick):
                    continue
                outcome = run_once(context, measurement, peer, args, retries)
                runs.append({"measurement": measurement.name, "peer": peer.name, "repetition": repetition,
                             "disturbed_above": args.disturbed, **outcome})
                shown = {name: float(report.number(value)) for name, value in outcome.get("metrics", {}).items()}
                print(f"{measurement.name} [{peer.name} {repetition}/{repeat}] {shown or outcome}", flush=True)
    return runs


def machine():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "rmem_max": network.receive_buffer_limit(), "at": datetime.datetime.now().isoformat(timespec="seconds")}


def allow_many_sockets():
    """1000 pairs need some thousand descriptors; some peers need several for each connection."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for limit in (200_000, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, max(limit, hard)))
            return
        except (ValueError, PermissionError):
            continue


def main():
    args = arguments()
    if args.list:
        print("\n".join([one.name for one in measurements.all_measurements()] + [p.name for p in peers.known(args.build)]))
        return
    network.enter()
    allow_many_sockets()
    build = pathlib.Path(args.build).resolve()
    context = measurements.Context(str(build / "tests" / "support" / "link_emulator"), args.quick)
    parties = chosen_peers(args)
    runs = run_all(args, context, chosen_measurements(args), parties)
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"machine": machine(), "runs": runs, "summary": report.summarize(runs)}, file, indent=1,
                      ensure_ascii=False)
    print("\n" + report.text(runs, [peer.name for peer in parties]))


if __name__ == "__main__":
    main()
