"""CPython's side of cpython.py: the same two experiments, with the same words.

python3 threads.py countdown THREADS PROCESSES COUNT    prints the seconds that it took
python3 threads.py echo SPINNERS                        prints its port; ends when told "stop"
"""

import multiprocessing
import socket
import sys
import threading
import time


def count_down(left):
    while left > 0:
        left -= 1


def countdown(threads, processes, count):
    """Seconds from before the first thread or process begins until the last has ended."""
    if processes:
        multiprocessing.set_start_method("fork")
        kind, shares = multiprocessing.Process, processes
    else:
        kind, shares = threading.Thread, threads
    begin = time.perf_counter()
    workers = [kind(target=count_down, args=(count // shares,)) for _ in range(shares)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - begin


def echo(spinners):
    stop = False

    def spin():
        while not stop:
            pass

    others = [threading.Thread(target=spin) for _ in range(spinners)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        for other in others:
            other.start()
        while True:
            message, client = server.recvfrom(64)
            if message == b"stop":
                break
            server.sendto(message, client)
    stop = True
    for other in others:
        other.join()


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:]]
    if sys.argv[1] == "countdown":
        print(f"{countdown(*numbers):.6f}")
    else:
        echo(*numbers)
