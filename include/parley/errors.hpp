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
  /// For the types below.
  Exception(std::string_view name, std::string_view message);
  /// Copies share their texts and never throw.
  Exception(const Exception&) = default;  // and no move, which would leave an exception without a name
  /// Likewise.
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
  /// `message` is for humans.
  explicit TypeError(std::string_view message) : Exception("TypeError", message) {}
};

/// ECMAScript's RangeError: a number outside its range.
class PARLEY_EXPORT RangeError : public Exception {
 public:
  /// `message` is for humans.
  explicit RangeError(std::string_view message) : Exception("RangeError", message) {}
};

/// Web IDL's DOMException. Each name of its table is a type of its own below, so that `catch` can choose.
class PARLEY_EXPORT DOMException : public Exception {
 public:
  /// As Exception.
  using Exception::Exception;
};

/// A DOMException whose type is its name: `catch (const InvalidStateError& error)`.
template <FixedString Name>
class PARLEY_EXPORT NamedDOMException : public DOMException {
 public:
  /// `message` is for humans.
  explicit NamedDOMException(std::string_view message) : DOMException(Name.view(), message) {}
};

/// The operation was given up.
using AbortError = NamedDOMException<"AbortError">;
/// It would break a condition that has to hold.
using ConstraintError = NamedDOMException<"ConstraintError">;
/// The object cannot be copied.
using DataCloneError = NamedDOMException<"DataCloneError">;
/// The data are not what they should be.
using DataError = NamedDOMException<"DataError">;
/// Encoding or decoding has failed.
using EncodingError = NamedDOMException<"EncodingError">;
/// The object cannot be at that place of a tree.
using HierarchyRequestError = NamedDOMException<"HierarchyRequestError">;
/// The attribute belongs to another element already.
using InUseAttributeError = NamedDOMException<"InUseAttributeError">;
/// An index is outside of what there is; Web IDL prefers RangeError now.
using IndexSizeError = NamedDOMException<"IndexSizeError">;
/// The object cannot be used in this way.
using InvalidAccessError = NamedDOMException<"InvalidAccessError">;
/// The text has a character that it must not have.
using InvalidCharacterError = NamedDOMException<"InvalidCharacterError">;
/// What cannot be changed would be.
using InvalidModificationError = NamedDOMException<"InvalidModificationError">;
/// The object is of the wrong kind for that.
using InvalidNodeTypeError = NamedDOMException<"InvalidNodeTypeError">;
/// The object is in a state that does not allow it, closed for instance.
using InvalidStateError = NamedDOMException<"InvalidStateError">;
/// Namespaces do not allow it.
using NamespaceError = NamedDOMException<"NamespaceError">;
/// The network has failed.
using NetworkError = NamedDOMException<"NetworkError">;
/// The object cannot be changed.
using NoModificationAllowedError = NamedDOMException<"NoModificationAllowedError">;
/// It is not permitted.
using NotAllowedError = NamedDOMException<"NotAllowedError">;
/// There is no such thing.
using NotFoundError = NamedDOMException<"NotFoundError">;
/// A source cannot be read.
using NotReadableError = NamedDOMException<"NotReadableError">;
/// The library cannot do that.
using NotSupportedError = NamedDOMException<"NotSupportedError">;
/// The operation has failed for a reason of its own.
using OperationError = NamedDOMException<"OperationError">;
/// The user has chosen not to.
using OptOutError = NamedDOMException<"OptOutError">;
/// A limit has been reached.
using QuotaExceededError = NamedDOMException<"QuotaExceededError">;
/// What may only be read would be written.
using ReadOnlyError = NamedDOMException<"ReadOnlyError">;
/// It would be insecure.
using SecurityError = NamedDOMException<"SecurityError">;
/// The text does not have the form it needs.
using SyntaxError = NamedDOMException<"SyntaxError">;
/// It took too long.
using TimeoutError = NamedDOMException<"TimeoutError">;
/// The transaction is not active or has ended.
using TransactionInactiveError = NamedDOMException<"TransactionInactiveError">;
/// The object is not of the type that is expected.
using TypeMismatchError = NamedDOMException<"TypeMismatchError">;
/// The URL is not the one that is expected.
using URLMismatchError = NamedDOMException<"URLMismatchError">;
/// It has failed, and nobody knows why.
using UnknownError = NamedDOMException<"UnknownError">;
/// The version asked for is older than the one that is there.
using VersionError = NamedDOMException<"VersionError">;
/// The object belongs to another document.
using WrongDocumentError = NamedDOMException<"WrongDocumentError">;

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
/// As the specification spells it.
PARLEY_EXPORT std::string_view to_string(RTCErrorDetailType type);

/// webrtc-pc section 11.3.1.
struct RTCErrorInit {
  /// What the error is about.
  RTCErrorDetailType errorDetail;
  /// The line, counted from 1, at which an SDP text was refused (SdpSyntaxError only).
  std::optional<int> sdpLineNumber = std::nullopt;
  /// The SCTP cause code of an abort (SctpFailure only).
  std::optional<int> sctpCauseCode = std::nullopt;
  /// The DTLS alert received, or sent, when the transport failed (DtlsFailure only).
  std::optional<unsigned> receivedAlert = std::nullopt;
  /// The one sent.
  std::optional<unsigned> sentAlert = std::nullopt;
};

/// A DOMException named "OperationError" with WebRTC-specific details. webrtc-pc section 11.2.
class PARLEY_EXPORT RTCError : public OperationError {
 public:
  /// `message` is for humans.
  RTCError(RTCErrorInit init, std::string_view message) : OperationError(message), init_(init) {}
  /// What the error is about.
  [[nodiscard]] RTCErrorDetailType errorDetail() const { return init_.errorDetail; }
  /// See RTCErrorInit.
  [[nodiscard]] std::optional<int> sdpLineNumber() const { return init_.sdpLineNumber; }
  /// See RTCErrorInit.
  [[nodiscard]] std::optional<int> sctpCauseCode() const { return init_.sctpCauseCode; }
  /// See RTCErrorInit.
  [[nodiscard]] std::optional<unsigned> receivedAlert() const { return init_.receivedAlert; }
  /// See RTCErrorInit.
  [[nodiscard]] std::optional<unsigned> sentAlert() const { return init_.sentAlert; }

 private:
  RTCErrorInit init_;
};

}  // namespace parley
