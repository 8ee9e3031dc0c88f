// Names in running text become links: a model's to its page, a workload's to its tables and charts.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/analysis.h"

namespace reclaim::report {

class Links {
 public:
  explicit Links(const Analysis& analysis);

  /// Plain text as HTML; whole words that are names of the report become links.
  std::string linked(std::string_view text) const;

 private:
  std::vector<std::pair<std::string, std::string>> names_;  // name, anchor; longest first
};

/// `text` as a link to an anchor of the page; only escaped where the anchor is empty.
std::string link_to(std::string_view anchor, std::string_view text);

}  // namespace reclaim::report
