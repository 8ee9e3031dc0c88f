// What the meters found, as fields of a record (reports/schema.json). Called when the work is done
// and its memory has been read: the sums made here disturb nothing.
#pragma once

#include <cstdint>

#include "cells/json.h"
#include "cells/registry.h"
#include "cells/watcher.h"

namespace reclaim::cells {

/// Count, sum, percentiles where there are samples for them, and the buckets that are not empty.
Json stop_json(const Histogram& stops);

/// Minimum mutator utilisation over the measured interval, windows ascending up to its length. Null
/// where events were dropped, or the model's stops cannot be seen.
Json utilisation_json(const RunResult& run, const ModelInfo& model);

/// Null where the workload timed no request, or timed more than were kept. `load`: of the rate
/// without a schedule, 0: not known.
Json latency_json(const RunResult& run, double operations_per_s, double load);

/// Memory at its fullest, from what was asked for to what the machine gave, and what was left.
/// `asked_bytes`: the workload's declared peak. What the owner of malloc held is told of models that
/// live on it.
Json memory_json(const RunResult& run, const ModelInfo& model, std::uint64_t asked_bytes);

/// "hiccups" and "rss_series".
void add_observation(Json& record, const Observation& observation);

}  // namespace reclaim::cells
