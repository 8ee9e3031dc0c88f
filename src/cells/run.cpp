// A crash, a hang, an exhausted heap are results; only the user and a full disk end a run.
#include "cells/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "cells/allocators.h"
#include "cells/cgroup.h"
#include "cells/checksums.h"
#include "cells/minimum_heap.h"
#include "cells/mistakes.h"
#include "cells/process.h"
#include "cells/record.h"
#include "cells/worker.h"
#include "measure/statistics.h"

namespace reclaim::cells {

namespace {

constexpr std::uint64_t least_heap_bytes = 4096;

class Runner {
 public:
  Runner(const RunSettings& settings, const InterruptGuard& guard, Progress& progress)
      : settings_(settings), guard_(guard), progress_(progress) {}

  /// A size that an earlier run found for `--heap min`.
  void know_minimum(const Json& record) {
    if (record.value("heap", Json()) == "min" && record.at("heap_limit_bytes").is_number()) {
      minima_[minimum_key(record)] = record.at("heap_limit_bytes").get<std::uint64_t>();
    }
  }

  /// Nothing when the user interrupted.
  std::optional<Json> run(Cell cell) {
    const Binding& binding = binding_of(cell.allocator);
    if (!binding.missing.empty()) return skipped_record(cell, binding.missing);
    if (const std::string reason = indivisible(cell); !reason.empty())
      return skipped_record(cell, reason);
    if (const std::string limit = limit_met(cell); !limit.empty())
      return skipped_record(cell, limit);
    if (cell.heap && cell.heap->kind == HeapLimit::Kind::minimum) {
      if (!find_minimum(cell)) return std::nullopt;
      if (!cell.heap_limit_bytes) {
        Json record = skipped_record(cell, "does not complete in any heap that this machine has");
        record["status"] = "out_of_memory";
        return record;
      }
    }
    if (cell.arrivals) {
      if (!find_rate(cell)) return std::nullopt;
      if (cell.arrival_rate == 0) {
        return skipped_record(cell, "--rate: the rate without a schedule cannot be found");
      }
    }
    return cell.why ? measured_and_asked(cell) : measured(cell);
  }

 private:
  std::optional<Json> measured(const Cell& cell) {
    const ProcessEnd end = start(cell, cell.meters);
    if (end.kind == ProcessEnd::Kind::interrupted) return std::nullopt;
    return record_of(cell, end);
  }

  /// Who is asked why does the work once more, and walks: its memory from outside is no figure. And
  /// where that takes more time or memory than there is, the cell is measured without.
  std::optional<Json> measured_and_asked(const Cell& cell) {
    const ProcessEnd end = start(cell);
    if (end.kind == ProcessEnd::Kind::interrupted) return std::nullopt;
    Json asked = record_of(cell, end);
    const std::string status = asked.at("status");
    if (status != "timeout" && status != "out_of_memory") return asked;
    std::optional<Json> record = measured(bare(cell));
    if (record && is_ok(*record)) {
      (*record)["message"] =
          fmt::format("no answer to --why: {}", asked.at("message").get<std::string>());
    }
    return record;
  }

  ProcessEnd start(const Cell& cell, bool watched = false) {
    const Binding& binding = binding_of(cell.allocator);
    return run_process({settings_.program, worker_arguments(cell, binding.preload),
                        worker_environment(binding.preload), settings_.timeout_s, watched},
                       guard_);
  }

  const Binding& binding_of(const std::string& allocator) {
    auto found = bindings_.find(allocator);
    if (found == bindings_.end()) {
      found =
          bindings_.emplace(allocator, allocator.empty() ? Binding{} : find_allocator(allocator))
              .first;
    }
    return found->second;
  }

  /// Why the work cannot be split among processes; empty: it need not or can.
  static std::string indivisible(const Cell& cell) {
    if (!cell.processes || cell.context.threads == 1) return "";
    const std::string_view shared = cell.entry->workload->shares(cell.context);
    if (shared.empty()) return "";
    return fmt::format("its mutators share {}, and processes share no objects", shared);
  }

  /// Limits of the system that the cell would only run into.
  static std::string limit_met(const Cell& cell) {
    const auto processes = available_processes();
    // Beside each process that talks there may be a thread that feeds a queue.
    const auto wanted =
        static_cast<std::uint64_t>(cell.context.threads) * (cell.processes ? 2 : 1) + 2;
    if (processes && *processes < wanted) {
      return fmt::format("pids: the cell wants {} processes and threads, the limit leaves {}",
                         wanted, *processes);
    }
    const std::uint64_t memory = available_memory_bytes();
    if (cell.heap_limit_bytes && memory != 0 && *cell.heap_limit_bytes > memory) {
      return fmt::format("memory: the cell wants a heap of {}, {} are available",
                         format_bytes(*cell.heap_limit_bytes), format_bytes(memory));
    }
    return "";
  }

  /// One for all rounds of a cell.
  static std::string minimum_key(Json record) {
    record["round"] = 0;
    return identity_of_record(record).dump();
  }

