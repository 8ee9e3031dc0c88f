// One schema for all ends: what was not measured is null, never zero.
#include "cells/record.h"

#include <fmt/format.h>
#include <string.h>

#include <array>
#include <cerrno>

#include "base/exhaustion.h"
#include "base/refusal.h"
#include "cells/meters.h"
#include "cells/worker.h"

namespace reclaim::cells {

namespace {

constexpr std::array measured_names = {"wall_s",
                                       "user_s",
                                       "sys_s",
                                       "ops",
                                       "checksum",
                                       "peak_rss_bytes",
                                       "baseline_rss_bytes",
                                       "minor_faults",
                                       "major_faults",
                                       "voluntary_switches",
                                       "involuntary_switches"};
constexpr std::array meter_names = {"mmu",    "latency",    "hiccups",
                                    "memory", "rss_series", "arrival_rate"};
constexpr std::array time_names = {"wall_s", "user_s", "sys_s"};

std::string without_prefix(std::string line) {
  constexpr std::string_view prefix = "reclaim: ";
  if (line.starts_with(prefix)) line.erase(0, prefix.size());
  return line;
}

/// The record with its head and with nothing measured.
Json empty_record(const Cell& cell, const char* status, const std::string& message) {
  Json record = {{"kind", "cell"}, {"schema", schema_version}};
  const Json head = identity(cell);
  for (const auto& [name, value] : head.items()) {
    if (name == "heap") {
      record["heap_limit_bytes"] = cell.heap_limit_bytes ? Json(*cell.heap_limit_bytes) : Json();
    }
    record[name] = value;
  }
  record["status"] = status;
  record["message"] = message;
  for (const char* name : measured_names) record[name] = nullptr;
  const WorkloadInfo& workload = *cell.entry->workload;
  const ModelInfo& model = *cell.entry->model;
  record["work_scaling"] = workload.scaling == WorkScaling::total ? "total" : "per_thread";
  record["census"] = nullptr;
  record["types"] = Json::array();
  record["leaked_at"] = Json::array();
  record["sites"] = Json::array();
  record["why"] = nullptr;
  record["stops"] = Json::object();
  for (const char* name : meter_names) record[name] = nullptr;
  if (cell.arrival_rate > 0) record["arrival_rate"] = cell.arrival_rate;
  const std::uint64_t planted = workload.planted_cyclic_objects == nullptr
                                    ? 0
                                    : workload.planted_cyclic_objects(cell.context);
  record["planted_leaks"] = planted + cell.planting.objects();
  // Planted cycles are walked and discarded in the workload's source: who frees by hand frees them.
  // A cycle collector beside the counts may have been told not to run.
  ModelTraits in_force = model;
  if (!cell.cycle_collector && model.stops.has(StopCause::cycle_gc))
    in_force.collects_cycles = false;
  record["expected_leaks"] = (in_force.collects_cycles || model.wants_discard ? 0 : planted) +
                             (model.reclaims ? cell.planting.expected_left(in_force) : 0);
  record["extra"] = Json::object();
  return record;
}

/// "status: what it said last", or only the status.
std::string with_last_words(const std::string& what, const std::string& errors) {
  const std::string words = without_prefix(last_line(errors));
  return words.empty() ? what : what + ": " + words;
}

std::string limit_behind(int error) {
  switch (error) {
    case EAGAIN:
      return "pids: the system starts no more processes";
    case EMFILE:
    case ENFILE:
      return "files: no more descriptors";
    case ENOMEM:
      return "memory: none left to start a process";
    default:
      return "";
  }
}

Json measured_record(const Cell& cell, const ProcessEnd& end) {
  Json result = Json::parse(end.result, nullptr, false);
  if (!result.is_object() || !result.contains("checksum")) {
    return empty_record(cell, "failed", with_last_words("the worker gave no result", end.errors));
  }
  Json record = empty_record(cell, "ok", "");
  for (const auto& [name, value] : result.items()) record[name] = value;
  if (end.seen) add_observation(record, *end.seen);
  if (cell.processes) record["rss_series"] = nullptr;  // it would be the conductor's alone
  const Json& census = record["census"];
  // Where leaks are what is looked for, they are a result, not a doubt about the others.
  const bool leaks_are_a_result = cell.mistakes.any() || cell.entry->model->loses_updates;
  if (!leaks_are_a_result && census.is_object() && !census["leaked_objects"].is_null() &&
      census["leaked_objects"] != record["expected_leaks"]) {
    return withdrawn(record, fmt::format("leaked {} objects, expected {}",
                                         census["leaked_objects"].get<std::uint64_t>(),
                                         record["expected_leaks"].get<std::uint64_t>()));
  }
  return record;
}

}  // namespace

Json record_of(const Cell& cell, const ProcessEnd& end) {
  Json record;
  switch (end.kind) {
    case ProcessEnd::Kind::not_started: {
      const std::string limit = limit_behind(end.code);
      if (!limit.empty()) return skipped_record(cell, limit);
      return empty_record(cell, "failed",
                          fmt::format("cannot start a worker: {}", ::strerror(end.code)));
    }
    case ProcessEnd::Kind::timed_out:
      record = empty_record(
          cell, "timeout",
          with_last_words(fmt::format("killed after {}", format_seconds(end.elapsed_s)),
                          end.errors));
      break;
    case ProcessEnd::Kind::signalled:
      if (end.code == SIGKILL && end.oom_kills > 0) {
        record = empty_record(cell, "out_of_memory", "killed by the kernel for want of memory");
      } else {
        record = empty_record(
            cell, "crashed",
            with_last_words(fmt::format("signal {} ({})", end.code, ::strsignal(end.code)),
                            end.errors));
      }
      break;
    case ProcessEnd::Kind::exited:
    case ProcessEnd::Kind::interrupted:
      if (end.code == 0) return measured_record(cell, end);
      if (end.code == limit_met_exit_code) {
        return skipped_record(cell, without_prefix(last_line(end.errors)));
      }
      if (end.code == out_of_memory_exit_code) {
        record = empty_record(cell, "out_of_memory", without_prefix(last_line(end.errors)));
      } else if (end.code == deadlock_exit_code || end.code == mistake_exit_code) {
        record = empty_record(cell, "failed", without_prefix(last_line(end.errors)));
      } else {
        record = empty_record(cell, "failed",
                              with_last_words(fmt::format("exit code {}", end.code), end.errors));
      }
  }
  record["peak_rss_bytes"] = end.peak_rss_bytes;
  return record;
}

Json skipped_record(const Cell& cell, const std::string& reason) {
  return empty_record(cell, "skipped", reason);
}

Json withdrawn(Json record, const std::string& message) {
  record["status"] = "failed";
  record["message"] = message;
  for (const char* name : time_names) record[name] = nullptr;
  return record;
}

}  // namespace reclaim::cells
