// --export: results in the formats of other tools. What is asked for is checked before anything is
// measured or written.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "report/report.h"

namespace reclaim::cli {

class Exports {
 public:
  /// Adds --export to a verb.
  void add_option(Parser& parser);

  bool any() const { return !names_.empty(); }

  /// Throws UsageError for an unknown format, and for one that wants the moments of stops when
  /// `events` (the file of --events) is empty.
  void check(const std::string& events) const;

  /// The files that were asked for. `events` is read where a format wants it. Throws BadResults.
  std::vector<report::File> files(const report::Results& results, const report::Analysis& analysis,
                                  const std::string& events) const;

 private:
  std::vector<std::string> names_;
};

/// Makes the folder, and those above it. Throws WriteError.
std::filesystem::path make_directory(const std::filesystem::path& directory);

/// Says on stderr what was written and what opens it.
void say_exported(std::span<const report::File> files, const std::filesystem::path& directory);

}  // namespace reclaim::cli
