#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "api/key_frame_gate.hpp"
#include "api/source_log.hpp"
#include "api/tone_buffer.hpp"
#include "dcep/channel.hpp"
#include "jsep/snapshot.hpp"
#include "parley/data_channel.hpp"
#include "parley/rtp_transceiver.hpp"
#include "parley/sctp_transport.hpp"
#include "session/source_counters.hpp"
#include "sframe/context.hpp"

/// What the public objects share with the connection they belong to. Members belong to the loop's thread, unless atomic
/// or constant.
namespace parley::api {

class Peer;

struct IceTransportCore {
  std::shared_ptr<EventLoop> loop;
  std::weak_ptr<Peer> peer;
  jsep::TransportId id{};  // constant
  std::shared_ptr<RTCIceTransportEvents::Lists> lists = std::make_shared<RTCIceTransportEvents::Lists>();
  RTCIceTransportState state = RTCIceTransportState::New;
  RTCIceGathererState gathering = RTCIceGathererState::New;
  RTCIceRole role = RTCIceRole::Unknown;  // as of the last description, or of the last time that somebody asked
};

struct DtlsTransportCore {
  std::shared_ptr<EventLoop> loop;
  std::shared_ptr<IceTransportCore> ice_core;
  std::shared_ptr<RTCIceTransport> ice;
  std::shared_ptr<RTCDtlsTransportEvents::Lists> lists = std::make_shared<RTCDtlsTransportEvents::Lists>();
  RTCDtlsTransportState state = RTCDtlsTransportState::New;
  std::vector<std::vector<std::uint8_t>> remote_certificates;
};

struct SctpTransportCore {
  std::shared_ptr<EventLoop> loop;
  std::shared_ptr<RTCDtlsTransport> dtls;
  std::shared_ptr<RTCSctpTransportEvents::Lists> lists = std::make_shared<RTCSctpTransportEvents::Lists>();
  RTCSctpTransportState state = RTCSctpTransportState::Connecting;
  std::optional<double> max_message_size;
  std::optional<std::uint16_t> max_channels;
};

/// An RTCDTMFSender.
struct DtmfState {
  std::shared_ptr<RTCDTMFSenderEvents::Lists> lists = std::make_shared<RTCDTMFSenderEvents::Lists>();
  ToneBuffer buffer;
  bool scheduled = false;  // the next step of the playout
};

/// Of a transceiver.
enum class Side { Sender, Receiver };

/// Of an SFrameTransform. Keys may be set on any thread, and before there is a loop.
struct SFrameState {
  explicit SFrameState(sframe::CipherSuite suite) : context(suite) {}
  std::mutex mutex;
  sframe::Context context;  // under the mutex
  KeyFrameGate gate;        // of a receiver: closed by what could not be read
  std::shared_ptr<SFrameKeyManagementEvents::Lists> lists = std::make_shared<SFrameKeyManagementEvents::Lists>();
};

/// An RTCRtpScriptTransform or SFrameTransform.
struct TransformCore {
  template <class Frame>
  using Handler = std::shared_ptr<detail::TransformFunction<Frame>>;  // shared: it may be replaced while it runs
  struct KeyFrameWait {
    std::set<std::string> rids;
    PromiseResolver<void> done;
  };

  Handler<RTCEncodedVideoFrame> video;
  Handler<RTCEncodedAudioFrame> audio;
  std::shared_ptr<SFrameState> sframe;      // constant; nullptr of an RTCRtpScriptTransform
  std::shared_ptr<SFrameTransform> object;  // whose it is, while it is in use
  std::atomic<bool> used = false;
  // Constant since it is used, which comes before the handler runs.
  std::shared_ptr<EventLoop> loop;
  std::weak_ptr<TransceiverCore> transceiver;
  Side side = Side::Sender;
  jsep::MediaKind kind = jsep::MediaKind::Audio;

  std::vector<KeyFrameWait> waits;  // of generateKeyFrame()
};

struct TransceiverCore {
  std::shared_ptr<EventLoop> loop;
  std::weak_ptr<Peer> peer;
  /// As of the last change: what the program asks for after the transceiver has left the set, too.
  jsep::Transceiver state;
  std::optional<jsep::MediaSection> section;
  std::shared_ptr<RTCDtlsTransport> transport;        // [[SenderTransport]], [[ReceiverTransport]]
  std::shared_ptr<MediaStreamTrack> sender_track;     // [[SenderTrack]]
  std::shared_ptr<MediaStreamTrack> receiver_track;   // [[ReceiverTrack]], constant
  std::vector<std::shared_ptr<MediaStream>> streams;  // [[AssociatedRemoteMediaStreams]]
  std::optional<RTCRtpSendParameters> last_returned;  // [[LastReturnedParameters]]
  std::string cname;                                  // constant
  session::SourceCounters source;                     // of the sender's track
  std::uint32_t attachments = 0;                      // tracks that the sender has had
  std::shared_ptr<DtmfState> dtmf;                    // constant; nullptr for video
  std::shared_ptr<TransformCore> sender_transform, receiver_transform;
  SourceLog synchronization, contributing;       // sources of what has arrived
  std::optional<std::uint32_t> last_source;      // of the last frame
  std::vector<std::uint32_t> last_contributors;  // likewise
  std::shared_ptr<RTCRtpReceiverEvents::Lists> receiver_lists = std::make_shared<RTCRtpReceiverEvents::Lists>();
  std::shared_ptr<const jsep::MediaCapabilities> capabilities;  // constant
};

struct DataChannelCore {
  /// What keeping a message costs beside its own bytes, about. Limits count it: otherwise a peer could fill the memory
  /// with empty messages.
  static constexpr std::size_t kMessageCost = 128;
  /// What the messages cost that were passed to send() and not yet taken by SCTP.
  [[nodiscard]] std::size_t unsent_cost() const { return buffered + unsent * kMessageCost; }

  std::shared_ptr<EventLoop> loop;
  std::weak_ptr<Peer> peer;
  dcep::ChannelKey key;
  dcep::ChannelInit init;  // constant after construction
  std::shared_ptr<RTCDataChannelEvents::Lists> lists = std::make_shared<RTCDataChannelEvents::Lists>();

  std::atomic<RTCDataChannelState> state = RTCDataChannelState::Connecting;
  std::atomic<int> id = -1;  // -1: not chosen yet
  std::atomic<std::size_t> buffered = 0;
  std::atomic<std::size_t> unsent = 0;  // messages, for the smallest of them cost memory, too
  std::atomic<std::size_t> low_threshold = 0;
  std::atomic<double> max_message_size = std::numeric_limits<double>::infinity();

  /// A message that waits until somebody listens, or until earlier events have been fired.
  struct Waiting {
    bool text;
    std::vector<std::byte> bytes;
  };
  std::deque<Waiting> waiting;
  std::size_t waiting_bytes = 0;  // with kMessageCost for each
  /// Bytes and messages that the wire took since the last task that let `buffered` and `unsent` fall.
  std::size_t taken = 0, taken_messages = 0;
  bool settling = false;  // that task is queued
  std::deque<PromiseResolver<void>> writers;
  /// Made on another thread than the loop's, where `open` may be fired before the program gets to set its handler: then
  /// the event waits for it.
  bool open_waits = false;
  bool open_is_due = false;
  bool was_open = false;  // counted as such
};

}  // namespace parley::api
