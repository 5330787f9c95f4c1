#include "parley/perfect_negotiator.hpp"

#include <utility>

#include "parley/errors.hpp"
#include "signaling/negotiation.hpp"

namespace parley {

PerfectNegotiator::PerfectNegotiator(RTCPeerConnection& connection, std::shared_ptr<SignalingChannel> channel,
                                     Politeness politeness, PerfectNegotiatorOptions options)
    : loop_(connection.getConfiguration().network.loop) {
  if (!channel) throw TypeError("a negotiator needs a signaling channel");
  negotiation_ = std::make_shared<signaling::Negotiation>(signaling::Negotiation::Parts{.connection = connection,
                                                                                        .loop = loop_,
                                                                                        .lists = lists(),
                                                                                        .politeness = politeness,
                                                                                        .options = std::move(options)});
  // In one task: nothing comes between the first handler and the last.
  loop_->run([&] { negotiation_->start(std::move(channel)); });
}

PerfectNegotiator::~PerfectNegotiator() {
  loop_->run([this] {
    negotiation_->stop();
    lists()->close();
  });
}

void PerfectNegotiator::use(std::shared_ptr<SignalingChannel> channel) {
  if (!channel) throw TypeError("a negotiator needs a signaling channel");
  loop_->run([&] { negotiation_->use(std::move(channel)); });
}

}  // namespace parley
