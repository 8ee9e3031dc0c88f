// The results file: one JSON line a record, appended and synced before the next cell starts, so
// that a killed run loses at most the cell in flight.
#pragma once

#include <string>
#include <vector>

#include "cells/cell.h"

namespace reclaim::cells {

/// What a results file held when it was opened again.
struct EarlierResults {
  Json environment;           ///< null when the file was new or empty
  std::vector<Json> records;  ///< of cells, in the file's order
  bool repaired = false;      ///< a torn last line was cut off
};

/// An open results file. Not thread-safe. Errors in writing throw WriteError with the file's name.
class ResultsFile {
 public:
  /// Starts a new file; an older one of that name is emptied. "-" is the standard output.
  static ResultsFile create(const std::string& path);

  /// Opens a file to go on with it: reads what is there and cuts off a line that a killed run left
  /// half-written. A file that does not exist is created. Throws UsageError for a file that is
  /// damaged elsewhere or is none of ours.
  static ResultsFile resume(const std::string& path, EarlierResults& earlier);

  ResultsFile(ResultsFile&& other) noexcept;
  ResultsFile& operator=(ResultsFile&&) = delete;
  ~ResultsFile();

  /// One line, on disk when this returns.
  void append(const Json& record);

  /// Replaces the whole content at once, but for experiments' outcomes that were there when it was
  /// resumed: they stay, at the end. Under a temporary name, synced, renamed. Does nothing and
  /// returns false for an output that cannot be replaced (a pipe, a device).
  bool replace(const Json& environment, const std::vector<Json>& records);

 private:
  ResultsFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  void lock();

  std::string path_;
  int fd_;
  std::vector<Json> outcomes_;  ///< of experiments
};

}  // namespace reclaim::cells
