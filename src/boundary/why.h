// Why objects are alive: for the objects of each type what keeps them, and a way to one of them. A
// heap that can tell offers one of
//   why_alive(mutator)  of all that can be reached now, or, after watch_why(), could when the most
//                       was alive; the mutator's call is a safepoint
//   why_left()          of what is left when every mutator has gone and every root with it
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reclaim {

enum class KeptBy : std::uint8_t {
  root,   ///< a Global, a Local or a pin
  ring,   ///< objects that refer to each other round in a ring
  count,  ///< a count for which no object's reference accounts: somebody has not given one up
};

/// Index: KeptBy. As records spell it.
inline constexpr std::array<std::string_view, 3> kept_by_names = {"root", "ring", "count"};

/// The objects of one type that are kept in one way.
struct WhyAlive {
  std::string_view type;
  KeptBy kept_by = KeptBy::root;
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;     ///< as the workload asked for them
  std::uint64_t distance = 0;  ///< least number of references that lead from there to one of them
  std::string path;            ///< one such way: "Global → Cache.1 → Array[7] → Entry"
};

}  // namespace reclaim
