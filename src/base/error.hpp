#pragma once

#include <exception>
#include <optional>
#include <string>

#include "parley/errors.hpp"

namespace parley {

/// The exception a refused operation becomes at the surface.
enum class ErrorKind {
  TypeError,
  RangeError,
  RTCError,
  AbortError,
  DataError,
  InvalidAccessError,
  InvalidModificationError,
  InvalidStateError,
  NetworkError,
  NotSupportedError,
  OperationError,
  SyntaxError,
  TimeoutError,
  UnknownError,
};

/// Why something was refused, as a value. Below `api/` nothing throws; the surface turns this into the exception.
struct Error {
  ErrorKind kind = ErrorKind::OperationError;
  std::string message;
  /// Set if and only if kind is RTCError.
  std::optional<RTCErrorInit> detail = std::nullopt;
};

/// The exception that `error` stands for, of exactly the W3C type.
std::exception_ptr to_exception(const Error& error);
[[noreturn]] void throw_exception(const Error& error);
/// The RTCError of an error event: `error` itself if it has details, else one with `fallback`.
RTCError to_rtc_error(const Error& error, RTCErrorDetailType fallback);

}  // namespace parley
