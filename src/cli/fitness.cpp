// Everything is read from /proc and /sys; what cannot be seen (in a container, a virtual machine)
// is said to be unknown and held against nobody.
#include "cli/fitness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <thread>

#include "cells/build_info.h"
#include "cells/cgroup.h"
#include "cells/environment.h"
#include "cells/quantities.h"
#include "measure/clock.h"

namespace reclaim::cli {

namespace {

using cells::read_line;

std::string cpu_file(unsigned cpu, const char* name) {
  return fmt::format("/sys/devices/system/cpu/cpu{}/{}", cpu, name);
}

Finding cores() {
  const unsigned logical = std::thread::hardware_concurrency();
  std::set<std::string> siblings;
  for (unsigned cpu = 0; cpu < logical; ++cpu) {
    if (auto list = read_line(cpu_file(cpu, "topology/thread_siblings_list")))
      siblings.insert(*list);
  }
  const std::size_t physical = siblings.empty() ? logical : siblings.size();
  Finding finding{"cores", fmt::format("{} logical, {} physical", logical, physical), Fitness::good,
                  ""};
  if (physical < logical) {
    finding.fitness = Fitness::note;
    finding.advice = fmt::format(
        "threads share cores from {} on: measure with up to {} threads, or "
        "echo off > /sys/devices/system/cpu/smt/control",
        physical + 1, physical);
  } else if (logical < 2) {
    finding.fitness = Fitness::note;
    finding.advice = "one core: thread counts above 1 only take turns";
  }
  return finding;
}

Finding governor() {
  const auto name = read_line(cpu_file(0, "cpufreq/scaling_governor"));
  if (!name) return {"governor", "not visible", Fitness::good, ""};
  if (*name == "performance") return {"governor", *name, Fitness::good, ""};
  return {"governor", *name, Fitness::unfit, "cpupower frequency-set -g performance"};
}

Finding turbo() {
  const auto intel = read_line("/sys/devices/system/cpu/intel_pstate/no_turbo");
  const auto generic = read_line("/sys/devices/system/cpu/cpufreq/boost");
  if (!intel && !generic) return {"turbo", "not visible", Fitness::good, ""};
  if (intel ? *intel == "1" : *generic == "0") return {"turbo", "off", Fitness::good, ""};
  return {"turbo", "on", Fitness::note,
          intel ? "speed depends on heat: echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"
                : "speed depends on heat: echo 0 > /sys/devices/system/cpu/cpufreq/boost"};
}

Finding address_space() {
  const std::string level = read_line("/proc/sys/kernel/randomize_va_space").value_or("unknown");
  if (level == "0") return {"ASLR", "off", Fitness::good, ""};
  return {
      "ASLR", level == "unknown" ? level : "on", Fitness::note,
      "layouts differ by process; rounds average over them, so leave it on and run six or more"};
}

Finding huge_pages() {
  const std::string mode = cells::transparent_huge_pages();
  if (mode != "always") return {"huge pages", mode, Fitness::good, ""};
  return {
      "huge pages", mode, Fitness::note,
      "moves times and peak memory by multiples; compare only with runs under the same setting"};
}

Finding limits() {
  const cells::CgroupLimits seen = cells::cgroup_limits();
  std::string text = seen.version == 0 ? "no cgroup" : fmt::format("cgroup v{}", seen.version);
  text += seen.cpus ? fmt::format(", {:.2g} CPUs", *seen.cpus) : ", CPU not limited";
  text += seen.memory_bytes ? fmt::format(", {} memory", cells::format_bytes(*seen.memory_bytes))
                            : ", memory not limited";
  const auto machine = static_cast<double>(std::thread::hardware_concurrency());
  if (seen.throttled.value_or(0) > 0 && seen.cpus) {
    return {"limits", fmt::format("{}, throttled {} times", text, *seen.throttled), Fitness::unfit,
            "the kernel stops us in mid-run: raise the CPU quota"};
  }
  if (seen.cpus && *seen.cpus < machine) {
    return {"limits", text, Fitness::unfit, "pin to whole cores (cpuset) in place of a CPU quota"};
  }
  return {"limits", text, Fitness::good, ""};
}

Finding load() {
  const auto line = read_line("/proc/loadavg");
  if (!line) return {"load", "not visible", Fitness::good, ""};
  const double running = std::strtod(line->c_str(), nullptr);
  const double cores = std::max(1u, std::thread::hardware_concurrency());
  Finding finding{"load", fmt::format("{:.2f} over a minute", running), Fitness::good, ""};
  if (running > 0.3 * cores) {
    finding.fitness = Fitness::unfit;
    finding.advice = "something else runs here: end it, or wait a minute after your own build";
  }
  return finding;
}

Finding memory() {
  const std::uint64_t available = cells::available_memory_bytes();
  Finding finding{"memory", cells::format_bytes(available) + " available", Fitness::good, ""};
  if (available < 3'000'000'000) {
    finding.fitness = Fitness::note;
    finding.advice = "the model that never frees takes up to 2 GB";
  }
  return finding;
}

/// Times the same arithmetic again and again: what varies is the machine.
Finding noise() {
  constexpr int times = 60;
  std::vector<double> took;
  std::uint64_t value = 1;
  for (int i = 0; i < times; ++i) {
    const std::int64_t begin_ns = now_ns();
    for (int step = 0; step < 4'000'000; ++step)
      value = value * 6364136223846793005u + 1442695040888963407u;
    took.push_back(static_cast<double>(now_ns() - begin_ns));
  }
  if (value == 0) took.push_back(took.front());  // keeps the arithmetic
  std::sort(took.begin(), took.end());
  const double median = took[took.size() / 2];
  const double spread = (took[took.size() * 9 / 10] - median) / median;
  Finding finding{
      "noise",
      fmt::format("a fixed spin varies by {:.1f} % (90th percentile over median)", 100 * spread),
      Fitness::good, ""};
  if (spread > 0.05) {
    finding.fitness = Fitness::unfit;
    finding.advice = "differences below that are not seen: quiet the machine, or add rounds";
  }
  return finding;
}

Finding build() {
  const cells::BuildInfo& info = cells::build_info();
  const std::string text = fmt::format("{} {}", info.compiler, info.type);
  if (info.checked || !info.sanitizer.empty()) {
    return {"build", text + ", checked", Fitness::unfit, "measure with the preset release"};
  }
  return {"build", text, Fitness::good, ""};
}

}  // namespace

std::vector<Finding> examine_machine() {
  return {cores(),  governor(), turbo(), address_space(), huge_pages(),
          limits(), memory(),   load(),  noise(),         build()};
}

std::string unfit_reasons() {
  std::string reasons;
  for (const Finding& finding : examine_machine()) {
    if (finding.fitness != Fitness::unfit) continue;
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", finding.what, finding.seen);
  }
  return reasons;
}

}  // namespace reclaim::cli
