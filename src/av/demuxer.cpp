#include "av/demuxer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

#include "parley/errors.hpp"

namespace parley::av {

using namespace std::chrono_literals;

namespace {

/// Others (playlists above all) would open files of their own, and no other codec has to be looked into.
constexpr const char* kDemuxers = "ivf,h264,hevc,ogg,matroska,webm,mov,mp4";
constexpr const char* kDecoders = "vp8,vp9,libvpx,libvpx-vp9,h264,hevc,av1,libdav1d,libaom-av1,opus,libopus";
/// What a file may say of time: 30 years, so that sums of it stay numbers.
constexpr std::int64_t kLatest = 1'000'000'000'000'000;
/// How long before it is shown a frame is decoded, at most.
constexpr microseconds kMostAhead{10'000'000};
/// How many frames of H.264 and H.265 may be shown before one that is decoded before them.
constexpr int kMostReordered = 16;
/// Of streams without a clock that tell no rate, either.
constexpr microseconds kUsualFrame{40'000};

[[noreturn]] void throw_open_error(int code, const std::string& path) {
  if (code == AVERROR(ENOENT)) throw NotFoundError("there is no file " + path);
  // Invalid argument: a format that is not allowed.
  if (code == AVERROR_INVALIDDATA || code == AVERROR_EOF || code == AVERROR(EINVAL))
    throw DataError(path + " is not an IVF, H.264, H.265, Ogg, WebM, Matroska or MP4 file");
  throw NotReadableError("cannot read " + path + ": " + error_text(code));
}

microseconds to_time(std::int64_t ticks, AVRational base) {
  return microseconds(std::clamp(av_rescale_q(ticks, base, kMicroseconds), -kLatest, kLatest));
}

microseconds frame_duration(const AVStream& stream) {
  for (const AVRational rate : {stream.avg_frame_rate, stream.r_frame_rate})
    if (rate.num > 0 && rate.den > 0) return std::clamp<microseconds>(to_time(1, av_inv_q(rate)), 1ms, 10s);
  return kUsualFrame;
}

/// MP4 and Matroska may say that pictures are to be turned.
std::uint16_t rotation_of(const AVStream& stream) {
  std::size_t size = 0;
  const std::uint8_t* const data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  std::array<std::int32_t, 9> matrix{};
  if (data == nullptr || size < sizeof matrix) return 0;
  std::memcpy(matrix.data(), data, sizeof matrix);
  const double turned = -av_display_rotation_get(matrix.data());  // NaN if it cannot be told
  return std::isfinite(turned) ? static_cast<std::uint16_t>((std::lround(turned / 90) % 4 + 4) % 4 * 90) : 0;
}

/// H.264 and H.265 in MP4 and Matroska: lengths instead of start codes, and parameter sets somewhere else.
FilterPtr annex_b_filter(const AVStream& stream) {
  const char* name = nullptr;
  if (stream.codecpar->codec_id == AV_CODEC_ID_H264) name = "h264_mp4toannexb";
  if (stream.codecpar->codec_id == AV_CODEC_ID_HEVC) name = "hevc_mp4toannexb";
  if (name == nullptr) return nullptr;
  AVBSFContext* made = nullptr;
  if (av_bsf_alloc(av_bsf_get_by_name(name), &made) < 0) throw NotSupportedError("FFmpeg has no " + std::string(name));
  FilterPtr filter(made);
  filter->time_base_in = stream.time_base;
  if (avcodec_parameters_copy(filter->par_in, stream.codecpar) < 0 || av_bsf_init(filter.get()) < 0)
    throw DataError("the video's parameters are broken");
  return filter;
}

/// What an av1C box has behind its four bytes: the sequence header.
std::vector<std::uint8_t> sequence_header(const AVCodecParameters& parameters) {
  constexpr int kHead = 4;
  if (parameters.codec_id != AV_CODEC_ID_AV1 || parameters.extradata_size <= kHead || parameters.extradata[0] != 0x81)
    return {};
  return {parameters.extradata + kHead, parameters.extradata + parameters.extradata_size};
}

/// Whether an AV1 temporal unit begins with a sequence header (type 1), as it does after a temporal delimiter (type 2).
bool has_sequence_header(std::span<const std::uint8_t> data) {
  if (data.size() >= 2 && data[0] == 0x12 && data[1] == 0) data = data.subspan(2);
  return !data.empty() && (data[0] >> 3 & 0x0F) == 1;
}

}  // namespace

Demuxer::Demuxer(std::string path) : path_(std::move(path)) {
  make_quiet();
  open();
}

void Demuxer::open() {
  Options options;
  options.set("protocol_whitelist", "file");
  options.set("format_whitelist", kDemuxers);
  options.set("codec_whitelist", kDecoders);
  AVFormatContext* opened = nullptr;
  // With the protocol in front a name cannot be taken for another address.
  int code = avformat_open_input(&opened, ("file:" + path_).c_str(), nullptr, options.get());
  if (code < 0) throw_open_error(code, path_);
  input_.reset(opened);
  code = avformat_find_stream_info(input_.get(), nullptr);
  if (code < 0) throw_open_error(code, path_);
  packet_.reset(av_packet_alloc());
  start_ = input_->start_time == kNoTime ? microseconds(0) : to_time(input_->start_time, kMicroseconds);
  if (has_clock() && input_->duration != kNoTime && input_->duration > 0)
    duration_ = to_time(input_->duration, kMicroseconds);
  choose_video();
  choose_audio();
  for (AVStream* const stream : std::span(input_->streams, input_->nb_streams))
    if (stream->index != video_stream_.index && stream->index != audio_stream_.index) stream->discard = AVDISCARD_ALL;
  if (!video_ && !audio_) throw NotSupportedError("nothing in " + path_ + " is of a codec that can be sent");
}

/// The first one of a codec that is known.
AVStream* Demuxer::best(AVMediaType type) const {
  for (AVStream* const stream : std::span(input_->streams, input_->nb_streams)) {
    const AVCodecParameters& parameters = *stream->codecpar;
    const bool picture = (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
    const CodecEntry* codec = find_codec(parameters.codec_id);
    // RTP has one stereo stream of Opus and no more (RFC 7587); G.711 and G.722 in files are not in pieces of a
    // packet's length.
    const bool fits = type != AVMEDIA_TYPE_AUDIO ||
                      (parameters.codec_id == AV_CODEC_ID_OPUS && parameters.ch_layout.nb_channels <= 2);
    if (codec != nullptr && parameters.codec_type == type && fits && !picture) return stream;
  }
  return nullptr;
}

void Demuxer::choose_video() {
  const auto small = [](int pixels) { return static_cast<std::uint16_t>(std::clamp(pixels, 0, 65535)); };
  const AVStream* const stream = best(AVMEDIA_TYPE_VIDEO);
  if (stream == nullptr) return;
  const AVCodecParameters& parameters = *stream->codecpar;
  video_ = Video{.mime_type = std::string(find_codec(parameters.codec_id)->mime_type),
                 .width = small(parameters.width),
                 .height = small(parameters.height),
                 .rotation = rotation_of(*stream)};
  video_stream_ = {.index = stream->index,
                   .time_base = stream->time_base,
                   .frame_duration = frame_duration(*stream),
                   .filter = annex_b_filter(*stream),
                   .headers = sequence_header(parameters),
                   .last_decode_at = std::nullopt};
}

void Demuxer::choose_audio() {
  const AVStream* const stream = best(AVMEDIA_TYPE_AUDIO);
  if (stream == nullptr) return;
  audio_ = std::string(find_codec(stream->codecpar->codec_id)->mime_type);
  audio_stream_ = {.index = stream->index,
                   .time_base = stream->time_base,
                   .frame_duration = microseconds(20'000),
                   .filter = nullptr,
                   .headers = {},
                   .last_decode_at = std::nullopt};
}

std::optional<Unit> Demuxer::read() {
  if (!input_) throw DataError(path_ + " could not be opened again");
  for (;;) {
    av_packet_unref(packet_.get());
    const int code = av_read_frame(input_.get(), packet_.get());
    if (code == AVERROR_EOF) return std::nullopt;
    if (code < 0) throw DataError(path_ + " is broken: " + error_text(code));
    const bool is_video = packet_->stream_index == video_stream_.index;
    if (!is_video && packet_->stream_index != audio_stream_.index) continue;
    auto unit = is_video ? take(video_stream_, Kind::Video) : take(audio_stream_, Kind::Audio);
    if (unit) return unit;
  }
}

std::optional<Unit> Demuxer::take(Stream& stream, Kind kind) {
  if (stream.filter) {
    if (av_bsf_send_packet(stream.filter.get(), packet_.get()) < 0 ||
        av_bsf_receive_packet(stream.filter.get(), packet_.get()) < 0)
      throw DataError(path_ + " is broken: a frame of its video");
  }
  if (packet_->size <= 0) return std::nullopt;
  const std::span data(packet_->data, static_cast<std::size_t>(packet_->size));
  Unit unit{.kind = kind, .key = kind == Kind::Audio || (packet_->flags & AV_PKT_FLAG_KEY) != 0};
  if (unit.key && !stream.headers.empty() && !has_sequence_header(data)) unit.data = stream.headers;
  unit.data.insert(unit.data.end(), data.begin(), data.end());
  place(unit, stream);
  return unit;
}

/// When: as the packet says, and where it says nothing, one frame after the other.
void Demuxer::place(Unit& unit, Stream& stream) const {
  unit.duration = packet_->duration > 0 ? to_time(packet_->duration, stream.time_base) : stream.frame_duration;
  const bool has_decode = packet_->dts != kNoTime, has_show = packet_->pts != kNoTime;
  if (!has_clock() || (!has_decode && !has_show)) {
    unit.decode_at = unit.show_at = stream.frame_duration * std::min<std::int64_t>(stream.count++, 1'000'000'000);
    unit.duration = stream.frame_duration;
  } else {
    unit.show_at = to_time(has_show ? packet_->pts : packet_->dts, stream.time_base) - start_;
    // Matroska does not say when the first frames are decoded, which may be long before they are shown.
    const microseconds earliest = unit.show_at - kMostReordered * stream.frame_duration;
    unit.decode_at = has_decode ? to_time(packet_->dts, stream.time_base) - start_
                                : std::max(stream.last_decode_at.value_or(unit.show_at), earliest);
  }
  if (stream.last_decode_at) unit.decode_at = std::max(unit.decode_at, *stream.last_decode_at);
  unit.decode_at = std::max(unit.decode_at, -kMostAhead);
  unit.show_at = std::clamp(unit.show_at, unit.decode_at, unit.decode_at + kMostAhead);
  stream.last_decode_at = unit.decode_at;
}

void Demuxer::seek(microseconds to) {
  const std::int64_t ticks = std::clamp(to, microseconds(0), microseconds(kLatest)).count() + start_.count();
  constexpr std::int64_t kAnyEarlier = std::numeric_limits<std::int64_t>::min();
  if (!input_ || !has_clock() || to <= 0us || avformat_seek_file(input_.get(), -1, kAnyEarlier, ticks, ticks, 0) < 0)
    return rewind();
  for (Stream* const stream : {&video_stream_, &audio_stream_}) {
    if (stream->filter) av_bsf_flush(stream->filter.get());
    stream->last_decode_at.reset();
  }
}

/// By opening it anew: seeking would lose what precedes the first key frame, in some containers.
void Demuxer::rewind() {
  video_stream_ = {};
  audio_stream_ = {};
  input_.reset();
  const auto video = std::exchange(video_, std::nullopt);
  const auto audio = std::exchange(audio_, std::nullopt);
  open();
  const bool same = video_.has_value() == video.has_value() && (!video || video_->mime_type == video->mime_type);
  if (same && audio_ == audio) return;
  input_.reset();
  throw DataError(path_ + " is another file than it was");
}

}  // namespace parley::av
