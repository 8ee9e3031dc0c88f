// What the verbs share in reading their arguments. CLI11 stays inside arguments.cpp: it is all
// templates, and each file that includes it costs five seconds of building.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace reclaim::cli {

/// The words behind the verb.
using Arguments = std::span<char* const>;

/// One verb's options. Names are "-t,--threads"; a name without dashes is a place in the order.
class Parser {
 public:
  Parser(const std::string& verb, const std::string& description);
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// An option with one value; `kind` is what help calls it. The variable keeps what it holds when
  /// the option is not given, and must outlive parse().
  void value(const std::string& names, std::string& variable, const std::string& kind,
             const std::string& meaning);
  void value(const std::string& names, int& variable, const std::string& kind,
             const std::string& meaning);
  void value(const std::string& names, std::uint64_t& variable, const std::string& kind,
             const std::string& meaning);
  void value(const std::string& names, double& variable, const std::string& kind,
             const std::string& meaning);
  /// A value that has to be given.
  void required(const std::string& names, std::string& variable, const std::string& kind,
                const std::string& meaning);
  /// "a,b", or the option repeated: takes one word at a time and never swallows what follows.
  void list(const std::string& names, std::vector<std::string>& variable, const std::string& kind,
            const std::string& meaning);
  void list(const std::string& names, std::vector<int>& variable, const std::string& kind,
            const std::string& meaning);
  /// Repeated, each word as it stands.
  void repeated(const std::string& names, std::vector<std::string>& variable,
                const std::string& kind, const std::string& meaning);
  /// All the words that are no options.
  void rest(const std::string& name, std::vector<std::string>& variable, const std::string& kind,
            const std::string& meaning);
  void flag(const std::string& names, bool& variable, const std::string& meaning);

  /// Returns an exit code when there is nothing more to do (help was printed). Throws
  /// cells::UsageError, with the nearest right name for an unknown option.
  std::optional<int> parse(Arguments arguments);

  /// Whether the option was given. Only after parse().
  bool given(const std::string& name) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// Writes to stdout, all of it. Throws cells::WriteError: a full disk must not pass for success.
void print(const std::string& text);

}  // namespace reclaim::cli
