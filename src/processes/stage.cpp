// Pages of a memfd are zero until touched, and a stage writes no more than it needs: most of what
// is mapped is never there.
#include "processes/stage.h"

#include <sys/mman.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace reclaim::processes {

namespace {

[[noreturn]] void fail() {
  throw std::system_error(errno, std::generic_category(), "no memory to share among processes");
}

void* map(int descriptor) {
  void* memory = ::mmap(nullptr, sizeof(Stage), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) fail();
  return memory;
}

}  // namespace

SharedStage SharedStage::make(int processes) {
  Descriptor memory(::memfd_create("reclaim-stage", MFD_CLOEXEC));
  if (!memory || ::ftruncate(memory.number(), sizeof(Stage)) != 0) fail();
  Stage* stage = new (map(memory.number())) Stage(processes);
  return {std::move(memory), stage};
}

SharedStage SharedStage::open(int descriptor) {
  return {Descriptor(descriptor), static_cast<Stage*>(map(descriptor))};
}

SharedStage::~SharedStage() {
  // What lies there is not destroyed: others may still look at it, and nothing in it owns anything.
  if (stage_ != nullptr) ::munmap(stage_, sizeof(Stage));
}

}  // namespace reclaim::processes
