// A walk over a heap that remembers by which reference it first came to each object: breadth first,
// so that this is a shortest way. It knows of objects what their TypeInfo says, and nothing of what
// a model does with them. The heap stands still meanwhile; the walk's own memory is not the heap's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/type_info.h"
#include "boundary/why.h"
#include "models/parts/object_numbers.h"

namespace reclaim::parts {

/// The slot that is in no refs(): an ephemeron's value.
inline constexpr std::uint32_t value_slot = UINT32_MAX;

class WhyWalk {
 public:
  using TypeOf = const TypeInfo& (*)(const void* object);

  explicit WhyWalk(TypeOf type_of) : type_of_(type_of) {}

  /// The object is kept by what `name` says ("Global"). Unless it was reached before.
  void keep(const void* object, KeptBy by, std::string_view name);
  /// The object is kept by a ring that it is part of; reaches all that this keeps. It was not
  /// reached before.
  void keep_ring(const void* object);
  /// A reference that leads on from an object that was reached.
  void refer(std::uint32_t from, std::uint32_t slot, const void* to);
  /// Reaches all that can be reached from what is kept.
  void run();

  /// What was reached, in that order.
  const ObjectNumbers& reached() const { return reached_; }
  /// A row for each type and way of being kept, those with the most bytes first.
  std::vector<WhyAlive> result() const;

 private:
  /// How the walk came to an object.
  struct Step {
    std::uint32_t from;  ///< number of the object that refers to it; none: it is kept
    std::uint32_t slot;  ///< and which of its references that is
    std::uint32_t distance;
    std::uint32_t keeper;
  };
  struct Keeper {
    KeptBy by;
    std::string_view name;
    std::uint32_t last = ObjectNumbers::none;  ///< of a ring: the object that refers to the first
    std::uint32_t slot = 0;                    ///< and by which reference
  };

  std::string path_to(std::uint32_t number) const;
  std::string leading_on(std::uint32_t number, std::uint32_t slot) const;

  const TypeOf type_of_;
  ObjectNumbers reached_;
  std::vector<Step> steps_;  ///< index: number
  std::vector<Keeper> keepers_;
  std::uint32_t next_ = 0;  ///< the first whose references were not looked at
};

using CountOf = std::uint64_t (*)(const void* object);

/// For counted objects when every root is gone: what keeps those that are left, given all that may
/// be part of a ring. Exact: an object whose count is more than the references to it is kept from
/// outside; of the others that those do not reach each has somebody who refers to it, so going
/// backwards from it ends in a ring.
std::vector<WhyAlive> why_left(std::span<const void* const> objects, WhyWalk::TypeOf type_of,
                               CountOf count_of);

}  // namespace reclaim::parts
