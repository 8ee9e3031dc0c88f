// CLI11 knows what was expected; the words for people are ours.
#include "cli/arguments.h"

#include <fmt/format.h>
#include <string.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>

#include "cells/names.h"

namespace reclaim::cli {

struct Parser::Inside {
  CLI::App app;

  template <class T>
  CLI::Option* add(const std::string& names, T& variable, const std::string& kind,
                   const std::string& meaning) {
    return app.add_option(names, variable, meaning)->type_name(kind);
  }

  /// Our line for a word that nobody wanted.
  [[noreturn]] void refuse(const std::string& extra) const {
    if (!extra.starts_with('-')) {
      throw cells::UsageError(fmt::format("{}: unexpected argument '{}'", app.get_name(), extra));
    }
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
      for (const auto& name : option->get_snames()) names.push_back("-" + name);
    }
    const std::string word = extra.substr(0, extra.find('='));
    throw cells::UsageError(
        fmt::format("{}: {}", app.get_name(), cells::unknown_name("option", word, names)));
  }
};

Parser::Parser(const std::string& verb, const std::string& description)
    : inside_(new Inside{CLI::App{description, verb}}) {
  inside_->app.allow_extras();
}

Parser::~Parser() = default;

void Parser::value(const std::string& names, std::string& variable, const std::string& kind,
                   const std::string& meaning) {
  inside_->add(names, variable, kind, meaning);
}

void Parser::value(const std::string& names, int& variable, const std::string& kind,
                   const std::string& meaning) {
  inside_->add(names, variable, kind, meaning);
}

void Parser::value(const std::string& names, std::uint64_t& variable, const std::string& kind,
                   const std::string& meaning) {
  inside_->add(names, variable, kind, meaning);
}

void Parser::value(const std::string& names, double& variable, const std::string& kind,
                   const std::string& meaning) {
  inside_->add(names, variable, kind, meaning);
}

void Parser::required(const std::string& names, std::string& variable, const std::string& kind,
                      const std::string& meaning) {
  inside_->add(names, variable, kind, meaning)->required();
}

void Parser::list(const std::string& names, std::vector<std::string>& variable,
                  const std::string& kind, const std::string& meaning) {
  inside_->add(names, variable, kind, meaning)->delimiter(',')->allow_extra_args(false);
}

void Parser::list(const std::string& names, std::vector<int>& variable, const std::string& kind,
                  const std::string& meaning) {
  inside_->add(names, variable, kind, meaning)->delimiter(',')->allow_extra_args(false);
}

void Parser::repeated(const std::string& names, std::vector<std::string>& variable,
                      const std::string& kind, const std::string& meaning) {
  inside_->add(names, variable, kind, meaning)->allow_extra_args(false);
}

void Parser::rest(const std::string& name, std::vector<std::string>& variable,
                  const std::string& kind, const std::string& meaning) {
  inside_->add(name, variable, kind, meaning);
}

void Parser::flag(const std::string& names, bool& variable, const std::string& meaning) {
  inside_->app.add_flag(names, variable, meaning);
}

std::optional<int> Parser::parse(Arguments arguments) {
  CLI::App& app = inside_->app;
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    std::string line = error.what();
    std::replace(line.begin(), line.end(), '\n', ' ');
    throw cells::UsageError(fmt::format("{}: {}", app.get_name(), line));
  }
  const std::vector<std::string> extras = app.remaining();
  const auto option = std::find_if(extras.begin(), extras.end(),
                                   [](const std::string& extra) { return extra.starts_with('-'); });
  if (!extras.empty()) inside_->refuse(option != extras.end() ? *option : extras.front());
  return std::nullopt;
}

bool Parser::given(const std::string& name) const { return inside_->app.count(name) != 0; }

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
