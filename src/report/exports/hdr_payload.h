// A histogram as HdrHistogram (Tene) encodes it for its logs: V2, compressed, in base64.
#pragma once

#include <string>

#include "report/measures.h"

namespace reclaim::report {

/// `histogram`: ascending values in nanoseconds and their counts. Its buckets (measure/histogram.h)
/// are those of an HdrHistogram with two significant digits, so nothing is rounded on the way.
std::string hdr_payload(const Buckets& histogram);

}  // namespace reclaim::report
