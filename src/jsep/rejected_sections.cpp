#include "jsep/rejected_sections.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "jsep/view.hpp"

namespace parley::jsep {
namespace {

void leave_bundles(sdp::Description& description, const std::string& mid) {
  for (sdp::Group& group : description.groups)
    if (group.semantics == "BUNDLE") std::erase(group.mids, mid);
}

}  // namespace

void reject_what_the_offer_rejects(const sdp::Description& offer, sdp::Description& answer) {
  const std::size_t count = std::min(offer.media.size(), answer.media.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_rejected(offer.media[i])) continue;
    sdp::MediaDescription& media = answer.media[i];
    media.port = 0;
    media.bundle_only = false;
    if (media.mid) leave_bundles(answer, *media.mid);
  }
}

}  // namespace parley::jsep
