// What a workload says of itself, and what it is told when it runs: numbers only, no model in
// sight.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/assert.h"

namespace reclaim {

/// A named number that the user may override (-p name=value), with its value at each size.
struct ParameterInfo {
  std::string_view name;
  std::string_view meaning;  ///< with its unit
  double tiny;               ///< tests: at most 2 000 allocations
  double standard;           ///< 50-150 ms on manual:mimalloc
  double paper;              ///< the original's
  double least = 0;          ///< smallest value allowed
  double most = 9e15;        ///< largest value allowed
};

/// The values in force in one run. Asking for a name that was not declared ends the process.
class Parameters {
 public:
  void set(std::string_view name, double value) { values_[std::string(name)] = value; }
  double real(std::string_view name) const {
    const auto found = values_.find(name);
    require(found != values_.end(), "a workload asked for a parameter that it does not declare");
    return found->second;
  }
  std::int64_t integer(std::string_view name) const {
    return static_cast<std::int64_t>(real(name));
  }
  const std::map<std::string, double, std::less<>>& all() const { return values_; }

 private:
  std::map<std::string, double, std::less<>> values_;
};

/// Whether `threads` share a fixed amount of work (total) or each does as much as one alone would.
enum class WorkScaling : unsigned char { total, per_thread };

/// Everything that a run of a workload depends on. The same context gives the same checksum on
/// every model and under every thread schedule.
struct WorkloadContext {
  Parameters parameters;
  int threads = 1;
  std::uint64_t seed = 1;
  std::string argument;  ///< what follows the colon in `-w replay:FILE`; else empty
};

/// Static description of a workload. `peak_live_bytes` is the declared peak of live bytes as asked
/// for (no headers), the N of `--heap Nx`; `planted_leaks` is how many objects stay reachable only
/// from a cycle that counting cannot free (0 for most).
struct WorkloadInfo {
  std::string_view id;
  std::string_view shows;  ///< one sentence: what the reader learns from it
  std::span<const ParameterInfo> parameters;
  WorkScaling scaling;
  std::uint64_t (*peak_live_bytes)(const WorkloadContext&);
  std::uint64_t (*planted_cyclic_objects)(const WorkloadContext&) = nullptr;
  /// How many mutators the work must have, where that is not the user's to choose.
  int (*threads)(const WorkloadContext&) = nullptr;
  std::string_view argument_name = {};  ///< e.g. "FILE": the workload is spelled id:FILE
};

/// What one mutator's share of the work came to. Contributions are added: order never matters.
struct Outcome {
  std::uint64_t checksum = 0;
  std::uint64_t operations = 0;
  Outcome& operator+=(const Outcome& other) {
    checksum += other.checksum;
    operations += other.operations;
    return *this;
  }
};

}  // namespace reclaim
