// A table of SQLite, in a file of its own that goes with it. Header without SQLite's.
#pragma once

#include <cstddef>
#include <cstdint>

struct sqlite3;
struct sqlite3_stmt;

namespace reclaim::kernels {

/// Keeps records by their numbers. Belongs to one thread at a time.
class Database {
 public:
  Database();
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void insert(std::uint64_t number, const std::byte* from, std::size_t bytes);
  /// What was inserted under the number, as long as it was.
  void select(std::uint64_t number, std::byte* to, std::size_t bytes);

 private:
  sqlite3_stmt* prepared(const char* statement);
  void check(int outcome, int expected, const char* what);

  sqlite3* connection_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

}  // namespace reclaim::kernels
