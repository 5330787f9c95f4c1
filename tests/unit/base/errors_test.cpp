#include <gtest/gtest.h>

#include "base/error.hpp"

namespace parley {
namespace {

/// Thrown as E, caught as each of its bases in turn, it says its W3C name.
template <class E>
void expect_name(const char* name) {
  const E error("because");
  EXPECT_EQ(error.name(), name);
  EXPECT_EQ(error.message(), "because");
  EXPECT_EQ(std::string(error.what()), std::string(name) + ": because");
  EXPECT_THROW(throw error, E);
  try {
    throw error;
  } catch (const Exception& e) {
    EXPECT_EQ(e.name(), name);
  }
}

template <class E>
void expect_dom_exception(const char* name) {
  static_assert(std::is_base_of_v<DOMException, E>);
  expect_name<E>(name);
}

TEST(Errors, EveryDomExceptionHasItsNameAndIsATypeOfItsOwn) {
  expect_dom_exception<AbortError>("AbortError");
  expect_dom_exception<ConstraintError>("ConstraintError");
  expect_dom_exception<DataCloneError>("DataCloneError");
  expect_dom_exception<DataError>("DataError");
  expect_dom_exception<EncodingError>("EncodingError");
  expect_dom_exception<HierarchyRequestError>("HierarchyRequestError");
  expect_dom_exception<InUseAttributeError>("InUseAttributeError");
  expect_dom_exception<IndexSizeError>("IndexSizeError");
  expect_dom_exception<InvalidAccessError>("InvalidAccessError");
  expect_dom_exception<InvalidCharacterError>("InvalidCharacterError");
  expect_dom_exception<InvalidModificationError>("InvalidModificationError");
  expect_dom_exception<InvalidNodeTypeError>("InvalidNodeTypeError");
  expect_dom_exception<InvalidStateError>("InvalidStateError");
  expect_dom_exception<NamespaceError>("NamespaceError");
  expect_dom_exception<NetworkError>("NetworkError");
  expect_dom_exception<NoModificationAllowedError>("NoModificationAllowedError");
  expect_dom_exception<NotAllowedError>("NotAllowedError");
  expect_dom_exception<NotFoundError>("NotFoundError");
  expect_dom_exception<NotReadableError>("NotReadableError");
  expect_dom_exception<NotSupportedError>("NotSupportedError");
  expect_dom_exception<OperationError>("OperationError");
  expect_dom_exception<OptOutError>("OptOutError");
  expect_dom_exception<QuotaExceededError>("QuotaExceededError");
  expect_dom_exception<ReadOnlyError>("ReadOnlyError");
  expect_dom_exception<SecurityError>("SecurityError");
  expect_dom_exception<SyntaxError>("SyntaxError");
  expect_dom_exception<TimeoutError>("TimeoutError");
  expect_dom_exception<TransactionInactiveError>("TransactionInactiveError");
  expect_dom_exception<TypeMismatchError>("TypeMismatchError");
  expect_dom_exception<URLMismatchError>("URLMismatchError");
  expect_dom_exception<UnknownError>("UnknownError");
  expect_dom_exception<VersionError>("VersionError");
  expect_dom_exception<WrongDocumentError>("WrongDocumentError");
  static_assert(!std::is_base_of_v<AbortError, DataError> && !std::is_same_v<AbortError, DataError>);
}

TEST(Errors, EcmaScriptErrorsAreNoDomExceptions) {
  expect_name<TypeError>("TypeError");
  expect_name<RangeError>("RangeError");
  static_assert(!std::is_base_of_v<DOMException, TypeError> && !std::is_base_of_v<DOMException, RangeError>);
}

TEST(Errors, CopyingNeverThrowsAndNoCopyLosesItsName) {
  static_assert(std::is_nothrow_copy_constructible_v<Exception>);
  static_assert(std::is_nothrow_copy_constructible_v<RTCError>);
  TypeError first("x");
  const TypeError second = std::move(first);
  EXPECT_EQ(first.name(), "TypeError");  // NOLINT: an exception stays whole when it is moved from
  EXPECT_STREQ(second.what(), "TypeError: x");
}

TEST(Errors, AnRtcErrorIsAnOperationErrorWithDetails) {
  const RTCError error({.errorDetail = RTCErrorDetailType::SdpSyntaxError, .sdpLineNumber = 3}, "bad line");
  EXPECT_EQ(error.name(), "OperationError");
  EXPECT_EQ(error.errorDetail(), RTCErrorDetailType::SdpSyntaxError);
  EXPECT_EQ(error.sdpLineNumber(), 3);
  EXPECT_EQ(error.sctpCauseCode(), std::nullopt);
  EXPECT_THROW(throw error, OperationError);
  const RTCError dtls({.errorDetail = RTCErrorDetailType::DtlsFailure, .receivedAlert = 40u, .sentAlert = 0u}, "");
  EXPECT_EQ(dtls.receivedAlert(), 40u);
  EXPECT_EQ(dtls.sentAlert(), 0u);
}

TEST(Errors, DetailsAreSpeltAsInTheSpecification) {
  EXPECT_EQ(to_string(RTCErrorDetailType::DataChannelFailure), "data-channel-failure");
  EXPECT_EQ(to_string(RTCErrorDetailType::DtlsFailure), "dtls-failure");
  EXPECT_EQ(to_string(RTCErrorDetailType::FingerprintFailure), "fingerprint-failure");
  EXPECT_EQ(to_string(RTCErrorDetailType::SctpFailure), "sctp-failure");
  EXPECT_EQ(to_string(RTCErrorDetailType::SdpSyntaxError), "sdp-syntax-error");
  EXPECT_EQ(to_string(RTCErrorDetailType::HardwareEncoderNotAvailable), "hardware-encoder-not-available");
  EXPECT_EQ(to_string(RTCErrorDetailType::HardwareEncoderError), "hardware-encoder-error");
}

template <class E>
void expect_exactly(ErrorKind kind) {
  const Error error{.kind = kind, .message = "m"};
  try {
    std::rethrow_exception(to_exception(error));
  } catch (const Exception& e) {
    EXPECT_EQ(typeid(e), typeid(E));
    EXPECT_EQ(e.message(), "m");
  }
  EXPECT_THROW(throw_exception(error), E);
}

TEST(Errors, AnErrorBelowBecomesExactlyItsException) {
  expect_exactly<TypeError>(ErrorKind::TypeError);
  expect_exactly<RangeError>(ErrorKind::RangeError);
  expect_exactly<RTCError>(ErrorKind::RTCError);
  expect_exactly<AbortError>(ErrorKind::AbortError);
  expect_exactly<DataError>(ErrorKind::DataError);
  expect_exactly<InvalidAccessError>(ErrorKind::InvalidAccessError);
  expect_exactly<InvalidModificationError>(ErrorKind::InvalidModificationError);
  expect_exactly<InvalidStateError>(ErrorKind::InvalidStateError);
  expect_exactly<NetworkError>(ErrorKind::NetworkError);
  expect_exactly<NotSupportedError>(ErrorKind::NotSupportedError);
  expect_exactly<OperationError>(ErrorKind::OperationError);
  expect_exactly<SyntaxError>(ErrorKind::SyntaxError);
  expect_exactly<TimeoutError>(ErrorKind::TimeoutError);
  expect_exactly<UnknownError>(ErrorKind::UnknownError);
}

TEST(Errors, DetailsSurviveTheWayUp) {
  const Error error{.kind = ErrorKind::RTCError,
                    .message = "m",
                    .detail = RTCErrorInit{.errorDetail = RTCErrorDetailType::SctpFailure, .sctpCauseCode = 12}};
  EXPECT_EQ(to_rtc_error(error, RTCErrorDetailType::DtlsFailure).sctpCauseCode(), 12);
  const Error plain{.kind = ErrorKind::OperationError, .message = "m"};
  EXPECT_EQ(to_rtc_error(plain, RTCErrorDetailType::DtlsFailure).errorDetail(), RTCErrorDetailType::DtlsFailure);
}

}  // namespace
}  // namespace parley
