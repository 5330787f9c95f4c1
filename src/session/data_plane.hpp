#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "dcep/channels.hpp"
#include "parley/event_loop.hpp"
#include "sctp/association.hpp"

namespace parley::session {

/// The SCTP association of a connection and the data channels over it. Thread of its loop only.
class DataPlane final : private sctp::Handler {
 public:
  enum class State { None, Connecting, Connected, Closed };

  /// Told what happens to the association; a dcep::Observer hears of the channels.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_sctp_state(State state) = 0;
    /// A packet for the DTLS transport. Must not call the data plane.
    virtual void on_sctp_packet_ready(ByteView packet) = 0;
    /// One that must arrive in one piece or not at all. Likewise.
    virtual void on_sctp_probe_ready(ByteView packet) = 0;
  };

  struct Config {
    std::uint16_t local_port = 5000;
    std::uint16_t remote_port = 5000;
    std::uint64_t remote_max_message_size = 65536;  ///< 0: no limit
  };

  DataPlane(EventLoop& loop, std::size_t max_receive_size, Observer& observer, dcep::Observer& channel_observer);
  ~DataPlane() override;
  DataPlane(const DataPlane&) = delete;
  DataPlane& operator=(const DataPlane&) = delete;

  /// An association has been negotiated, the first or one in place of the old.
  void establish(const Config& config);
  void set_remote_max_message_size(std::uint64_t bytes);
  void set_dtls_role(dcep::DtlsRole role) { channels_.set_role(role); }
  /// DTLS is connected: sends INIT.
  void connect();
  void receive(ByteView packet);
  /// Packets take another path to the peer from now on.
  void path_changed();
  /// The association ends, and with it every channel.
  void end(const std::optional<Error>& error);
  /// The connection is closed: nothing is reported any more.
  void close();

  [[nodiscard]] dcep::Channels& channels() { return channels_; }
  [[nodiscard]] const dcep::Channels& channels() const { return channels_; }
  [[nodiscard]] State state() const { return state_; }
  /// Absent until connected.
  [[nodiscard]] std::optional<unsigned> max_channels() const { return max_channels_; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] std::optional<sctp::Stats> stats() const;

 private:
  void on_sctp_packet(ByteView packet) override { observer_.on_sctp_packet_ready(packet); }
  void on_sctp_probe(ByteView packet) override { observer_.on_sctp_probe_ready(packet); }
  void on_sctp_connected(unsigned streams) override;
  void on_sctp_message(sctp::StreamId stream, sctp::Ppid ppid, ByteView message) override;
  void on_sctp_message_too_long(sctp::StreamId stream) override;
  void on_sctp_incoming_reset(sctp::StreamId stream) override;
  void on_sctp_outgoing_reset(sctp::StreamId stream) override;
  void on_sctp_writable() override;
  void on_sctp_closed(const std::optional<Error>& error) override;

  void set_state(State state);
  void drop_association();

  EventLoop& loop_;
  std::size_t max_receive_size_;
  Observer& observer_;
  dcep::Channels channels_;
  std::unique_ptr<sctp::Association> association_;
  Config config_;
  State state_ = State::None;
  std::optional<unsigned> max_channels_;
  bool connect_called_ = false;
  bool closed_ = false;
};

}  // namespace parley::session
