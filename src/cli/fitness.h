// Is this machine fit to measure on? Looks, says what to do about it, changes nothing.
#pragma once

#include <string>
#include <vector>

namespace reclaim::cli {

enum class Fitness {
  good,
  note,   ///< moves results, and alike for all models
  unfit,  ///< makes results of one run differ from each other's
};

struct Finding {
  std::string what;
  std::string seen;
  Fitness fitness = Fitness::good;
  std::string advice;  ///< what would make it good; empty where it is
};

/// Looks at cores, clock, memory, limits and load, and times a fixed spin: about a second.
std::vector<Finding> examine_machine();

/// What is unfit, on one line; empty: nothing.
std::string unfit_reasons();

}  // namespace reclaim::cli
