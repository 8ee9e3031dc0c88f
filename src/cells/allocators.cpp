// The search follows the loader's places without loading anything: dlopen of jemalloc fails for
// static TLS, and a loaded mimalloc would take over the planner's own malloc.
#include "cells/allocators.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cells/build_info.h"
#include "cells/names.h"

namespace reclaim::cells {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> loader_directories() {
  std::vector<fs::path> directories;
  if (const char* path = std::getenv("LD_LIBRARY_PATH"); path != nullptr) {
    for (const auto& part : split(path, ':')) directories.emplace_back(part);
  }
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator("/etc/ld.so.conf.d", ignored)) {
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('/')) directories.emplace_back(line);
    }
  }
  const fs::path triplet = build_info().library_triplet;
  for (const char* root : {"/usr/local/lib", "/lib", "/usr/lib"}) {
    if (!triplet.empty()) directories.push_back(root / triplet);
    directories.emplace_back(root);
  }
  directories.emplace_back("/usr/lib64");
  return directories;
}

/// The file itself, whatever links lead to it: dladdr and the user may spell it differently.
fs::path real_file(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return error ? path : real;
}

}  // namespace

std::vector<KnownAllocator> known_allocators() {
  return {
      {"glibc", "", "libc6", "the C library's own, ptmalloc"},
      {"mimalloc", "libmimalloc.so.2", "libmimalloc2.0", "Microsoft's, free lists sharded by page"},
      {"jemalloc", "libjemalloc.so.2", "libjemalloc2", "arenas and size-class slabs"},
  };
}

Binding find_allocator(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (name.find_first_of(" :\t") != std::string::npos) {
      throw UsageError(fmt::format(
          "allocator '{}': LD_PRELOAD cannot spell a path with spaces or colons; make a link",
          name));
    }
    std::error_code error;
    if (!fs::is_regular_file(name, error) || ::access(name.c_str(), R_OK) != 0) {
      throw UsageError(fmt::format("allocator '{}': there is no such readable file", name));
    }
    return {fs::absolute(name).string(), ""};
  }
  std::vector<std::string> names;
  for (const KnownAllocator& known : known_allocators()) {
    names.emplace_back(known.name);
    if (known.name != name) continue;
    if (known.soname.empty()) return {};
    if (!build_info().sanitizer.empty()) {
      return {"", "this build has the sanitizer's own malloc and runs with no other"};
    }
    for (const fs::path& directory : loader_directories()) {
      std::error_code error;
      const fs::path file = directory / known.soname;
      if (fs::exists(file, error)) return {file.string(), ""};
    }
    return {"", fmt::format("{} is not installed: Debian package {}", known.soname, known.package)};
  }
  throw UsageError(unknown_name("allocator", name, names) + " (or a path with a slash)");
}

std::string malloc_owner() {
  // RTLD_NEXT looks behind the program itself, whose table of procedures can have a malloc entry of
  // its own; preloaded libraries come before all others.
  void* address = dlsym(RTLD_NEXT, "malloc");
  Dl_info info{};
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr)
    return "nobody";
  return info.dli_fname;
}

std::string wrong_malloc(const std::string& preload) {
  if (!build_info().sanitizer.empty()) {
    return preload.empty() ? "" : "a sanitizer build measures with the sanitizer's malloc only";
  }
  const fs::path owner = real_file(malloc_owner());
  if (!preload.empty()) {
    if (owner == real_file(preload)) return "";
    return fmt::format("malloc belongs to {}, not to {}: refusing to measure the wrong allocator",
                       owner.string(), preload);
  }
  Dl_info info{};
  const bool known = dladdr(dlsym(RTLD_NEXT, "gnu_get_libc_version"), &info) != 0;
  if (known && owner == real_file(info.dli_fname)) return "";
  return fmt::format(
      "malloc belongs to {}, not to the C library: refusing to measure the wrong "
      "allocator",
      owner.string());
}

std::string malloc_version() {
  if (void* version = dlsym(RTLD_DEFAULT, "mi_version"); version != nullptr) {
    const int number = reinterpret_cast<int (*)()>(version)();
    return fmt::format("{}.{}.{}", number / 100, number / 10 % 10, number % 10);
  }
  if (void* control = dlsym(RTLD_DEFAULT, "mallctl"); control != nullptr) {
    using Control = int(const char*, void*, std::size_t*, void*, std::size_t);
    const char* text = nullptr;
    std::size_t size = sizeof text;
    if (reinterpret_cast<Control*>(control)("version", &text, &size, nullptr, 0) == 0) return text;
  }
  Dl_info info{};
  const bool known = dladdr(dlsym(RTLD_NEXT, "gnu_get_libc_version"), &info) != 0;
  if (known && malloc_owner() == info.dli_fname) return gnu_get_libc_version();
  return "unknown";
}

std::vector<std::string> worker_environment(const std::string& preload) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!text.starts_with("LD_PRELOAD=")) variables.emplace_back(text);
  }
  if (!preload.empty()) variables.push_back("LD_PRELOAD=" + preload);
  return variables;
}

}  // namespace reclaim::cells
