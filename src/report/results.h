// A results file in memory: what the machine was and what each cell measured, nothing computed yet.
// reports/schema.json has the file's contract; this reader is as tolerant as the contract is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/measures.h"
#include "report/timeline.h"

namespace reclaim::report {

/// A results file cannot be used. what() is one line: "file:line: what is wrong". Exit code 2.
class BadResults : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Newest version of the record that this program reads.
inline constexpr int newest_schema = 1;

/// Where, from what and how the cells were run.
struct Environment {
  std::string source;  ///< name of the file it came from
  std::string version, git;
  std::string compiler, flags, build_type;
  bool checked = false;  ///< run-time checks compiled in: its times say nothing
  std::string cpu, kernel, huge_pages, os;
  std::string host;         ///< name of the machine; empty in older files
  std::uint64_t cores = 0;  ///< 0: not known
  std::uint64_t memory_bytes = 0;
  std::vector<std::pair<std::string, std::string>> allocators;  ///< name, version
  std::string seed, started, command;
  std::uint64_t planned_cells = 0;
  std::map<std::string, ModelDescription> models;        ///< by id; empty in older files
  std::map<std::string, WorkloadDescription> workloads;  ///< by id; empty in older files
};

/// Stops of one cause in one cell, in seconds. A percentile without enough samples is empty.
struct Stop {
  std::uint64_t count = 0;
  double total_s = 0;
  std::optional<double> p50_s, p90_s, p99_s, max_s;
  Buckets histogram;
};

/// Objects and their bytes as the workload asked for them.
struct ObjectCount {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
};

struct Census {
  ObjectCount allocated, reclaimed;
  std::optional<ObjectCount> leaked;       ///< empty for a model that never reclaims
  std::optional<ObjectCount> unreclaimed;  ///< only for a model that never reclaims
};

struct TypeCount {
  std::string type;
  ObjectCount allocated;
  std::optional<ObjectCount> leaked;
};

/// Objects left over, by where they were made.
struct LeakSite {
  std::string type, file;
  std::uint64_t line = 0, objects = 0;
};

/// Objects by where they were made.
struct SiteCount {
  std::string type, file;
  std::uint64_t line = 0;
  ObjectCount allocated;
  std::optional<ObjectCount> leaked;
};

/// Objects of a type that are kept in one way.
struct WhyAlive {
  std::string type, kept_by, path;
  ObjectCount alive;
  std::uint64_t distance = 0;
};

/// One fresh process. Measured fields are empty unless the status is "ok".
struct Cell {
  std::size_t environment = 0;  ///< index into Results::environments
  std::string model;            ///< "gen", or model:allocator as in "manual:mimalloc"
  std::string workload, size;
  std::string parameters;  ///< "depth=16, seed=1": sorted by name, so equal sets compare equal
  std::string heap;        ///< limit as asked for; empty: none
  std::string mistake;     ///< "double-free=0.01": made on purpose; empty: the program was right
  int threads = 1;
  int round = 0;
  int warmup = 0;
  std::string status, message;
  std::optional<double> wall_s, user_s, sys_s;
  std::optional<double> operations;
  std::string checksum;
  std::optional<double> heap_limit_bytes, peak_rss_bytes, baseline_rss_bytes;
  std::optional<double> minor_faults, major_faults, voluntary_switches, involuntary_switches;
  bool work_per_thread = false;  ///< each thread does as much as one alone would
  std::optional<Census> census;
  std::vector<TypeCount> types;
  std::vector<LeakSite> leaked_at;              ///< empty where the model cannot tell
  std::vector<SiteCount> sites;                 ///< likewise, or where it was not asked
  std::vector<WhyAlive> why;                    ///< likewise
  std::map<std::string, Stop> stops;            ///< by cause; empty: none of its stops can be seen
  std::optional<std::uint64_t> expected_leaks;  ///< planted objects this model cannot free
  std::map<std::string, double> extra;
  std::vector<Utilisation> mmu;  ///< ascending windows; empty: not known
  std::optional<Latency> latency;
  std::optional<Hiccups> hiccups;
  std::optional<MemorySteps> memory;
  std::vector<std::pair<double, double>> rss_series;  ///< seconds since its start, bytes
  bool meters = true;                  ///< false: they were off, to know what they cost
  std::optional<double> arrival_rate;  ///< operations a second that were asked for

  bool ok() const { return status == "ok"; }
};

/// Everything a report is computed from.
struct Results {
  std::vector<Environment> environments;  ///< at least one after load
  std::vector<Cell> cells;
  std::vector<Cell> erring;     ///< of programs that made mistakes: their times are no one's
  std::vector<Cell> unmetered;  ///< with the meters off, to know what they cost beside `cells`
  std::vector<Experiment> experiments;  ///< by number; of one run twice, the last
  std::vector<std::string> records;     ///< all lines as they stood: JSON each
  std::vector<std::string> notes;       ///< what the reader of the report must know about the files
  std::vector<TimelineRun> timeline;    ///< events of a run, where some were recorded
};

struct LoadOptions {
  bool mix_machines = false;  ///< merge files from machines that differ
};

/// Reads and merges results files. Within a file a later record of the same (group, model, round)
/// replaces the earlier one: a resumed run. Over files all are kept, as further samples.
/// Control characters in strings are replaced, so that no renderer can be made to emit them.
/// Throws BadResults: unreadable or empty file, damaged line other than a torn last one, a newer
/// schema, or machines that differ without mix_machines.
Results load(std::span<const std::filesystem::path> files, LoadOptions options = {});

/// The same for text that is already in memory, e.g. standard input. `name` appears in messages.
Results load_text(std::string_view text, const std::string& name);

/// What makes two environments different machines, in words; empty when they are alike.
std::string machine_difference(const Environment& a, const Environment& b);

}  // namespace reclaim::report
