// What a record may hold beside times and counts: stops as histograms, latency, memory step by
// step, the machine's own hiccups. Everything is optional: what was not measured is empty, never
// zero.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reclaim::report {

/// Non-empty buckets of durations, ascending: the middle of a bucket in nanoseconds, how many.
using Buckets = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

/// The least share of any window of this length in which mutators could run (Cheng and Blelloch
/// 2001). utilisation is in [0, 1].
struct Utilisation {
  double window_s = 0;
  double utilisation = 0;
};

/// Durations of operations. A percentile without enough samples is empty.
struct LatencyQuantiles {
  std::optional<double> p50_s, p90_s, p99_s, p999_s, max_s;
};

/// Latency as if operations had been due evenly within windows of this length (DaCapo Chopin).
struct MeteredLatency {
  std::optional<double> window_s;  ///< empty: the whole run
  LatencyQuantiles latency;
};

/// Latency from the moment an operation was due by the clock, whether or not the one before had
/// ended.
struct OpenLoopLatency {
  double rate_per_s = 0;       ///< operations asked for, over all threads
  std::optional<double> load;  ///< of the rate without pacing, as 0.8; empty: not known
  LatencyQuantiles latency;
};

struct Latency {
  std::uint64_t count = 0;
  LatencyQuantiles simple;              ///< from an operation's own begin to its end
  std::vector<MeteredLatency> metered;  ///< ascending windows, the whole run last
  std::optional<OpenLoopLatency> open_loop;
};

/// How late an idle thread beside the cell woke: what the machine, not the model, adds.
struct Hiccups {
  std::uint64_t count = 0;
  std::optional<double> p50_s, p99_s, max_s, total_s;
};

/// From what the program asked for to what the machine gave, at the fullest; then what is left when
/// the work is gone.
struct MemorySteps {
  std::optional<double> asked_bytes, with_headers_bytes, held_bytes, resident_bytes;
  std::vector<std::pair<double, double>> after_s;  ///< seconds since, bytes resident
  std::optional<double> after_purge_bytes;
};

/// What a model says of itself.
struct ModelDescription {
  std::string like;                           ///< the language or runtime that does it this way
  std::string summary;                        ///< one sentence
  std::map<std::string, std::string> traits;  ///< values as text: "true", "gil_wait monitor_wait"
};

/// What a workload says of itself.
struct WorkloadDescription {
  std::string shows;                              ///< one sentence
  std::string origin;                             ///< who wrote it, where it was published
  std::map<std::string, std::string> parameters;  ///< name: meaning
};

/// What became of a claim that was put to the test.
struct Experiment {
  std::uint64_t number = 0;
  std::string id, claim, expected, measured;
  std::string verdict;  ///< confirmed, refuted or undecidable
  struct Table {
    std::string title;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  ///< each as long as columns
  };
  std::vector<Table> details;
};

}  // namespace reclaim::report
