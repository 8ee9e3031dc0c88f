// A small honest program about what does not keep alive: weak references, ephemerons, hooks,
// identity hashes and waits with a time-out. It asks of a model what the laws 8 and 12 to 15
// promise, and names the first promise that is broken.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "boundary/model.h"

namespace reclaim::mutants {

enum class Promise {
  kept,
  a_weak_reference_finds_the_living,
  a_weak_reference_to_the_dead_is_null,
  an_ephemeron_lets_go_of_a_value_that_reaches_its_key,
  a_hook_is_called_for_the_dead,
  a_hook_is_called_once,
  a_hash_stays,
  a_time_out_is_told_from_a_notify,
};

template <class M>
struct Keepsake : M::template Object<Keepsake<M>, WeaklyReferenced, IdentityHashed, Monitored> {
  std::int64_t number = 0;
  static constexpr auto reclaim_data() { return &Keepsake::number; }
  static void on_reclaim(std::int64_t number) {
    ++told;
    numbers += number;
  }
  static inline int told = 0;
  static inline std::int64_t numbers = 0;
};

template <class M>
struct Story : M::template Object<Story<M>, Cyclic> {
  typename M::template Field<Keepsake<M>> about;
  static constexpr auto refs() { return std::tuple{&Story::about}; }
};

template <class M>
class Keepsakes {
  using Mutator = typename M::Mutator;
  using Kept = Keepsake<M>;
  template <class T>
  using Local = typename M::template Local<T>;
  using Weak = typename M::template Weak<Kept>;
  using Ephemeron = typename M::template Ephemeron<Kept, Story<M>>;
  static constexpr bool goes = M::traits.reclaims || discards<M>;

 public:
  static constexpr std::size_t count = 40;

  /// The first promise that `m` breaks, with every other keepsake given up.
  static Promise first_broken(Mutator& m) {
    Kept::told = 0;
    Kept::numbers = 0;
    Local<typename M::template Array<Kept>> box{m, m.template make_array<Kept>(count)};
    Local<typename M::template Array<Weak>> weaks{m, m.template make_array<Weak>(count)};
    std::uint64_t hashes[count];
    for (std::size_t i = 0; i < count; ++i) {
      Local<Kept> kept{m, m.template make<Kept>()};
      kept->number = static_cast<std::int64_t>(i);
      m.store(box, i, kept);
      m.store(weaks, i, m.make_weak(kept));
      hashes[i] = m.identity_hash(kept);
    }
    std::int64_t given_up = 0;
    for (std::size_t i = 0; i < count; i += 2) {
      Local<Kept> kept{m, m.load(box, i)};
      m.store(box, i, nullptr);
      give_up(m, kept);
      given_up += static_cast<std::int64_t>(i);
    }
    m.collect();
    for (std::size_t i = 0; i < count; ++i) {
      Local<Weak> weak{m, m.load(weaks, i)};
      Local<Kept> found{m, m.load(weak)};
      if (i % 2 == 0) {
        if (goes && found) return Promise::a_weak_reference_to_the_dead_is_null;
        continue;
      }
      Local<Kept> kept{m, m.load(box, i)};
      if (!(found == kept)) return Promise::a_weak_reference_finds_the_living;
      if (m.identity_hash(kept) != hashes[i]) return Promise::a_hash_stays;
    }
    if (M::traits.reclaims) {
      if (Kept::told > static_cast<int>(count / 2)) return Promise::a_hook_is_called_once;
      if (Kept::numbers != given_up) return Promise::a_hook_is_called_for_the_dead;
    }
    if (!lets_go_of_a_story(m)) {
      return Promise::an_ephemeron_lets_go_of_a_value_that_reaches_its_key;
    }
    Local<Kept> kept{m, m.load(box, 1)};
    const auto nobody_notifies = [&] { return m.wait_for(kept, std::chrono::microseconds{50}); };
    if (m.synchronized(kept, nobody_notifies)) return Promise::a_time_out_is_told_from_a_notify;
    return Promise::kept;
  }

 private:
  template <class T>
  static void give_up(Mutator& m, Local<T>& local) {
    if constexpr (discards<M>) {
      m.discard(local);
    } else {
      local = nullptr;
    }
  }

  /// Whether the key of an ephemeron goes although its value refers to it; true where the laws do
  /// not promise that.
  static bool lets_go_of_a_story(Mutator& m) {
    Local<Kept> kept{m, m.template make<Kept>()};
    Local<Weak> weak{m, m.make_weak(kept)};
    Local<Story<M>> story{m, m.template make<Story<M>>()};
    m.store(story, &Story<M>::about, kept);
    Local<Ephemeron> ephemeron{m, m.make_ephemeron(kept, story)};
    story = nullptr;
    kept = nullptr;
    m.collect();
    return !M::traits.traces_ephemerons || !m.load(weak);
  }
};

}  // namespace reclaim::mutants
