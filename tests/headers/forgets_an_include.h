// A mutant: says std::string and does not say where that comes from.
#pragma once

inline std::string forgetful();
