// Questions to records.
#include <algorithm>
#include <map>

#include "cli/experiments/experiment.h"

namespace reclaim::cli {

namespace {

using cells::Json;

double number_or_zero(const Json& object, std::string_view name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

const Json& part(const Json& record, const char* name) {
  static const Json none = Json::object();
  const auto found = record.find(name);
  return found != record.end() && found->is_object() ? *found : none;
}

std::string text(const Json& record, const char* name) {
  const auto found = record.find(name);
  return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

bool has(const Json& record, const std::vector<std::pair<std::string_view, double>>& parameters) {
  const Json& all = part(record, "params");
  return std::all_of(parameters.begin(), parameters.end(), [&](const auto& parameter) {
    const auto found = all.find(parameter.first);
    return found != all.end() && found->is_number() &&
           found->template get<double>() == parameter.second;
  });
}

}  // namespace

std::vector<const Json*> Evidence::cells(const Of& of) const {
  std::vector<const Json*> found;
  for (const Json& record : records_) {
    const std::string mistake = text(record, "mistake");
    if (!of.model.empty() && text(record, "model") != of.model) continue;
    if (!of.workload.empty() && text(record, "workload") != of.workload) continue;
    if (of.threads != 0 && record.value("threads", 0) != of.threads) continue;
    if (mistake.substr(0, mistake.find('=')) != of.mistake) continue;
    if (!has(record, of.parameters)) continue;
    found.push_back(&record);
  }
  return found;
}

std::optional<double> Evidence::median(const Of& of, std::string_view field) const {
  std::vector<double> samples;
  for (const Json* record : cells(of)) {
    if (text(*record, "status") != "ok") continue;
    for (const Json* fields : {record, &part(*record, "extra")}) {
      const auto found = fields->find(field);
      if (found != fields->end() && found->is_number()) samples.push_back(found->get<double>());
    }
  }
  if (samples.empty()) return std::nullopt;
  std::sort(samples.begin(), samples.end());
  const std::size_t middle = samples.size() / 2;
  return samples.size() % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
}

std::optional<double> Evidence::wall_ratio(const Of& of, const Of& over) const {
  const auto a = median(of, "wall_s"), b = median(over, "wall_s");
  if (!a || !b || !(*b > 0)) return std::nullopt;
  return *a / *b;
}

std::vector<double> Evidence::wall_ratios(const Of& of, const Of& over) const {
  const auto by_round = [&](const Of& side) {
    std::map<int, double> seconds;
    for (const Json* record : cells(side)) {
      if (text(*record, "status") != "ok") continue;
      seconds[record->value("round", 0)] = number_or_zero(*record, "wall_s");
    }
    return seconds;
  };
  const std::map<int, double> below = by_round(over);
  std::vector<double> ratios;
  for (const auto& [round, seconds] : by_round(of)) {
    const auto found = below.find(round);
    if (found != below.end() && found->second > 0) ratios.push_back(seconds / found->second);
  }
  return ratios;
}

double Evidence::leaked(const Of& of) const {
  double sum = 0;
  for (const Json* record : cells(of))
    sum += number_or_zero(part(*record, "census"), "leaked_objects");
  return sum;
}

double Evidence::extra(const Of& of, std::string_view name) const {
  double sum = 0;
  for (const Json* record : cells(of)) sum += number_or_zero(part(*record, "extra"), name);
  return sum;
}

double Evidence::stops(const Of& of, std::string_view cause) const {
  double sum = 0;
  for (const Json* record : cells(of)) {
    const Json& stops = part(*record, "stops");
    const auto found = stops.find(cause);
    if (found != stops.end()) sum += number_or_zero(*found, "count");
  }
  return sum;
}

std::size_t Evidence::ended(const Of& of, std::string_view status) const {
  const auto all = cells(of);
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Json* record) {
    return text(*record, "status") == status;
  }));
}

std::string Evidence::message(const Of& of) const {
  for (const Json* record : cells(of)) {
    if (std::string words = text(*record, "message"); !words.empty()) return words;
  }
  return "";
}

const Json& Evidence::observed(std::string_view name) const {
  static const Json nothing;
  for (const Json& record : observations_) {
    if (text(record, "name") == name && text(record, "status") == "ok") return record.at("result");
  }
  return nothing;
}

std::string Evidence::complaint(std::string_view name) const {
  for (const Json& record : observations_) {
    if (text(record, "name") == name) return text(record, "message");
  }
  return "";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::confirmed:
      return "confirmed";
    case Verdict::refuted:
      return "refuted";
    case Verdict::undecidable:
      return "undecidable";
  }
  return "";
}

}  // namespace reclaim::cli
