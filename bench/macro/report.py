"""The table: medians over the rounds, their spread, and the ratios."""
from statistics import median

ROWS = {  # metric: digits after the point
    "connections/s": 0,
    "CPU µs/connection": 1,
    "loaded p99 µs": 0,
    "latency p50 µs": 0,
    "latency p99 µs": 0,
    "bulk GB/s": 2,
    "CPU s/GB": 3,
    "PSS bytes/idle flow": 0,
    "RSS bytes/idle flow": 0,
    "PSS MB, 500 connections served": 1,
    "retransmits, latency": 0,
    "retransmits, connections": 0,
    "other CPU, latency": 2,
    "other CPU, connections": 2,
    "other CPU, bulk": 2,
}


def cell(values, digits):
    if not values:
        return "-"
    if len(values) == 1:
        return f"{values[0]:,.{digits}f}"
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}..{max(values):,.{digits}f})"


def busy_with_other_things(results):
    """The most that anything but the two ends and the proxy used of the machine, in cores."""
    return max((value for rows in results.values() for metric, values in rows.items() if metric.startswith("other") for value in values),
               default=0)


def haproxies(results):
    return [peer for peer in results if peer.startswith("haproxy")]


def table(results, rows=ROWS, peers=haproxies, stands_for=None):
    """results: {target: {metric: [a value per round]}}; stands_for: {metric: the one to compare with where a peer has no such}"""
    ratios = [("calamary", peer) for peer in peers(results) if "calamary" in results]
    lines = [["median (min..max)", *results, *(f"/ {peer}" for _, peer in ratios)]]
    for metric, digits in rows.items():
        values = {target: rows.get(metric, []) for target, rows in results.items()}
        line = [metric, *(cell(values[target], digits) for target in results)]
        for ours, peer in ratios:
            theirs = values[peer] or results[peer].get((stands_for or {}).get(metric), [])
            usable = values[ours] and theirs and median(theirs) > 0 and not metric.startswith(("other", "retransmits"))
            line.append(f"{median(values[ours]) / median(theirs):.2f}" if usable else "-")
        lines.append(line)
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(line, widths)))
                     for line in lines)
