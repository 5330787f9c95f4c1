// pion as an interop peer: executes the commands of ../../README.md ("The protocol") on pion's PeerConnection.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime/debug"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc"
)

var output sync.Mutex

func write(message map[string]any) {
	line, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func emit(event string, fields map[string]any) {
	fields["event"] = event
	write(fields)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return "pion/webrtc v3 (" + info.GoVersion + ")"
	}
	return "pion/webrtc v3"
}

// What pion/webrtc's own NewPeerConnection has, and the header extensions that layers are told by.
func newAPI() (*webrtc.API, error) {
	settings := webrtc.SettingEngine{}
	settings.SetICEMulticastDNSMode(multicastDNS)
	engine, interceptors := &webrtc.MediaEngine{}, &interceptor.Registry{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	for _, name := range []string{"mid", "rtp-stream-id", "repaired-rtp-stream-id"} {
		extension := webrtc.RTPHeaderExtensionCapability{URI: "urn:ietf:params:rtp-hdrext:sdes:" + name}
		if err := engine.RegisterHeaderExtension(extension, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	if err := webrtc.RegisterDefaultInterceptors(engine, interceptors); err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine),
		webrtc.WithInterceptorRegistry(interceptors)), nil
}

func main() {
	api, err := newAPI()
	if err != nil {
		panic(err)
	}
	peer := newPeer(api)
	emit("ready", map[string]any{"version": version()})
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		peer.execute(line)
	}
	peer.closeAll()
}
