package main

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc"
)

// rtpPair is a connected pair with one track of VP8; onPacket hears of each packet that arrives.
func rtpPair(onPacket func()) (*webrtc.TrackLocalStaticRTP, pair) {
	var offerer, answerer *peer
	toAnswerer, startAnswerer := queue(func() *peer { return answerer })
	toOfferer, startOfferer := queue(func() *peer { return offerer })
	offerer, answerer = newPeer(toAnswerer), newPeer(toOfferer)
	connected := make(chan struct{}, 2)
	for _, one := range []*peer{offerer, answerer} {
		one.raw.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
			if state == webrtc.PeerConnectionStateConnected {
				connected <- struct{}{}
			}
		})
	}
	answerer.raw.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		buffer := make([]byte, 1500)
		for {
			if _, _, err := track.Read(buffer); err != nil {
				return
			}
			onPacket()
		}
	})
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: "video/VP8"}, "video", "bench")
	must(err)
	_, err = offerer.raw.AddTrack(track)
	must(err)
	startAnswerer()
	startOfferer()
	offerer.describe(offerer.raw.CreateOffer(nil))
	<-connected
	<-connected
	return track, pair{peers: []*peer{offerer, answerer}}
}

// rtpFlow keeps `window` packets on their way; what is lost gives its place to others.
func rtpFlow(_ string, opts options) {
	var sent, received, lost uint64
	window := uint64(opts["window"])
	more := make(chan struct{}, 1)
	wake := func() {
		select {
		case more <- struct{}{}:
		default:
		}
	}
	track, connected := rtpPair(func() {
		if atomic.AddUint64(&received, 1)%(window/4) == 0 {
			wake()
		}
	})
	kept = append(kept, connected)
	// The header takes 12 bytes of what is measured.
	packet := rtp.Packet{Header: rtp.Header{Version: 2}, Payload: make([]byte, int(opts["size"])-12)}
	go func() {
		for {
			for atomic.LoadUint64(&sent) < atomic.LoadUint64(&lost)+atomic.LoadUint64(&received)+window {
				count := atomic.LoadUint64(&sent)
				packet.SequenceNumber, packet.Timestamp = uint16(count), uint32(count/10)*3000
				packet.Marker = count%10 == 9
				must(track.WriteRTP(&packet))
				atomic.AddUint64(&sent, 1)
			}
			<-more
		}
	}()
	go func() {
		for before := uint64(0); ; time.Sleep(20 * time.Millisecond) {
			now := atomic.LoadUint64(&received)
			if now == before {
				atomic.StoreUint64(&lost, atomic.LoadUint64(&sent)-now)
				wake()
			}
			before = now
		}
	}()
	time.Sleep(seconds(opts["warmup"]))
	sentBefore, receivedBefore, start := atomic.LoadUint64(&sent), atomic.LoadUint64(&received), time.Now()
	printLine("mark", "start")
	time.Sleep(seconds(opts["seconds"]))
	printLine("mark", "end")
	printLine("result", map[string]interface{}{
		"packets": atomic.LoadUint64(&received) - receivedBefore,
		"sent":    atomic.LoadUint64(&sent) - sentBefore,
		"seconds": time.Since(start).Seconds(),
	})
}
