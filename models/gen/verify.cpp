#include "models/gen/verify.h"

#include <string>

namespace reclaim::gen {

void Verifier::fail(const char* what) const {
  violation("the heap is whole", what, Site{when_, 0});
}

void Verifier::before_collection() {
  when_ = "before a collection";
  trace();
}

void Verifier::after_collection() {
  when_ = "after a collection";
  trace();
  check_limit();
}

void Verifier::check_limit() {
  const std::size_t blocks = heap_.old_.used_blocks() + heap_.nursery_.used_blocks() +
                             copy_reserve_blocks(heap_.nursery_.used_blocks());
  if ((blocks << block_shift) + heap_.large_.used_bytes() > heap_.limit_bytes_) {
    if (heap_.nursery_.used_blocks() != 0) fail("the heap is larger than its limit");
  }
  // A huge page at the end of each space may be used in part.
  const std::size_t rounding = heap_.huge_pages_ ? 2 * huge_page_bytes : 0;
  if (heap_.resident_bytes() > heap_.limit_bytes_ + rounding) {
    fail("more is resident than the limit allows");
  }
}

void Verifier::gather_remembered() {
  for (const Remembered& entry : heap_.remembered_.current()) {
    const void* what = entry.chunk != nullptr ? static_cast<const void*>(entry.chunk)
                                              : static_cast<const void*>(entry.object);
    if (!remembered_.insert(what).second) fail("an object is remembered twice");
  }
  for (const Object* object : heap_.large_.young()) large_.insert(object);
  for (const Object* object : heap_.large_.old()) large_.insert(object);
}

void Verifier::trace() {
  gather_remembered();
  const auto reach = [this](Object** slot) {
    if (*slot == nullptr || !reached_.insert(*slot).second) return;
    check_reference(*slot);
    stack_.push_back(*slot);
  };
  for (const MutatorCore* m : heap_.safepoints_.mutators()) {
    m->for_each_root([&](Object** root) { reach(root); });
  }
  heap_.globals_.for_each(reach);
  while (!stack_.empty()) {
    Object* object = stack_.back();
    stack_.pop_back();
    const TypeInfo& type = *TypeTable::instance().types[type_of(object->word())];
    std::size_t length = 0;
    if (type.shape == Shape::array) length = static_cast<AnyArray*>(object)->length();
    for_each_slot(type, object, length,
                  [&](void** slot) { reach(reinterpret_cast<Object**>(slot)); });
    check_edges(object);
  }
}

void Verifier::check_reference(const Object* object) {
  if (address_of(object) % word_bytes != 0) fail("a reference is not aligned");
  const bool in_range = heap_.old_.contains(object) || heap_.nursery_.contains(object) ||
                        heap_.large_.contains(object);
  if (!in_range) fail("a reference points outside the heap");
  if (heap_.old_.contains(object) && !heap_.old_.in_use(heap_.old_.index_of(object))) {
    fail("a reference points into a free block of the old space");
  }
  if (heap_.nursery_.contains(object) && !heap_.nursery_.in_use(heap_.nursery_.index_of(object))) {
    fail("a reference points into a free block of the nursery");
  }
  if (heap_.large_.contains(object) && large_.count(object) == 0) {
    fail("a reference points to no large object");
  }
  const HeaderWord word = object->word();
  if (is_forwarded(word) || type_of(word) >= heap_.kinds_.size()) {
    fail("a reference points to no object");
  }
  const std::uint32_t flags = object->flags();
  if ((flags & header::marked) != 0) fail("an object is marked outside a collection");
  if (heap_.old_.contains(object) != ((flags & header::old) != 0) &&
      !heap_.large_.contains(object)) {
    fail("an object's header and its place tell different ages");
  }
  check_place(object, bytes_of(heap_.kinds_.of(word), object));
}

void Verifier::check_place(const Object* object, std::size_t bytes) {
  const std::byte* end = reinterpret_cast<const std::byte*>(object) + bytes;
  if (heap_.old_.contains(object)) {
    if (end > heap_.old_.block_of(object).top) fail("an old object lies past its block's end");
  } else if (heap_.nursery_.contains(object)) {
    const Nursery::Block& block = heap_.nursery_.block_of(object);
    const std::byte* top = block.top != nullptr
                               ? block.top
                               : heap_.nursery_.begin_of(heap_.nursery_.index_of(object) + 1);
    if (end > top) fail("a young object lies past its block's end");
  }
}

/// The remembered set is complete: an old object refers to a young one only if it is remembered.
void Verifier::check_edges(Object* object) {
  if ((object->flags() & header::old) == 0) return;
  const TypeInfo& type = *TypeTable::instance().types[type_of(object->word())];
  std::size_t length = 0;
  if (type.shape == Shape::array) length = static_cast<AnyArray*>(object)->length();
  for_each_slot(type, object, length, [&](void** slot) {
    const auto* target = static_cast<const Object*>(*slot);
    if (target == nullptr || !heap_.is_young(target)) return;
    const bool chunked = (object->flags() & header::chunked) != 0;
    const void* what =
        chunked ? static_cast<const void*>(chunk_of(reinterpret_cast<Object**>(slot))) : object;
    if (remembered_.count(what) == 0) fail("an old object refers to a young one unremembered");
  });
}

}  // namespace reclaim::gen
