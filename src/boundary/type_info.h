// What the laboratory knows of a type at run time: its name, its size, where its references are.
// One TypeInfo per C++ type and process; models that trace keep a pointer or the id in the header.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/assert.h"

namespace reclaim {

enum class Shape : std::uint8_t {
  record,  ///< a struct; references at ref_offsets
  array,   ///< `length` references from byte head_bytes on
  blob,    ///< `length` bytes without references, beginning at or after byte head_bytes
};

struct TypeInfo {
  std::uint32_t id = 0;           ///< dense from 0 in each process
  std::uint32_t asked_bytes = 0;  ///< record: bytes of the workload's own fields; else 0
  std::uint32_t head_bytes = 0;   ///< record: sizeof; array, blob: what precedes the elements
  Shape shape = Shape::record;
  bool cyclic = false;  ///< instances may be part of a reference cycle (option Cyclic)
  std::uint16_t ref_count = 0;
  const std::uint16_t* ref_offsets = nullptr;
  std::string_view name;
};

/// The most types one process may have.
inline constexpr std::size_t max_types = 4096;

/// All types of this process; index: TypeInfo::id. Filled before main.
struct TypeTable {
  std::array<const TypeInfo*, max_types> types{};
  std::uint32_t count = 0;
  static TypeTable& instance() {
    static constinit TypeTable table;
    return table;
  }
  std::uint32_t add(const TypeInfo* type) {
    require(count < max_types, "too many types in one program");
    types[count] = type;
    return count++;
  }
};

namespace detail {

/// "ns::Node<M>" as the compiler spells it, without namespaces and the model's arguments.
template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of("<;]"));
  const auto colon = text.rfind("::");
  return colon == std::string_view::npos ? text : text.substr(colon + 2);
}

template <class T, class Member>
std::uint16_t offset_of(Member T::*member) {
  alignas(T) static constinit std::byte room[sizeof(T)]{};
  const T* object = reinterpret_cast<const T*>(room);
  return static_cast<std::uint16_t>(reinterpret_cast<const std::byte*>(&(object->*member)) - room);
}

}  // namespace detail

/// How many references T declares in refs(); 0 when it declares none.
template <class T>
constexpr std::size_t ref_count_of() {
  if constexpr (requires { T::refs(); }) {
    return std::tuple_size_v<decltype(T::refs())>;
  } else {
    return 0;
  }
}

/// Calls f(field) for each reference field of *object that T declares in refs(), in that order.
template <class T, class F>
void for_each_ref(T* object, F&& f) {
  if constexpr (requires { T::refs(); }) {
    std::apply([&](auto... member) { (f(object->*member), ...); }, T::refs());
  }
}

/// Registers T when the program starts. T::shape and T::is_cyclic come from the model's layout.
template <class T>
struct RegisteredType {
  TypeInfo info;
  std::array<std::uint16_t, ref_count_of<T>() + 1> offsets{};

  RegisteredType() {
    if constexpr (requires { T::refs(); }) {
      std::apply(
          [&](auto... member) {
            std::size_t i = 0;
            ((offsets[i++] = detail::offset_of<T>(member)), ...);
          },
          T::refs());
    }
    info.shape = T::shape;
    info.head_bytes = static_cast<std::uint32_t>(sizeof(T));
    if constexpr (T::shape == Shape::record) {
      info.asked_bytes = static_cast<std::uint32_t>(sizeof(T) - T::overhead_bytes());
    }
    info.cyclic = T::is_cyclic;
    info.ref_count = static_cast<std::uint16_t>(ref_count_of<T>());
    info.ref_offsets = offsets.data();
    info.name = T::name_of_type();
    info.id = TypeTable::instance().add(&info);
  }
  RegisteredType(const RegisteredType&) = delete;
  RegisteredType& operator=(const RegisteredType&) = delete;
};

template <class T>
inline const RegisteredType<T> registered_type{};

template <class T>
const TypeInfo& type_info() {
  return registered_type<T>.info;
}

/// Calls f(void** slot) for each reference slot of an object whose type is known only at run time.
/// `length` is read by the caller from arrays; it is ignored for other shapes.
template <class F>
void for_each_slot(const TypeInfo& type, void* object, std::size_t length, F&& f) {
  auto* base = static_cast<std::byte*>(object);
  if (type.shape == Shape::record) {
    for (std::size_t i = 0; i < type.ref_count; ++i) {
      f(reinterpret_cast<void**>(base + type.ref_offsets[i]));
    }
  } else if (type.shape == Shape::array) {
    auto** slots = reinterpret_cast<void**>(base + type.head_bytes);
    for (std::size_t i = 0; i < length; ++i) f(slots + i);
  }
}

}  // namespace reclaim
