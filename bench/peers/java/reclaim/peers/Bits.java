// The mixing functions of src/base/bits.h: what an object carries and how its last use is folded in.
package reclaim.peers;

final class Bits {
  private Bits() {}

  /** A well-mixed 64-bit value of x: the finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
  static long mix(long x) {
    x += 0x9e3779b97f4a7c15L;
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }

  /** A pattern for (seed, logical operation). */
  static long pattern(long seed, long operation) {
    return mix(seed ^ mix(operation));
  }
}
