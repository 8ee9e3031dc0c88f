// Fields of a line of a results file: each is absent, null, or of its type; anything else is
// damage.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace reclaim::report {

using Json = nlohmann::json;

/// Damage inside one line; the caller knows file and line.
struct Damage {
  std::string what;
};

/// A member of an object; nullptr when it is missing or null.
const Json* field(const Json& object, const char* name);
const Json* object_field(const Json& object, const char* name);
const Json* array_field(const Json& object, const char* name);

/// Strings come without control characters; empty when missing.
std::string text(const Json& object, const char* name);
std::string required_text(const Json& object, const char* name);

/// A finite number that is not negative: all that is measured is such.
std::optional<double> amount(const Json& object, const char* name);
/// The same of a value that stands alone; `name` is what messages call it.
double amount_of(const Json& value, const char* name);
std::optional<std::uint64_t> whole(const Json& object, const char* name);
std::uint64_t whole_of(const Json& value, const char* name);
/// An integer in least..1 000 000; `otherwise` when it is missing, damage where there is none.
int small(const Json& object, const char* name, int least, std::optional<int> otherwise);
bool truth(const Json& object, const char* name, bool otherwise = false);

/// A value that is neither list nor object, as text.
std::string scalar_text(const Json& value);
/// Numbers print alike whether they were written 16 or 16.0.
std::string parameter_text(const Json& value);

}  // namespace reclaim::report
