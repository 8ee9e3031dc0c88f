#!/usr/bin/env python3
"""rc-gil beside the interpreter that it is modelled on, in one interleaved run.

  ninja -C build/release peer_gil reclaim_program && bench/peers/cpython.py [--rounds N] [--json FILE]

countdown: the time of 2 and 4 threads, and of 2 processes, over that of one thread of the same round.
echo:      a client in this process sends datagrams to a thread that shares the lock with 0, 1 or 2
           threads that spin; the median of its round trips.
processes: the countdown on procs:rc-gil, 2 processes over 1, beside the interpreter's; and errands,
           a task's microseconds by queue, pipe, managed dict and shared value: shown, not judged.
They agree when the medians over rounds lie within the tolerance, or within CPython's own
interquartile range where that is wider: countdown ratios 0.15, echo medians 30 %. rc-gil-ticks is
the lock of CPython before 3.2, which no interpreter in Debian has any more: shown, not judged.
Exit code 1 when rc-gil and CPython disagree.
"""

import argparse
import json
import pathlib
import random
import socket
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
COUNTDOWNS = {"1 thread": (1, 0), "2 threads": (2, 0), "4 threads": (4, 0), "2 processes": (1, 2)}
SPINNERS = (0, 1, 2)
WAYS = ("queue", "pipe", "dict", "value")  # from 1 on, as errands numbers them
DEPTH, BYTES = 6, 1024  # of a tree: errands' own


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="each in an order of its own (10)")
    parser.add_argument("--requests", type=int, default=100, help="datagrams in a round (100)")
    parser.add_argument("--count", type=int, default=50_000_000, help="CPython's countdown (5*10^7)")
    parser.add_argument("--model-count", type=int, default=200_000_000, help="the models' (2*10^8)")
    parser.add_argument("--seed", type=int, default=1, help="of the orders (1)")
    parser.add_argument("--python", default="/usr/bin/python3",
                        help="the interpreter (/usr/bin/python3)")
    parser.add_argument("--peer", default=HERE.parents[1] / "build/release/bench/peers/peer_gil",
                        help="the models' program (build/release/bench/peers/peer_gil)")
    parser.add_argument("--program", default=HERE.parents[1] / "build/release/reclaim",
                        help="for procs:rc-gil (build/release/reclaim)")
    parser.add_argument("--tasks", type=int, default=2000, help="errands in a round (2000)")
    parser.add_argument("--json", type=pathlib.Path, help="where each round's figures go, a line each")
    return parser.parse_args()


def run_countdown(command, threads, processes, count):
    words = [*command, "countdown", threads, processes, count]
    return float(subprocess.run([str(w) for w in words], check=True, capture_output=True).stdout)


def run_cell(options, workload, processes, **parameters):
    """The record of one cell of procs:rc-gil."""
    words = [options.program, "run", "-q", "-m", "procs:rc-gil:glibc", "-w", workload, "-t", processes, "--json", "-"]
    for name, value in parameters.items():
        words += ["-p", f"{name}={value}"]
    lines = subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout
    return json.loads(lines.splitlines()[-1])


def run_errands(options, name, way):
    """Microseconds of a task."""
    if name == "CPython":
        words = [options.python, HERE / "cpython/processes.py", way, options.tasks, DEPTH, BYTES]
        return float(subprocess.run([str(w) for w in words], check=True, capture_output=True).stdout)
    record = run_cell(options, "errands", 2, way=WAYS.index(way) + 1, tasks=options.tasks, depth=DEPTH,
                      bytes=BYTES)
    return record["wall_s"] / options.tasks * 1e6


