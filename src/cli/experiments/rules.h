// What the experiments' files share: plans of cells, and verdicts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/experiments/experiment.h"

namespace reclaim::cli {

/// Every model on one workload at each number of threads: five rounds, of which rules take medians.
inline cells::PlanRequest plan(const std::string& size, std::vector<std::string> models,
                               const char* workload, std::vector<int> threads) {
  constexpr int rounds = 5;
  cells::PlanRequest request;
  request.models = std::move(models);
  request.workloads = {workload};
  request.threads = std::move(threads);
  request.size = size;
  request.rounds = size == "tiny" ? 1 : rounds;
  return request;
}

inline Finding undecidable(std::string why) { return {Verdict::undecidable, std::move(why)}; }

inline Finding decided(bool confirmed, std::string measured,
                       std::vector<report::Experiment::Table> details = {}) {
  return {confirmed ? Verdict::confirmed : Verdict::refuted, std::move(measured),
          std::move(details)};
}

inline constexpr const char* too_few_cores =
    "this machine has one core: nothing can run beside anything";
inline constexpr const char* no_figures = "not every cell ended well";

}  // namespace reclaim::cli
