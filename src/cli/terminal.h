// What the terminal can show, and the progress of a run on it.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "cells/run.h"

namespace reclaim::cli {

/// Colour where the descriptor is a terminal and NO_COLOR is not set (no-color.org).
bool wants_colour(int fd);

/// Columns of the terminal at stdout; 100 where it is none.
std::size_t terminal_width();

/// On stderr: a bar where that is a terminal, one line a cell elsewhere, and only what is not ok
/// when quiet.
class TerminalProgress : public cells::Progress {
 public:
  TerminalProgress(bool quiet, double estimated_s);
  ~TerminalProgress() override;

  void begin(const cells::Cell& cell, std::size_t index, std::size_t total) override;
  void end(const cells::Cell& cell, const cells::Json& record, std::size_t index,
           std::size_t total) override;
  void searching(const cells::Cell& cell, std::uint64_t bytes) override;

  /// A line that stays, above the bar.
  void say(const std::string& line);

 private:
  void draw(const std::string& doing, std::size_t index, std::size_t total);
  void clear();

  bool quiet_;
  bool bar_;
  double estimated_s_;
  std::int64_t begin_ns_;
  std::size_t done_ = 0;  ///< cells that were run here, not those of an earlier run
  std::size_t index_ = 0, total_ = 0;
  bool drawn_ = false;
  std::set<std::string> said_;  ///< reasons for skipping, once each
};

}  // namespace reclaim::cli
