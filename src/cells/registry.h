// Which models and workloads are in this binary, and how to run one on the other in this process.
// Each (workload, model) pair registers itself; src/cells/instance.h is the only place where the
// two meet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "boundary/census.h"
#include "boundary/events.h"
#include "boundary/heap_options.h"
#include "boundary/requests.h"
#include "boundary/stops.h"
#include "boundary/traits.h"
#include "boundary/why.h"
#include "boundary/workload.h"
#include "cells/giving_back.h"
#include "cells/planting.h"

namespace reclaim::processes {
struct Stage;
}

namespace reclaim::cells {

/// The registry knows a model by its traits.
using ModelInfo = ModelTraits;

struct RunRequest {
  WorkloadContext context;
  HeapOptions heap;  ///< limit_bytes 0: no limit
  Planting planting;
  bool census = true;           ///< false: the uncounted instantiation, where it was compiled
  bool sites = false;           ///< the one that counts by site, likewise
  bool why = false;             ///< RunResult::why, at the price of doing the work once more
  int warmup = 0;               ///< times the work is done in this process before the measured time
  bool gives_back = false;      ///< whether what is left is looked at when the work is gone
  bool settles = false;         ///< and that for five seconds
  bool time_requests = false;   ///< where the workload serves any
  double operations_per_s = 0;  ///< at which they are due, over all threads; 0: no schedule
  processes::Stage* stage = nullptr;  ///< where context.apart is set: what all processes share
};

struct RunResult {
  Outcome outcome;
  double wall_s = 0;                      ///< start barrier to the last mutator's return
  std::int64_t begin_ns = 0, end_ns = 0;  ///< the same, by the clock that all processes see
  double user_s = 0;                      ///< of the process, over the same interval
  double sys_s = 0;
  std::uint64_t minor_faults = 0, major_faults = 0;
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
  std::uint64_t baseline_rss_bytes = 0;  ///< just before the start barrier
  std::uint64_t peak_rss_bytes = 0;      ///< up to the census; the meters' own sums come after it
  std::optional<Census> census;          ///< none when not counted
  /// Merged over all mutators. Index: StopCause.
  std::vector<std::pair<StopCause, Histogram>> stops;
  /// Additional named numbers of the model or workload: e.g. "heap_metadata_bytes",
  /// "unfreed_in_recording_objects". Printed as JSON under "extra".
  std::vector<std::pair<std::string, double>> extra;
  std::vector<Event> events;         ///< where HeapOptions::keep_events asked for them
  std::uint64_t events_dropped = 0;  ///< that are not among them
  std::optional<GivingBack> gave_back;
  std::optional<RequestLogs> requests;  ///< where they were to be timed
  /// Where it was asked for and the heap can tell. Of what a root reaches when the most is alive;
  /// under counting: of what is left after all.
  std::optional<std::vector<WhyAlive>> why;
};

/// Runs the workload on the model in this process and thread. Called at most once per process.
/// A heap that is exhausted ends the process through `exit_out_of_memory` (see worker.h).
using RunFunction = RunResult (*)(const RunRequest&);

struct Entry {
  const ModelInfo* model;
  const WorkloadInfo* workload;
  RunFunction run;
  RunFunction run_uncounted;        ///< nullptr where it was not compiled
  RunFunction run_erring;           ///< by a program that makes mistakes; nullptr likewise
  RunFunction run_sited = nullptr;  ///< with a census by site; nullptr likewise
};

/// Adds an entry; called before main by each instance. Returns true so that it can initialise.
bool register_entry(const Entry& entry);

/// All entries, sorted by (model id, workload id). Not thread-safe against register_entry.
std::span<const Entry> entries();

/// nullptr when there is none.
const Entry* find_entry(std::string_view model_id, std::string_view workload_id);
std::vector<const ModelInfo*> models();
std::vector<const WorkloadInfo*> workloads();

}  // namespace reclaim::cells
