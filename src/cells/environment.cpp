// Read from /proc and /sys; nothing here needs rights or changes anything.
#include "cells/environment.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

#include "cells/allocators.h"
#include "cells/build_info.h"
#include "cells/cgroup.h"
#include "cells/descriptions.h"
#include "cells/process.h"
#include "cells/record.h"
#include "cells/worker.h"

namespace reclaim::cells {

namespace {

/// What stands behind `name` and `separator` in the first line that begins with the name.
std::string value_in(const char* path, std::string_view name, char separator) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name)) continue;
    const auto at = line.find(separator);
    if (at == std::string::npos) continue;
    const auto begin = line.find_first_not_of(" \t\"", at + 1);
    if (begin == std::string::npos) return "";
    return line.substr(begin, line.find_last_not_of(" \t\"") - begin + 1);
  }
  return "unknown";
}

std::string kernel() {
  utsname names{};
  ::uname(&names);
  return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

std::string host() {
  utsname names{};
  ::uname(&names);
  return names.nodename;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// Variables by which a user tunes an allocator, as far as they are set: they move results.
Json allocator_settings() {
  Json settings = Json::object();
  for (const std::string& variable : worker_environment("")) {
    for (const char* prefix : {"MIMALLOC_", "MALLOC_", "GLIBC_TUNABLES", "_RJEM_MALLOC_CONF"}) {
      if (!variable.starts_with(prefix)) continue;
      const auto equals = variable.find('=');
      settings[variable.substr(0, equals)] = variable.substr(equals + 1);
    }
  }
  return settings;
}

}  // namespace

std::string transparent_huge_pages(const std::string& root) {
  const auto line = read_line(root + "/sys/kernel/mm/transparent_hugepage/enabled");
  if (!line) return "unknown";
  const auto begin = line->find('['), end = line->find(']');
  return begin < end && end != std::string::npos ? line->substr(begin + 1, end - begin - 1) : *line;
}

std::string allocator_version(const std::string& name, const std::string& program,
                              const InterruptGuard& guard) {
  const Binding binding = find_allocator(name);
  if (!binding.missing.empty()) return "not installed";
  const ProcessEnd end = run_process(
      {program, version_probe_arguments(binding.preload), worker_environment(binding.preload), 10},
      guard);
  const Json answer = Json::parse(end.result, nullptr, false);
  return answer.is_object() ? answer.value("version", "unknown") : "unknown";
}

Json environment_record(const std::vector<std::string>& allocators, const std::string& program,
                        std::uint64_t seed, const std::string& command, std::size_t planned_cells,
                        const InterruptGuard& guard) {
  const BuildInfo& build = build_info();
  Json record = {{"kind", "environment"}, {"schema", schema_version}};
  record["reclaim_version"] = build.version;
  record["host"] = host();
  record["git"] = build.git;
  record["build"] = {{"compiler", build.compiler},
                     {"flags", build.flags},
                     {"type", build.type},
                     {"checked", build.checked},
                     {"sanitizer", build.sanitizer}};
  record["machine"] = {{"cpu", value_in("/proc/cpuinfo", "model name", ':')},
                       {"cores", std::thread::hardware_concurrency()},
                       {"memory_bytes", machine_memory_bytes()},
                       {"kernel", kernel()},
                       {"thp", transparent_huge_pages()},
                       {"os", value_in("/etc/os-release", "PRETTY_NAME", '=')}};
  record["allocators"] = Json::object();
  for (const std::string& name : allocators) {
    record["allocators"][name] = allocator_version(name, program, guard);
  }
  record["allocator_settings"] = allocator_settings();
  record["models"] = model_descriptions();
  record["workloads"] = workload_descriptions();
  record["seed"] = seed;
  record["started"] = utc_now();
  record["command"] = command;
  record["planned_cells"] = planned_cells;
  return record;
}

std::string cannot_continue(const Json& earlier, const Json& now) {
  for (const char* name : {"git", "build", "machine", "allocator_settings", "seed"}) {
    const Json before = earlier.value(name, Json()), after = now.value(name, Json());
    if (before == after) continue;
    return fmt::format("its cells were measured with another {} ({}, now {})", name, before.dump(),
                       after.dump());
  }
  return "";
}

}  // namespace reclaim::cells
