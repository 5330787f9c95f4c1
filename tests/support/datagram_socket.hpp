#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "support/endpoint.hpp"

namespace parley::test {

/// A non-blocking UDP socket that moves many datagrams with one call where the kernel can (UDP_GRO, UDP_SEGMENT): what
/// stands between two fast peers must cost less than they do.
class DatagramSocket {
 public:
  static Result<DatagramSocket> bind(const Endpoint& at);
  DatagramSocket(DatagramSocket&& other) noexcept;
  DatagramSocket& operator=(DatagramSocket&&) = delete;
  ~DatagramSocket();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] Endpoint local() const;
  /// Hands over what has arrived, at most some hundred datagrams a call; a view is valid during its call.
  void receive(const std::function<void(ByteView packet, const Endpoint& from)>& take);
  /// A datagram the kernel refuses is dropped, as on any network.
  void send(std::span<const Bytes> packets, const Endpoint& to);
  /// Datagrams the kernel dropped because this socket's receive buffer was full.
  [[nodiscard]] std::uint64_t kernel_drops() const;

 private:
  explicit DatagramSocket(int descriptor);
  bool send_run(std::span<const Bytes> run, const Endpoint& to);

  int descriptor_;
  bool segmentation_ = true;
  std::vector<std::uint8_t> buffers_;
};

}  // namespace parley::test
