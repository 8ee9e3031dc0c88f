// See formats.h.
#include "tests/exports/formats.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

namespace reclaim::exports {
namespace {

using Json = nlohmann::json;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string in_line(std::size_t index, const char* what, const std::string& line) {
  return std::to_string(index + 1) + ": " + what + ": " + line;
}

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string result_error(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> fields;
  for (std::string field; stream >> field;) fields.push_back(field);
  if (fields.size() < 4 || fields.size() % 2 != 0) return "not name, count and pairs";
  const std::string name = fields[0].substr(std::string_view("Benchmark").size());
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') return "the name begins in lower case";
  static const std::regex parts(R"([^/=]+(/[^/=]+=[^/=]*)*)");
  if (!std::regex_match(name, parts)) return "a part of the name is not key=value";
  if (!is_number(fields[1]) || fields[1].find('.') != std::string::npos) return "no count";
  std::set<std::string> units;
  for (std::size_t i = 2; i < fields.size(); i += 2) {
    if (!is_number(fields[i])) return "no number before a unit";
    if (is_number(fields[i + 1])) return "a number for a unit";
    if (!units.insert(fields[i + 1]).second) return "a unit twice";
  }
  return units.contains("ns/op") ? "" : "no ns/op";
}

}  // namespace

std::string benchmark_format_error(std::string_view text) {
  if (text.empty() || text.back() != '\n') return "the last line is not ended";
  static const std::regex key(R"([a-z][^\sA-Z]*: \S.*)");
  bool any = false;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("Benchmark")) {
      any = true;
      if (const std::string error = result_error(lines[i]); !error.empty()) {
        return in_line(i, error.c_str(), lines[i]);
      }
    } else if (!std::regex_match(lines[i], key)) {
      return in_line(i, "neither a result nor key: value", lines[i]);
    }
  }
  return any ? "" : "no result";
}

std::string collection_log_error(std::string_view text) {
  static const std::regex used(R"(\[\d+\.\d{3}s\]\[info\]\[gc\] Using .+)");
  static const std::regex pause(
      R"(\[(\d+\.\d{3})s\]\[info\]\[gc\] GC\((\d+)\) Pause (?:Young|Full) \([A-Za-z .()]+\) \d+[BKMG]->\d+[BKMG]\(\d+[BKMG]\) \d+\.\d{3}ms)");
  double last_s = 0;
  unsigned long next = 0;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == 0 && std::regex_match(lines[i], used)) continue;
    std::smatch parts;
    if (!std::regex_match(lines[i], parts, pause)) return in_line(i, "no pause", lines[i]);
    if (std::stoul(parts[2]) != next++) return in_line(i, "numbered out of turn", lines[i]);
    const double at_s = std::stod(parts[1]);
    if (at_s < last_s) return in_line(i, "goes back in time", lines[i]);
    last_s = at_s;
  }
  return next == 0 ? "no pause at all" : "";
}

std::string trace_error(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("traceEvents")) return "no object of traceEvents";
  std::set<int> processes;
  std::set<std::pair<int, int>> threads, named;
  for (const Json& event : document["traceEvents"]) {
    const std::string name = event.value("name", ""), phase = event.value("ph", "");
    const int process = event.value("pid", -1), thread = event.value("tid", -1);
    if (name.empty() || process < 0) return "an event without name or process: " + event.dump();
    if (phase == "M") {
      if (!event["args"].value("name", Json()).is_string()) return "a name that is none";
      if (name == "process_name") processes.insert(process);
      if (name == "thread_name") named.insert({process, thread});
    } else if (phase == "X") {
      if (!event.contains("ts") || event.value("dur", -1.0) < 0) return "no time: " + event.dump();
      if (thread < 0) return "no thread: " + event.dump();
      threads.insert({process, thread});
    } else if (phase == "C") {
      if (!event.contains("ts")) return "a counter without time: " + event.dump();
      for (const Json& value : event["args"]) {
        if (!value.is_number() || value < 0) return "a counter without number: " + event.dump();
      }
    } else {
      return "an event of unknown kind: " + event.dump();
    }
  }
  for (const auto& thread : threads) {
    if (!processes.contains(thread.first) || !named.contains(thread)) return "a thread of no name";
  }
  return threads.empty() ? "no event" : "";
}

}  // namespace reclaim::exports
