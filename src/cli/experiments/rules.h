// What the experiments' files share: plans of cells, and verdicts.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
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

/// What a claim lets expect of the wall time of one over that of the other.
struct Bound {
  Evidence::Of of, over;
  double least = 0, most = std::numeric_limits<double>::infinity();

  std::optional<double> ratio(const Evidence& e) const { return e.wall_ratio(of, over); }
  bool admits(double ratio) const { return least <= ratio && ratio <= most; }
};

/// Confirmed when the median over rounds is within every bound; refuted when for one of them no
/// round is; where rounds disagree it is the machine that they tell of. All must have figures.
/// `besides`: whether all else that the claim says was seen; if not, it is refuted.
inline Finding decided_by(const Evidence& e, std::span<const Bound> bounds, std::string measured,
                          std::vector<report::Experiment::Table> details = {},
                          bool besides = true) {
  Finding finding = decided(besides, std::move(measured), std::move(details));
  if (!besides) return finding;
  for (const Bound& bound : bounds) {
    if (bound.admits(bound.ratio(e).value_or(-1))) continue;
    const std::vector<double> ratios = e.wall_ratios(bound.of, bound.over);
    if (std::none_of(ratios.begin(), ratios.end(), [&](double r) { return bound.admits(r); })) {
      finding.verdict = Verdict::refuted;
      break;
    }
    if (finding.verdict == Verdict::undecidable) continue;
    finding.verdict = Verdict::undecidable;
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    finding.measured += fmt::format(
        "; rounds disagree ({} on {}: {:.2f} to {:.2f}), so this machine is too unsteady to tell",
        bound.of.workload, bound.of.model, *least, *most);
  }
  return finding;
}

inline constexpr const char* too_few_cores =
    "this machine has one core: nothing can run beside anything";
inline constexpr const char* no_figures = "not every cell ended well";

}  // namespace reclaim::cli
