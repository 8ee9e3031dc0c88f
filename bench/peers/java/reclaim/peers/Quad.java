// A node of the quad trees of quads and live-set.
package reclaim.peers;

final class Quad {
  Quad a, b, c, d;
  long value;

  static long treeSize(int depth) {
    return ((4L << (2 * depth)) - 1) / 3;
  }

  /** Makes trees whose values count up from the first. */
  static final class Maker {
    private long value;

    Maker(long first) {
      value = first;
    }

    Quad tree(int depth) {
      if (depth == 0) {
        Quad leaf = new Quad();
        leaf.value = value++;
        return leaf;
      }
      Quad a = tree(depth - 1);
      Quad b = tree(depth - 1);
      Quad c = tree(depth - 1);
      Quad d = tree(depth - 1);
      Quad parent = new Quad();
      parent.value = value++;
      parent.a = a;
      parent.b = b;
      parent.c = c;
      parent.d = d;
      return parent;
    }
  }

  /** Looks at every node. */
  static long sum(Quad tree) {
    long total = (tree.value ^ (tree.value >>> 29)) * 0x9e3779b97f4a7c15L;
    if (tree.a != null) total += sum(tree.a) + sum(tree.b) + sum(tree.c) + sum(tree.d);
    return total;
  }
}
