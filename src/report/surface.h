// The pause surface: the longest stop of each model where a workload was run at several allocation
// rates and several amounts of live data. Found by its parameters, whatever the workload's name.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/charts.h"

namespace reclaim::report {

struct Surface {
  std::string title;
  int threads = 1;
  std::vector<double> rates_mb_s, live_mb;  ///< ascending, at least two of each
  struct OfModel {
    std::string model;
    /// By rate, then by live data; empty: nothing stopped, or it cannot be seen, or no round
    /// ended well.
    std::vector<std::vector<std::optional<double>>> longest_s;
  };
  std::vector<OfModel> models;  ///< those that stopped anywhere
  std::vector<const Setting*> points;
};

std::vector<Surface> surfaces(const Analysis& analysis);

/// A shaded table for each model: picture and numbers in one.
std::string surface_html(const Surface& surface);

/// For the viewer.
nlohmann::json surface_data(const Surface& surface, const Palette& palette);

}  // namespace reclaim::report
