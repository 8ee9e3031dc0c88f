// Everything is read from /proc and /sys; what cannot be seen (in a container, a virtual machine)
// is said to be unknown and held against nobody.
#include "cli/fitness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>
#include <thread>

#include "cells/build_info.h"
#include "cells/cgroup.h"
#include "cells/environment.h"
#include "cells/names.h"
#include "cells/quantities.h"
#include "measure/clock.h"

namespace reclaim::cli {

namespace {

using cells::read_line;

/// A machine as its /proc and /sys show it.
struct Machine {
  std::string root;
  std::vector<unsigned> cpus;  ///< that are online

  std::string file(const std::string& path) const { return root + path; }
  std::string cpu_file(unsigned cpu, const char* name) const {
    return fmt::format("{}/sys/devices/system/cpu/cpu{}/{}", root, cpu, name);
  }
};

/// The numbers of "0-3,6".
std::vector<unsigned> numbers_of(const std::string& list) {
  std::vector<unsigned> numbers;
  for (const std::string& range : cells::split(list, ',')) {
    char* end = nullptr;
    const auto first = static_cast<unsigned>(std::strtoul(range.c_str(), &end, 10));
    const auto last =
        *end == '-' ? static_cast<unsigned>(std::strtoul(end + 1, nullptr, 10)) : first;
    for (unsigned number = first; number <= last && numbers.size() < 4096; ++number) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

Machine machine_at(const std::string& root) {
  Machine machine{root, {}};
  if (const auto online = read_line(root + "/sys/devices/system/cpu/online")) {
    machine.cpus = numbers_of(*online);
  }
  for (unsigned cpu = 0; machine.cpus.size() < std::thread::hardware_concurrency() && root.empty();
       ++cpu) {
    machine.cpus.push_back(cpu);
  }
  return machine;
}

Examination cores(const Machine& machine) {
  if (machine.cpus.empty()) return {"cores", "not visible", Fitness::good, ""};
  Examination finding{"cores", fmt::format("{}", machine.cpus.size()), Fitness::good, ""};
  if (machine.cpus.size() < 2) {
    finding.fitness = Fitness::note;
    finding.advice = "one core: thread counts above 1 only take turns";
  }
  return finding;
}

Examination simultaneous_threads(const Machine& machine) {
  std::set<std::string> siblings;
  for (const unsigned cpu : machine.cpus) {
    if (auto list = read_line(machine.cpu_file(cpu, "topology/thread_siblings_list"))) {
      siblings.insert(*list);
    }
  }
  if (siblings.empty()) return {"SMT", "not visible", Fitness::good, ""};
  if (siblings.size() == machine.cpus.size()) return {"SMT", "off", Fitness::good, ""};
  return {
      "SMT", fmt::format("on: {} physical cores", siblings.size()), Fitness::note,
      fmt::format("threads share cores from {} on: measure with up to {} threads, or echo off > "
                  "/sys/devices/system/cpu/smt/control",
                  siblings.size() + 1, siblings.size())};
}

Examination governor(const Machine& machine) {
  std::set<std::string> names;
  for (const unsigned cpu : machine.cpus) {
    if (auto name = read_line(machine.cpu_file(cpu, "cpufreq/scaling_governor"))) {
      names.insert(*name);
    }
  }
  if (names.empty()) return {"governor", "not visible", Fitness::good, ""};
  std::string seen;
  for (const std::string& name : names) seen += (seen.empty() ? "" : ", ") + name;
  if (seen == "performance") return {"governor", seen, Fitness::good, ""};
  return {"governor", seen, Fitness::unfit, "cpupower frequency-set -g performance"};
}

Examination turbo(const Machine& machine) {
  constexpr const char* intel_path = "/sys/devices/system/cpu/intel_pstate/no_turbo";
  constexpr const char* generic_path = "/sys/devices/system/cpu/cpufreq/boost";
  const auto intel = read_line(machine.file(intel_path));
  const auto generic = read_line(machine.file(generic_path));
  if (!intel && !generic) return {"turbo", "not visible", Fitness::good, ""};
  if (intel ? *intel == "1" : *generic == "0") return {"turbo", "off", Fitness::good, ""};
  return {"turbo", "on", Fitness::note,
          fmt::format("speed depends on heat: echo {} > {}", intel ? 1 : 0,
                      intel ? intel_path : generic_path)};
}

Examination address_space(const Machine& machine) {
  const auto level = read_line(machine.file("/proc/sys/kernel/randomize_va_space"));
  if (!level) return {"ASLR", "not visible", Fitness::good, ""};
  if (*level == "0") return {"ASLR", "off", Fitness::good, ""};
  return {
      "ASLR", "on", Fitness::note,
      "layouts differ by process; rounds average over them, so leave it on and run six or more"};
}

Examination huge_pages(const Machine& machine) {
  const std::string mode = cells::transparent_huge_pages(machine.root);
  if (mode != "always") return {"huge pages", mode, Fitness::good, ""};
  return {
      "huge pages", mode, Fitness::note,
      "moves times and peak memory by multiples; compare only with runs under the same setting"};
}

Examination limits(const Machine& machine) {
  const cells::CgroupLimits seen = cells::cgroup_limits(machine.root);
  std::string text = seen.version == 0 ? "no cgroup" : fmt::format("cgroup v{}", seen.version);
  text += seen.cpus ? fmt::format(", {:.2g} CPUs", *seen.cpus) : ", CPU not limited";
  text += seen.memory_bytes ? fmt::format(", {} memory", cells::format_bytes(*seen.memory_bytes))
                            : ", memory not limited";
  if (seen.throttled.value_or(0) > 0 && seen.cpus) {
    return {"limits", fmt::format("{}, throttled {} times so far", text, *seen.throttled),
            Fitness::unfit, "the kernel stops us in mid-run: raise the CPU quota"};
  }
  if (seen.cpus && *seen.cpus < static_cast<double>(machine.cpus.size())) {
    return {"limits", text, Fitness::unfit, "pin to whole cores (cpuset) in place of a CPU quota"};
  }
  return {"limits", text, Fitness::good, ""};
}

Examination memory(const Machine& machine) {
  const std::uint64_t available = cells::available_memory_bytes(machine.root);
  if (available == 0) return {"memory", "not visible", Fitness::good, ""};
  Examination finding{"memory", cells::format_bytes(available) + " available", Fitness::good, ""};
  if (available < 3'000'000'000) {
    finding.fitness = Fitness::note;
    finding.advice = "the model that never frees takes up to 2 GB";
  }
  return finding;
}

Examination swap(const Machine& machine) {
  const std::uint64_t total = cells::meminfo_bytes("SwapTotal:", machine.root);
  if (total == 0) return {"swap", "none", Fitness::good, ""};
  const std::uint64_t unused = cells::meminfo_bytes("SwapFree:", machine.root);
  const std::uint64_t used = total > unused ? total - unused : 0;
  Examination finding{
      "swap", fmt::format("{} of {} used", cells::format_bytes(used), cells::format_bytes(total)),
      Fitness::good, ""};
  if (used > total / 20) {
    finding.fitness = Fitness::note;
    finding.advice = "memory was short: end what holds it, or swapoff -a";
  }
  return finding;
}

Examination load(const Machine& machine) {
  const auto line = read_line(machine.file("/proc/loadavg"));
  if (!line) return {"load", "not visible", Fitness::good, ""};
  const double running = std::strtod(line->c_str(), nullptr);
  Examination finding{"load", fmt::format("{:.2f} over a minute", running), Fitness::good, ""};
  if (running > 0.3 * static_cast<double>(std::max<std::size_t>(1, machine.cpus.size()))) {
    finding.fitness = Fitness::unfit;
    finding.advice = "something else runs here: end it, or wait a minute after your own build";
  }
  return finding;
}

/// What the host of a virtual machine gave to others while we wanted to run, since it started.
Examination stolen_time(const Machine& machine) {
  std::istringstream words(read_line(machine.file("/proc/stat")).value_or(""));
  std::string name;
  words >> name;
  double all = 0, stolen = 0, ticks = 0;
  constexpr int steal = 7, last = 7;  // user nice system idle iowait irq softirq steal
  for (int i = 0; i <= last && words >> ticks; ++i) {
    all += ticks;
    if (i == steal) stolen = ticks;
  }
  if (all == 0) return {"stolen time", "not visible", Fitness::good, ""};
  const double share = stolen / all;
  Examination finding{"stolen time", fmt::format("{:.1f} % since the machine started", 100 * share),
                      Fitness::good, ""};
  if (share > 0.01) {
    finding.fitness = Fitness::note;
    finding.advice = "the host runs others in our place: ask for dedicated cores";
  }
  return finding;
}

/// Arithmetic whose steps wait for one another.
[[gnu::noinline]] std::uint64_t spin(std::uint64_t value, std::int64_t steps) {
  for (std::int64_t step = 0; step < steps; ++step) {
    value = value * 6364136223846793005u + 1442695040888963407u;
  }
  return value;
}

Examination build() {
  const cells::BuildInfo& info = cells::build_info();
  const std::string text = fmt::format("{} {}", info.compiler, info.type);
  if (info.checked || !info.sanitizer.empty()) {
    return {"build", text + ", checked", Fitness::unfit, "measure with the preset release"};
  }
  return {"build", text, Fitness::good, ""};
}

}  // namespace

std::vector<Examination> examine_settings(const std::string& root) {
  const Machine machine = machine_at(root);
  return {cores(machine),         simultaneous_threads(machine),
          governor(machine),      turbo(machine),
          address_space(machine), huge_pages(machine),
          limits(machine),        memory(machine),
          swap(machine),          load(machine),
          stolen_time(machine)};
}

std::vector<double> time_spins() {
  constexpr std::int64_t wanted_ns = 1'000'000, whole_ns = 500'000'000;
  std::uint64_t value = 1;
  std::int64_t steps = 10'000;
  const auto timed_ns = [&] {
    const std::int64_t begin_ns = now_ns();
    value = spin(value, steps);
    return now_ns() - begin_ns;
  };
  while (timed_ns() < wanted_ns) steps *= 2;  // calibrated: one to two milliseconds
  std::vector<double> seconds;
  for (const std::int64_t begin_ns = now_ns(); now_ns() - begin_ns < whole_ns;) {
    seconds.push_back(static_cast<double>(timed_ns()) * 1e-9);
  }
  if (value == 0) seconds.push_back(seconds.front());  // keeps the arithmetic
  return seconds;
}

Examination judge_spins(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  const double spread = (seconds[seconds.size() * 9 / 10] - median) / median;
  const double hiccup = seconds.back() - median;
  Examination finding{
      "noise",
      fmt::format("a fixed spin of {:.2f} ms varies by {:.1f} % (90th percentile over "
                  "median); worst hiccup {:.2f} ms",
                  1e3 * median, 100 * spread, 1e3 * hiccup),
      Fitness::good, ""};
  if (spread > 0.05) {
    finding.fitness = Fitness::unfit;
    finding.advice = "differences below that are not seen: quiet the machine, or add rounds";
  } else if (hiccup > 0.002) {
    finding.fitness = Fitness::note;
    finding.advice = "stops of that length may be the machine's and not the model's";
  }
  return finding;
}

std::vector<Examination> examine_machine() {
  std::vector<Examination> findings = examine_settings();
  findings.push_back(judge_spins(time_spins()));
  findings.push_back(build());
  return findings;
}

std::string unfit_reasons() {
  std::string reasons;
  for (const Examination& finding : examine_machine()) {
    if (finding.fitness != Fitness::unfit) continue;
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", finding.what, finding.seen);
  }
  return reasons;
}

}  // namespace reclaim::cli
