// stderr only: stdout is for data.
#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cells/mistakes.h"
#include "cells/quantities.h"
#include "cells/record.h"
#include "measure/clock.h"

namespace reclaim::cli {

namespace {

std::size_t width_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

/// A terminal that knows what to do with escape sequences.
bool obeys_codes(int fd) {
  const char* terminal = std::getenv("TERM");
  return ::isatty(fd) == 1 && (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

std::string verdict(const cells::Json& record) {
  const std::string& message = record.at("message").get_ref<const std::string&>();
  if (!cells::is_ok(record)) return message;
  const std::string time = cells::format_seconds(record.at("wall_s").get<double>());
  return message.empty() ? time : fmt::format("{}, {}", time, message);
}

/// Columns that UTF-8 text takes, all its characters being one wide.
std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

bool wants_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  return obeys_codes(fd) && (no_colour == nullptr || *no_colour == '\0');
}

std::size_t terminal_width() { return width_of(STDOUT_FILENO); }

void TimeLeft::done(double guessed_s, double took_s) {
  left_s_ -= guessed_s;
  guessed_s_ += guessed_s;
  took_s_ += took_s;
}

double TimeLeft::seconds() const {
  constexpr double weight_s = 2;
  return std::max(0.0, left_s_) * (took_s_ + weight_s) / (guessed_s_ + weight_s);
}

TerminalProgress::TerminalProgress(bool quiet, double guessed_s)
    : quiet_(quiet), bar_(!quiet && obeys_codes(STDERR_FILENO)), left_(guessed_s) {}

TerminalProgress::~TerminalProgress() { clear(); }

void TerminalProgress::clear() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
  drawn_ = false;
  std::fflush(stderr);
}

void TerminalProgress::say(const std::string& line) {
  clear();
  fmt::print(stderr, "{}\n", line);
}

void TerminalProgress::begin(const cells::Cell& cell, std::size_t index, std::size_t total) {
  index_ = index;
  total_ = total;
  begin_ns_ = now_ns();
  draw(cell.title(), index, total);
}

void TerminalProgress::searching(const cells::Cell& cell, std::uint64_t bytes) {
  draw(fmt::format("least heap of {} for {}: {}?", cell.model_name(), cell.workload,
                   cells::format_bytes(bytes)),
       index_, total_);
}

void TerminalProgress::end(const cells::Cell& cell, const cells::Json& record, std::size_t index,
                           std::size_t total) {
  left_.done(cells::estimated_seconds(cell), static_cast<double>(now_ns() - begin_ns_) * 1e-9);
  const std::string status = record.at("status");
  if (bar_ || quiet_) {
    const std::string& message = record.at("message").get_ref<const std::string&>();
    if ((status == "ok" && message.empty()) || cells::errs(record)) return;  // the table tells
    const std::string reason = fmt::format("{}: {}", status, message);
    if (status == "skipped") {
      if (said_.insert(cell.model_name() + reason).second) {
        say(fmt::format("{} {}", cell.model_name(), reason));
      }
      return;
    }
    say(fmt::format("{} · {}", cell.title(), reason));
    return;
  }
  const std::size_t digits = std::to_string(total).size();
  const std::string left =
      index + 1 < total ? fmt::format(" ({} left)", cells::format_seconds(left_.seconds())) : "";
  say(fmt::format("[{:>{}}/{}] {} · {}: {}{}", index + 1, digits, total, cell.title(), status,
                  verdict(record), left));
}

void TerminalProgress::draw(const std::string& doing, std::size_t index, std::size_t total) {
  if (!bar_ || total == 0) return;
  constexpr std::size_t bar_columns = 24;
  const std::size_t full = bar_columns * index / total;
  std::string bar;
  for (std::size_t i = 0; i < bar_columns; ++i) bar += i < full ? "━" : "╌";
  std::string line = fmt::format("{}/{} {} {} left  ", index + 1, total, bar,
                                 cells::format_seconds(left_.seconds()));
  const std::size_t used = columns(line), width = width_of(STDERR_FILENO);
  std::string title = doing;
  while (!title.empty() && used + columns(title) >= width) title.pop_back();
  while (!title.empty() && (title.back() & 0x80) != 0) title.pop_back();  // no half characters
  if (used < width) line += title;
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace reclaim::cli
