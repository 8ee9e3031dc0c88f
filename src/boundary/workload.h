// What a workload says of itself, and what it is told when it runs: numbers only, no model in
// sight.
#pragma once

#include <algorithm>
#include <atomic>
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

}  // namespace reclaim

namespace reclaim::processes {
class Post;
}

namespace reclaim {

/// Where each mutator is a process of its own, over a heap of its own: which of them this one is,
/// and what it has in common with the others.
struct Apart {
  int index = 0;                                 ///< from 0: the share of the work that is here
  std::atomic<std::int64_t>* tickets = nullptr;  ///< all processes' one; 0 when the work begins
  processes::Post* post = nullptr;               ///< four ways to talk to the others
};

class RequestLogs;

/// Everything that a run of a workload depends on. The same context gives the same checksum on
/// every model and under every thread schedule.
struct WorkloadContext {
  Parameters parameters;
  int threads = 1;
  std::uint64_t seed = 1;
  std::string argument;          ///< what follows the colon in `-w replay:FILE`; else empty
  const Apart* apart = nullptr;  ///< null: the mutators are threads over one heap
  /// Where a workload that serves requests has them timed (requests.h); null: they are not.
  /// Outlives the run.
  RequestLogs* requests = nullptr;

  /// How many of the `threads` mutators this process's heap has.
  int mutators_here() const { return apart == nullptr ? threads : 1; }
  bool is_here(int mutator) const { return apart == nullptr || apart->index == mutator; }
};

/// For WorkloadInfo::shares, of a workload whose mutators never touch each other's objects.
constexpr std::string_view shares_nothing(const WorkloadContext&) { return ""; }
constexpr std::string_view shares_unsaid(const WorkloadContext&) {
  return "it does not say what (WorkloadInfo::shares)";
}

/// Static description of a workload. `peak_live_bytes` is the declared peak of live bytes as asked
/// for (no headers), the N of `--heap Nx`; `planted_leaks` is how many objects stay reachable only
/// from a cycle that counting cannot free (0 for most).
struct WorkloadInfo {
  std::string_view id;
  std::string_view shows;        ///< one sentence: what the reader learns from it
  std::string_view origin = {};  ///< who wrote it and where it was published; empty: not said
  std::span<const ParameterInfo> parameters;
  WorkScaling scaling;
  std::uint64_t (*peak_live_bytes)(const WorkloadContext&);
  std::uint64_t (*planted_cyclic_objects)(const WorkloadContext&) = nullptr;
  /// How many mutators the work must have, where that is not the user's to choose.
  int (*threads)(const WorkloadContext&) = nullptr;
  bool serves_requests = false;         ///< times them (requests.h), and honours an arrival rate
  std::string_view argument_name = {};  ///< e.g. "FILE": the workload is spelled id:FILE
  /// Which objects its mutators share, for people: what keeps them from being processes. Empty:
  /// none.
  std::string_view (*shares)(const WorkloadContext&) = shares_unsaid;
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
