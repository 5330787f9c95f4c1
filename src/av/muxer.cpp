#include "av/muxer.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <utility>

#include "av/codec_table.hpp"
#include "av/opus_packet.hpp"
#include "parley/errors.hpp"

namespace parley::av {
namespace {

constexpr int kVideoRate = 90'000;
/// H.264 and H.265 may be decoded in another order than they are shown; that many frames are what encoders do.
constexpr std::size_t kEarly = 2;
constexpr std::chrono::microseconds kLastFrame{33'333};
/// How much of a file is kept in memory: whatever comes after the program's sudden end is lost.
constexpr std::chrono::microseconds kPart{1'000'000};

std::string not_written(const std::string& path, int code) { return "cannot write " + path + ": " + error_text(code); }

void set_extradata(AVCodecParameters& parameters, std::span<const std::uint8_t> data) {
  if (data.empty()) return;
  parameters.extradata = static_cast<std::uint8_t*>(av_mallocz(data.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (parameters.extradata == nullptr) return;
  std::memcpy(parameters.extradata, data.data(), data.size());
  parameters.extradata_size = static_cast<int>(data.size());
}

/// RFC 7845 section 5.1: two channels and 48 kHz, as RTP has it, and nothing to be left out at the beginning.
constexpr std::array<std::uint8_t, 19> kOpusHead{'O', 'p', 'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                                                 0,   0,   0x80, 0xBB, 0,   0,   0,   0,   0};

/// Parameter sets of H.264 and H.265, and AV1's sequence header, out of a frame that has them.
void extract_headers(AVCodecParameters& parameters, std::span<const std::uint8_t> frame) {
  if (frame.empty()) return;
  AVBSFContext* made = nullptr;
  if (av_bsf_alloc(av_bsf_get_by_name("extract_extradata"), &made) < 0) return;
  const FilterPtr filter(made);
  if (avcodec_parameters_copy(filter->par_in, &parameters) < 0 || av_bsf_init(filter.get()) < 0) return;
  const PacketPtr packet(av_packet_alloc());
  if (av_new_packet(packet.get(), static_cast<int>(frame.size())) < 0) return;
  std::memcpy(packet->data, frame.data(), frame.size());
  if (av_bsf_send_packet(filter.get(), packet.get()) < 0 || av_bsf_receive_packet(filter.get(), packet.get()) < 0)
    return;
  std::size_t size = 0;
  const std::uint8_t* const data = av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, &size);
  if (data != nullptr) set_extradata(parameters, {data, size});
}

void describe_video(AVCodecParameters& parameters, const StreamDescription& description) {
  parameters.codec_type = AVMEDIA_TYPE_VIDEO;
  parameters.width = description.width;
  parameters.height = description.height;
  parameters.format = AV_PIX_FMT_YUV420P;
  const AVCodecID id = parameters.codec_id;
  if (id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_HEVC || id == AV_CODEC_ID_AV1)
    extract_headers(parameters, description.first);
}

void describe_audio(AVCodecParameters& parameters) {
  parameters.codec_type = AVMEDIA_TYPE_AUDIO;
  const bool opus = parameters.codec_id == AV_CODEC_ID_OPUS;
  parameters.sample_rate = sample_rate(*find_codec(parameters.codec_id));
  av_channel_layout_default(&parameters.ch_layout, opus ? 2 : 1);
  if (opus) {
    set_extradata(parameters, kOpusHead);
  } else {
    parameters.bits_per_coded_sample = parameters.codec_id == AV_CODEC_ID_ADPCM_G722 ? 4 : 8;
    parameters.block_align = 1;
  }
}

void turn(AVStream& stream, std::uint16_t rotation) {
  constexpr std::size_t kMatrix = 9;
  std::uint8_t* const data =
      av_stream_new_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, kMatrix * sizeof(std::int32_t));
  if (data == nullptr) return;
  std::array<std::int32_t, kMatrix> matrix{};
  av_display_rotation_set(matrix.data(), rotation);
  std::memcpy(data, matrix.data(), sizeof matrix);
}

/// The Baseline profile of H.264, which browsers prefer, has no B frames.
bool may_reorder(const AVCodecParameters& parameters) {
  if (parameters.codec_id == AV_CODEC_ID_HEVC) return true;
  if (parameters.codec_id != AV_CODEC_ID_H264) return false;
  constexpr std::uint8_t kParameterSet = 7, kBaseline = 66;
  const std::span data(parameters.extradata, static_cast<std::size_t>(parameters.extradata_size));
  for (std::size_t i = 0; i + 4 < data.size(); ++i)
    if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1 && (data[i + 3] & 0x1F) == kParameterSet)
      return data[i + 4] != kBaseline;
  return true;
}

/// Of sound.
std::chrono::microseconds duration_of(const CodecEntry& codec, std::span<const std::uint8_t> data) {
  if (codec.id == AV_CODEC_ID_OPUS) return opus_duration(data);
  constexpr std::size_t kBytesPerSecond = 8'000;  // of G.711 and G.722
  return std::chrono::microseconds(data.size() * (1'000'000 / kBytesPerSecond));
}

const Container* container_for(const std::string& path) {
  const Container* const container = find_container(path);
  if (container == nullptr)
    throw NotSupportedError("the name of a recording ends in .webm, .mkv, .mp4, .ogg or .opus: " + path);
  return container;
}

}  // namespace

Muxer::Muxer(std::string path, Mp4 mp4)
    : path_(std::move(path)), container_(container_for(path_)), mp4_(mp4), packet_(av_packet_alloc()) {
  make_quiet();
  AVFormatContext* made = nullptr;
  int code = avformat_alloc_output_context2(&made, nullptr, container_->format, nullptr);
  if (code < 0) throw NotSupportedError(std::string("FFmpeg does not write ") + container_->format);
  output_.reset(made);
  // Opus in MP4 was an experiment once.
  output_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
  code = avio_open(&output_->pb, ("file:" + path_).c_str(), AVIO_FLAG_WRITE);
  if (code < 0) throw OperationError(not_written(path_, code));
  output_->flush_packets = 1;
}

Muxer::~Muxer() {
  try {
    finish();
  } catch (const OperationError&) {  // said so in the header
  }
}

std::size_t Muxer::add_stream(const StreamDescription& description) {
  if (!takes(*container_, *description.codec))
    throw NotSupportedError("a ." + std::string(container_->extension) + " file does not take " +
                            std::string(description.codec->mime_type));
  AVStream* const stream = avformat_new_stream(output_.get(), nullptr);
  if (stream == nullptr) throw OperationError("no memory for another stream");
  AVCodecParameters& parameters = *stream->codecpar;
  parameters.codec_id = description.codec->id;
  const bool video = description.codec->kind == Kind::Video;
  if (video) {
    describe_video(parameters, description);
    if (description.rotation != 0) turn(*stream, description.rotation);
  } else {
    describe_audio(parameters);
  }
  stream->time_base = {1, video ? kVideoRate : parameters.sample_rate};
  const DecodeOrder order(may_reorder(parameters) ? kEarly : 0);
  late_ = late_ || description.late;
  streams_.push_back({.stream = stream, .codec = description.codec, .order = order});
  return streams_.size() - 1;
}

void Muxer::begin() {
  Options options;
  if (container_->extension == "mp4" && mp4_ == Mp4::Fragments) {
    // Where nothing is late, the header waits for the first fragment, and says when each track begins.
    options.set("movflags", late_ ? "empty_moov+default_base_moof" : "delay_moov+default_base_moof");
    options.set("frag_duration", std::to_string(kPart.count()));
  } else if (container_->extension == "webm" || container_->extension == "mkv") {
    options.set("cluster_time_limit", std::to_string(kPart / std::chrono::milliseconds(1)));
  }
  const int code = avformat_write_header(output_.get(), options.get());
  if (code < 0) throw OperationError(not_written(path_, code));
  begun_ = true;
}

void Muxer::write(const Sample& sample) {
  if (sample.data.empty()) return;  // containers take it for an end
  Stream& stream = streams_.at(sample.stream);
  const AVRational base = stream.stream->time_base;
  if (av_new_packet(packet_.get(), static_cast<int>(sample.data.size())) < 0)
    throw OperationError("no memory for a frame");
  std::memcpy(packet_->data, sample.data.data(), sample.data.size());
  packet_->stream_index = stream.stream->index;
  if (sample.key) packet_->flags |= AV_PKT_FLAG_KEY;
  packet_->pts = to_ticks(sample.show_at, base);
  packet_->dts = to_ticks(stream.order.next(sample.show_at), base);
  // Containers want each later than the one before. What comes out of order in spite of all is shown at once.
  if (stream.last != kNoTime) {
    packet_->dts = std::max(packet_->dts, stream.last + 1);
    stream.step = packet_->dts - stream.last;
  }
  packet_->pts = std::max(packet_->pts, packet_->dts);
  stream.last = packet_->dts;
  // How long a picture is shown, the next one tells; the last one of an MP4 file needs to be told.
  packet_->duration = stream.codec->kind == Kind::Audio ? to_ticks(duration_of(*stream.codec, sample.data), base)
                      : stream.step > 0                 ? stream.step
                                                        : to_ticks(kLastFrame, base);
  int code = av_interleaved_write_frame(output_.get(), packet_.get());
  // What waits for others to be sorted in between: FFmpeg would wait for a track of VP8 or VP9 that is silent for ever.
  if (code >= 0 && sample.show_at >= sorted_ + kPart) {
    sorted_ = sample.show_at;
    code = av_interleaved_write_frame(output_.get(), nullptr);
  }
  if (code < 0) throw OperationError(not_written(path_, code));
}

void Muxer::finish() {
  if (std::exchange(finished_, true)) return;
  int code = begun_ ? av_write_trailer(output_.get()) : 0;
  const int closed = avio_closep(&output_->pb);
  if (!begun_) {
    std::error_code ignored;  // then an empty file stays
    std::filesystem::remove(path_, ignored);
  }
  if (code >= 0) code = closed;
  if (code < 0) throw OperationError(not_written(path_, code));
}

}  // namespace parley::av
