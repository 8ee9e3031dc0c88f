// Some tests leak: that is what they are about. LeakSanitizer, where it is linked, is told so; what
// leaks by accident it still reports.
#pragma once

extern "C" {
[[gnu::weak]] void __lsan_disable();
[[gnu::weak]] void __lsan_enable();
}

namespace reclaim {

/// What this thread allocates meanwhile may leak. The test holds the census to the exact number.
class LeaksOnPurpose {
 public:
  LeaksOnPurpose() {
    if (__lsan_disable != nullptr) __lsan_disable();
  }
  ~LeaksOnPurpose() {
    if (__lsan_enable != nullptr) __lsan_enable();
  }
  LeaksOnPurpose(const LeaksOnPurpose&) = delete;
  LeaksOnPurpose& operator=(const LeaksOnPurpose&) = delete;
};

}  // namespace reclaim
