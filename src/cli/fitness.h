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

struct Examination {
  std::string what;
  std::string seen;
  Fitness fitness = Fitness::good;
  std::string advice;  ///< what would make it good; empty where it is
};

/// What /proc and /sys say of cores, clock, memory, limits and load. `root` stands before those
/// two: tests have machines of their own.
std::vector<Examination> examine_settings(const std::string& root = "");

/// Seconds that each of some hundred spins took; they do the same arithmetic, about a millisecond
/// of it. Takes half a second.
std::vector<double> time_spins();

/// What the spread of spins says of the machine. `seconds` is not empty.
Examination judge_spins(std::vector<double> seconds);

/// All of that, and what this program was built as.
std::vector<Examination> examine_machine();

/// What is unfit, on one line; empty: nothing.
std::string unfit_reasons();

}  // namespace reclaim::cli
