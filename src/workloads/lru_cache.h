// lru-cache: a hash map and a list in order of use, as caches are built everywhere. Entries live
// for as long as the cache is deep and then die old: the generational guess ("most die young") is
// wrong here. Each thread has a cache of its own, or all share one under its monitor.
//
// So that the work does not depend on the schedule when the cache is shared, every write makes an
// entry, whether or not its key is there (it then replaces the older one), and reads only move
// entries to the front. An entry is used for the last time by the thread that pushes it out.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/model.h"
#include "boundary/requests.h"
#include "boundary/workload.h"

namespace reclaim {

inline constexpr ParameterInfo lru_cache_parameters[] = {
    {"capacity", "entries that a cache holds", 25, 20000, 1000000, 1, 1e9},
    {"keys", "different keys that are asked for", 50, 40000, 2000000, 1, 1e12},
    {"requests", "requests of each thread", 200, 1000000, 20000000, 1, 1e12},
    {"writes", "fraction of requests that write, 0 to 1", 0.5, 0.5, 0.5, 0, 1},
    {"bytes", "size of a value", 64, 64, 64, 8, 1e6},
    {"shared", "1: one cache for all threads, under its monitor; 0: one for each", 0, 0, 0, 0, 1},
};

namespace lru_cache {

template <class M>
struct Entry : M::template Object<Entry<M>> {
  typename M::template Field<Entry> newer, older;  // in order of use
  typename M::template Field<Entry> chain;         // in the same bucket
  typename M::template Field<typename M::Blob> value;
  std::uint64_t key = 0;
  static constexpr auto refs() {
    return std::tuple{&Entry::newer, &Entry::older, &Entry::chain, &Entry::value};
  }
};

template <class M>
struct Cache : M::template Object<Cache<M>, Monitored> {
  typename M::template Field<typename M::template Array<Entry<M>>> buckets;
  typename M::template Field<Entry<M>> newest, oldest;
  std::uint64_t entries = 0;
  std::uint64_t finished = 0;  // threads that need it no more
  static constexpr auto refs() {
    return std::tuple{&Cache::buckets, &Cache::newest, &Cache::oldest};
  }
};

inline std::size_t bucket_count(const Parameters& p) {
  return std::bit_ceil(static_cast<std::size_t>(p.integer("capacity")));
}

inline std::uint64_t peak_live_bytes(const WorkloadContext& context) {
  const Parameters& p = context.parameters;
  const std::int64_t caches = p.integer("shared") != 0 ? 1 : context.threads;
  const auto entry = static_cast<std::uint64_t>(40 + p.integer("bytes"));
  const auto entries =
      static_cast<std::uint64_t>(std::min(p.integer("capacity"), p.integer("keys")));
  return static_cast<std::uint64_t>(caches) * (entries * entry + bucket_count(p) * 8 + 40) +
         static_cast<std::uint64_t>(context.threads) * entry;
}

}  // namespace lru_cache

inline constexpr WorkloadInfo lru_cache_info{
    .id = "lru-cache",
    .shows = "entries die in middle age: the generational guess is wrong",
    .origin = "of this project; the textbook's cache",
    .parameters = lru_cache_parameters,
    .scaling = WorkScaling::per_thread,
    .peak_live_bytes = lru_cache::peak_live_bytes,
    .serves_requests = true,
    .shares = [](const WorkloadContext& context) -> std::string_view {
      return context.parameters.integer("shared") != 0 ? "a cache" : "";
    }};

template <Model M>
class LruCache {
  using Mutator = typename M::Mutator;
  using Entry = lru_cache::Entry<M>;
  using Cache = lru_cache::Cache<M>;
  using Blob = typename M::Blob;
  using Buckets = typename M::template Array<Entry>;
  template <class T>
  using Local = typename M::template Local<T>;
  template <class T>
  using Fresh = typename M::template Fresh<T>;

 public:
  LruCache(Mutator& m, const WorkloadContext& context)
      : seed_(context.seed),
        threads_(static_cast<std::uint64_t>(context.threads)),
        capacity_(static_cast<std::uint64_t>(context.parameters.integer("capacity"))),
        keys_(static_cast<std::uint64_t>(context.parameters.integer("keys"))),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        writes_(context.parameters.real("writes")),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        is_shared_(context.parameters.integer("shared") != 0),
        buckets_(lru_cache::bucket_count(context.parameters)),
        timed_(context.requests),
        shared_(m.heap()) {
    if (is_shared_) m.store(shared_, Local<Cache>{m, make_cache(m)});
  }

  Outcome run(Mutator& m, int thread) {
    Outcome outcome;
    Rng rng{pattern(seed_, static_cast<std::uint64_t>(thread))};
    Local<Cache> cache{m, is_shared_ ? m.load(shared_) : make_cache(m)};
    RequestTimer timer{timed_, thread};
    for (std::uint64_t request = 0; request < requests_; ++request) {
      timer.operation(m);
      const std::uint64_t key = rng.below(keys_);
      if (rng.real() < writes_) {
        write(m, outcome, cache, key, rng.next());
      } else {
        read(m, cache, key);
      }
      m.poll();
    }
    bool last = true;
    guarded(m, cache, [&] { last = ++cache->finished == (is_shared_ ? threads_ : 1); });
    if (last) empty(m, outcome, cache);
    if (!is_shared_) discard_cache(m, cache);
    outcome.operations = requests_;
    return outcome;
  }

  void finish(Mutator& m) {
    if (!is_shared_) return;
    Local<Cache> cache{m, m.load(shared_)};
    m.store(shared_, nullptr);
    discard_cache(m, cache);
  }

