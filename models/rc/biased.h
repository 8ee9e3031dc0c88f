// What a heap and a mutator keep for biased counts: the mutators' numbers, and the mail in which
// objects go to their owners (free-threaded CPython: Python/brc.c). Mutators are found by number in
// buckets, each with a lock of its own. Under it mail is posted and taken, and a mutator goes: so
// whoever finds no owner there knows that it will touch its objects no more. Most buckets are
// empty, and that is seen without the lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "models/manual/malloc_memory.h"
#include "models/rc/biased_count.h"
#include "models/rc/counts.h"

namespace reclaim::rc {

template <class Header>
struct Biased : PlainFields {
  using Owner = BiasedCount::Owner;
  static constexpr bool finds_late = true;
  static constexpr bool keeps_the_dead = false;
  using Memory = manual::MallocMemory;

  struct Inbox {
    Owner owner = BiasedCount::nobody;
    std::atomic<bool> has_mail{false};  ///< written under the bucket's lock
    std::vector<Header*> mail;          ///< under the bucket's lock
    Inbox* next = nullptr;              ///< under the bucket's lock
  };

  /// Thread-safe.
  class OfHeap {
   public:
    void attach(Inbox& inbox) {
      inbox.owner = owners_.fetch_add(1, std::memory_order_relaxed) + 1;
      require(inbox.owner != BiasedCount::nobody, "2^32 mutators have been attached to a heap");
      Bucket& bucket = bucket_of(inbox.owner);
      const std::lock_guard lock(bucket.mutex);
      inbox.next = bucket.first.load(std::memory_order_relaxed);
      bucket.first.store(&inbox, std::memory_order_relaxed);
    }
    /// False, and nothing done, when there is mail.
    bool detach(Inbox& inbox) {
      Bucket& bucket = bucket_of(inbox.owner);
      const std::lock_guard lock(bucket.mutex);
      if (!inbox.mail.empty()) return false;
      Inbox* const first = bucket.first.load(std::memory_order_relaxed);
      if (first == &inbox) {
        bucket.first.store(inbox.next, std::memory_order_release);
      } else {
        Inbox* before = first;
        while (before->next != &inbox) before = before->next;
        before->next = inbox.next;
      }
      return true;
    }
    std::vector<Header*> take(Inbox& inbox) {
      const std::lock_guard lock(bucket_of(inbox.owner).mutex);
      inbox.has_mail.store(false, std::memory_order_relaxed);
      return std::exchange(inbox.mail, {});
    }
    /// Posts an object that was marked as queued. True: nobody was there to take it, and it is
    /// dead.
    bool post(Header* object) {
      const Owner owner = object->count.owner();
      // The owner has taken itself out meanwhile: the reference is counted in the shared word.
      if (owner == BiasedCount::nobody) return object->count.release_shared(never);
      Bucket& bucket = bucket_of(owner);
      if (bucket.first.load(std::memory_order_acquire) == nullptr) return object->count.merge();
      const std::lock_guard lock(bucket.mutex);
      Inbox* inbox = bucket.first.load(std::memory_order_relaxed);
      for (; inbox != nullptr; inbox = inbox->next) {
        if (inbox->owner != owner) continue;
        inbox->mail.push_back(object);
        inbox->has_mail.store(true, std::memory_order_relaxed);
        return false;
      }
      return object->count.merge();
    }

   private:
    struct alignas(64) Bucket {
      std::mutex mutex;
      std::atomic<Inbox*> first{nullptr};  ///< written under the lock
    };
    static constexpr std::size_t bucket_count = 64;

    Bucket& bucket_of(Owner owner) { return buckets_[owner % bucket_count]; }
    static bool never() { violation("an object is posted once", "it was posted again", {}); }

    std::atomic<Owner> owners_{0};
    std::array<Bucket, bucket_count> buckets_;
  };

  class OfMutator {
   public:
    explicit OfMutator(OfHeap& heap) : heap_(heap) {
      heap_.attach(inbox_);
      me_ = inbox_.owner;
    }
    OfMutator(const OfMutator&) = delete;
    OfMutator& operator=(const OfMutator&) = delete;

    void on_make(Header* object) { object->count.bias_to(me_); }
    [[gnu::always_inline]] void retain(Header* object) { object->count.retain(me_); }
    [[gnu::always_inline]] bool release(Header* object) {
      return object->count.release(me_, [this, object] { return heap_.post(object); });
    }
    template <class Alone>
    bool release_observed(Header* object, Alone alone) {
      const auto post = [this, object] { return heap_.post(object); };
      return object->count.release_observed(me_, post, alone);
    }
    bool try_retain(Header* object) { return object->count.try_retain(me_); }
    bool is_sole(const Header* object) const { return object->count.is_sole(me_); }

    bool has_mail() const { return inbox_.has_mail.load(std::memory_order_relaxed); }
    /// Calls on_dead(Header*) for what was in the mail and has died of it.
    template <class F>
    void read_mail(F&& on_dead) {
      for (Header* object : heap_.take(inbox_)) {
        if (object->count.merge()) on_dead(object);
      }
    }
    bool leave() { return heap_.detach(inbox_); }

   private:
    OfHeap& heap_;
    Owner me_;
    Inbox inbox_;
  };
};

}  // namespace reclaim::rc
