#include "base/error.hpp"

namespace parley {

Exception::Exception(std::string_view name, std::string_view message)
    : name_(std::make_shared<const std::string>(name)),
      message_(std::make_shared<const std::string>(message)),
      what_(std::make_shared<const std::string>(std::string(name) + ": " + std::string(message))) {}

std::string_view to_string(RTCErrorDetailType type) {
  switch (type) {
    case RTCErrorDetailType::DataChannelFailure:
      return "data-channel-failure";
    case RTCErrorDetailType::DtlsFailure:
      return "dtls-failure";
    case RTCErrorDetailType::FingerprintFailure:
      return "fingerprint-failure";
    case RTCErrorDetailType::SctpFailure:
      return "sctp-failure";
    case RTCErrorDetailType::SdpSyntaxError:
      return "sdp-syntax-error";
    case RTCErrorDetailType::HardwareEncoderNotAvailable:
      return "hardware-encoder-not-available";
    case RTCErrorDetailType::HardwareEncoderError:
      return "hardware-encoder-error";
  }
  return "";
}

void throw_exception(const Error& error) {
  const std::string& m = error.message;
  switch (error.kind) {
    case ErrorKind::TypeError:
      throw TypeError(m);
    case ErrorKind::RangeError:
      throw RangeError(m);
    case ErrorKind::RTCError:
      throw to_rtc_error(error, RTCErrorDetailType::DataChannelFailure);
    case ErrorKind::AbortError:
      throw AbortError(m);
    case ErrorKind::DataError:
      throw DataError(m);
    case ErrorKind::InvalidAccessError:
      throw InvalidAccessError(m);
    case ErrorKind::InvalidModificationError:
      throw InvalidModificationError(m);
    case ErrorKind::InvalidStateError:
      throw InvalidStateError(m);
    case ErrorKind::NetworkError:
      throw NetworkError(m);
    case ErrorKind::NotSupportedError:
      throw NotSupportedError(m);
    case ErrorKind::OperationError:
      throw OperationError(m);
    case ErrorKind::SyntaxError:
      throw SyntaxError(m);
    case ErrorKind::TimeoutError:
      throw TimeoutError(m);
    case ErrorKind::UnknownError:
      break;
  }
  throw UnknownError(m);
}

std::exception_ptr to_exception(const Error& error) {
  try {
    throw_exception(error);
  } catch (...) {
    return std::current_exception();
  }
}

RTCError to_rtc_error(const Error& error, RTCErrorDetailType fallback) {
  return {error.detail.value_or(RTCErrorInit{.errorDetail = fallback}), error.message};
}

}  // namespace parley
