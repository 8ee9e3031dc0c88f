// A program over objects, done by every thread on a share of its own. One object serves one round.
package reclaim.peers;

interface Workload {
  /** One thread's share, all of it; returns the share's checksum. Shares run at the same time. */
  long run(int thread) throws InterruptedException;
}
