package main

import (
	"bytes"
	"crypto/sha256"
	"os"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc"
	"github.com/pion/webrtc/pkg/media"
	"github.com/pion/webrtc/pkg/media/ivfreader"
	"github.com/pion/webrtc/pkg/media/samplebuilder"
)

var depacketizers = map[string]func() rtp.Depacketizer{
	"VP8":  func() rtp.Depacketizer { return &codecs.VP8Packet{} },
	"VP9":  func() rtp.Depacketizer { return &codecs.VP9Packet{} },
	"H264": func() rtp.Depacketizer { return &codecs.H264Packet{} },
}

type digest = [sha256.Size]byte

// What a frame is, whatever start codes and delimiters H.264 has around it.
func digestOf(codec string, frame []byte) digest {
	if codec != "H264" {
		return sha256.Sum256(frame)
	}
	var units []byte
	for _, unit := range bytes.Split(bytes.ReplaceAll(frame, []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1}) {
		if len(unit) > 0 && unit[0]&0x1F != 9 { // an access unit delimiter
			units = append(append(units, 0, 0, 1), unit...)
		}
	}
	return sha256.Sum256(units)
}

// What arrived on one track.
type heard struct {
	Frames  int `json:"frames"`
	Unknown int `json:"unknown"` // not one of those that are sent
	Gaps    int `json:"gaps"`    // between two that are not neighbours
	last    int
}

func (h *heard) note(place int, known bool, cycle int) {
	switch {
	case !known:
		h.Unknown++
		return
	case h.Frames > 0 && place != (h.last+1)%cycle:
		h.Gaps++
	}
	h.Frames++
	h.last = place
}

// Plays a recording and something like Opus, over and over, and compares what comes back.
type player struct {
	pc     *webrtc.PeerConnection
	codec  string
	frames [][]byte
	places map[digest]int
	offers bool
	tracks map[string]*webrtc.TrackLocalStaticSample // by kind

	mutex  sync.Mutex
	sent   int
	pieces int
	heard  map[string]*heard // by kind, and by rid if there is one
}

func readRecording(file string) ([][]byte, error) {
	recording, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	reader, _, err := ivfreader.NewWith(bytes.NewReader(recording))
	if err != nil {
		return nil, err
	}
	var frames [][]byte
	for {
		frame, _, err := reader.ParseNextFrame()
		if err != nil {
			return frames, nil
		}
		frames = append(frames, frame)
	}
}

// A packet of Opus (20 ms, one frame) that nobody decodes.
func sound(number int) []byte {
	piece := bytes.Repeat([]byte{byte(number % 251)}, 60)
	piece[0] = 0xF8 // CELT, fullband, one frame of 20 ms
	return piece
}

const soundCycle = 251

// That codec, and no RTX: pion throws away what comes by it, so what it asks for has to come as it was. Who answers takes the numbers
// that are offered.
func (p *player) prefer(transceiver *webrtc.RTPTransceiver) error {
	var wanted []webrtc.RTPCodecParameters
	for _, codec := range transceiver.Sender().GetParameters().Codecs {
		if codec.MimeType == "video/"+p.codec {
			if !p.offers {
				codec.PayloadType = 0
			}
			wanted = append(wanted, codec)
		}
	}
	return transceiver.SetCodecPreferences(wanted)
}

// What pion does about feedback, as sending again, it does while somebody reads it.
func answerFeedback(sender *webrtc.RTPSender) {
	for {
		if _, _, err := sender.ReadRTCP(); err != nil {
			return
		}
	}
}

func newPlayer(pc *webrtc.PeerConnection, r request) (*player, error) {
	codec, recordings := r.Codec, r.Recordings
	p := &player{pc: pc, codec: codec, offers: r.Offer, places: map[digest]int{}, heard: map[string]*heard{}}
	pc.OnTrack(p.listen)
	var err error
	if p.frames, err = readRecording(recordings + "/" + map[string]string{"VP8": "vp8", "VP9": "vp9", "H264": "h264"}[codec] + ".ivf"); err != nil {
		return nil, err
	}
	for place, frame := range p.frames {
		p.places[digestOf(codec, frame)] = place
	}
	p.tracks = map[string]*webrtc.TrackLocalStaticSample{}
	for kind, mimeType := range map[string]string{"video": "video/" + codec, "audio": webrtc.MimeTypeOpus} {
		if p.tracks[kind], err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mimeType}, kind, "stream"); err != nil {
			return nil, err
		}
	}
	kinds := r.Kinds
	if kinds == nil {
		kinds = []string{"video", "audio"}
	}
	for _, kind := range kinds {
		if err := p.add(kind); err != nil {
			return nil, err
		}
	}
	go p.play("video", 33*time.Millisecond, func(i int) []byte { return p.frames[i%len(p.frames)] }, &p.sent)
	go p.play("audio", 20*time.Millisecond, sound, &p.pieces)
	return p, nil
}

