#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace quantscope {

/// What kind of failure it was; front ends choose exit codes and remedies by it.
enum class ErrorCode {
  InvalidArgument,  ///< the caller asked for something that cannot be
  NotFound,         ///< a file, tensor, operator or key does not exist
  Malformed,        ///< untrusted input breaks its format
  Unsupported,      ///< well-formed, but this program cannot do it
  Io,               ///< the operating system refused to read or write
  ResourceLimit,    ///< it would need more memory or time than is allowed
  Cancelled,        ///< the user stopped the work
  Internal          ///< a broken promise inside the program
};

/// A failure as a value: what failed, where, why, and what to do about it. Shown to people as
/// "<what> (<where>): <why>; <what to do>"; empty parts are left out.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string what;    ///< "cannot open the model"
  std::string where;   ///< "model.tflite", "operator 3 CONV_2D", "tensor 5"
  std::string why;     ///< "the file ends inside the table of buffers"
  std::string remedy;  ///< "download the file again"

  /// The one-line form that the command line prints after "error: ".
  std::string message() const {
    std::string text = what;
    if (!where.empty()) text += " (" + where + ")";
    if (!why.empty()) text += ": " + why;
    if (!remedy.empty()) text += "; " + remedy;
    return text;
  }

  static Error cancelled() { return {ErrorCode::Cancelled, "cancelled", "", "", ""}; }
};

/// A value or an Error. No exception crosses a room; whatever can fail returns this.
template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}
  template <typename U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::decay_t<U>, T> &&
             !std::is_same_v<std::decay_t<U>, Error> && !std::is_same_v<std::decay_t<U>, Result<T>>)
  Result(U&& value) : m_state(std::in_place_index<0>, std::forward<U>(value)) {}

  bool ok() const { return m_state.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { assert(ok()); return std::get<0>(m_state); }
  const T& value() const& { assert(ok()); return std::get<0>(m_state); }
  T&& value() && { assert(ok()); return std::get<0>(std::move(m_state)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { assert(!ok()); return std::get<1>(m_state); }
  Error&& error() && { assert(!ok()); return std::get<1>(std::move(m_state)); }

private:
  std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : m_error(std::move(error)) {}
  bool ok() const { return !m_error.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { assert(!ok()); return *m_error; }

private:
  std::optional<Error> m_error;
};

}  // namespace quantscope

#define QS_CONCAT_INNER(a, b) a##b
#define QS_CONCAT(a, b) QS_CONCAT_INNER(a, b)

/// Returns the error of a Result<T> expression from the current function, if it is one.
#define QS_TRY(expression)                                        \
  do {                                                            \
    auto&& qsTryResult = (expression);                            \
    if (!qsTryResult.ok()) return ::quantscope::Error(qsTryResult.error()); \
  } while (false)

/// QS_ASSIGN(auto model, readModel(path)): declares or assigns the value, or returns the error.
#define QS_ASSIGN(target, expression) QS_ASSIGN_INNER(QS_CONCAT(qsResult, __LINE__), target, expression)
#define QS_ASSIGN_INNER(temporary, target, expression) \
  auto temporary = (expression);                       \
  if (!temporary.ok()) return ::quantscope::Error(std::move(temporary).error()); \
  target = std::move(temporary).value()
