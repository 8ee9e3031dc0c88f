// Checkers for formats whose tools Debian has not, written from their specifications. Each says
// what is wrong and in which line; empty: nothing.
#pragma once

#include <string>
#include <string_view>

namespace reclaim::exports {

/// Go's benchmark format (golang.org/design/14313-benchmark-format). At least one result.
std::string benchmark_format_error(std::string_view text);

/// A JVM's unified log of collections with the decorations uptime, level, tags, as GCViewer's
/// reader takes it: each line is a pause with sizes and its length, numbered from 0, times
/// ascending; the first may say what is used.
std::string collection_log_error(std::string_view text);

/// Chrome's trace event format, the object form: complete events with ts and dur, counters, names
/// of every process and thread that has events.
std::string trace_error(std::string_view text);

}  // namespace reclaim::exports
