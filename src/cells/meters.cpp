// Percentiles only where there are samples for them.
#include "cells/meters.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "measure/latency.h"
#include "measure/mmu.h"

namespace reclaim::cells {

namespace {

using measure::Request;
using measure::TimeSpan;

Json seconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

Json percentile(const Histogram& durations, double q, std::uint64_t least) {
  return durations.count() >= least ? seconds(durations.quantile_ns(q)) : Json();
}

Json longest(const Histogram& durations) {
  return durations.count() > 0 ? seconds(durations.max_ns()) : Json();
}

/// The percentiles of latency, behind what `head` has already.
Json quantiles_json(Json head, const Histogram& durations) {
  head["p50_s"] = percentile(durations, 0.50, 2);
  head["p90_s"] = percentile(durations, 0.90, 10);
  head["p99_s"] = percentile(durations, 0.99, 100);
  head["p999_s"] = percentile(durations, 0.999, 1000);
  head["max_s"] = longest(durations);
  return head;
}

/// A collection stands in the way of all mutators, under a lock just as in a stopped world.
bool stops_all(const Event& event) {
  switch (static_cast<StopCause>(event.cause)) {
    case StopCause::minor_gc:
    case StopCause::major_gc:
    case StopCause::time_to_safepoint:
    case StopCause::cycle_gc:
      return true;
    default:
      return event.thread == 0;
  }
}

/// The stops of each mutator, with those of all, each moment once. A mutator that was never
/// stopped alone has those of all.
std::vector<std::vector<TimeSpan>> stops_by_mutator(const std::vector<Event>& events) {
  std::vector<TimeSpan> of_all;
  std::map<std::uint32_t, std::vector<TimeSpan>> own;
  for (const Event& event : events) {
    if (event.let_go != LetGo::none) continue;
    (stops_all(event) ? of_all : own[event.thread]).push_back({event.begin_ns, event.end_ns});
  }
  std::vector<std::vector<TimeSpan>> result = {measure::united(of_all)};
  for (auto& [thread, spans] : own) {
    spans.insert(spans.end(), of_all.begin(), of_all.end());
    result.push_back(measure::united(std::move(spans)));
  }
  return result;
}

/// All threads' requests, in the order in which they began.
std::vector<Request> requests_of(const RunResult& run) {
  std::vector<Request> all;
  if (!run.requests) return all;
  for (const RequestLog& log : run.requests->all()) {
    if (log.dropped() != 0) return {};
    all.insert(all.end(), log.requests().begin(), log.requests().end());
  }
  std::sort(all.begin(), all.end(),
            [](const Request& a, const Request& b) { return a.begin_ns < b.begin_ns; });
  return all;
}

/// Operations a second while requests were served. Null: there was no such time.
Json served_per_s(const std::vector<Request>& requests) {
  std::int64_t end_ns = 0;
  for (const Request& request : requests) end_ns = std::max(end_ns, request.end_ns);
  const auto served_ns = static_cast<double>(end_ns - requests.front().begin_ns);
  if (served_ns <= 0) return nullptr;
  return static_cast<double>(requests.size()) * operations_per_request * 1e9 / served_ns;
}

}  // namespace

Json stop_json(const Histogram& stops) {
  Json result = {{"count", stops.count()},
                 {"total_s", seconds(stops.total_ns())},
                 {"p50_s", percentile(stops, 0.50, 2)},
                 {"p90_s", percentile(stops, 0.90, 10)},
                 {"p99_s", percentile(stops, 0.99, 100)},
                 {"max_s", longest(stops)},
                 {"histogram", Json::array()}};
  Json& buckets = result["histogram"];
  stops.for_each_bucket([&](std::uint64_t middle_ns, std::uint64_t count) {
    buckets.push_back({middle_ns, count});
  });
  return result;
}

Json utilisation_json(const RunResult& run, const ModelInfo& model) {
  if (run.events_dropped != 0 || (run.events.empty() && model.stops.bits == 0)) return nullptr;
  const TimeSpan measured{run.begin_ns, run.end_ns};
  const auto mutators = stops_by_mutator(run.events);
  Json result = Json::array();
  for (const std::int64_t window_ns : measure::utilisation_windows_ns()) {
    if (window_ns > measured.end_ns - measured.begin_ns) break;
    double least = 1;
    for (const auto& stops : mutators) {
      least = std::min(least, measure::minimum_utilisation(stops, measured, window_ns));
    }
    result.push_back({{"window_s", static_cast<double>(window_ns) * 1e-9}, {"utilisation", least}});
  }
  return result;
}

Json latency_json(const RunResult& run, double operations_per_s, double load) {
  const std::vector<Request> requests = requests_of(run);
  if (requests.empty()) return nullptr;
  Json result = {{"count", requests.size()},
                 {"served_per_s", served_per_s(requests)},
                 {"simple", quantiles_json(Json::object(), measure::simple_latency(requests))},
                 {"metered", Json::array()},
                 {"open_loop", nullptr}};
  const std::int64_t served_ns = requests.back().begin_ns - requests.front().begin_ns;
  constexpr std::array<std::int64_t, 4> windows_ns = {1'000'000, 10'000'000, 100'000'000,
                                                      1'000'000'000};
  for (const std::int64_t window_ns : windows_ns) {
    if (window_ns >= served_ns) break;
    result["metered"].push_back(
        quantiles_json({{"window_s", static_cast<double>(window_ns) * 1e-9}},
                       measure::metered_latency(requests, window_ns)));
  }
  result["metered"].push_back(
      quantiles_json({{"window_s", nullptr}}, measure::metered_latency(requests, 0)));
  if (operations_per_s > 0) {
    result["open_loop"] =
        quantiles_json({{"rate_per_s", operations_per_s}, {"load", load > 0 ? Json(load) : Json()}},
                       measure::open_loop_latency(requests));
  }
  return result;
}

Json memory_json(const RunResult& run, const ModelInfo& model, std::uint64_t asked_bytes) {
  Json result = {{"asked_bytes", asked_bytes}, {"with_headers_bytes", nullptr},
                 {"held_bytes", nullptr},      {"resident_bytes", run.peak_rss_bytes},
                 {"after_s", Json::array()},   {"after_purge_bytes", nullptr}};
  if (run.census && run.census->allocated_bytes != 0) {
    double added = 0;
    for (const TypeCensus& type : run.census->types) {
      added += static_cast<double>(type.allocated_objects) * static_cast<double>(type.added_bytes);
    }
    const double share = added / static_cast<double>(run.census->allocated_bytes);
    result["with_headers_bytes"] =
        asked_bytes + static_cast<std::uint64_t>(share * static_cast<double>(asked_bytes));
  }
  // What keeps objects alive is found out with the same malloc, and is no part of the work.
  if (model.uses_malloc && !run.why) {
    if (const auto held = most_held_bytes()) result["held_bytes"] = *held;
  }
  if (run.gave_back) {
    for (const auto& [second, bytes] : run.gave_back->after_s) {
      result["after_s"].push_back({second, bytes});
    }
    result["after_purge_bytes"] = run.gave_back->after_purge_bytes;
  }
  return result;
}

void add_observation(Json& record, const Observation& observation) {
  const Histogram& hiccups = observation.hiccups;
  record["hiccups"] = {{"count", hiccups.count()},
                       {"p50_s", percentile(hiccups, 0.50, 2)},
                       {"p99_s", percentile(hiccups, 0.99, 100)},
                       {"max_s", longest(hiccups)},
                       {"total_s", seconds(hiccups.total_ns())}};
  record["rss_series"] = Json::array();
  for (const auto& [second, bytes] : observation.rss_series) {
    record["rss_series"].push_back({second, bytes});
  }
}

}  // namespace reclaim::cells
