#include "av/picture_scaler.hpp"

#include "av/picture_encoder.hpp"
#include "parley/errors.hpp"

namespace parley::av {

Picture PictureScaler::scale(const Picture& picture, PictureSize size) {
  scaler_.reset(sws_getCachedContext(scaler_.release(), picture.width, picture.height, AV_PIX_FMT_YUV420P, size.width,
                                     size.height, AV_PIX_FMT_YUV420P, SWS_AREA, nullptr, nullptr, nullptr));
  if (!scaler_) throw EncodingError("pictures of that size cannot be made smaller");
  Picture smaller{.width = size.width, .height = size.height, .timestamp = picture.timestamp};
  smaller.data.resize(picture_size(size.width, size.height));
  const Planes from = planes_of(picture), into = planes_of(smaller);
  std::uint8_t* const planes[3] = {smaller.data.data(), smaller.data.data() + (into.plane[1] - into.plane[0]),
                                   smaller.data.data() + (into.plane[2] - into.plane[0])};
  sws_scale(scaler_.get(), from.plane, from.stride, 0, picture.height, planes, into.stride);
  return smaller;
}

}  // namespace parley::av
