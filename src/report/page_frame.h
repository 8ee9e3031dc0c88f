// What stands around the content of every HTML page.
#pragma once

#include <string>
#include <string_view>

namespace reclaim::report {

/// Up to the page's content. `first` is the anchor that the skip link leads to.
std::string page_begin(std::string_view title, std::string_view first);

/// From the content to the end; `scripts` is what the viewer needs, empty where nothing is drawn.
std::string page_end(const std::string& scripts);

}  // namespace reclaim::report
