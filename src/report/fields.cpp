// What is wrong is said in one line that names the field.
#include "report/fields.h"

#include <fmt/core.h>

#include <cmath>

#include "report/escape.h"

namespace reclaim::report {

namespace {

/// Largest count that a double holds exactly.
constexpr double largest_count = 9007199254740992.0;

}  // namespace

const Json* field(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* object_field(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value != nullptr && !value->is_object()) {
    throw Damage{fmt::format("\"{}\" is not an object", name)};
  }
  return value;
}

const Json* array_field(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value != nullptr && !value->is_array()) {
    throw Damage{fmt::format("\"{}\" is not an array", name)};
  }
  return value;
}

std::string text(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value == nullptr) return {};
  if (!value->is_string()) throw Damage{fmt::format("\"{}\" is not a string", name)};
  return printable(value->get_ref<const std::string&>());
}

std::string required_text(const Json& object, const char* name) {
  std::string value = text(object, name);
  if (value.empty()) throw Damage{fmt::format("\"{}\" is missing", name)};
  return value;
}

double amount_of(const Json& value, const char* name) {
  if (!value.is_number()) throw Damage{fmt::format("\"{}\" is not a number", name)};
  const double number = value.get<double>();
  if (!std::isfinite(number) || number < 0) {
    throw Damage{fmt::format("\"{}\" is {}, not an amount", name, value.dump())};
  }
  return number;
}

std::optional<double> amount(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value == nullptr) return std::nullopt;
  return amount_of(*value, name);
}

std::uint64_t whole_of(const Json& value, const char* name) {
  const double number = amount_of(value, name);
  if (number > largest_count || number != std::floor(number)) {
    throw Damage{fmt::format("\"{}\" is {}, not a count", name, value.dump())};
  }
  return static_cast<std::uint64_t>(number);
}

std::optional<std::uint64_t> whole(const Json& object, const char* name) {
  const Json* value = field(object, name);
  if (value == nullptr) return std::nullopt;
  return whole_of(*value, name);
}

int small(const Json& object, const char* name, int least, std::optional<int> otherwise) {
  constexpr std::uint64_t most = 1'000'000;
  const auto number = whole(object, name);
  if (!number) {
    if (otherwise) return *otherwise;
    throw Damage{fmt::format("\"{}\" is missing", name)};
  }
  if (*number > most || static_cast<int>(*number) < least) {
    throw Damage{fmt::format("\"{}\" is {}, outside {}..{}", name, *number, least, most)};
  }
  return static_cast<int>(*number);
}

bool truth(const Json& object, const char* name, bool otherwise) {
  const Json* value = field(object, name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) throw Damage{fmt::format("\"{}\" is not true or false", name)};
  return value->get<bool>();
}

std::string scalar_text(const Json& value) {
  if (value.is_structured())
    throw Damage{"a name stands for a list or an object, not for one value"};
  return value.is_string() ? printable(value.get_ref<const std::string&>())
                           : printable(value.dump());
}

std::string parameter_text(const Json& value) {
  return value.is_number() ? fmt::format("{}", value.get<double>()) : scalar_text(value);
}

}  // namespace reclaim::report
