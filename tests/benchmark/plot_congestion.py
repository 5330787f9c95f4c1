#!/usr/bin/python3
"""Draws what bench_congestion has written: plot_congestion.py FOLDER < CSV, one PNG for each scenario.

Needs python3-matplotlib (cmake/packages.txt). With --summary it prints a table instead and needs nothing.
"""
import argparse
import csv
import sys
from collections import defaultdict
from pathlib import Path

INTERVAL = 0.5  # seconds, over which losses are added up


def read(lines):
    """{scenario: (title, [flow: [row]])}, rows with numbers."""
    scenarios = {}
    for row in csv.DictReader(lines):
        title, flows = scenarios.setdefault(row['scenario'], (row['title'], defaultdict(list)))
        flows[int(row['flow'])].append({key: float(row[key]) for key in
                                        ('seconds', 'target', 'capacity', 'queueing_ms', 'sent', 'lost', 'greedy_bytes')})
    return {name: (title, [flows[flow] for flow in sorted(flows)]) for name, (title, flows) in scenarios.items()}


def per_interval(rows, of):
    """What a counter has grown by in each interval: [(end of the interval, growth)]."""
    grown, before, end = [], 0.0, INTERVAL
    last = before
    for row in rows:
        while row['seconds'] >= end:
            grown.append((end, last - before))
            before, end = last, end + INTERVAL
        last = row[of]
    return grown


def loss_percent(rows):
    """Of the packets of each interval, how many were lost."""
    return [(end, 100 * lost / sent if sent else 0.0)
            for (end, lost), (_, sent) in zip(per_interval(rows, 'lost'), per_interval(rows, 'sent'))]


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def summarize(scenarios, out):
    out.write('| Scenario | flow | mean target, kbit/s | mean capacity | queue p50, ms | p95 | lost |\n')
    out.write('|---|---|---|---|---|---|---|\n')
    for name, (_, flows) in scenarios.items():
        for flow, rows in enumerate(flows):
            queue = [row['queueing_ms'] for row in rows]
            out.write('| {} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.2f} % |\n'.format(
                name, flow + 1, sum(row['target'] for row in rows) / len(rows) / 1000,
                sum(row['capacity'] for row in rows) / len(rows) / 1000, percentile(queue, 0.5), percentile(queue, 0.95),
                100 * rows[-1]['lost'] / max(rows[-1]['sent'], 1)))


def draw(title, flows, path):
    import matplotlib
    matplotlib.use('Agg')  # no screen
    from matplotlib import pyplot
    figure, (rate, queue, loss) = pyplot.subplots(3, 1, sharex=True, figsize=(10, 8), height_ratios=(3, 1, 1))
    figure.suptitle(title)
    seconds = [row['seconds'] for row in flows[0]]
    rate.step(seconds, [row['capacity'] / 1e6 for row in flows[0]], where='post', color='black', label='link')
    for flow, rows in enumerate(flows):
        name = 'target' if len(flows) == 1 else f'target of flow {flow + 1}'
        rate.plot([row['seconds'] for row in rows], [row['target'] / 1e6 for row in rows], label=name)
        queue.plot([row['seconds'] for row in rows], [row['queueing_ms'] for row in rows], linewidth=0.8)
        loss.plot(*zip(*loss_percent(rows)), linewidth=0.8)
    greedy = per_interval(flows[0], 'greedy_bytes')
    if any(grown for _, grown in greedy):
        rate.plot([end for end, _ in greedy], [grown * 8 / INTERVAL / 1e6 for _, grown in greedy], linewidth=0.8,
                  color='gray', label='the other flow')
    highest = max(max(row['target'] for row in rows) for rows in flows) / 1e6
    rate.set_ylim(0, 1.3 * min(max(flows[0][0]['capacity'] / 1e6, highest), 2 * highest))
    rate.set_ylabel('Mbit/s')
    rate.legend(loc='upper right')
    queue.set_ylabel('queue, ms')
    loss.set_ylabel('lost, %')
    loss.set_xlabel('seconds')
    for axes in (rate, queue, loss):
        axes.grid(alpha=0.3)
        axes.set_xlim(0, seconds[-1])
    figure.tight_layout()
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', nargs='?', type=Path, help='where the pictures go')
    parser.add_argument('--summary', action='store_true', help='print a table instead')
    options = parser.parse_args()
    scenarios = read(sys.stdin)
    if options.summary:
        return summarize(scenarios, sys.stdout)
    if options.folder is None:
        parser.error('a folder is needed')
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, (title, flows) in scenarios.items():
        path = options.folder / f'{name}.png'
        draw(title, flows, path)
        print(path)


if __name__ == '__main__':
    main()
