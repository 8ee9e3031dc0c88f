// quads as in src/workloads/quads.h: the same trees and last uses, so that the checksum is the same
// too.
package reclaim.peers;

final class Quads implements Workload {
  private final long seed, steps, garbageTrees;
  private final int depth, garbageDepth;

  Quads(Order order) {
    seed = order.integer("seed");
    depth = (int) order.integer("depth");
    steps = order.integer("steps");
    garbageDepth = (int) order.integer("garbage");
    garbageTrees =
        (long) (Quad.treeSize(depth) * order.real("heap") / 7.5 / Quad.treeSize(garbageDepth));
  }

  @Override
  public long run(int thread) {
    Quad.Maker maker = new Quad.Maker(Bits.pattern(seed, thread));
    long checksum = 0;
    Quad live = maker.tree(depth);
    for (long step = 0; step < steps; ++step) {
      for (long n = 0; n < garbageTrees; ++n) checksum += Quad.sum(maker.tree(garbageDepth));
      checksum += Quad.sum(live);
    }
    return checksum + Quad.sum(live);
  }
}
