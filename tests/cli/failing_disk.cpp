// Preloaded into the program: a disk that is full from the n-th write on (RECLAIM_FULL_AT=n). The
// write at which it fills up takes half of what it is given, as a real one does; those after it,
// and every sync, fail. Counted are writes and syncs of plain files, and files that are made for a
// time; not the two outputs.
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

bool is_file(int fd) {
  struct stat status {};
  return fd > STDERR_FILENO && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

long uses = 0;  // of the disk so far; this program uses it from one thread

/// 0: there is room; 1: it has just filled up; more: it has been full.
long full_since() {
  const char* text = getenv("RECLAIM_FULL_AT");
  const long limit = text == nullptr ? 0 : atol(text);
  return limit != 0 && ++uses >= limit ? uses - limit + 1 : 0;
}

template <class Function>
Function original(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int no_space() {
  errno = ENOSPC;
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = original<ssize_t (*)(int, const void*, size_t)>("write");
  if (is_file(fd)) {
    const long full = full_since();
    if (full == 1 && size > 1) return real(fd, bytes, size / 2);
    if (full != 0) return no_space();
  }
  return real(fd, bytes, size);
}

int fsync(int fd) {
  static const auto real = original<int (*)(int)>("fsync");
  return is_file(fd) && full_since() != 0 ? no_space() : real(fd);
}

int mkostemp(char* name, int flags) {
  static const auto real = original<int (*)(char*, int)>("mkostemp");
  return full_since() != 0 ? no_space() : real(name, flags);
}

}  // extern "C"
