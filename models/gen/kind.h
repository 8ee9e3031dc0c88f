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

/// The least object: a header and a word, so that two words can always be copied at once.
inline constexpr std::size_t object_bytes_least = 2 * word_bytes;

/// Bytes that a record of sizeof `size` takes in the heap.
constexpr std::size_t record_bytes(std::size_t size) {
  return std::max(align_up(size, word_bytes), object_bytes_least);
}

struct Kind {
  std::uint64_t ref_bits = 0;  ///< bit i: word i of the object is a reference
  std::uint32_t bytes = 0;     ///< of a record all of whose references are in ref_bits; else 0
  Shape shape = Shape::record;
  bool has_slots = false;  ///< may hold references
};
static_assert(sizeof(Kind) == 16);

/// Index: type id. Read-only once built; a type registered later is not of this heap.
class KindTable {
 public:
  KindTable() : kinds_(TypeTable::instance().count) {
    for (std::uint32_t id = 0; id < kinds_.size(); ++id) {
      const TypeInfo& type = type_of_id(id);
      Kind& kind = kinds_[id];
      kind.shape = type.shape;
      kind.has_slots = type.shape == Shape::array || type.ref_count != 0;
      if (type.shape != Shape::record) continue;
      kind.bytes = static_cast<std::uint32_t>(record_bytes(type.head_bytes));
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
  const Kind& operator[](std::uint32_t id) const { return kinds_[id]; }
  const Kind& of(HeaderWord word) const { return of(kinds_.begin(), word); }
  const Kind* begin() const { return kinds_.begin(); }
  std::size_t size() const { return kinds_.size(); }

  /// The kind of an object with this header, in a table that begins at `kinds`.
  static const Kind& of(const Kind* kinds, HeaderWord word) { return kinds[gen::type_of(word)]; }
  static const TypeInfo& type_of_id(std::uint32_t id) { return *TypeTable::instance().types[id]; }

 private:
  MappedArray<Kind> kinds_;
};

inline const TypeInfo& type_info_of(const Object* object) {
  return KindTable::type_of_id(type_of(object->word()));
}

/// Bytes that an object takes in the heap: a multiple of a word.
inline std::size_t bytes_of(const Kind& kind, const Object* object) {
  if (kind.bytes != 0) [[likely]]
    return kind.bytes;
  switch (kind.shape) {
    case Shape::record:
      return record_bytes(type_info_of(object).head_bytes);
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
      return type_info_of(object).asked_bytes;
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
    const TypeInfo& type = type_info_of(object);
    for (std::size_t i = 0; i < type.ref_count; ++i) {
      visit(words + type.ref_offsets[i] / word_bytes);
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

}  // namespace reclaim::gen
