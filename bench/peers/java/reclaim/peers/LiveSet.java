// live-set as in bench/peers/models/live_set.h: the same trees and last uses.
package reclaim.peers;

final class LiveSet implements Workload {
  private final long seed, trees, collections;
  private final int depth, garbageDepth;

  LiveSet(Order order) {
    seed = order.integer("seed");
    depth = (int) order.integer("depth");
    trees = order.integer("trees");
    garbageDepth = (int) order.integer("garbage");
    collections = order.integer("collections");
  }

  @Override
  public long run(int thread) {
    Quad.Maker maker = new Quad.Maker(Bits.pattern(seed, thread));
    long checksum = 0;
    Quad live = maker.tree(depth);
    for (long n = 0; n < trees; ++n) checksum += Quad.sum(maker.tree(garbageDepth));
    for (long n = 0; n < collections; ++n) System.gc();
    return checksum + Quad.sum(live);
  }
}