  /// The cell as it is run to find out something about it: it answers nothing and writes nothing.
  static Cell bare(Cell cell) {
    cell.why = false;
    cell.explain.clear();
    cell.events.clear();
    return cell;
  }

  /// False when the user interrupted.
  bool find_minimum(Cell& cell) {
    const std::string key = minimum_key(identity(cell));
    if (!minima_.contains(key)) {
      bool interrupted = false;
      const auto completes = [&](std::uint64_t bytes) {
        if (interrupted) return true;  // ends the search; its result is thrown away
        progress_.searching(cell, bytes);
        Cell attempt = bare(cell);
        attempt.heap_limit_bytes = bytes;
        const ProcessEnd end = start(attempt);
        interrupted = end.kind == ProcessEnd::Kind::interrupted;
        return end.kind == ProcessEnd::Kind::exited && end.code == 0;
      };
      const std::uint64_t peak = cell.entry->workload->peak_live_bytes(cell.context);
      minima_[key] = minimum_heap(completes, std::max(2 * peak, least_heap_bytes), least_heap_bytes,
                                  std::max(available_memory_bytes() / 2, least_heap_bytes));
      if (interrupted) return false;
    }
    cell.heap_limit_bytes = minima_[key];
    return true;
  }

  /// Operations a second at which the cell's requests will be due. For a load, the median that
  /// three processes reach without a schedule, once for all rounds. False when the user
  /// interrupted.
  bool find_rate(Cell& cell) {
    if (cell.arrivals->per_s > 0) {
      cell.arrival_rate = cell.arrivals->per_s;
      return true;
    }
    Cell closed = bare(cell);
    closed.arrivals.reset();
    closed.meters = true;
    const std::string key = minimum_key(identity(closed));
    if (!rates_.contains(key)) {
      std::vector<double> reached;
      for (int attempt = 0; attempt < 3; ++attempt) {
        const ProcessEnd end = start(closed);
        if (end.kind == ProcessEnd::Kind::interrupted) return false;
        const Json record = record_of(closed, end);
        const Json& latency = record.at("latency");
        if (!is_ok(record) || latency.is_null() || latency.at("served_per_s").is_null()) break;
        reached.push_back(latency.at("served_per_s"));
      }
      rates_[key] = reached.size() == 3 ? measure::median(reached) : 0;
    }
    cell.arrival_rate = cell.arrivals->load * rates_[key];
    return true;
  }

  const RunSettings& settings_;
  const InterruptGuard& guard_;
  Progress& progress_;
  std::map<std::string, double> rates_;
  std::map<std::string, Binding> bindings_;
  std::map<std::string, std::optional<std::uint64_t>> minima_;
};

Json judged(const Json& record, const ChecksumJury& jury) {
  if (!is_ok(record)) return record;
  const std::string complaint = jury.complaint(record);
  return complaint.empty() ? record : withdrawn(record, complaint);
}

}  // namespace

RunOutcome run_plan(const Plan& plan, const Json& environment, const EarlierResults& earlier,
                    ResultsFile* file, const RunSettings& settings, const InterruptGuard& guard,
                    Progress& progress) {
  Runner runner(settings, guard, progress);
  ChecksumJury jury;
  std::set<std::string> done;
  std::vector<Json> measured = earlier.records;  // as the workers gave them
  RunOutcome outcome;
  outcome.records = earlier.records;
  for (const Json& record : earlier.records) {
    done.insert(identity_of_record(record).dump());
    jury.hear(record);
    runner.know_minimum(record);
  }
  if (file != nullptr && earlier.environment.is_null()) file->append(environment);

  for (std::size_t index = 0; index < plan.cells.size(); ++index) {
    const Cell& cell = plan.cells[index];
    if (done.contains(identity(cell).dump())) continue;
    outcome.interrupted = guard.interrupted();
    if (outcome.interrupted) break;
    progress.begin(cell, index, plan.cells.size());
    std::optional<Json> record = runner.run(cell);
    if (!record) {
      outcome.interrupted = true;
      break;
    }
    jury.hear(*record);
    measured.push_back(*record);
    outcome.records.push_back(judged(*record, jury));
    if (file != nullptr) file->append(outcome.records.back());
    progress.end(cell, outcome.records.back(), index, plan.cells.size());
  }

  // Each was judged by those before it; now all are judged by all.
  bool changed = false;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    Json verdict = judged(measured[i], jury);
    if (verdict == outcome.records[i]) continue;
    if (is_ok(outcome.records[i])) ++outcome.withdrawn;
    outcome.records[i] = std::move(verdict);
    changed = true;
  }
  if (changed && file != nullptr) {
    outcome.rewritten = file->replace(
        earlier.environment.is_null() ? environment : earlier.environment, outcome.records);
  }
  return outcome;
}

bool all_fine(const std::vector<Json>& records) {
  return std::all_of(records.begin(), records.end(), [](const Json& record) {
    return is_ok(record) || errs(record) || record.at("status") == "skipped";
  });
}

}  // namespace reclaim::cells
