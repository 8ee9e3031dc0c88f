// See fixture.h.
#include "tests/report/fixture.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/rng.h"

namespace reclaim::report::fixture {
namespace {

using Json = nlohmann::json;

struct ModelShape {
  const char* model;
  const char* allocator;
  double time, memory, scaling;  // relative to manual:mimalloc; speed-up from 1 to 2 threads
};

constexpr ModelShape models[] = {{"null", "", 0.8, 30, 1.7},
                                 {"manual", "glibc", 2.9, 1.1, 1.8},
                                 {"manual", "mimalloc", 1, 1, 1.95},
                                 {"manual", "jemalloc", 1.9, 1.15, 1.9},
                                 {"manual+handles", "mimalloc", 1.12, 1.0, 1.95},
                                 {"rc-gil", "mimalloc", 1.3, 1.2, 0.95},
                                 {"rc-atomic", "mimalloc", 1.5, 1.18, 1.6},
                                 {"gen", "", 0.45, 2.8, 1.75}};

struct WorkloadShape {
  const char* name;
  double seconds, megabytes, gen_factor, null_factor;
  bool per_thread;
};

constexpr WorkloadShape workloads[] = {{"gcbench", 0.150, 18, 1, 1, true},
                                       {"binary-trees", 0.110, 12, 1, 0.9, true},
                                       {"larson", 0.080, 9, 4.1, 1.2, true},
                                       {"xmalloc", 0.070, 7, 3.2, 1.1, false},
                                       {"shared-graph", 0.095, 22, 1.3, 0.2, false},
                                       {"lru-cache", 0.120, 34, 3.4, 0.6, false},
                                       {"cycles", 0.060, 11, 1.1, 0.8, false},
                                       {"counter", 0.050, 5, 2.3, 0.02, false},
                                       {"replay:git-log", 0.065, 14, 1.5, 0.7, false}};

constexpr double first_touch = 4.5e6;  // program and libraries

double noisy(Rng& rng, double value) {
  const double deviate = rng.real() + rng.real() + rng.real() + rng.real() - 2;
  return value * (1 + 0.035 * deviate + (rng.below(25) == 0 ? 0.08 : 0));
}

void add_stops(CellLine& cell, Rng& rng, bool contended) {
  if (cell.model == "gen") {
    cell.stops.push_back({"minor_gc", 40 + rng.below(20), noisy(rng, 0.02), noisy(rng, 4.1e-4),
                          std::nullopt, noisy(rng, 4.4e-3)});
    cell.stops.push_back({"time_to_safepoint", 40 + rng.below(20), noisy(rng, 4e-4),
                          noisy(rng, 8e-6), std::nullopt, noisy(rng, 9e-5)});
    cell.stops.push_back(
        {"major_gc", 2, noisy(rng, 0.018), std::nullopt, std::nullopt, noisy(rng, 1.1e-2)});
  }
  if (cell.model == "rc-gil" && cell.threads > 1) {
    cell.stops.push_back({"gil_wait", 3000 + rng.below(500), noisy(rng, 0.09), noisy(rng, 2.2e-5),
                          noisy(rng, 5.1e-3), noisy(rng, 1.52e-2)});
    cell.stops.push_back({"cycle_gc", 130, noisy(rng, 0.011), noisy(rng, 3e-5), noisy(rng, 8e-4),
                          noisy(rng, 2.1e-3)});
  }
  if (cell.model == "rc-atomic") {
    cell.stops.push_back({"free_cascade", 900, noisy(rng, 0.03), noisy(rng, 1.1e-5),
                          noisy(rng, 6e-4), noisy(rng, 1.9e-3)});
  }
  if (contended && cell.threads > 1 && cell.model != "rc-gil") {
    cell.stops.push_back({"monitor_wait", 25000, noisy(rng, 0.02), noisy(rng, 3e-7),
                          noisy(rng, 9e-6), noisy(rng, 7e-4)});
  }
}

CellLine standard_cell(const ModelShape& model, const WorkloadShape& workload, int threads,
                       int round, Rng& rng) {
  CellLine cell;
  cell.model = model.model;
  cell.allocator = model.allocator;
  cell.workload = workload.name;
  cell.threads = threads;
  cell.round = round;
  cell.per_thread = workload.per_thread;
  cell.reclaims = cell.model != "null";
  const double factor = cell.model == "gen" ? workload.gen_factor : 1;
  const double work = workload.per_thread ? threads : 1;
  const double speed_up = threads == 1 ? 1 : model.scaling;
  cell.wall_s = noisy(rng, workload.seconds * model.time * factor * work / speed_up);
  cell.cpu_s = cell.wall_s * (threads == 1 ? 1.01 : speed_up > 1 ? 1.9 : 1.05);
  const double own = cell.reclaims ? 1 : workload.null_factor;
  cell.peak_rss_bytes = std::floor(first_touch + workload.megabytes * 1e6 * model.memory * own *
                                                     (workload.per_thread ? threads : 1) *
                                                     (0.99 + 0.02 * rng.real()));
  cell.checksum =
      fmt::format("0x{:016x}", 0x9e3779b97f4a7c15u * (1 + std::string(workload.name).size()));
  if (cell.workload == "cycles") {
    cell.expected_leaks = cell.model == "rc-atomic" ? 20000 : 0;
    cell.leaked = *cell.expected_leaks;
  }
  if (!cell.reclaims) cell.leaked = 1'200'000;
  add_stops(cell, rng, cell.workload == "counter" || cell.workload == "lru-cache");
  if (cell.model == "null" && cell.workload == "larson" && threads == 2) {
    cell.status = "out_of_memory";
    cell.message = "needs more than 2 GB";
  }
  if (cell.model == "rc-gil" && cell.workload == "xmalloc" && threads == 2 && round == 3) {
    cell.status = "timeout";
    cell.message = "no result after 60 s";
  }
  return cell;
}

}  // namespace

std::string EnvironmentLine::text() const {
  Json line = {
      {"kind", "environment"},
      {"schema", 1},
      {"reclaim_version", "0.1.0"},
      {"git", "v0.1.0-12-gabcdef0"},
      {"build",
       {{"compiler", "g++ 12.2.0"}, {"flags", "-O2"}, {"type", "Release"}, {"checked", checked}}},
      {"machine",
       {{"cpu", cpu},
        {"cores", cores},
        {"memory_bytes", 8'321'499'136},
        {"kernel", "Linux 6.1.0"},
        {"thp", "madvise"},
        {"os", "Debian GNU/Linux 12"}}},
      {"allocators", {{"glibc", "2.36"}, {"mimalloc", "2.0.9"}, {"jemalloc", "5.3.0"}}},
      {"seed", 42},
      {"started", "2024-05-04T10:20:30Z"},
      {"command", "reclaim report"},
      {"planned_cells", planned_cells}};
  if (!models.empty()) line["models"] = Json::parse(models);
  if (!workloads.empty()) line["workloads"] = Json::parse(workloads);
  return line.dump() + "\n";
}

std::string CellLine::text() const {
  Json line = {{"kind", "cell"},
               {"schema", 1},
               {"model", model},
               {"allocator", allocator.empty() ? Json() : Json(allocator)},
               {"workload", workload},
               {"size", "standard"},
               {"params", {{"depth", 16}, {"seed", 4141}}},
               {"threads", threads},
               {"heap", heap.empty() ? Json() : Json(heap)},
               {"mistake", mistake.empty() ? Json() : Json(mistake)},
               {"heap_limit_bytes", nullptr},
               {"round", round},
               {"warmup", 0},
               {"status", status},
               {"message", message},
               {"work_scaling", per_thread ? "per_thread" : "total"},
               {"planted_leaks", 0},
               {"expected_leaks", expected_leaks ? Json(*expected_leaks) : Json()}};
  if (status != "ok") {
    line["wall_s"] = nullptr;
    line["census"] = nullptr;
    return line.dump() + "\n";
  }
  line["wall_s"] = wall_s;
  line["user_s"] = cpu_s * 0.9;
  line["sys_s"] = cpu_s * 0.1;
  line["ops"] = 1'000'000;
  line["checksum"] = checksum;
  line["peak_rss_bytes"] = peak_rss_bytes;
  line["baseline_rss_bytes"] = 4'500'000;
  line["minor_faults"] = 1200;
  line["major_faults"] = 0;
  line["voluntary_switches"] = 12;
  line["involuntary_switches"] = 34;
  Json census = {{"allocated_objects", 1'200'000}, {"allocated_bytes", 38'400'000}};
  census["reclaimed_objects"] = reclaims ? 1'200'000 - leaked : 0;
  census["reclaimed_bytes"] = reclaims ? 38'400'000 - 32 * leaked : 0;
  census["leaked_objects"] = reclaims ? Json(leaked) : Json();
  census["leaked_bytes"] = reclaims ? Json(32 * leaked) : Json();
  if (!reclaims) {
    census["unreclaimed_objects"] = leaked;
    census["unreclaimed_bytes"] = 32 * leaked;
  }
  line["census"] = census;
  line["stops"] = Json::object();
  for (const StopLine& stop : stops) {
    const auto maybe = [](const std::optional<double>& value) {
      return value ? Json(*value) : Json();
    };
    line["stops"][stop.cause] = {{"count", stop.count},        {"total_s", stop.total_s},
                                 {"p50_s", maybe(stop.p50_s)}, {"p90_s", nullptr},
                                 {"p99_s", maybe(stop.p99_s)}, {"max_s", stop.max_s}};
  }
  const std::uint64_t lost = reclaims ? leaked : 0;
  line["types"] = {{{"type", "Node"},
                    {"allocated_objects", 1'200'000},
                    {"allocated_bytes", 38'400'000},
                    {"leaked_objects", lost},
                    {"leaked_bytes", 32 * lost}}};
  line["extra"] = {{"heap_metadata_bytes", 4096}};
  return line.dump() + "\n";
}

std::string rounds(CellLine base, const std::vector<double>& wall_s) {
  std::string result;
  base.round = 0;
  for (const double seconds : wall_s) {
    base.wall_s = seconds;
    base.cpu_s = seconds;
    result += base.text();
    ++base.round;
  }
  return result;
}

std::string standard_run(int rounds, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::string> cells;
  for (int round = 0; round < rounds; ++round) {
    for (const WorkloadShape& workload : workloads) {
      for (const ModelShape& model : models) {
        for (const int threads : {1, 2}) {
          cells.push_back(standard_cell(model, workload, threads, round, rng).text());
        }
      }
    }
  }
  for (std::size_t i = cells.size(); i > 1; --i) std::swap(cells[i - 1], cells[rng.below(i)]);
  EnvironmentLine environment;
  environment.planned_cells = cells.size();
  std::string result = environment.text();
  for (const std::string& cell : cells) result += cell;
  return result;
}

}  // namespace reclaim::report::fixture
