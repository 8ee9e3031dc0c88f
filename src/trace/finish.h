// Turns what the preloaded recorder left behind into a trace: merges the threads' chunks by the
// global sequence numbers, replaces addresses by object ids, and adds the totals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trace/format.h"
#include "trace/reader.h"

namespace reclaim::trace {

/// What a recording says of its process before it is read through.
struct RecordingInfo {
  Header header;
  bool exited = false;   ///< exit() ran its handlers
  bool stopped = false;  ///< the recorder could not go on
};

/// nullopt when `path` is no recording or was cut short before its header was whole.
std::optional<RecordingInfo> inspect_recording(const std::string& path);

/// Writes the trace of the recording at `recording_path` to `trace_path` and syncs it. nullopt, and
/// no file, when nothing was allocated. Throws std::system_error when the trace cannot be written.
/// The recording may still be growing: what was there when it was opened is taken.
std::optional<Summary> finish_recording(const std::string& recording_path,
                                        const std::string& trace_path, Ending ending,
                                        std::uint32_t ending_detail);

}  // namespace reclaim::trace
