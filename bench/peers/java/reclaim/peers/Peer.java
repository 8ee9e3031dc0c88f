// One contender process: does a workload round after round in this JVM and then tells the time and
// CPU of every round and the bytes allocated. The wall time of a round runs from the first thread's
// start to the last thread's return, as in the laboratory's own cells.
package reclaim.peers;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

final class Peer {
  /** The laboratory's exit code for an exhausted heap. */
  private static final int OUT_OF_MEMORY = 86;

  private final Order order;
  private final int threads;
  private final ThreadMXBean threadBean =
      (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean systemBean =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final StringBuilder told = new StringBuilder();
  private long allocated;

  private Peer(Order order) {
    this.order = order;
    threads = (int) order.integer("threads");
  }

  public static void main(String[] words) throws Exception {
    try {
      Peer peer = new Peer(new Order(words));
      long rounds = peer.order.integer("rounds");
      for (long round = 0; round < rounds; ++round) peer.round();
      peer.tell();
    } catch (OutOfMemoryError full) {
      Runtime.getRuntime().halt(OUT_OF_MEMORY);
    }
  }

  private Workload workload() {
    switch (order.workload) {
      case "gcbench":
        return new Gcbench(order);
      case "lru-cache":
        return new LruCache(order);
      case "quads":
        return new Quads(order);
      case "live-set":
        return new LiveSet(order);
      default:
        throw new IllegalArgumentException("no such workload: " + order.workload);
    }
  }

  /** One thread's part in a round. */
  private final class Part implements Runnable {
    private final Workload workload;
    private final AtomicInteger waited;
    private final int thread;
    long begin, end, checksum, bytes;

    Part(Workload workload, AtomicInteger waited, int thread) {
      this.workload = workload;
      this.waited = waited;
      this.thread = thread;
    }

    @Override
    public void run() {
      try {
        long self = Thread.currentThread().getId();
        long before = threadBean.getThreadAllocatedBytes(self);
        waited.decrementAndGet();
        while (waited.get() > 0) Thread.onSpinWait();
        begin = System.nanoTime();
        checksum = workload.run(thread);
        end = System.nanoTime();
        bytes = threadBean.getThreadAllocatedBytes(self) - before;
      } catch (OutOfMemoryError full) {
        Runtime.getRuntime().halt(OUT_OF_MEMORY);
      } catch (Throwable error) {
        error.printStackTrace();
        Runtime.getRuntime().halt(1);
      }
    }
  }

  private void round() throws InterruptedException {
    Workload workload = workload();
    AtomicInteger waited = new AtomicInteger(threads);
    Part[] parts = new Part[threads];
    for (int i = 0; i < threads; ++i) parts[i] = new Part(workload, waited, i);
    long cpu = systemBean.getProcessCpuTime();
    Thread[] others = new Thread[threads - 1];
    for (int i = 1; i < threads; ++i) {
      others[i - 1] = new Thread(parts[i]);
      others[i - 1].start();
    }
    parts[0].run();
    for (Thread other : others) other.join();
    cpu = systemBean.getProcessCpuTime() - cpu;

    long begin = Long.MAX_VALUE, end = Long.MIN_VALUE, checksum = 0;
    for (Part part : parts) {
      begin = Math.min(begin, part.begin);
      end = Math.max(end, part.end);
      checksum += part.checksum;
      allocated += part.bytes;
    }
    told.append("round ").append(end - begin).append(' ').append(cpu).append(' ')
        .append(Long.toHexString(checksum)).append('\n');
  }

  private void tell() throws IOException {
    told.append("allocated ").append(allocated).append('\n');
    try (OutputStream result = new FileOutputStream("/dev/fd/" + order.integer("result"), true)) {
      result.write(told.toString().getBytes(StandardCharsets.US_ASCII));
    }
  }
}
