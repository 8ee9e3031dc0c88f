// Starting a thread where the machine may have no more of them.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <system_error>
#include <thread>
#include <utility>

#include "base/refusal.h"

namespace reclaim::kernels {

/// Ends the process through `refused` when the system starts no more threads.
template <class Function>
std::thread start_thread(Function&& function) {
  try {
    return std::thread(std::forward<Function>(function));
  } catch (const std::system_error& error) {
    refused("a thread", error.code().value());
  }
}

/// Address space that is set aside for the stack of each thread, its guard page apart.
inline std::size_t stack_bytes_of_a_thread() {
  pthread_attr_t attributes;
  std::size_t bytes = 0;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_getstacksize(&attributes, &bytes);
  ::pthread_attr_destroy(&attributes);
  return bytes;
}

}  // namespace reclaim::kernels
