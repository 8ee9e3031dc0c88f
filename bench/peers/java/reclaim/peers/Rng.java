// xoshiro256** (Blackman, Vigna 2018), seeded by SplitMix64: the generator of src/base/rng.h.
package reclaim.peers;

final class Rng {
  private long a, b, c, d;

  Rng(long seed) {
    a = Bits.mix(seed);
    b = Bits.mix(a);
    c = Bits.mix(b);
    d = Bits.mix(c);
  }

  long next() {
    long result = Long.rotateLeft(b * 5, 7) * 9;
    long t = b << 17;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = Long.rotateLeft(d, 45);
    return result;
  }

  /** A value in [0, bound): the upper half of the unsigned 128-bit product; bound > 0. */
  long below(long bound) {
    long x = next();
    return Math.multiplyHigh(x, bound) + ((x >> 63) & bound);
  }

  /** A value in [0, 1). */
  double real() {
    return (next() >>> 11) * 0x1.0p-53;
  }
}
