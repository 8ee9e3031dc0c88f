// `manual`, with a meter and with mistakes to be made on purpose: it knows the peak of live bytes,
// corrupts one object, or forgets one discard. For tests.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include "boundary/census.h"
#include "boundary/type_info.h"
#include "models/manual/manual.h"

namespace reclaim {

/// What is to go wrong, and what was measured; one run at a time.
struct Instruments {
  std::string_view corrupted_type;          ///< empty: none
  std::atomic<std::int64_t> corrupt_in{0};  ///< loads of such an object until one is corrupted
  std::atomic<std::int64_t> forget_in{0};   ///< discards until one is forgotten; 0: none
  std::atomic<std::int64_t> live_bytes{0};
  std::atomic<std::int64_t> peak_live_bytes{0};

  void reset() {
    corrupted_type = {};
    corrupt_in = forget_in = live_bytes = peak_live_bytes = 0;
  }
  static Instruments& get() {
    static Instruments instruments;
    return instruments;
  }
};

/// A census that knows the peak.
class PeakCounted : public Counted {
 public:
  template <class T>
  void on_make(std::uint64_t bytes) {
    Counted::on_make<T>(bytes);
    Instruments& all = Instruments::get();
    const std::int64_t live = all.live_bytes += static_cast<std::int64_t>(bytes);
    std::int64_t peak = all.peak_live_bytes.load();
    while (live > peak && !all.peak_live_bytes.compare_exchange_weak(peak, live)) {
    }
  }
  template <class T>
  void on_reclaim(std::uint64_t bytes) {
    Counted::on_reclaim<T>(bytes);
    Instruments::get().live_bytes -= static_cast<std::int64_t>(bytes);
  }
};

class InstrumentedMutator : public Manual<PeakCounted>::Mutator {
  using Base = Manual<PeakCounted>::Mutator;

 public:
  using Base::Base;

  template <class O, class B, class V>
  Fresh<V> load(const Local<O>& owner, Field<V> B::*slot) {
    return seen(Base::load(owner, slot));
  }
  template <class V>
  Fresh<V> load(const Local<Array<V>>& owner, std::size_t i) {
    return seen(Base::load(owner, i));
  }
  template <class V>
  Fresh<V> load(Global<V>& global) {
    return seen(Base::load(global));
  }
  template <class T>
  Fresh<T> load(const Local<Weak<T>>& weak) {
    return seen(Base::load(weak));
  }
  template <class K, class V>
  Fresh<V> load_value(const Local<Ephemeron<K, V>>& ephemeron) {
    return seen(Base::load_value(ephemeron));
  }

  template <class T>
  void discard(Local<T>& local) {
    if (local && forgets()) {
      local = nullptr;
    } else {
      Base::discard(local);
    }
  }
  template <class T>
  void discard(Fresh<T> fresh) {
    if (fresh && forgets()) return;
    Base::discard(std::move(fresh));
  }

 private:
  /// Whatever a record carries for the checksum comes last in it; in a blob, first.
  template <class V>
  static Fresh<V> seen(Fresh<V> fresh) {
    Instruments& all = Instruments::get();
    if (!fresh || all.corrupted_type != V::name_of_type() || --all.corrupt_in != 0) return fresh;
    std::byte* place = nullptr;
    if constexpr (V::shape == Shape::blob) {
      place = fresh.get()->data();
    } else {
      place = reinterpret_cast<std::byte*>(fresh.get()) + sizeof(V) - 8;
    }
    *place ^= std::byte{0x10};
    return fresh;
  }

  static bool forgets() { return --Instruments::get().forget_in == 0; }
};

struct InstrumentedModel : Manual<PeakCounted> {
  using Mutator = InstrumentedMutator;
};

}  // namespace reclaim
