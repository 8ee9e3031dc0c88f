// What the verbs share in reading their arguments.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace reclaim::cli {

/// The words behind the verb.
using Arguments = std::span<char* const>;

/// Parses. Returns an exit code when there is nothing more to do (help was printed). Throws
/// cells::UsageError with the nearest right name for an unknown flag.
std::optional<int> parse(CLI::App& app, Arguments arguments);

/// "a,b" or repeated: a list that takes one word at a time, so that it never swallows what follows.
template <class T>
CLI::Option* add_list(CLI::App& app, const std::string& names, std::vector<T>& values,
                      const std::string& meaning) {
  return app.add_option(names, values, meaning)->delimiter(',')->allow_extra_args(false);
}

/// Writes to stdout, all of it. Throws cells::WriteError: a full disk must not pass for success.
void print(const std::string& text);

}  // namespace reclaim::cli
