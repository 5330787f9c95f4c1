#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "parley/event_loop.hpp"
#include "parley/events.hpp"
#include "parley/export.hpp"
#include "parley/peer_connection.hpp"
#include "parley/signaling_channel.hpp"

namespace parley {

namespace signaling {
class Negotiation;
}

/// What a negotiator could not do: a description or candidate of the peer that was refused, a connection that no
/// restart has brought back.
struct NegotiationErrorEvent {
  /// The exception, to be thrown again.
  std::exception_ptr error;
  /// What the error says about itself.
  std::string message;
};

/// The events of a PerfectNegotiator, and what they carry.
using PerfectNegotiatorEvents = EventTarget<EventType<"error", NegotiationErrorEvent>>;

/// Who gives way when both peers offer at the same time. One of the two has to be polite and the other one not.
enum class Politeness { Polite, Impolite };

/// How a PerfectNegotiator does its work.
struct PerfectNegotiatorOptions {
  /// What messages are called when they are sent. All of these are understood, and so are a description or a candidate
  /// without a name.
  enum class Words {
    /// {"offer": …}, {"answer": …}, {"new-ice-candidate": …}
    OfferAnswer,
    /// {"description": …}, {"candidate": …}, as in webrtc-pc section 10.7.
    Description,
  };
  /// What messages are called.
  Words words = Words::OfferAnswer;
  /// Makes another channel when the present one has closed. It is asked again, ever less often, until a channel opens.
  /// What may have been lost is sent anew. Called on the connection's loop.
  std::function<std::shared_ptr<SignalingChannel>()> reconnect{};
  /// How often ICE is restarted, ever less often, for a connection that has failed; then comes an `error`. The impolite
  /// peer begins at once; the polite one begins `patience` later, in case the other does not.
  unsigned max_restarts = 10;
  /// How long the polite peer lets the other begin.
  std::chrono::milliseconds patience{2000};
  /// The first wait between two attempts of either kind.
  std::chrono::milliseconds first_wait{1000};
  /// The longest one.
  std::chrono::milliseconds longest_wait{30000};
};

/// Perfect negotiation, webrtc-pc section 10.7: whatever either peer changes, whenever, both agree on it. The program
/// changes its connection (tracks, transceivers, channels, restartIce()) and never deals with a description:
///
///     RTCPeerConnection connection;
///     PerfectNegotiator negotiator(connection, channel, Politeness::Polite);
///     const auto chat = connection.createDataChannel("chat");
///
/// It sends and takes offers, answers and candidates, gives way or insists when offers cross, restarts ICE when the
/// connection has failed, and finds its way when a signaling channel is replaced by another or messages come twice.
/// The peer may be another negotiator, or a page with the code of the specification. Other messages on the channel are
/// none of its business. All handlers of the connection and of the channel stay free for the program.
///
/// The connection must outlive the negotiator. The negotiator may be destroyed at any moment, also inside a handler:
/// it stops, and leaves the connection and the channel as they are. Any thread may call.
class PARLEY_EXPORT PerfectNegotiator : public PerfectNegotiatorEvents {
 public:
  /// Begins at once. `connection` must outlive it; `channel` may be opening still.
  PerfectNegotiator(RTCPeerConnection& connection, std::shared_ptr<SignalingChannel> channel, Politeness politeness,
                    PerfectNegotiatorOptions options = {});
  ~PerfectNegotiator();

  /// Another channel to the same peer, in place of one that has closed, say. What may have been lost is sent anew.
  void use(std::shared_ptr<SignalingChannel> channel);

  /// Without a handler, errors go to the unhandled-error hook.
  EventHandler<NegotiationErrorEvent> onerror{list<"error">()};

 private:
  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<signaling::Negotiation> negotiation_;
};

}  // namespace parley
