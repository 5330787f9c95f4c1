#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parley/export.hpp"
#include "parley/fixed_string.hpp"

namespace parley {

/// What a JavaScript `catch (error)` sees: a name and a message. Base of everything this library throws or rejects
/// with.
class PARLEY_EXPORT Exception : public std::exception {
 public:
  Exception(std::string_view name, std::string_view message);
  Exception(const Exception&) = default;  // and no move, which would leave an exception without a name
  Exception& operator=(const Exception&) = default;
  /// The name as the specification spells it, e.g. "InvalidStateError" or "TypeError".
  [[nodiscard]] const std::string& name() const { return *name_; }
  /// A sentence for a human. Not meant to be compared.
  [[nodiscard]] const std::string& message() const { return *message_; }
  /// "name: message".
  [[nodiscard]] const char* what() const noexcept override { return what_->c_str(); }

 private:
  std::shared_ptr<const std::string> name_, message_, what_;  // shared: copying an exception must not throw
};

/// ECMAScript's TypeError: an argument of the wrong kind or value.
class PARLEY_EXPORT TypeError : public Exception {
 public:
  explicit TypeError(std::string_view message) : Exception("TypeError", message) {}
};

/// ECMAScript's RangeError: a number outside its range.
class PARLEY_EXPORT RangeError : public Exception {
 public:
  explicit RangeError(std::string_view message) : Exception("RangeError", message) {}
};

/// Web IDL's DOMException. Each name that webrtc-pc uses is a type of its own below, so that `catch` can choose.
class PARLEY_EXPORT DOMException : public Exception {
 public:
  using Exception::Exception;
};

template <FixedString Name>
class PARLEY_EXPORT NamedDOMException : public DOMException {
 public:
  explicit NamedDOMException(std::string_view message) : DOMException(Name.view(), message) {}
};

using AbortError = NamedDOMException<"AbortError">;
using DataError = NamedDOMException<"DataError">;
using EncodingError = NamedDOMException<"EncodingError">;
using InvalidAccessError = NamedDOMException<"InvalidAccessError">;
using InvalidCharacterError = NamedDOMException<"InvalidCharacterError">;
using InvalidModificationError = NamedDOMException<"InvalidModificationError">;
using InvalidStateError = NamedDOMException<"InvalidStateError">;
using NetworkError = NamedDOMException<"NetworkError">;
using NotAllowedError = NamedDOMException<"NotAllowedError">;
using NotFoundError = NamedDOMException<"NotFoundError">;
using NotReadableError = NamedDOMException<"NotReadableError">;
using NotSupportedError = NamedDOMException<"NotSupportedError">;
using OperationError = NamedDOMException<"OperationError">;
using QuotaExceededError = NamedDOMException<"QuotaExceededError">;
using SecurityError = NamedDOMException<"SecurityError">;
using SyntaxError = NamedDOMException<"SyntaxError">;
using TimeoutError = NamedDOMException<"TimeoutError">;
using UnknownError = NamedDOMException<"UnknownError">;

/// What an RTCError is about. webrtc-pc section 11.3.2.
enum class RTCErrorDetailType {
  DataChannelFailure,
  DtlsFailure,
  FingerprintFailure,
  SctpFailure,
  SdpSyntaxError,
  HardwareEncoderNotAvailable,
  HardwareEncoderError,
};
PARLEY_EXPORT std::string_view to_string(RTCErrorDetailType type);

/// webrtc-pc section 11.3.1.
struct RTCErrorInit {
  RTCErrorDetailType errorDetail;
  /// The line, counted from 1, at which an SDP text was refused (SdpSyntaxError only).
  std::optional<int> sdpLineNumber = std::nullopt;
  /// The SCTP cause code of an abort (SctpFailure only).
  std::optional<int> sctpCauseCode = std::nullopt;
  /// The DTLS alert received, or sent, when the transport failed (DtlsFailure only).
  std::optional<unsigned> receivedAlert = std::nullopt;
  std::optional<unsigned> sentAlert = std::nullopt;
};

/// A DOMException named "OperationError" with WebRTC-specific details. webrtc-pc section 11.2.
class PARLEY_EXPORT RTCError : public OperationError {
 public:
  RTCError(RTCErrorInit init, std::string_view message) : OperationError(message), init_(init) {}
  [[nodiscard]] RTCErrorDetailType errorDetail() const { return init_.errorDetail; }
  [[nodiscard]] std::optional<int> sdpLineNumber() const { return init_.sdpLineNumber; }
  [[nodiscard]] std::optional<int> sctpCauseCode() const { return init_.sctpCauseCode; }
  [[nodiscard]] std::optional<unsigned> receivedAlert() const { return init_.receivedAlert; }
  [[nodiscard]] std::optional<unsigned> sentAlert() const { return init_.sentAlert; }

 private:
  RTCErrorInit init_;
};

}  // namespace parley
