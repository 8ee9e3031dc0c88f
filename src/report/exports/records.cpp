// The records as they stood in the files: nothing is computed, so nothing can differ.
#include "report/escape.h"
#include "report/export.h"

namespace reclaim::report {

std::string records_json(const ExportInput& input) {
  std::string result;
  for (const std::string& record : input.results.records) {
    result += (result.empty() ? "[\n" : ",\n") + json_in_ascii(record);
  }
  return result + "\n]\n";
}

}  // namespace reclaim::report
