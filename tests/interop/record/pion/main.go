// pion as a recorded peer: executes the recorder's commands (../actor.mjs) on pion's PeerConnection.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc"
)

type request struct {
	ID          int
	Command     string
	Connection  string
	Lines       []string
	Description webrtc.SessionDescription
	Config      struct{ BundlePolicy string }
}

type entry struct {
	pc      *webrtc.PeerConnection
	restart bool
}

var entries = map[string]*entry{}

// `rid`: of a layer, or nothing.
func makeTrack(kind string, rid ...string) (webrtc.TrackLocal, error) {
	capability := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}
	if kind == "video" {
		capability.MimeType = webrtc.MimeTypeVP8
	}
	if len(rid) > 0 {
		return webrtc.NewTrackLocalStaticSample(capability, kind, "stream", webrtc.WithRTPStreamID(rid[0]))
	}
	return webrtc.NewTrackLocalStaticSample(capability, kind, "stream")
}

func (e *entry) first(kind string) (*webrtc.RTPTransceiver, error) {
	for _, each := range e.pc.GetTransceivers() {
		if each.Kind().String() == kind {
			return each, nil
		}
	}
	return nil, fmt.Errorf("no transceiver for %s", kind)
}

func (e *entry) add(kind string, direction string, rids []string) error {
	init := webrtc.RTPTransceiverInit{Direction: webrtc.NewRTPTransceiverDirection(direction)}
	if !strings.HasPrefix(direction, "send") {
		_, err := e.pc.AddTransceiverFromKind(webrtc.NewRTPCodecType(kind), init)
		return err
	}
	layers := rids
	if len(layers) > 1 {
		layers = rids[:1]
	}
	track, err := makeTrack(kind, layers...)
	if err != nil {
		return err
	}
	transceiver, err := e.pc.AddTransceiverFromTrack(track, init)
	for i := 1; i < len(rids) && err == nil; i++ {
		if track, err = makeTrack(kind, rids[i]); err == nil {
			err = transceiver.Sender().AddEncoding(track)
		}
	}
	return err
}

func (e *entry) act(line string) error {
	words := strings.Fields(line)
	switch words[0] {
	case "add":
		return e.add(words[1], words[2], words[3:])
	case "track":
		track, err := makeTrack(words[1])
		if err == nil {
			_, err = e.pc.AddTrack(track)
		}
		return err
	case "channel":
		_, err := e.pc.CreateDataChannel("data", nil)
		return err
	case "remove":
		transceiver, err := e.first(words[1])
		if err != nil {
			return err
		}
		return e.pc.RemoveTrack(transceiver.Sender())
	case "stop":
		transceiver, err := e.first(words[1])
		if err != nil {
			return err
		}
		return transceiver.Stop()
	case "restart":
		e.restart = true
		return nil
	}
	return fmt.Errorf("pion has no %s", words[0])
}

func (e *entry) describe(description webrtc.SessionDescription, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	gathered := webrtc.GatheringCompletePromise(e.pc)
	if err := e.pc.SetLocalDescription(description); err != nil {
		return nil, err
	}
	<-gathered
	return e.pc.LocalDescription(), nil
}

// What pion/webrtc's own NewPeerConnection has, and the header extensions that layers are told by.
func newAPI() (*webrtc.API, error) {
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
	return webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(interceptors)), nil
}

func create(r request) error {
	policy := map[string]webrtc.BundlePolicy{
		"max-bundle": webrtc.BundlePolicyMaxBundle, "max-compat": webrtc.BundlePolicyMaxCompat,
	}
	api, err := newAPI()
	if err != nil {
		return err
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{BundlePolicy: policy[r.Config.BundlePolicy]})
	entries[r.Connection] = &entry{pc: pc}
	return err
}

func run(r request) (any, error) {
	if r.Command == "create" {
		return nil, create(r)
	}
	e := entries[r.Connection]
	switch r.Command {
	case "act":
		for _, line := range r.Lines {
			if err := e.act(line); err != nil {
				return nil, err
			}
		}
		return nil, nil
	case "offer":
		options := &webrtc.OfferOptions{ICERestart: e.restart}
		e.restart = false
		return e.describe(e.pc.CreateOffer(options))
	case "answer":
		return e.describe(e.pc.CreateAnswer(nil))
	case "take":
		return nil, e.pc.SetRemoteDescription(r.Description)
	case "state":
		return e.pc.ConnectionState().String(), nil
	case "table":
		return []string{}, nil // it does not tell its currentDirection
	case "close":
		return nil, e.pc.Close()
	}
	return nil, fmt.Errorf("unknown command %s", r.Command)
}

func write(message map[string]any) {
	line, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(append(line, '\n'))
}

func main() {
	write(map[string]any{"event": "ready", "version": "pion-3.1"})
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			panic(err)
		}
		result, err := run(r)
		if err != nil {
			write(map[string]any{"event": "reply", "id": r.ID, "error": map[string]any{"name": "error", "message": err.Error()}})
		} else {
			write(map[string]any{"event": "reply", "id": r.ID, "result": result})
		}
	}
}
