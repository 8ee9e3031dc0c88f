// The two words in front of every object that the cycle collector watches, and the lists they make:
// CPython's PyGC_Head (Modules/gcmodule.c). Outside a collection an object stands in the circular,
// doubly linked list of its generation. During one, the words are also the collector's memory, so
// that it needs none of its own:
//   next  [address 63..1][unreachable]          the bit: the object stands in the unreachable list
//   prev  [address 63..2][collecting][0]        or, while counts are being subtracted,
//         [references 63..2][collecting][0]     how many do not come from inside the young objects
#pragma once

#include <cstddef>
#include <cstdint>

namespace reclaim::rc {

class GcHead {
 public:
  /// An empty list, as the head of which this stands.
  GcHead() { reset(); }
  GcHead(const GcHead&) = delete;
  GcHead& operator=(const GcHead&) = delete;

  void reset() {
    next_ = address_of(this);
    prev_ = address_of(this);
  }

  GcHead* next() const { return reinterpret_cast<GcHead*>(next_ & ~unreachable_bit); }
  GcHead* prev() const { return reinterpret_cast<GcHead*>(prev_ & ~prev_flags); }
  bool empty() const { return next() == this; }

  /// Keeps the flags of the word.
  void set_next(GcHead* next) { next_ = (next_ & unreachable_bit) | address_of(next); }
  void set_prev(GcHead* prev) { prev_ = (prev_ & prev_flags) | address_of(prev); }

  bool unreachable() const { return (next_ & unreachable_bit) != 0; }
  void set_unreachable() { next_ |= unreachable_bit; }
  void clear_unreachable() { next_ &= ~unreachable_bit; }

  bool collecting() const { return (prev_ & collecting_bit) != 0; }
  void clear_collecting() { prev_ &= ~collecting_bit; }

  /// The number of references replaces prev until set_prev.
  std::size_t references() const { return prev_ >> references_shift; }
  void start_collecting(std::size_t references) {
    prev_ = (references << references_shift) | collecting_bit;
  }
  void set_references(std::size_t references) {
    prev_ = (references << references_shift) | (prev_ & collecting_bit);
  }
  void subtract_reference() { prev_ -= std::uintptr_t{1} << references_shift; }

  /// Puts this at the end of the list; it stands in none. `prev` keeps its flags; `next` has none.
  void append_to(GcHead& list) {
    GcHead* last = list.prev();
    set_prev(last);
    next_ = address_of(&list);
    last->set_next(this);
    list.set_prev(this);
  }
  /// Takes this out of its list.
  void unlink() {
    GcHead* before = prev();
    GcHead* after = next();
    before->set_next(after);
    after->set_prev(before);
  }
  /// Puts all of `from` at the end of this list; `from` is empty then.
  void merge(GcHead& from) {
    if (from.empty()) return;
    GcHead* last = prev();
    last->set_next(from.next());
    from.next()->set_prev(last);
    from.prev()->set_next(this);
    set_prev(from.prev());
    from.reset();
  }

 private:
  static constexpr std::uintptr_t unreachable_bit = 1;
  static constexpr std::uintptr_t collecting_bit = 2;
  static constexpr std::uintptr_t prev_flags = 3;
  static constexpr int references_shift = 2;

  static std::uintptr_t address_of(const GcHead* head) {
    return reinterpret_cast<std::uintptr_t>(head);
  }

  std::uintptr_t next_;
  std::uintptr_t prev_;
};

static_assert(sizeof(GcHead) == 16);

}  // namespace reclaim::rc
