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

void Verifier::after_collection(bool full) {
  when_ = "after a collection";
  full_ = full;
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

void Verifier::gather_weak() {
  for (const WeakTable::List* list : {&heap_.weak_.weaks_, &heap_.weak_.ephemerons_}) {
    for (const Object* entry : list->young) {
      if (!listed_.insert(entry).second) fail("a weak reference is listed twice");
      listed_young_.insert(entry);
    }
    for (const Object* entry : list->old) {
      if (!listed_.insert(entry).second) fail("a weak reference is listed twice");
    }
  }
}

void Verifier::reach(Object* object) {
  if (object == nullptr || !reached_.insert(object).second) return;
  check_reference(object);
  stack_.push_back(object);
}

void Verifier::drain() {
  while (!stack_.empty()) {
    Object* object = stack_.back();
    stack_.pop_back();
    const TypeInfo& type = *TypeTable::instance().types[type_of(object->word())];
    std::size_t length = 0;
    if (type.shape == Shape::array) length = static_cast<AnyArray*>(object)->length();
    for_each_slot(type, object, length, [&](void** slot) { reach(static_cast<Object*>(*slot)); });
    check_edges(object);
    if (type.role != Role::plain) weak_.push_back(object);
  }
}

/// What ephemerons that are reached keep alive. False: nothing more.
bool Verifier::trace_values() {
  const std::size_t before = reached_.size();
  for (Object* object : weak_) {
    if (type_info_of(object).role != Role::ephemeron) continue;
    const auto* ephemeron = static_cast<const AnyEphemeron*>(object);
    if (reached_.count(ephemeron->key) != 0) reach(ephemeron->value);
  }
  drain();
  return reached_.size() != before;
}

void Verifier::trace() {
  gather_remembered();
  gather_weak();
  for (const MutatorCore* m : heap_.safepoints_.mutators()) {
    m->for_each_root([&](Object** root) { reach(*root); });
  }
  heap_.globals_.for_each([this](Object** slot) { reach(*slot); });
  drain();
  while (trace_values()) {
  }
  for (const Object* object : weak_) check_weak(object);
}

/// A weak reference is listed until it is cleared, among the young while either end is young; and
/// what it refers to is an object, and, after a full collection, one that is reachable.
void Verifier::check_weak(const Object* object) {
  const bool is_weak = type_info_of(object).role == Role::weak;
  const Object* referent = is_weak ? static_cast<const AnyWeak*>(object)->referent
                                   : static_cast<const AnyEphemeron*>(object)->key;
  const Object* value = is_weak ? nullptr : static_cast<const AnyEphemeron*>(object)->value;
  if (referent == nullptr) {
    if (value != nullptr) fail("an ephemeron has a value and no key");
    return;
  }
  check_reference(referent);
  if (value != nullptr) check_reference(value);
  if (full_ && reached_.count(referent) == 0) fail("a weak reference to the dead is not cleared");
  if (listed_.count(object) == 0) fail("a weak reference is not listed");
  const bool young = heap_.is_young(object) || heap_.is_young(referent) || heap_.is_young(value);
  if (young && listed_young_.count(object) == 0) fail("a young weak reference is listed as old");
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
