#include <algorithm>
#include <string>
#include <string_view>

#include "jsep/check.hpp"
#include "jsep/transceivers.hpp"
#include "jsep/view.hpp"
#include "sdp/lookup.hpp"

namespace parley::jsep {
namespace {

Unexpected<Error> invalid(std::string_view what, std::size_t index) {
  return fail(ErrorKind::InvalidAccessError, std::string(what) + " m= section " + std::to_string(index));
}

/// RFC 9143 section 7.3: what is bundled in the answer was bundled in the offer, in one group.
Result<void> check_bundle(const sdp::Description& offer, const sdp::Description& answer, std::size_t index) {
  const sdp::Group* answered = bundle_of(answer, index);
  if (!answered || is_rejected(answer.media[index])) return {};
  const sdp::Group* offered = bundle_of(offer, index);
  if (!offered) return invalid("the answer bundles, unasked,", index);
  for (const std::string& mid : answered->mids)
    if (std::ranges::find(offered->mids, mid) == offered->mids.end())
      return invalid("the answer bundles what was not offered together with", index);
  return {};
}

Result<void> check_answered_section(const sdp::Description& offer, const sdp::Description& answer, std::size_t index) {
  const sdp::MediaDescription& asked = offer.media[index];
  const sdp::MediaDescription& said = answer.media[index];
  if (asked.kind != said.kind) return invalid("the answer changes the media type of", index);
  if (asked.protocol != said.protocol) return invalid("the answer changes the protocol of", index);
  if (said.mid && said.mid != asked.mid) return invalid("the answer changes the mid of", index);
  if (is_rejected(asked) && !is_rejected(said)) return invalid("the answer accepts the rejected", index);
  if (is_rejected(said)) return {};
  if (said.bundle_only) return invalid("the answer has a=bundle-only in", index);
  return check_bundle(offer, answer, index);
}

}  // namespace

Result<void> check_reoffer(const Agreement& agreement, const sdp::Description& offer) {
  const std::vector<Section>& before = agreement.sections;
  if (offer.media.size() < before.size())
    return fail(ErrorKind::InvalidAccessError, "the offer has fewer m= sections than before");
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].rejected) continue;
    const sdp::MediaDescription& media = offer.media[i];
    if (media.kind != before[i].kind) return invalid("the offer changes the media type of", i);
    if (media.mid && before[i].mid_is_signaled && *media.mid != before[i].mid)
      return invalid("the offer changes the mid of", i);
    if (media_section_at(agreement, i) && !is_rejected(media) && !is_rtp_media(offer, i))
      return invalid("the offer changes the protocol of", i);
  }
  return {};
}

Result<void> check_answer(const sdp::Description& offer, const sdp::Description& answer) {
  if (offer.media.size() != answer.media.size())
    return fail(ErrorKind::InvalidAccessError, "the answer has another number of m= sections than the offer");
  for (std::size_t i = 0; i < answer.media.size(); ++i)
    if (auto checked = check_answered_section(offer, answer, i); !checked) return checked;
  return {};
}

}  // namespace parley::jsep
