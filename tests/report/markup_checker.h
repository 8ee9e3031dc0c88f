// A small checker of XML well-formedness: tags balance, attributes are quoted and unique,
// references are complete, ids are unique. Enough to find broken or injected markup, without a
// parser library.
#pragma once

#include <string>
#include <string_view>

namespace reclaim::report {

/// Empty when `document` is well formed; else what is wrong and where.
std::string markup_error(std::string_view document);

}  // namespace reclaim::report
