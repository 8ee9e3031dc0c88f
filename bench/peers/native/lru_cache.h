// lru-cache as in src/workloads/lru_cache.h for memory that nobody frees, each thread with a cache
// of its own: the same requests, entries and last uses. Memory as in gcbench.h, which also has:
//   T** make_array<T>(n)     null references
//   std::byte* make_bytes(n) zeroed, without references
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/bits.h"
#include "base/rng.h"
#include "boundary/workload.h"

namespace reclaim::peers {

template <class Memory>
class LruCache {
  struct Entry {
    Entry *newer, *older;  // in order of use
    Entry* chain;          // in the same bucket
    std::byte* value;
    std::uint64_t key;
  };

 public:
  LruCache(const WorkloadContext& context, int thread)
      : memory_(thread),
        rng_(pattern(context.seed, static_cast<std::uint64_t>(thread))),
        capacity_(static_cast<std::uint64_t>(context.parameters.integer("capacity"))),
        keys_(static_cast<std::uint64_t>(context.parameters.integer("keys"))),
        requests_(static_cast<std::uint64_t>(context.parameters.integer("requests"))),
        writes_(context.parameters.real("writes")),
        bytes_(static_cast<std::size_t>(context.parameters.integer("bytes"))),
        bucket_count_(std::bit_ceil(static_cast<std::size_t>(capacity_))) {
    if (context.parameters.integer("shared") == 0) return;
    std::fputs("lru-cache with shared=1 is not here\n", stderr);
    std::exit(2);
  }

  std::uint64_t run() {
    buckets_ = memory_.template make_array<Entry>(bucket_count_);
    for (std::uint64_t request = 0; request < requests_; ++request) {
      const std::uint64_t key = rng_.below(keys_);
      if (rng_.real() < writes_) {
        write(key, rng_.next());
      } else if (Entry* entry = find(key)) {
        unlink(entry);
        put_first(entry);
      }
    }
    while (entries_ != 0) {
      Entry* entry = oldest_;
      remove(entry);
      use(entry);
    }
    return checksum_;
  }

 private:
  void write(std::uint64_t key, std::uint64_t stamp) {
    std::byte* value = memory_.make_bytes(bytes_);
    std::memcpy(value, &stamp, sizeof stamp);
    Entry* entry = memory_.template make<Entry>();
    entry->key = key;
    entry->value = value;
    Entry* victim = find(key);
    if (victim == nullptr && entries_ == capacity_) victim = oldest_;
    if (victim != nullptr) remove(victim);
    entry->chain = buckets_[bucket_of(key)];
    buckets_[bucket_of(key)] = entry;
    put_first(entry);
    ++entries_;
    if (victim != nullptr) use(victim);
  }

  Entry* find(std::uint64_t key) const {
    Entry* entry = buckets_[bucket_of(key)];
    while (entry != nullptr && entry->key != key) entry = entry->chain;
    return entry;
  }

  void unlink(Entry* entry) {
    (entry->newer != nullptr ? entry->newer->older : newest_) = entry->older;
    (entry->older != nullptr ? entry->older->newer : oldest_) = entry->newer;
    entry->newer = entry->older = nullptr;
  }

  void put_first(Entry* entry) {
    (newest_ != nullptr ? newest_->newer : oldest_) = entry;
    entry->older = newest_;
    newest_ = entry;
  }

  void remove(Entry* entry) {
    unlink(entry);
    Entry** link = &buckets_[bucket_of(entry->key)];
    while (*link != entry) link = &(*link)->chain;
    *link = entry->chain;
    entry->chain = nullptr;
    --entries_;
  }

  void use(const Entry* entry) {
    std::uint64_t stamp = 0;
    std::memcpy(&stamp, entry->value, sizeof stamp);
    checksum_ += mix(stamp ^ entry->key);
  }

  std::size_t bucket_of(std::uint64_t key) const { return mix(key) & (bucket_count_ - 1); }

  Memory memory_;
  Rng rng_;
  const std::uint64_t capacity_, keys_, requests_;
  const double writes_;
  const std::size_t bytes_, bucket_count_;
  Entry** buckets_ = nullptr;
  Entry *newest_ = nullptr, *oldest_ = nullptr;
  std::uint64_t entries_ = 0, checksum_ = 0;
};

}  // namespace reclaim::peers
