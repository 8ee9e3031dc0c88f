// See workload_page.h.
#include "report/workload_page.h"

#include <fmt/core.h>

#include "report/escape.h"
#include "report/page_parts.h"
#include "report/summary.h"

namespace reclaim::report {
namespace {

/// "depth=16, seed=1" as pairs; what is no assignment has an empty value.
std::vector<std::pair<std::string, std::string>> split(const std::string& parameters) {
  std::vector<std::pair<std::string, std::string>> result;
  for (std::size_t begin = 0; begin < parameters.size();) {
    const std::size_t end = std::min(parameters.find(", ", begin), parameters.size());
    const std::string one = parameters.substr(begin, end - begin);
    const std::size_t equals = one.find('=');
    result.emplace_back(one.substr(0, equals),
                        equals == std::string::npos ? "" : one.substr(equals + 1));
    begin = end + 2;
  }
  return result;
}

const WorkloadDescription* description_of(const Results& results, const Setting& setting) {
  const std::string id(id_of(setting.workload));
  for (const Environment& environment : results.environments) {
    const auto found = environment.workloads.find(id);
    if (found != environment.workloads.end()) return &found->second;
  }
  return nullptr;
}

Table parameter_table(const WorkloadDescription& workload, const Setting& setting) {
  Table table;
  table.columns = {{"parameter", "", false}, {"value", ""}, {"meaning", "", false}};
  for (const auto& [name, value] : split(setting.parameters)) {
    const auto meaning = workload.parameters.find(name);
    table.rows.push_back(
        {{name}, {value}, {meaning == workload.parameters.end() ? "" : meaning->second}});
  }
  return table;
}

}  // namespace

std::string shows(const Results& results, const Setting& setting) {
  const WorkloadDescription* workload = description_of(results, setting);
  return workload == nullptr ? std::string() : workload->shows;
}

std::string workload_opening(const Results& results, const Setting& setting) {
  std::string result;
  const WorkloadDescription* workload = description_of(results, setting);
  if (workload != nullptr) {
    result += fmt::format("<p class=\"lead\">Shows {}.</p>\n", markup(workload->shows));
    std::string line = workload->origin.empty() ? "" : "From " + workload->origin + ". ";
    line += setting.work_per_thread ? "Each thread does the whole work."
                                    : "The threads share the work.";
    result += fmt::format("<p class=\"size\">{}</p>\n", markup(line));
  }
  if (const std::string words = about(setting); !words.empty()) {
    result += fmt::format("<p class=\"size\">{}</p>\n", markup(words));
  }
  if (workload != nullptr && !setting.parameters.empty()) {
    result += "<details><summary>What the parameters mean</summary>" +
              table_html(parameter_table(*workload, setting), setting.title + ", parameters") +
              "</details>\n";
  }
  return result;
}

}  // namespace reclaim::report
