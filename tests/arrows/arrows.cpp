// A room is the first folder of a path below src/, or "models". An include in quotes names its room
// first; that is a rule here too, or an arrow could hide behind a relative path.
#include "arrows.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

namespace reclaim::arrows {

namespace {

namespace fs = std::filesystem;

/// Room -> the rooms it may include besides itself.
const std::map<std::string, std::set<std::string>>& allowed() {
  static const std::map<std::string, std::set<std::string>> table = {
      {"base", {}},
      {"measure", {"base"}},
      {"boundary", {"base", "measure"}},
      {"models", {"base", "measure", "boundary"}},
      {"workloads", {"base", "measure", "boundary"}},
      {"trace", {"base"}},
      {"processes", {"base", "measure", "boundary"}},
      {"report", {"base", "measure"}},
      {"cells", {"base", "measure", "boundary", "models", "workloads", "trace", "processes"}},
      {"cli",
       {"base", "measure", "boundary", "models", "workloads", "trace", "processes", "cells",
        "report"}},
  };
  return table;
}

/// Headers that every translation unit of a model or workload would pay for.
bool too_heavy_for_headers(const std::string& header) {
  static const std::set<std::string> heavy = {"iostream", "fstream", "sstream", "regex",
                                              "filesystem"};
  return heavy.contains(header) || header.starts_with("fmt/") || header.starts_with("nlohmann/") ||
         header.starts_with("boost/") || header.starts_with("CLI/");
}

std::string room_of(const std::string& path) {
  const std::size_t begin = path.starts_with("src/") ? 4 : 0;
  const std::size_t end = path.find('/', begin);
  return end == std::string::npos ? "" : path.substr(begin, end - begin);
}

struct Include {
  bool in_brackets;
  std::string target;
};

/// `  #  include "target"`, whatever follows it.
std::optional<Include> include_of(std::string_view line) {
  const auto skip = [&](std::string_view word) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  };
  if (!skip("#") || !skip("include")) return std::nullopt;
  const bool in_brackets = skip("<");
  if (!in_brackets && !skip("\"")) return std::nullopt;
  const auto end = line.find(in_brackets ? '>' : '"');
  if (end == line.npos) return std::nullopt;
  return Include{in_brackets, std::string(line.substr(0, end))};
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> endings = {".h", ".cpp", ".in"};
  return endings.contains(path.extension().string());
}

}  // namespace

std::vector<std::string> violations_in(const std::string& path, const std::string& text) {
  std::vector<std::string> found;
  const std::string room = room_of(path);
  if (!allowed().contains(room)) return {path + ":1: no such room: '" + room + "'"};
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto include = include_of(line);
    if (!include) continue;
    const std::string& target = include->target;
    const auto report = [&](const std::string& what) {
      found.push_back(path + ":" + std::to_string(number) + ": " + what);
    };
    if (include->in_brackets) {
      const bool light =
          room == "base" || room == "boundary" || room == "models" || room == "workloads";
      if (light && path.ends_with(".h") && too_heavy_for_headers(target)) {
        report(room + " headers may not include <" + target + ">");
      }
      continue;
    }
    if (target.starts_with("@")) continue;  // filled in by CMake
    const std::string other = room_of(target);
    // Workloads about something that has a room of its own.
    const bool its_room = (path == "src/workloads/replay.h" && other == "trace") ||
                          (path == "src/workloads/errands.h" && other == "processes");
    if (!allowed().contains(other)) {
      report("\"" + target + "\" names no room: write it relative to src/ or the root");
    } else if (other != room && !its_room && !allowed().at(room).contains(other)) {
      report(room + " may not include " + other);
    }
  }
  return found;
}

Inspection inspect(const fs::path& root) {
  Inspection result;
  for (const char* top : {"src", "models"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      ++result.files;
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
      const auto found = violations_in(fs::relative(entry.path(), root).string(), text);
      result.violations.insert(result.violations.end(), found.begin(), found.end());
    }
  }
  std::sort(result.violations.begin(), result.violations.end());
  return result;
}

}  // namespace reclaim::arrows
