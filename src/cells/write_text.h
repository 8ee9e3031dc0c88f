// Writing to a descriptor until all is written.
#pragma once

#include <string_view>

namespace reclaim::cells {

/// Writes all of `text`, whatever interrupts it. False: errno says why, and part may be written.
bool write_text(int fd, std::string_view text);

}  // namespace reclaim::cells
