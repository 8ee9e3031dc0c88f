// CLI11 knows what was expected; the words for people are ours.
#include "cli/arguments.h"

#include <fmt/format.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cells/names.h"

namespace reclaim::cli {

namespace {

/// The message of CLI11 on one line.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

[[noreturn]] void refuse(const CLI::App& app, const std::string& extra) {
  if (!extra.starts_with('-')) {
    throw cells::UsageError(fmt::format("{}: unexpected argument '{}'", app.get_name(), extra));
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  throw cells::UsageError(
      fmt::format("{}: {}", app.get_name(),
                  cells::unknown_name("option", extra.substr(0, extra.find('=')), names)));
}

}  // namespace

std::optional<int> parse(CLI::App& app, Arguments arguments) {
  app.allow_extras();
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    throw cells::UsageError(fmt::format("{}: {}", app.get_name(), one_line(error.what())));
  }
  const std::vector<std::string> extras = app.remaining();
  const auto flag = std::find_if(extras.begin(), extras.end(),
                                 [](const std::string& extra) { return extra.starts_with('-'); });
  if (!extras.empty()) refuse(app, flag != extras.end() ? *flag : extras.front());
  return std::nullopt;
}

void print(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw cells::WriteError(
          fmt::format("cannot write the standard output: {}", ::strerror(errno)));
    }
    at += static_cast<std::size_t>(written);
  }
}

}  // namespace reclaim::cli
