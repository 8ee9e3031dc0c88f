// One line an event.
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
#include "cells/json.h"
#include "cells/write_text.h"

namespace reclaim::cells {

namespace {

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
      process, Json(title).dump(-1, ' ', false, Json::error_handler_t::replace),
      result.events_dropped);
  std::int64_t start_ns = INT64_MAX;
  for (const Event& event : result.events) start_ns = std::min(start_ns, event.begin_ns);
  for (const Event& event : result.events) text += line_of(event, start_ns, process);
  const bool written = write_text(descriptor, text);
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (!written) fail();
}

}  // namespace reclaim::cells
