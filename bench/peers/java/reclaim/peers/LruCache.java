// lru-cache as in src/workloads/lru_cache.h: the same requests, entries and last uses, so that the
// checksum is the same too.
package reclaim.peers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

final class LruCache implements Workload {
  private static final VarHandle STAMP =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final class Entry {
    Entry newer, older; // in order of use
    Entry chain; // in the same bucket
    byte[] value;
    long key;
  }

  private static final class Cache {
    final Entry[] buckets;
    Entry newest, oldest;
    long entries, finished;

    Cache(int buckets) {
      this.buckets = new Entry[buckets];
    }
  }

  private final long seed, capacity, keys, requests;
  private final double writes;
  private final int threads, bytes, buckets;
  private final Cache shared;

  LruCache(Order order) {
    seed = order.integer("seed");
    threads = (int) order.integer("threads");
    capacity = order.integer("capacity");
    keys = order.integer("keys");
    requests = order.integer("requests");
    writes = order.real("writes");
    bytes = (int) order.integer("bytes");
    int highest = Integer.highestOneBit((int) capacity);
    buckets = highest == capacity ? highest : highest * 2;
    shared = order.integer("shared") != 0 ? new Cache(buckets) : null;
  }

  @Override
  public long run(int thread) {
    Rng rng = new Rng(Bits.pattern(seed, thread));
    Cache cache = shared != null ? shared : new Cache(buckets);
    long checksum = 0;
    for (long request = 0; request < requests; ++request) {
      long key = rng.below(keys);
      if (rng.real() < writes) {
        checksum += write(cache, key, rng.next());
      } else {
        read(cache, key);
      }
    }
    boolean last;
    if (shared != null) {
      synchronized (cache) {
        last = ++cache.finished == threads;
      }
    } else {
      last = true;
    }
    return last ? checksum + empty(cache) : checksum;
  }

  private void read(Cache cache, long key) {
    if (shared != null) {
      synchronized (cache) {
        touch(cache, key);
      }
    } else {
      touch(cache, key);
    }
  }

  private void touch(Cache cache, long key) {
    Entry entry = find(cache, key);
    if (entry == null) return;
    unlink(cache, entry);
    putFirst(cache, entry);
  }

  private long write(Cache cache, long key, long stamp) {
    byte[] value = new byte[bytes];
    STAMP.set(value, 0, stamp);
    Entry entry = new Entry();
    entry.key = key;
    entry.value = value;
    Entry victim;
    if (shared != null) {
      synchronized (cache) {
        victim = put(cache, entry);
      }
    } else {
      victim = put(cache, entry);
    }
    return victim != null ? use(victim) : 0;
  }

  private Entry put(Cache cache, Entry entry) {
    Entry victim = find(cache, entry.key);
    if (victim == null && cache.entries == capacity) victim = cache.oldest;
    if (victim != null) remove(cache, victim);
    int bucket = bucketOf(entry.key);
    entry.chain = cache.buckets[bucket];
    cache.buckets[bucket] = entry;
    putFirst(cache, entry);
    ++cache.entries;
    return victim;
  }

  private Entry find(Cache cache, long key) {
    Entry entry = cache.buckets[bucketOf(key)];
    while (entry != null && entry.key != key) entry = entry.chain;
    return entry;
  }

  private static void unlink(Cache cache, Entry entry) {
    Entry newer = entry.newer, older = entry.older;
    if (newer != null) newer.older = older;
    else cache.newest = older;
    if (older != null) older.newer = newer;
    else cache.oldest = newer;
    entry.newer = null;
    entry.older = null;
  }

  private static void putFirst(Cache cache, Entry entry) {
    Entry second = cache.newest;
    if (second != null) {
      second.newer = entry;
      entry.older = second;
    } else {
      cache.oldest = entry;
    }
    cache.newest = entry;
  }

  private void remove(Cache cache, Entry entry) {
    unlink(cache, entry);
    int bucket = bucketOf(entry.key);
    Entry before = cache.buckets[bucket];
    if (before == entry) {
      cache.buckets[bucket] = entry.chain;
    } else {
      while (before.chain != entry) before = before.chain;
      before.chain = entry.chain;
    }
    entry.chain = null;
    --cache.entries;
  }

  private static long use(Entry entry) {
    return Bits.mix((long) STAMP.get(entry.value, 0) ^ entry.key);
  }

  private long empty(Cache cache) {
    long checksum = 0;
    while (cache.entries != 0) {
      Entry entry = cache.oldest;
      remove(cache, entry);
      checksum += use(entry);
    }
    return checksum;
  }

  private int bucketOf(long key) {
    return (int) (Bits.mix(key) & (buckets - 1));
  }
}
