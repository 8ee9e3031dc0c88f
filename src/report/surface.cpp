// See surface.h.
#include "report/surface.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "report/chart_data.h"
#include "report/escape.h"
#include "report/format.h"

namespace reclaim::report {
namespace {

/// The value of a parameter in "live_mb=16, rate_mb_s=200".
std::optional<double> parameter(const std::string& parameters, const std::string& name) {
  const std::string wanted = name + "=";
  std::size_t at = parameters.starts_with(wanted) ? 0 : parameters.find(", " + wanted);
  if (at == std::string::npos) return std::nullopt;
  at += (at == 0 ? 0 : 2) + wanted.size();
  double value = 0;
  const auto [end, error] =
      std::from_chars(parameters.data() + at, parameters.data() + parameters.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

struct Point {
  double rate, live;
  const Setting* setting;
  const Scenario* scenario;
};

std::size_t index_of(const std::vector<double>& values, double value) {
  return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

}  // namespace

std::vector<Surface> surfaces(const Analysis& analysis) {
  using Key = std::tuple<std::string, std::string, std::string, int>;
  std::map<Key, std::vector<Point>> groups;
  for (const Setting& setting : analysis.settings) {
    const auto rate = parameter(setting.parameters, "rate_mb_s");
    const auto live = parameter(setting.parameters, "live_mb");
    if (!rate || !live) continue;
    for (const Scenario& scenario : setting.scenarios) {
      groups[{setting.workload, setting.size, setting.heap, scenario.threads}].push_back(
          {*rate, *live, &setting, &scenario});
    }
  }
  std::vector<Surface> result;
  for (const auto& [key, points] : groups) {
    std::set<double> rates, lives;
    for (const Point& point : points) {
      rates.insert(point.rate);
      lives.insert(point.live);
    }
    if (rates.size() < 2 || lives.size() < 2) continue;
    Surface surface;
    surface.title = std::get<0>(key);
    if (!std::get<2>(key).empty()) surface.title += ", heap " + std::get<2>(key);
    surface.threads = std::get<3>(key);
    surface.rates_mb_s.assign(rates.begin(), rates.end());
    surface.live_mb.assign(lives.begin(), lives.end());
    for (const Point& point : points) surface.points.push_back(point.setting);
    for (const std::string& model : analysis.models) {
      Surface::OfModel of{model, {}};
      of.longest_s.assign(rates.size(), std::vector<std::optional<double>>(lives.size()));
      bool any = false;
      for (const Point& point : points) {
        const Row* row = point.scenario->find(model);
        const StopSummary* stop = row == nullptr ? nullptr : row->longest_stop();
        if (stop == nullptr) continue;
        of.longest_s[index_of(surface.rates_mb_s, point.rate)]
                    [index_of(surface.live_mb, point.live)] = stop->max_s;
        any = true;
      }
      if (any) surface.models.push_back(std::move(of));
    }
    if (!surface.models.empty()) result.push_back(std::move(surface));
  }
  return result;
}

std::string surface_html(const Surface& surface) {
  double least = std::numeric_limits<double>::max(), most = 0;
  for (const Surface::OfModel& of : surface.models) {
    for (const auto& lives : of.longest_s) {
      for (const auto& value : lives) {
        if (!value || !(*value > 0)) continue;
        least = std::min(least, *value);
        most = std::max(most, *value);
      }
    }
  }
  const double decades = std::max(std::log10(most / least), 0.1);
  std::string result = "<div class=\"panels\">";
  for (const Surface::OfModel& of : surface.models) {
    result += fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\"><table "
        "class=\"matrix\"><caption>{0}</caption><thead><tr><th scope=\"col\" "
        "class=\"t\">allocated a second</th>",
        markup(of.model));
    for (const double live : surface.live_mb) {
      result += fmt::format("<th scope=\"col\">{} live</th>", bytes(live * 1e6));
    }
    result += "</tr></thead><tbody>\n";
    for (std::size_t r = surface.rates_mb_s.size(); r-- > 0;) {
      result += fmt::format("<tr><th scope=\"row\">{}/s</th>", bytes(surface.rates_mb_s[r] * 1e6));
      for (const auto& value : of.longest_s[r]) {
        if (!value) {
          result += "<td class=\"quiet-text\">–</td>";
        } else {
          const double heat = *value > 0 ? std::log10(*value / least) / decades : 0;
          result +=
              fmt::format("<td style=\"--h:{:.2f}\">{}</td>", 0.05 + 0.55 * heat, duration(*value));
        }
      }
      result += "</tr>\n";
    }
    result += "</tbody></table></div>\n";
  }
  return result + "</div>\n";
}

nlohmann::json surface_data(const Surface& surface, const Palette& palette) {
  nlohmann::json models = nlohmann::json::array();
  for (const Surface::OfModel& of : surface.models) {
    nlohmann::json cells = nlohmann::json::array();
    for (const auto& lives : of.longest_s) {
      for (const auto& value : lives) cells.push_back(rounded(value));
    }
    models.push_back({{"model", palette.number(of.model)}, {"longest", std::move(cells)}});
  }
  return {{"kind", "surface"},
          {"name", "Longest stop by allocation rate and live data, " + surface.title},
          {"threads", surface.threads},
          {"rates", surface.rates_mb_s},
          {"live", surface.live_mb},
          {"models", std::move(models)}};
}

}  // namespace reclaim::report
