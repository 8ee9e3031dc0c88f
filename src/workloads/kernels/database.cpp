#include "workloads/kernels/database.h"

#include <sqlite3.h>

#include <cstring>

#include "base/assert.h"
#include "base/exhaustion.h"

namespace reclaim::kernels {

Database::Database() {
  // An empty name is a private file that SQLite removes when it is closed.
  check(
      ::sqlite3_open_v2("", &connection_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr),
      SQLITE_OK, "open");
  check(::sqlite3_exec(connection_, "CREATE TABLE records (number INTEGER PRIMARY KEY, bytes BLOB)",
                       nullptr, nullptr, nullptr),
        SQLITE_OK, "create table");
  insert_ = prepared("INSERT INTO records VALUES (?1, ?2)");
  select_ = prepared("SELECT bytes FROM records WHERE number = ?1");
}

Database::~Database() {
  ::sqlite3_finalize(insert_);
  ::sqlite3_finalize(select_);
  ::sqlite3_close(connection_);
}

void Database::insert(std::uint64_t number, const std::byte* from, std::size_t bytes) {
  ::sqlite3_bind_int64(insert_, 1, static_cast<sqlite3_int64>(number));
  ::sqlite3_bind_blob64(insert_, 2, from, bytes, SQLITE_STATIC);
  check(::sqlite3_step(insert_), SQLITE_DONE, "insert");
  ::sqlite3_reset(insert_);
}

void Database::select(std::uint64_t number, std::byte* to, std::size_t bytes) {
  ::sqlite3_bind_int64(select_, 1, static_cast<sqlite3_int64>(number));
  check(::sqlite3_step(select_), SQLITE_ROW, "select");
  require(::sqlite3_column_bytes(select_, 0) == static_cast<int>(bytes), "SQLite lost a record");
  std::memcpy(to, ::sqlite3_column_blob(select_, 0), bytes);
  ::sqlite3_reset(select_);
}

sqlite3_stmt* Database::prepared(const char* statement) {
  sqlite3_stmt* made = nullptr;
  check(::sqlite3_prepare_v2(connection_, statement, -1, &made, nullptr), SQLITE_OK, statement);
  return made;
}

void Database::check(int outcome, int expected, const char* what) {
  if (outcome == expected) return;
  LastWords words;
  words.say("reclaim: SQLite: %s: %s", what, ::sqlite3_errmsg(connection_));
  words.end(EXIT_FAILURE);
}

}  // namespace reclaim::kernels
