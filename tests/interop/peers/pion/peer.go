package main

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/pion/ice/v2"
	"github.com/pion/webrtc"
)

// Resolve the other side's mDNS names, but show our own addresses.
const multicastDNS = ice.MulticastDNSModeQueryOnly

type request struct {
	ID         int
	Command    string
	Connection string
	Channel    string
	Label      string
	Trickle    bool
	Config     configuration
	Options    channelOptions
	Message    signal
	Text       *string
	Base64     *string
	Fill       *recipe
	Codec      string
	Recordings string
	Offer      bool
	Kinds      []string
	Change     change
}

type configuration struct {
	ICEServers []struct {
		URLs                 []string
		Username, Credential string
	}
	ICETransportPolicy string
}

type signal struct {
	Offer     *webrtc.SessionDescription `json:"offer,omitempty"`
	Answer    *webrtc.SessionDescription `json:"answer,omitempty"`
	Candidate *webrtc.ICECandidateInit   `json:"new-ice-candidate,omitempty"`
}

// A connection takes its signaling one message after the other, in order.
type connection struct {
	name     string
	pc       *webrtc.PeerConnection
	trickle  bool
	incoming int
	tasks    chan func()
	player   *player
	restart  bool // of ICE, by the next offer

	mutex     sync.Mutex
	described bool                      // the description that the candidates belong to has been sent
	waiting   []webrtc.ICECandidateInit // gathered before that
}

type peer struct {
	api         *webrtc.API
	mutex       sync.Mutex
	connections map[string]*connection
	channels    map[string]*webrtc.DataChannel
}

func newPeer(api *webrtc.API) *peer {
	return &peer{api: api, connections: map[string]*connection{}, channels: map[string]*webrtc.DataChannel{}}
}

func reply(id int, result any, err error) {
	fields := map[string]any{"id": id, "result": result}
	if err != nil {
		fields["error"] = map[string]any{"name": fmt.Sprintf("%T", err), "message": err.Error()}
	}
	emit("reply", fields)
}

func (p *peer) execute(line []byte) {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		reply(r.ID, nil, err)
		return
	}
	c := p.connections[r.Connection]
	switch r.Command {
	case "create":
		reply(r.ID, nil, p.create(r))
	case "offer":
		c.tasks <- func() { reply(r.ID, nil, c.offer()) }
	case "signal":
		c.tasks <- func() { reply(r.ID, nil, c.receive(r.Message)) }
	case "close":
		go func() { reply(r.ID, nil, c.pc.Close()) }()
	case "state":
		reply(r.ID, c.state(), nil)
	case "media":
		result, err := c.play(r)
		reply(r.ID, result, err)
	case "alter":
		c.tasks <- func() {
			result, err := c.alter(r.Change)
			reply(r.ID, result, err)
		}
	case "watch":
		result, err := c.watch()
		reply(r.ID, result, err)
	case "open":
		result, err := p.open(c, r)
		reply(r.ID, result, err)
	case "attributes":
		reply(r.ID, attributes(p.channel(r.Channel)), nil)
	case "send":
		reply(r.ID, nil, send(p.channel(r.Channel), r))
	case "shut":
		reply(r.ID, nil, p.channel(r.Channel).Close())
	default:
		reply(r.ID, nil, fmt.Errorf("unknown command %q", r.Command))
	}
}

func (p *peer) create(r request) error {
	settings := webrtc.Configuration{ICETransportPolicy: webrtc.NewICETransportPolicy(r.Config.ICETransportPolicy)}
	for _, server := range r.Config.ICEServers {
		settings.ICEServers = append(settings.ICEServers,
			webrtc.ICEServer{URLs: server.URLs, Username: server.Username, Credential: server.Credential})
	}
	pc, err := p.api.NewPeerConnection(settings)
	if err != nil {
		return err
	}
	c := &connection{name: r.Connection, pc: pc, trickle: r.Trickle, tasks: make(chan func(), 100)}
	p.connections[r.Connection] = c
	go func() {
		for task := range c.tasks {
			task()
		}
	}()
	c.noteStates()
	pc.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil && c.trickle {
			c.trickleOut(candidate.ToJSON())
		}
	})
	pc.OnDataChannel(func(channel *webrtc.DataChannel) { p.announce(c, channel) })
	return nil
}

func (p *peer) closeAll() {
	for _, c := range p.connections {
		c.pc.Close()
	}
}
