// What a stream sends, and how, by what was negotiated.
#include <algorithm>

#include "base/ascii.hpp"
#include "formats/audio.hpp"
#include "formats/generic.hpp"
#include "media/send_stream.hpp"

namespace parley::media {

void SendStream::configure(const Section& section, const Encoding& encoding) {
  encoding_ = encoding;
  if (mid_ != section.mid) known_ = false;
  mid_ = section.mid;
  extensions_ = section.send_extensions;
  told_captures_.reset();
  dependencies_.set_scalability_mode(encoding.scalability_mode);
  if (extensions_.id(rtp::ExtensionKind::DependencyDescriptor) == 0) dependencies_.reset();
  std::vector<Encoder> encoders;
  formats_ = section.send_formats;
  configure_redundancy();
  configure_shield(section.send_protecting);
  tone_formats_.clear();
  for (const Format& format : section.send_formats) {
    if (equal_ignoring_case(format.name, "telephone-event")) tone_formats_.push_back(format);
    // What else was negotiated anew makes no other stream of it: picture ids go on. H.264 has none, and may be cut in
    // another way.
    const auto known = std::ranges::find_if(encoders_, [&](const Encoder& one) {
      return one.packetizer && one.format.payload_type == format.payload_type &&
             equal_ignoring_case(one.format.name, format.name) &&
             (one.format.fmtp == format.fmtp || !equal_ignoring_case(format.name, "H264"));
    });
    auto packetizer = known != encoders_.end() ? std::move(known->packetizer) : packetizer_for(format);
    if (packetizer) encoders.push_back({format, std::move(packetizer)});
  }
  encoders_ = std::move(encoders);
  const auto is_played = [this](const Format& one) { return one.payload_type == playing_->format.payload_type; };
  const bool goes_on = section.sends && encoding.active;
  if (playing_ && !(goes_on && std::ranges::any_of(tone_formats_, is_played))) playing_.reset();
}

/// A peer that prefers RED to what is in it wants it.
void SendStream::configure_redundancy() {
  const bool wanted = kind_ == Kind::Audio && !formats_.empty() && equal_ignoring_case(formats_.front().name, "red");
  if (!wanted) {
    redundancy_.reset();
  } else if (!redundancy_ || redundancy_->format.payload_type != formats_.front().payload_type) {
    redundancy_ = Redundancy{.format = formats_.front()};
  }
}

/// FlexFEC where both were negotiated: it takes no numbers from media, so that nobody waits for it, or asks for it, if
/// it is lost. ULPFEC is in RED, so both have to be negotiated.
void SendStream::configure_shield(const Protecting& protecting) {
  const auto red =
      std::ranges::find_if(formats_, [](const Format& one) { return equal_ignoring_case(one.name, "red"); });
  const bool apart = protecting.flexfec && encoding_.protection;
  const bool in_red = !apart && protecting.ulpfec && red != formats_.end();
  if (kind_ != Kind::Video || (!apart && !in_red)) {
    shield_.reset();
    return;
  }
  if (!shield_) shield_.emplace();
  shield_->protection = apart ? *protecting.flexfec : *protecting.ulpfec;
  shield_->red = in_red ? std::optional(red->payload_type) : std::nullopt;
}

void SendStream::note_loss(double fraction, Duration round_trip) {
  const bool asks = std::ranges::any_of(formats_, &Format::nack);
  if (shield_) shield_->protector.note_loss(fraction, asks ? round_trip : Duration::max());
}

/// RFC 2198 section 4: RED has the rate of what is in it.
bool SendStream::repeats_sound(const Format& format) const {
  return redundancy_ && redundancy_->format.clock_rate == format.clock_rate &&
         redundancy_->format.channels == format.channels;
}

std::unique_ptr<formats::Packetizer> SendStream::packetizer_for(const Format& format) const {
  auto made = formats::make_packetizer(format.name, format.fmtp);
  if (made || !format.is_media) return made;
  if (kind_ == Kind::Audio) return std::make_unique<formats::WholePacketizer>();
  return std::make_unique<formats::GenericPacketizer>();
}

SendStream::Encoder* SendStream::encoder(std::string_view codec) {
  const auto fits = [&](const Encoder& one) { return codec.empty() || equal_ignoring_case(one.format.name, codec); };
  auto found = std::ranges::find_if(
      encoders_, [&](const Encoder& one) { return encoding_.format == one.format.payload_type && fits(one); });
  if (found == encoders_.end()) found = std::ranges::find_if(encoders_, fits);
  return found == encoders_.end() ? nullptr : &*found;
}

}  // namespace parley::media
