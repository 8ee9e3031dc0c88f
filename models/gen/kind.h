// What the collector needs of a type, in half a cache line: TypeInfo boiled down once a heap.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bits.h"
#include "base/mapping.h"
#include "boundary/type_info.h"
#include "models/gen/header.h"
#include "models/parts/layout.h"

namespace reclaim::gen {

using ObjectLayout = parts::Layout<Header>;
using AnyArray = ObjectLayout::Array<Object>;
using AnyBlob = ObjectLayout::Blob;

inline constexpr std::size_t word_bytes = sizeof(void*);

/// Bytes before the workload's own in every record: the same for all types.
inline constexpr std::size_t head_bytes = align_up(sizeof(ObjectLayout::Head), word_bytes);

struct Kind {
  std::uint64_t ref_bits = 0;  ///< bit i: word i of the object is a reference
  std::uint32_t bytes = 0;     ///< of a record all of whose references are in ref_bits; else 0
  Shape shape = Shape::record;
  const TypeInfo* type = nullptr;
};

/// Index: type id. Read-only once built; a type registered later is not of this heap.
class KindTable {
 public:
  KindTable() : kinds_(TypeTable::instance().count) {
    for (std::size_t id = 0; id < kinds_.size(); ++id) {
      const TypeInfo& type = *TypeTable::instance().types[id];
      Kind& kind = kinds_[id];
      kind.type = &type;
      kind.shape = type.shape;
      if (type.shape != Shape::record) continue;
      kind.bytes = static_cast<std::uint32_t>(align_up(type.head_bytes, word_bytes));
      for (std::size_t i = 0; i < type.ref_count; ++i) {
        const std::size_t word = type.ref_offsets[i] / word_bytes;
        if (word < 64) {
          kind.ref_bits |= std::uint64_t{1} << word;
        } else {
          kind.bytes = 0;  // too far out for the bits: goes the general way
        }
      }
    }
  }
  const Kind& operator[](std::uint32_t type_id) const { return kinds_[type_id]; }
  const Kind& of(HeaderWord word) const { return kinds_[type_of(word)]; }
  std::size_t size() const { return kinds_.size(); }

 private:
  MappedArray<Kind> kinds_;
};

/// Bytes that an object takes in the heap: a multiple of a word.
inline std::size_t bytes_of(const Kind& kind, const Object* object) {
  if (kind.bytes != 0) [[likely]]
    return kind.bytes;
  switch (kind.shape) {
    case Shape::record:
      return align_up(kind.type->head_bytes, word_bytes);
    case Shape::array:
      return ObjectLayout::occupied_bytes(static_cast<const AnyArray*>(object));
    case Shape::blob:
      return align_up(ObjectLayout::occupied_bytes(static_cast<const AnyBlob*>(object)),
                      word_bytes);
  }
  return 0;
}

/// What the census counts for it: the bytes that the workload asked for.
inline std::uint64_t asked_bytes_of(const Kind& kind, const Object* object) {
  switch (kind.shape) {
    case Shape::record:
      return kind.type->head_bytes - head_bytes;
    case Shape::array:
      return ObjectLayout::asked_bytes(static_cast<const AnyArray*>(object));
    case Shape::blob:
      return ObjectLayout::asked_bytes(static_cast<const AnyBlob*>(object));
  }
  return 0;
}

inline Object** slots_of(AnyArray* array) { return reinterpret_cast<Object**>(array + 1); }

/// Calls visit(Object** slot) for every reference slot of the object.
template <class Visit>
[[gnu::always_inline]] inline void for_each_slot_of(const Kind& kind, Object* object,
                                                    Visit&& visit) {
  auto** words = reinterpret_cast<Object**>(object);
  if (kind.bytes != 0) [[likely]] {
    for (std::uint64_t bits = kind.ref_bits; bits != 0; bits &= bits - 1) {
      visit(words + std::countr_zero(bits));
    }
    return;
  }
  if (kind.shape == Shape::array) {
    auto* array = static_cast<AnyArray*>(object);
    Object** slots = slots_of(array);
    for (std::size_t i = 0, n = array->length(); i < n; ++i) visit(slots + i);
  } else if (kind.shape == Shape::record) {
    for (std::size_t i = 0; i < kind.type->ref_count; ++i) {
      visit(words + kind.type->ref_offsets[i] / word_bytes);
    }
  }
}

/// Moves a blob to `to`, where its payload may lie differently to keep its alignment. The places
/// may overlap when `to` is the lower one.
inline void move_blob(AnyBlob* from, std::byte* to) {
  std::byte head[sizeof(AnyBlob)];
  std::memcpy(head, static_cast<void*>(from), sizeof head);
  const std::size_t size = from->size();
  const std::byte* payload = from->data();
  const std::size_t alignment = from->alignment();
  std::byte* place = to + sizeof(AnyBlob);
  place += align_up(address_of(place), alignment) - address_of(place);
  std::memmove(place, payload, size);
  std::memcpy(to, head, sizeof head);
}

/// Whether it has reference slots at all.
inline bool has_slots(const Kind& kind) {
  return kind.ref_bits != 0 || (kind.bytes == 0 && kind.shape != Shape::blob);
}

}  // namespace reclaim::gen
