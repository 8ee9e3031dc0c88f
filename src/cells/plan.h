// What will be run: models x allocators x workloads x threads x heap limits x rounds, in the order
// in which it will be run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cells/cell.h"

namespace reclaim::cells {

/// A plan as it is asked for on the command line.
struct PlanRequest {
  std::vector<std::string> models;  ///< "gen", "manual:mimalloc", "rc-gil:/path/lib.so"
  std::vector<std::string>
      workloads;  ///< "gcbench", "replay:FILE", "all" (those that need no file)
  std::vector<int> threads = {1};
  std::vector<std::string> heaps;  ///< empty: default_heap
  std::string size = "standard";
  std::vector<std::string> parameters;  ///< "key=value", "key=value,value": for each workload that
                                        ///< declares the key
  int rounds = 1;
  int warmup = 0;
  std::uint64_t seed = 1;
  bool census = true;
  std::uint64_t collectors = 0;       ///< HeapOptions::collectors
  std::uint64_t gil_interval_us = 0;  ///< Cell::gil_interval_us
  std::uint64_t gil_ticks = 0;        ///< Cell::gil_ticks
  std::uint64_t free_at_most = 0;     ///< Cell::free_at_most
  std::string explain;                ///< Cell::explain
  std::vector<std::string> mistakes;  ///< "forget-free=0.01", "none"; empty: none
  bool cycle_collector = true;        ///< Cell::cycle_collector
  std::string events;                 ///< Cell::events
  bool sites = false;                 ///< Cell::sites
  bool why = false;                   ///< Cell::why
  std::string planted;                ///< "leaks=17+cycles=3"; empty: none
  bool settles = false;               ///< Cell::settles
  std::string meters = "on";          ///< on, off, or both: each cell with them and without
  std::string priced;                 ///< a workload that is also run without meters; empty: none
  std::string rate;                   ///< Cell::arrivals; empty: none
  StressOptions stress;
  std::string shard;  ///< "2/4": that part of the plan (shard.h); empty: all of it
};

/// The limit of models that have one, when --heap is not given: a tracing collector without a limit
/// is compared with nothing, for it trades memory for time. Where that is less than the second,
/// the second: a few live kilobytes are no measure for a nursery.
inline constexpr const char* default_heap = "3x";
inline constexpr const char* least_default_heap = "4MiB";

inline constexpr int most_threads = 64;
inline constexpr std::uint64_t most_gil_setting = 1'000'000'000;  ///< microseconds or ticks

struct Plan {
  std::vector<Cell> cells;
  std::vector<std::string> notes;  ///< lines that the user should know
};

/// Rounds follow one another; within a round all cells stand in random order, by the seed: what
/// drifts during a run (heat, neighbours) meets all models alike. Throws UsageError.
Plan make_plan(const PlanRequest& request);

/// The allocators that the plan's cells use, each once, sorted.
std::vector<std::string> allocators_of(const Plan& plan);

/// A guess at the seconds that a cell takes, its process included.
double estimated_seconds(const Cell& cell);

}  // namespace reclaim::cells
