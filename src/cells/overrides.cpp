// See overrides.h.
#include "cells/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "cells/names.h"

namespace reclaim::cells {

namespace {

/// The numbers of "10,50,100".
std::vector<double> numbers(const std::string& word, std::string_view list) {
  std::vector<double> values;
  for (;;) {
    const std::string_view text = list.substr(0, list.find(','));
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
      throw UsageError(fmt::format("-p {}: write -p name=number, or name=number,number", word));
    }
    values.push_back(value);
    if (text.size() == list.size()) return values;
    list.remove_prefix(text.size() + 1);
  }
}

}  // namespace

std::vector<Override> parse_overrides(const std::vector<std::string>& words,
                                      const std::vector<const WorkloadInfo*>& workloads) {
  std::vector<std::string> known;
  for (const WorkloadInfo* workload : workloads) {
    for (const ParameterInfo& info : workload->parameters) known.emplace_back(info.name);
  }
  std::map<std::string, std::vector<double>> given;
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, equals);
    std::vector<double> values =
        numbers(word, std::string_view(word).substr(std::min(equals + 1, word.size())));
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw UsageError(unknown_name("parameter", name, known));
    }
    given[name] = std::move(values);
  }
  std::vector<Override> combinations = {{}};
  for (const auto& [name, values] : given) {
    std::vector<Override> longer;
    for (const Override& combination : combinations) {
      for (const double value : values) {
        longer.push_back(combination);
        longer.back()[name] = value;
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

Parameters parameters_for(const WorkloadInfo& workload, const std::string& size,
                          const Override& values) {
  Parameters parameters;
  for (const ParameterInfo& info : workload.parameters) {
    double value = size == "tiny" ? info.tiny : size == "paper" ? info.paper : info.standard;
    if (const auto found = values.find(std::string(info.name)); found != values.end()) {
      value = found->second;
      if (value < info.least || value > info.most) {
        throw UsageError(fmt::format("-p {}={}: {} allows {} to {}", info.name, value, workload.id,
                                     info.least, info.most));
      }
    }
    parameters.set(info.name, value);
  }
  return parameters;
}

}  // namespace reclaim::cells
