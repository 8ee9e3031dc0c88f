# What python-threads.trace is a recording of: a producer and two workers count words, by way of queues,
# json and hashes. See README.md for the command.
import collections, hashlib, json, queue, threading

LINES = ["%d the quick brown fox %d jumps over the lazy dog %d" % (i, i * i, i % 7) for i in range(500)]
jobs, results = queue.Queue(8), queue.Queue()

def produce():
    for start in range(0, len(LINES), 30):
        jobs.put([line.split() for line in LINES[start:start + 30]])
    for _ in range(2):
        jobs.put(None)

def work():
    while (batch := jobs.get()) is not None:
        counts = collections.Counter(word for line in batch for word in line)
        text = json.dumps(counts)
        results.put((hashlib.sha256(text.encode()).hexdigest(), json.loads(text)))

threads = [threading.Thread(target=produce)] + [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
total = collections.Counter()
while not results.empty():
    total.update(results.get()[1])
print(total.most_common(3))
