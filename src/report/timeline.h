// Who held the interpreter lock, waited and collected, as a picture: a row a thread, time to the
// right. From the file that `run --events` writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reclaim::report {

/// What a thread did for a while, in microseconds from the first event of its run.
struct Interval {
  std::string name;    ///< "holds the lock", "gil_wait", "minor_gc"
  std::string let_go;  ///< why it let go; empty where it did not hold the lock
  double begin_us = 0, length_us = 0;
};

/// One process: a run of one cell.
struct TimelineRun {
  std::string title;
  std::uint64_t dropped = 0;                               ///< events that the run did not keep
  std::map<std::uint64_t, std::vector<Interval>> threads;  ///< by number; 0: all of them
};

/// What a row is called: "thread 2"; "all" for 0.
std::string thread_name(std::uint64_t thread);

/// Reads a trace in Chrome's format as `run --events` writes it. Throws BadResults; `name` appears
/// in messages.
std::vector<TimelineRun> load_timeline(std::string_view text, const std::string& name);

/// The same from a file.
std::vector<TimelineRun> read_timeline(const std::filesystem::path& file);

/// A picture that stands alone, one panel a run. What is narrower than it can show is drawn as one
/// with its neighbours, and says how many it stands for: no interval is left out.
/// `from_us`, `to_us`: the part to show; to_us == 0: up to the last event.
std::string timeline_svg(const std::vector<TimelineRun>& runs, double from_us, double to_us);

}  // namespace reclaim::report