func (p *player) add(kind string) error {
	sender, err := p.pc.AddTrack(p.tracks[kind])
	if err != nil {
		return err
	}
	go answerFeedback(sender)
	if kind == "video" {
		return p.prefer(p.transceiver(kind))
	}
	return nil
}

func (p *player) transceiver(kind string) *webrtc.RTPTransceiver {
	for _, transceiver := range p.pc.GetTransceivers() {
		if transceiver.Kind().String() == kind {
			return transceiver
		}
	}
	return nil
}

func (p *player) play(kind string, pace time.Duration, piece func(int) []byte, count *int) {
	ticks := time.NewTicker(pace)
	defer ticks.Stop()
	for range ticks.C {
		switch p.pc.ConnectionState() {
		case webrtc.PeerConnectionStateClosed:
			return
		case webrtc.PeerConnectionStateConnected:
			if p.tracks[kind].WriteSample(media.Sample{Data: piece(*count), Duration: pace}) == nil {
				p.mutex.Lock()
				*count++
				p.mutex.Unlock()
			}
		}
	}
}

func (p *player) listen(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	name := track.Kind().String()
	if track.RID() != "" {
		name = track.RID()
	}
	p.mutex.Lock()
	h := p.heard[name] // a track that was away comes again as another one
	if h == nil {
		h = &heard{}
		p.heard[name] = h
	}
	p.mutex.Unlock()
	next := func(packet *rtp.Packet) [][]byte { return [][]byte{packet.Payload} }
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		next = p.assembler(track)
	}
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		for _, piece := range next(packet) {
			p.mutex.Lock()
			p.compare(h, track.Kind(), piece)
			p.mutex.Unlock()
		}
	}
}

// A function from packets to the frames that they complete. It also gives up the frame after one that is lost.
func (p *player) assembler(track *webrtc.TrackRemote) func(*rtp.Packet) [][]byte {
	builder := samplebuilder.New(200, depacketizers[p.codec](), track.Codec().ClockRate, samplebuilder.WithMaxTimeDelay(time.Second))
	return func(packet *rtp.Packet) [][]byte {
		builder.Push(packet)
		var frames [][]byte
		for sample := builder.Pop(); sample != nil; sample = builder.Pop() {
			frames = append(frames, sample.Data)
		}
		return frames
	}
}

func (p *player) compare(h *heard, kind webrtc.RTPCodecType, piece []byte) {
	if kind == webrtc.RTPCodecTypeVideo {
		place, known := p.places[digestOf(p.codec, piece)]
		h.note(place, known, len(p.frames))
	} else {
		known := len(piece) == 60 && bytes.Equal(piece, sound(int(piece[1])))
		h.note(int(piece[1]), known, soundCycle)
	}
}

func (p *player) state() map[string]any {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	directions, layers := []string{}, map[string]heard{}
	for _, transceiver := range p.pc.GetTransceivers() {
		directions = append(directions, transceiver.Direction().String())
	}
	for name, h := range p.heard {
		layers[name] = *h
	}
	video, audio := layers["video"], layers["audio"]
	return map[string]any{
		"directions": directions, "layers": layers,
		"video":    map[string]any{"right": video.Frames > 0 && video.Unknown == 0, "gaps": video.Gaps, "unknown": video.Unknown},
		"sent":     map[string]any{"framesEncoded": p.sent, "pieces": p.pieces},
		"received": map[string]any{"framesDecoded": video.Frames},
		"heard":    map[string]any{"packetsReceived": audio.Frames, "unknown": audio.Unknown, "gaps": audio.Gaps},
	}
}
