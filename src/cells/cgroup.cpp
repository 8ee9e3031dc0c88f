// /proc/self/cgroup names our group for each controller; inside a container the mount often shows
// that group as its root, so the path is tried first and the root of the mount after it.
#include "cells/cgroup.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cells/names.h"

namespace reclaim::cells {

namespace {

constexpr std::uint64_t no_limit = std::uint64_t{1} << 60;  // version 1 spells "none" as about 2^63

std::optional<std::uint64_t> number(const std::string& text) {
  char* end = nullptr;
  const auto value = std::strtoull(text.c_str(), &end, 10);
  if (end == text.c_str()) return std::nullopt;
  return value;
}

/// The file of a controller: version 2 has one tree, version 1 a tree for each.
std::optional<std::string> group_file(const std::string& controller, const std::string& v2_name,
                                      const std::string& v1_name, const std::string& root = "") {
  std::ifstream lines(root + "/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    const bool v2 = controllers.empty();
    bool ours = v2;
    for (const std::string& name : split(controllers, ',')) ours = ours || name == controller;
    if (!ours) continue;
    const std::string groups = root + "/sys/fs/cgroup";
    const std::string mount = v2 ? groups : groups + "/" + controllers;
    for (const std::string& directory : {mount + path, mount, groups + "/" + controller}) {
      const std::string file = directory + "/" + (v2 ? v2_name : v1_name);
      std::error_code error;
      if (std::filesystem::is_regular_file(file, error)) return file;
    }
  }
  return std::nullopt;
}

/// The number behind `name` in a file of "name number" lines.
std::optional<std::uint64_t> field(const std::optional<std::string>& file,
                                   const std::string& name) {
  if (!file) return std::nullopt;
  std::ifstream words(*file);
  for (std::string word; words >> word;) {
    if (word == name && words >> word) return number(word);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> value(const std::optional<std::string>& file) {
  if (!file) return std::nullopt;
  const auto line = read_line(*file);
  const auto found = line ? number(*line) : std::nullopt;
  return found && *found < no_limit ? found : std::nullopt;
}

}  // namespace

std::uint64_t meminfo_bytes(const std::string& name, const std::string& root) {
  return field(root + "/proc/meminfo", name).value_or(0) * 1024;
}

std::optional<std::string> read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

std::optional<std::uint64_t> cgroup_oom_kills() {
  return field(group_file("memory", "memory.events", "memory.oom_control"), "oom_kill");
}

std::uint64_t available_memory_bytes(const std::string& root) {
  std::uint64_t available = meminfo_bytes("MemAvailable:", root);
  const auto limit = value(group_file("memory", "memory.max", "memory.limit_in_bytes", root));
  const auto used = value(group_file("memory", "memory.current", "memory.usage_in_bytes", root));
  // Page cache counts as used, but the kernel gives it back under pressure.
  const auto cache =
      field(group_file("memory", "memory.stat", "memory.stat", root), "inactive_file").value_or(0);
  if (limit && used) {
    const std::uint64_t taken = *used > cache ? *used - cache : 0;
    available = std::min(available, *limit > taken ? *limit - taken : 0);
  }
  return available;
}

std::optional<std::uint64_t> available_processes() {
  const auto limit = value(group_file("pids", "pids.max", "pids.max"));
  const auto used = value(group_file("pids", "pids.current", "pids.current"));
  if (!limit || !used) return std::nullopt;
  return *limit > *used ? *limit - *used : 0;
}

std::uint64_t machine_memory_bytes() { return meminfo_bytes("MemTotal:"); }

CgroupLimits cgroup_limits(const std::string& root) {
  CgroupLimits limits;
  std::ifstream lines(root + "/proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    limits.version = std::max(limits.version, line.starts_with("0::") ? 2 : 1);
    if (!line.starts_with("0::")) {
      limits.version = 1;
      break;
    }
  }
  limits.memory_bytes = value(group_file("memory", "memory.max", "memory.limit_in_bytes", root));
  limits.throttled = field(group_file("cpu", "cpu.stat", "cpu.stat", root), "nr_throttled");
  if (const auto file = group_file("cpu", "cpu.max", "cpu.cfs_quota_us", root)) {
    std::istringstream words(read_line(*file).value_or(""));
    std::string quota, period;
    words >> quota >> period;
    if (period.empty()) {
      period = read_line(group_file("cpu", "", "cpu.cfs_period_us", root).value_or(""))
                   .value_or("100000");
    }
    const auto q = number(quota), p = number(period);
    if (q && p && *p > 0 && *q < no_limit) {
      limits.cpus = static_cast<double>(*q) / static_cast<double>(*p);
    }
  }
  return limits;
}

}  // namespace reclaim::cells
