#include "cells/events_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "boundary/stops.h"

namespace reclaim::cells {

namespace {

/// Quotes and control characters cannot stand in the names that a plan accepts but for a trace's
/// path: they are left out.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ') result += c;
  }
  return result + '"';
}

std::string line_of(const Event& event, std::int64_t start_ns, int process) {
  const double begin_us = static_cast<double>(event.begin_ns - start_ns) * 1e-3;
  const double length_us = static_cast<double>(event.end_ns - event.begin_ns) * 1e-3;
  const bool held = event.let_go != LetGo::none;
  const std::string_view name = held ? "holds the lock" : stop_cause_names[event.cause];
  const std::string why = held ? fmt::format(",\"args\":{{\"let_go\":\"{}\"}}",
                                             let_go_names[static_cast<std::size_t>(event.let_go)])
                               : "";
  return fmt::format(
      "{{\"name\":\"{}\",\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{:.3f},\"dur\":{:.3f}{}}},\n",
      name, process, event.thread, begin_us, length_us, why);
}

}  // namespace

void append_events(const std::string& file, const std::string& title, const RunResult& result) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  const auto fail = [&] {
    throw std::system_error(errno, std::generic_category(), "cannot write " + file);
  };
  if (descriptor < 0) fail();
  struct stat status {};
  ::fstat(descriptor, &status);
  const int process = ::getpid();
  std::string text = status.st_size == 0 ? "[\n" : "";
  text += fmt::format(
      "{{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":{},\"args\":{{\"name\":{},"
      "\"dropped_events\":{}}}}},\n",
      process, quoted(title), result.events_dropped);
  std::int64_t start_ns = INT64_MAX;
  for (const Event& event : result.events) start_ns = std::min(start_ns, event.begin_ns);
  for (const Event& event : result.events) text += line_of(event, start_ns, process);
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(descriptor, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      ::close(descriptor);
      fail();
    }
    at += static_cast<std::size_t>(written);
  }
  ::close(descriptor);
}

}  // namespace reclaim::cells
