// A count that is watched: whatever a model does to the counts of its objects is told, with the
// count before and after. The count itself, and all that is made of it, is the model's own: Watched
// goes between a model and its policy (models/rc/counts.h), and only experiments instantiate it.
//
//   Model<Counted, Watched<PlainCount>, UnderGil, GenerationalCycles>     rc-gil, watched
#pragma once

#include <cstdint>
#include <vector>

namespace reclaim::cli {

/// What an object's count says: of biased counts both parts, of others `shared` is 0.
struct CountParts {
  std::int64_t own = 0;     ///< the count; biased: what the object's maker has counted
  std::int64_t shared = 0;  ///< biased: what all others have counted, which may be negative
  std::int64_t total() const { return own + shared; }
};

/// One thing that happened to an object's count.
struct CountChange {
  enum class Kind : std::uint8_t {
    made,
    taken,
    given_up,
    mailed,  ///< given up, and left to the object's maker
    last     ///< given up, and no reference is left
  };
  Kind kind;
  CountParts before, after;
};

/// Where changes are told. Who changes counts at the same time must not be watched.
inline std::vector<CountChange>& count_changes() {
  static std::vector<CountChange> changes;
  return changes;
}

/// Out of line: g++ 12 would follow the handle to where it is null, and warn of the load.
template <class Header>
[[gnu::noinline]] CountParts parts_of(const Header* object) {
  if constexpr (requires { object->count.shared_references(); }) {
    return {object->count.value(), object->count.shared_references()};
  } else {
    return {object->count.value(), 0};
  }
}

/// The parties of a count (models/rc/counts.h, SameForAll), whose mutators tell.
template <class Header, class Parties>
struct WatchedParties : Parties {
  class OfMutator : public Parties::OfMutator {
    using Own = typename Parties::OfMutator;
    using Kind = CountChange::Kind;

   public:
    explicit OfMutator(typename Parties::OfHeap& heap) : Own(heap) {}

    void on_make(Header* object) {
      Own::on_make(object);
      count_changes().push_back({Kind::made, {}, parts_of(object)});
    }
    void retain(Header* object) {
      const CountParts before = parts_of(object);
      Own::retain(object);
      count_changes().push_back({Kind::taken, before, parts_of(object)});
    }
    bool release(Header* object) {
      const CountParts before = parts_of(object);
      const bool last = Own::release(object);
      // Whoever holds the only reference need not write the zero, so it is not read.
      if (last) {
        count_changes().push_back({Kind::last, before, {}});
      } else {
        count_changes().push_back(
            {is_queued(object) ? Kind::mailed : Kind::given_up, before, parts_of(object)});
      }
      return last;
    }

   private:
    static bool is_queued(const Header* object) {
      if constexpr (requires { object->count.is_queued(); }) return object->count.is_queued();
      return false;
    }
  };
};

template <class Count>
class Watched : public Count {
 public:
  template <class Header>
  using Parties = WatchedParties<Header, typename Count::template Parties<Header>>;
};

}  // namespace reclaim::cli
