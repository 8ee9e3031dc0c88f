"""CPython's side of errands: one process sends trees of objects to another, which answers each.

python3 processes.py queue|pipe|dict|value TASKS DEPTH BYTES    prints the microseconds of a task

The trees, the four ways, and how many are sent before the first answer are those of the workload
errands (src/workloads/errands.h). Objects are pickled. A managed dict of CPython has no way to
wait for a key, so whoever wants one asks again until it is there.
"""

import multiprocessing
import sys
import time

AHEAD = 64


class Tree:
    __slots__ = ("left", "right", "payload", "value")

    def __init__(self, value, depth):
        self.value, self.payload = value, None
        self.left = Tree(2 * value, depth - 1) if depth else None
        self.right = Tree(2 * value + 1, depth - 1) if depth else None

    def sum(self):
        total = self.value
        if self.left:
            total += self.left.sum() + self.right.sum()
        return total


def make(number, depth, size):
    tree = Tree(number, depth)
    tree.payload = bytes(size)
    return tree


def use(tree):
    return tree.sum() + sum(tree.payload)


def pop(shared, key):
    while (found := shared.pop(key, None)) is None:
        pass
    return found


class ByQueue:
    def __init__(self):
        self.tasks, self.answers = multiprocessing.Queue(100), multiprocessing.Queue(100)

    def send(self, _, tree):
        self.tasks.put(tree)

    def take(self, _):
        return self.tasks.get()

    def answer(self, _, word):
        self.answers.put(word)

    def gather(self, _):
        return self.answers.get()


class ByPipe:
    def __init__(self):
        self.here, self.there = multiprocessing.Pipe()

    def send(self, _, tree):
        self.here.send(tree)

    def take(self, _):
        return self.there.recv()

    def answer(self, _, word):
        self.there.send(word)

    def gather(self, _):
        return self.here.recv()


class ByDict:
    def __init__(self):
        self.manager = multiprocessing.Manager()
        self.shared = self.manager.dict()

    def send(self, number, tree):
        self.shared[number] = tree

    def take(self, number):
        return pop(self.shared, number)

    def answer(self, number, word):
        self.shared[-1 - number] = word

    def gather(self, number):
        return pop(self.shared, -1 - number)


def answer_all(way, ready, tasks):
    ready.wait()
    for number in range(tasks):
        way.answer(number, use(way.take(number)))


def by_message(way, tasks, depth, size):
    ready = multiprocessing.Barrier(2)
    other = multiprocessing.Process(target=answer_all, args=(way, ready, tasks))
    other.start()
    ready.wait()
    begin = time.perf_counter()
    for number in range(tasks):
        if number >= AHEAD:
            way.gather(number - AHEAD)
        way.send(number, make(number, depth, size))
    for number in range(max(0, tasks - AHEAD), tasks):
        way.gather(number)
    seconds = time.perf_counter() - begin
    other.join()
    return seconds


def count(following, total, ready, tasks, depth, size):
    ready.wait()
    while True:
        with following.get_lock():
            number = following.value
            following.value = number + 1
        if number >= tasks:
            break
        word = use(make(number, depth, size))
        with total.get_lock():
            total.value += word


def by_value(tasks, depth, size):
    shared = [multiprocessing.Value("Q", 0), multiprocessing.Value("Q", 0)]
    ready = multiprocessing.Barrier(3)
    others = [multiprocessing.Process(target=count, args=(*shared, ready, tasks, depth, size)) for _ in range(2)]
    for other in others:
        other.start()
    ready.wait()
    begin = time.perf_counter()
    for other in others:
        other.join()
    return time.perf_counter() - begin


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    name, sizes = sys.argv[1], [int(word) for word in sys.argv[2:]]
    kinds = {"queue": ByQueue, "pipe": ByPipe, "dict": ByDict}
    seconds = by_value(*sizes) if name == "value" else by_message(kinds[name](), *sizes)
    print(f"{seconds / sizes[0] * 1e6:.3f}")
