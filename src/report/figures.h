// The figures of the page: each a heading, a caption that says how to read it and what would
// surprise, a still picture for readers without script and for print, its table, and the data from
// which the viewer draws it live.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/analysis.h"
#include "report/chart_data.h"
#include "report/charts.h"
#include "report/line_chart.h"
#include "report/surface.h"
#include "report/timeline.h"

namespace reclaim::report {

/// Builds figures as HTML and keeps what the viewer needs for them.
class Figures {
 public:
  explicit Figures(const Analysis& analysis) : analysis_(analysis), palette_(analysis) {}

  /// All models on all workloads in one picture.
  std::string overview();
  /// Those of one setting: wall time, memory against time, scaling, stops, utilisation, memory over
  /// time, latency; each only where it was measured.
  std::string of_setting(const Setting& setting);
  /// What leaked; empty where nothing did.
  std::string leaks();
  /// The section of workloads that were run under several heap limits; empty where none was.
  std::string heap_section();
  /// The section of pause surfaces, with HTML that stands folded below them; empty without any.
  std::string surface_section(const std::vector<Surface>& surfaces,
                              const std::string& point_by_point);
  /// Who ran, waited and collected; empty without runs.
  std::string timeline_section(const std::vector<TimelineRun>& runs);

  /// The viewer with the data of all figures built so far; stands at the end of the body.
  std::string script() const;

 private:
  /// A place that the viewer draws in, around what is shown without it.
  std::string place(const std::string& id, const std::string& still, nlohmann::json data);
  std::string of_scenarios(const Setting& setting, const char* kind, const char* heading,
                           const char* caption,
                           std::string (*draw)(const Scenario&, const Palette&, const std::string&),
                           nlohmann::json (*data)(const Scenario&, const Palette&),
                           const std::string& table);
  std::string curves(const std::vector<std::pair<int, LineChart>>& charts, const std::string& id,
                     const char* heading, const char* caption);
  std::string curves_of_scenarios(const Setting& setting, const char* kind, const char* heading,
                                  const char* caption, LineChart (*build)(const Scenario&));

  const Analysis& analysis_;
  Palette palette_;
  ChartData data_;
};

}  // namespace reclaim::report
