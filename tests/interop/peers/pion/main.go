// pion as an interop peer: executes the commands of ../../README.md ("The protocol") on pion's PeerConnection.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime/debug"
	"sync"

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

func main() {
	settings := webrtc.SettingEngine{}
	settings.SetICEMulticastDNSMode(multicastDNS)
	peer := newPeer(webrtc.NewAPI(webrtc.WithSettingEngine(settings)))
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
