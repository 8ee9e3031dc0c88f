// An experiment: a claim that people make about memory management, what would show it, and the
// rule by which measured cells confirm or refute it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cells/json.h"
#include "cells/plan.h"

namespace reclaim::cli {

/// The records of an experiment's cells, and what may be asked of them.
class Evidence {
 public:
  Evidence(std::vector<cells::Json> records, std::uint64_t cores)
      : records_(std::move(records)), cores_(cores) {}

  /// Which cells: empty or 0 stands for any.
  struct Of {
    std::string_view model;  ///< without its allocator
    std::string_view workload = {};
    int threads = 0;
    std::string_view mistake = {};  ///< its name; empty: cells of programs without one
  };

  std::vector<const cells::Json*> cells(const Of& of) const;
  /// Median over the rounds that ended well; nothing when there are none.
  std::optional<double> median(const Of& of, std::string_view field) const;
  /// Median wall time of one over that of the other.
  std::optional<double> wall_ratio(const Of& of, const Of& over) const;
  /// Sums over all rounds. What is not there counts as nothing.
  double leaked(const Of& of) const;
  double extra(const Of& of, std::string_view name) const;
  double stops(const Of& of, std::string_view cause) const;
  /// How many of them ended with this status; how many there are.
  std::size_t ended(const Of& of, std::string_view status) const;
  std::size_t count(const Of& of) const { return cells(of).size(); }
  /// The first message of those, empty when there is none.
  std::string message(const Of& of) const;

  std::uint64_t cores() const { return cores_; }

 private:
  std::vector<cells::Json> records_;
  std::uint64_t cores_;
};

enum class Verdict : unsigned char { confirmed, refuted, undecidable };
std::string_view name_of(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::undecidable;
  std::string measured;  ///< in words, with its numbers; for the undecidable: why
};

struct Experiment {
  int number;  ///< of the claim: see README.md
  std::string_view id;
  std::string_view claim;
  std::string_view expected;  ///< with the bounds of the rule
  /// What to run; `size` is standard, or tiny for a look at the machinery.
  std::vector<cells::PlanRequest> (*plans)(const std::string& size);
  Finding (*judge)(const Evidence& evidence);
};

/// By number.
std::span<const Experiment> experiments();
/// By number or id; nullptr when there is none.
const Experiment* find_experiment(std::string_view name);

}  // namespace reclaim::cli