def run_echo(command, spinners, requests):
    """The round trips' median in milliseconds."""
    words = [str(w) for w in [*command, "echo", spinners]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", int(server.stdout.readline())))
            client.settimeout(10)
            trips = []
            for _ in range(requests):
                begin = time.perf_counter()
                client.send(b"ping")
                client.recv(64)
                trips.append((time.perf_counter() - begin) * 1e3)
                time.sleep(0.001)  # a client that thinks: the server waits in its call, not for the lock
            client.send(b"stop")
    return statistics.median(trips)


def measure(options):
    """contender -> case -> a figure for each round."""
    contenders = {
        "CPython": [options.python, HERE / "cpython/threads.py"],
        "rc-gil": [options.peer, "rc-gil"],
        "rc-gil-ticks": [options.peer, "rc-gil-ticks"],
    }
    figures = {name: {} for name in [*contenders, "procs:rc-gil"]}
    order = random.Random(options.seed)
    log = options.json.open("w") if options.json else None
    for turn in range(options.rounds):
        cells = [(n, "countdown", c) for n in contenders for c in COUNTDOWNS]
        cells += [(n, "echo", k) for n in contenders for k in SPINNERS]
        cells += [("procs:rc-gil", "processes", n) for n in (1, 2)]
        cells += [(n, "errands", w) for n in ("CPython", "procs:rc-gil") for w in WAYS]
        order.shuffle(cells)
        seconds = {}
        for name, kind, case in cells:
            if kind == "countdown":
                count = options.count if name == "CPython" else options.model_count
                figure = seconds[name, case] = run_countdown(contenders[name], *COUNTDOWNS[case], count)
            elif kind == "processes":
                figure = run_cell(options, "countdown", case, count=options.model_count)["wall_s"]
                seconds[name, "2 processes" if case == 2 else "1 thread"] = figure
            elif kind == "errands":
                figure = run_errands(options, name, case)
                figures[name].setdefault(f"errands by {case}, µs a task", []).append(figure)
            else:
                figure = run_echo(contenders[name], case, options.requests)
                figures[name].setdefault(f"echo, {case} spinning, ms", []).append(figure)
            if log:
                print(json.dumps({"round": turn, "contender": name, "case": f"{kind} {case}",
                                  "figure": figure}), file=log, flush=True)
        for name, case in seconds:
            if case != "1 thread":
                ratio = seconds[name, case] / seconds[name, "1 thread"]
                figures[name].setdefault(f"countdown, {case} / 1", []).append(ratio)
        print(f"round {turn + 1} of {options.rounds}", file=sys.stderr)
    return figures


def spread(values):
    """Median and quartiles."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, low, high


def table(figures):
    """Prints both; says whether rc-gil agrees with CPython wherever it is judged."""
    agreed = True
    print("| case | CPython | IQR | rc-gil | IQR | agree | rc-gil-ticks | IQR |")
    print("|---|---:|---:|---:|---:|---|---:|---:|")
    for case in sorted(figures["rc-gil"]):
        real, low, high = spread(figures["CPython"][case])
        model, model_low, model_high = spread(figures["rc-gil"][case])
        old, old_low, old_high = spread(figures["rc-gil-ticks"][case])
        tolerance = 0.15 if case.startswith("countdown") else 0.3 * real
        verdict = "—"
        if case != "echo, 0 spinning, ms":  # no lock is waited for: the interpreter's own time
            within = abs(model - real) <= tolerance or low <= model <= high
            agreed &= within
            verdict = "yes" if within else "no"
        print(f"| {case} | {real:.3g} | {low:.3g}–{high:.3g} | {model:.3g} | {model_low:.3g}–{model_high:.3g} "
              f"| {verdict} | {old:.3g} | {old_low:.3g}–{old_high:.3g} |")
    print("\n| case | CPython | IQR | procs:rc-gil | IQR | agree |")
    print("|---|---:|---:|---:|---:|---|")
    for case in sorted(figures["procs:rc-gil"]):
        real, low, high = spread(figures["CPython"][case])
        model, model_low, model_high = spread(figures["procs:rc-gil"][case])
        verdict = "—"
        if case.startswith("countdown"):
            within = abs(model - real) <= 0.15 or low <= model <= high
            agreed &= within
            verdict = "yes" if within else "no"
        print(f"| {case} | {real:.3g} | {low:.3g}–{high:.3g} | {model:.3g} | {model_low:.3g}–{model_high:.3g} "
              f"| {verdict} |")
    return agreed


if __name__ == "__main__":
    chosen = arguments()
    if chosen.rounds < 1 or chosen.requests < 1:
        sys.exit("cpython.py: --rounds and --requests: at least 1")
    for program, target in ((chosen.peer, "peer_gil"), (chosen.program, "reclaim_program")):
        if not pathlib.Path(program).exists():
            print(f"cpython.py: {program} is not built: ninja -C build/release {target}", file=sys.stderr)
            sys.exit(2)
    sys.exit(0 if table(measure(chosen)) else 1)
