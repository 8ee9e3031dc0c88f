// The JSON of records: an object keeps the order in which its fields were set. What the class is
// made of is compiled once, in json.cpp: each file that used it would compile it again.
#pragma once

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<nlohmann::ordered_map>;
extern template class nlohmann::detail::serializer<nlohmann::ordered_json>;

namespace reclaim::cells {

using Json = nlohmann::ordered_json;

}  // namespace reclaim::cells
