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

/// How long the rest of a run will take: what was guessed for it, times how much longer than
/// guessed the cells so far took. A guess counts as much as two seconds of measuring.
class TimeLeft {
 public:
  explicit TimeLeft(double guessed_s) : left_s_(guessed_s) {}
  /// A cell for which `guessed_s` was guessed took `took_s`.
  void done(double guessed_s, double took_s);
  double seconds() const;

 private:
  double left_s_;  // as guessed
  double guessed_s_ = 0, took_s_ = 0;
};

/// On stderr: a bar where that is a terminal, one line a cell elsewhere, and only what is not ok
/// when quiet.
class TerminalProgress : public cells::Progress {
 public:
  /// `guessed_s`: by estimated_seconds(), for the cells that will be run.
  TerminalProgress(bool quiet, double guessed_s);
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
  TimeLeft left_;
  std::int64_t begin_ns_ = 0;  ///< of the cell at hand
  std::size_t index_ = 0, total_ = 0;
  bool drawn_ = false;
  std::set<std::string> said_;  ///< reasons for skipping, once each
};

}  // namespace reclaim::cli
