// Inline SVG charts for the HTML page. Horizontal positions are per cent of the drawing area and
// text has the page's size, so a chart fits 400 and 1600 pixels alike without a script; labels
// stand in the margins that the style sheet leaves around the drawing area.
#pragma once

#include <string>
#include <vector>

#include "report/analysis.h"

namespace reclaim::report {

/// Gives each family of models (what stands before the colon) a colour class "f0".."f6", and those
/// that never reclaim "quiet". Colour never stands alone: every mark is labelled.
class Palette {
 public:
  explicit Palette(const Analysis& analysis);
  std::string colour_class(const std::string& model) const;
  /// Place of a model among those of the analysis: how the viewer's data names it.
  std::size_t number(const std::string& model) const;
  const std::vector<std::string>& models() const { return models_; }

 private:
  std::vector<std::string> models_;
  std::vector<std::string> families_;
  std::vector<std::string> quiet_;
};

/// Wall time as bars with interval and rounds. Empty where no row has samples.
std::string wall_chart(const Scenario& scenario, const Palette& palette, const std::string& id);

/// Peak memory against wall time, both logarithmic. Empty where under two rows have both.
std::string tradeoff_chart(const Scenario& scenario, const Palette& palette, const std::string& id);

/// p50, p99 and max of stops by model and cause, logarithmic. Empty where there were none.
std::string stops_chart(const Scenario& scenario, const Palette& palette, const std::string& id);

/// Leaked against expected objects wherever something leaked, logarithmic. Empty where nothing did.
std::string leaks_chart(const Analysis& analysis, const Palette& palette, const std::string& id);

}  // namespace reclaim::report
