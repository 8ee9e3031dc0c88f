// What makes a page's charts live: the script built from reports/viewer, carried inside this
// program, and the data that it draws. A page without script shows the still pictures and tables.
#pragma once

#include <string>
#include <string_view>

namespace reclaim::report {

/// The viewer's script, whole: one file without imports, reads no network.
std::string_view viewer_script();

/// The content security policy of a page that carries the viewer: nothing is fetched, and no script
/// runs but this one, whatever a name in a results file holds.
std::string viewer_policy();

/// JSON as the content of a script element: the same value, but nothing in it can end the element
/// or begin a comment.
std::string script_safe(std::string_view json);

/// The two elements that end the body: the data and the script that draws it.
std::string viewer_html(std::string_view json);

}  // namespace reclaim::report