 private:
  Fresh<Cache> make_cache(Mutator& m) {
    Local<Buckets> buckets{m, m.template make_array<Entry>(buckets_)};
    Local<Cache> cache{m, m.template make<Cache>()};
    m.store(cache, &Cache::buckets, buckets);
    return m.escape(cache);
  }
  static void discard_cache(Mutator& m, Local<Cache>& cache) {
    Local<Buckets> buckets{m, m.load(cache, &Cache::buckets)};
    m.discard(buckets);
    m.discard(cache);
  }

  template <class F>
  void guarded(Mutator& m, const Local<Cache>& cache, F&& f) {
    if (is_shared_) {
      m.synchronized(cache, f);
    } else {
      f();
    }
  }

  void read(Mutator& m, const Local<Cache>& cache, std::uint64_t key) {
    guarded(m, cache, [&] {
      Local<Entry> entry{m, find(m, cache, key)};
      if (!entry) return;
      unlink(m, cache, entry);
      put_first(m, cache, entry);
    });
  }

  void write(Mutator& m, Outcome& outcome, const Local<Cache>& cache, std::uint64_t key,
             std::uint64_t stamp) {
    Local<Entry> entry{m, make_entry(m, key, stamp)};
    Local<Entry> victim{m};
    guarded(m, cache, [&] {
      victim = find(m, cache, key);
      if (!victim && cache->entries == capacity_) victim = m.load(cache, &Cache::oldest);
      if (victim) remove(m, cache, victim);
      Local<Buckets> buckets{m, m.load(cache, &Cache::buckets)};
      m.store(entry, &Entry::chain, m.load(buckets, bucket_of(key)));
      m.store(buckets, bucket_of(key), entry);
      put_first(m, cache, entry);
      ++cache->entries;
      entry = nullptr;  // from here on another thread may push it out and discard it
    });
    if (victim) use(m, outcome, victim);
  }

  Fresh<Entry> make_entry(Mutator& m, std::uint64_t key, std::uint64_t stamp) {
    Local<Blob> value{m, m.make_blob(bytes_)};
    std::memcpy(value->data(), &stamp, sizeof stamp);
    Local<Entry> entry{m, m.template make<Entry>()};
    entry->key = key;
    m.store(entry, &Entry::value, value);
    return m.escape(entry);
  }

  Fresh<Entry> find(Mutator& m, const Local<Cache>& cache, std::uint64_t key) {
    Local<Buckets> buckets{m, m.load(cache, &Cache::buckets)};
    Local<Entry> entry{m, m.load(buckets, bucket_of(key))};
    while (entry && entry->key != key) entry = m.load(entry, &Entry::chain);
    return m.escape(entry);
  }

  /// Takes the entry out of the order of use, and cuts what it knew of it.
  static void unlink(Mutator& m, const Local<Cache>& cache, const Local<Entry>& entry) {
    Local<Entry> newer{m, m.load(entry, &Entry::newer)};
    Local<Entry> older{m, m.load(entry, &Entry::older)};
    if (newer) {
      m.store(newer, &Entry::older, older);
    } else {
      m.store(cache, &Cache::newest, older);
    }
    if (older) {
      m.store(older, &Entry::newer, newer);
    } else {
      m.store(cache, &Cache::oldest, newer);
    }
    m.store(entry, &Entry::newer, nullptr);
    m.store(entry, &Entry::older, nullptr);
  }

  static void put_first(Mutator& m, const Local<Cache>& cache, const Local<Entry>& entry) {
    Local<Entry> second{m, m.load(cache, &Cache::newest)};
    if (second) {
      m.store(second, &Entry::newer, entry);
      m.store(entry, &Entry::older, second);
    } else {
      m.store(cache, &Cache::oldest, entry);
    }
    m.store(cache, &Cache::newest, entry);
  }

  void remove(Mutator& m, const Local<Cache>& cache, const Local<Entry>& entry) {
    unlink(m, cache, entry);
    Local<Buckets> buckets{m, m.load(cache, &Cache::buckets)};
    const std::size_t bucket = bucket_of(entry->key);
    Local<Entry> before{m, m.load(buckets, bucket)};
    if (before == entry) {
      m.store(buckets, bucket, m.load(entry, &Entry::chain));
    } else {
      for (;;) {
        Local<Entry> next{m, m.load(before, &Entry::chain)};
        if (next == entry) break;
        before = m.escape(next);
      }
      m.store(before, &Entry::chain, m.load(entry, &Entry::chain));
    }
    m.store(entry, &Entry::chain, nullptr);
    --cache->entries;
  }

  static void use(Mutator& m, Outcome& outcome, Local<Entry>& entry) {
    Local<Blob> value{m, m.load(entry, &Entry::value)};
    std::uint64_t stamp = 0;
    std::memcpy(&stamp, value->data(), sizeof stamp);
    outcome.checksum += mix(stamp ^ entry->key);
    m.discard(value);
    m.discard(entry);
  }

  void empty(Mutator& m, Outcome& outcome, const Local<Cache>& cache) {
    while (cache->entries != 0) {
      Local<Entry> entry{m, m.load(cache, &Cache::oldest)};
      remove(m, cache, entry);
      use(m, outcome, entry);
      m.poll();
    }
  }

  std::size_t bucket_of(std::uint64_t key) const { return mix(key) & (buckets_ - 1); }

  const std::uint64_t seed_, threads_, capacity_, keys_, requests_;
  const double writes_;
  const std::size_t bytes_;
  const bool is_shared_;
  const std::size_t buckets_;
  RequestLogs* const timed_;
  typename M::template Global<Cache> shared_;
};

}  // namespace reclaim
