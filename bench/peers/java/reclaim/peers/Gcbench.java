// gcbench as in src/workloads/gcbench.h: the same phases, nodes, stamps and last uses, so that the
// checksum is the same too.
package reclaim.peers;

final class Gcbench implements Workload {
  private static final class Node {
    Node left, right;
    int i, j;
  }

  private final long seed;
  private final int stretch, longLived, arrayLength, least, most;

  Gcbench(Order order) {
    seed = order.integer("seed");
    stretch = (int) order.integer("stretch");
    longLived = (int) order.integer("long");
    arrayLength = (int) order.integer("array");
    least = (int) order.integer("least");
    most = (int) order.integer("most");
  }

  @Override
  public long run(int thread) {
    return new Share(Bits.pattern(seed, thread)).run();
  }

  private static long treeSize(int depth) {
    return (1L << (depth + 1)) - 1;
  }

  /** What one thread knows of its own share: the next node's pattern, and what came of it. */
  private final class Share {
    private final int stamp;
    private long made, checksum;

    Share(long pattern) {
      stamp = (int) pattern;
    }

    long run() {
      use(bottomUp(stretch));

      Node tree = new Node();
      stamp(tree);
      populate(longLived, tree);
      double[] array = new double[arrayLength];
      for (int i = 1; i < arrayLength / 2; ++i) array[i] = 1.0 / i;

      for (int depth = least; depth <= most; depth += 2) buildTrees(depth);

      for (int i = 1; i < arrayLength; i += 997) {
        checksum += Bits.mix(Double.doubleToRawLongBits(array[i]) + i);
      }
      use(tree);
      return checksum;
    }

    private void stamp(Node node) {
      node.i = (int) made++;
      node.j = stamp;
    }

    private void fold(Node node) {
      checksum += (((long) node.j << 32) | (node.i & 0xffffffffL)) * 0x9e3779b97f4a7c15L;
    }

    private Node bottomUp(int depth) {
      if (depth == 0) {
        Node leaf = new Node();
        stamp(leaf);
        return leaf;
      }
      Node left = bottomUp(depth - 1);
      Node right = bottomUp(depth - 1);
      Node node = new Node();
      stamp(node);
      node.left = left;
      node.right = right;
      return node;
    }

    private void populate(int depth, Node node) {
      if (depth <= 0) return;
      node.left = new Node();
      node.right = new Node();
      Node left = node.left;
      stamp(left);
      populate(depth - 1, left);
      Node right = node.right;
      stamp(right);
      populate(depth - 1, right);
    }

    private void use(Node tree) {
      Node node = tree;
      for (long turn = made; node != null; turn >>>= 1) {
        fold(node);
        node = (turn & 1) != 0 ? node.left : node.right;
      }
    }

    private void buildTrees(int depth) {
      long count = 2 * treeSize(stretch) / treeSize(depth);
      for (long n = 0; n < count; ++n) {
        Node tree = new Node();
        stamp(tree);
        populate(depth, tree);
        use(tree);
      }
      for (long n = 0; n < count; ++n) use(bottomUp(depth));
    }
  }
}
