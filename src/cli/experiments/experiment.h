// An experiment: a claim that people make about memory management, what would show it, and the
// rule by which measured cells, or what was observed besides, confirm or refute it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cells/json.h"
#include "cells/plan.h"
#include "report/measures.h"

namespace reclaim::cli {

/// The records of an experiment's cells and observations, and what may be asked of them.
class Evidence {
 public:
  /// `observations` are records as observe() gives them (observe.h).
  Evidence(std::vector<cells::Json> records, std::uint64_t cores,
           std::vector<cells::Json> observations = {})
      : records_(std::move(records)), observations_(std::move(observations)), cores_(cores) {}

  /// Which cells: empty or 0 stands for any.
  struct Of {
    std::string_view model;  ///< without its allocator
    std::string_view workload = {};
    int threads = 0;
    std::string_view mistake = {};  ///< its name; empty: cells of programs without one
    std::vector<std::pair<std::string_view, double>> parameters =
        {};  ///< of the workload, those given
  };

  std::vector<const cells::Json*> cells(const Of& of) const;
  /// Median over the rounds that ended well of a field of the record or of its `extra`; nothing
  /// when there are none.
  std::optional<double> median(const Of& of, std::string_view field) const;
  /// Median wall time of one over that of the other.
  std::optional<double> wall_ratio(const Of& of, const Of& over) const;
  /// The same of each round that ended well on both sides.
  std::vector<double> wall_ratios(const Of& of, const Of& over) const;
  /// Sums over all rounds. What is not there counts as nothing.
  double leaked(const Of& of) const;
  double extra(const Of& of, std::string_view name) const;
  double stops(const Of& of, std::string_view cause) const;
  /// How many of them ended with this status; how many there are.
  std::size_t ended(const Of& of, std::string_view status) const;
  std::size_t count(const Of& of) const { return cells(of).size(); }
  /// The first message of those, empty when there is none.
  std::string message(const Of& of) const;

  /// What an observation returned; null when it did not end well or was not made.
  const cells::Json& observed(std::string_view name) const;
  /// What it said last when it did not end well; empty otherwise.
  std::string complaint(std::string_view name) const;

  std::uint64_t cores() const { return cores_; }

 private:
  std::vector<cells::Json> records_, observations_;
  std::uint64_t cores_;
};

enum class Verdict : unsigned char { confirmed, refuted, undecidable };
/// As the results file has it.
std::string_view name_of(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::undecidable;
  std::string measured;  ///< in words, with its numbers; for the undecidable: why
  std::vector<report::Experiment::Table> details = {};
};

using Plans = std::vector<cells::PlanRequest>;

/// Code that shows what no cell can: single steps, a forced order of threads.
struct Observation {
  std::string_view name;
  /// Runs in a fresh process with the system's allocator. What it returns is Evidence::observed();
  /// it may crash, hang, or end the process with a message: that is Evidence::complaint().
  cells::Json (*run)(const std::string& size);
};

struct Experiment {
  int number;  ///< of the claim, which may have several
  std::string_view id;
  std::string_view claim;
  std::string_view expected;  ///< with the bounds of the rule
  Finding (*judge)(const Evidence& evidence);
  /// Cells to run, if any; `size` is standard, or tiny for a look at the machinery.
  Plans (*plans)(const std::string& size) = nullptr;
  std::span<const Observation> observations = {};
};

/// By number.
std::span<const Experiment> experiments();
/// The one with this id; nullptr when there is none.
const Experiment* find_experiment(std::string_view id);
/// Those of a claim's number, or the one with this id; empty when there is none.
std::vector<const Experiment*> find_experiments(std::string_view name);

}  // namespace reclaim::cli
