package main

import (
	"fmt"

	"github.com/pion/webrtc"
)

// What the command `alter` changes: one of these, of the track of that kind.
type change struct {
	Kind    string
	Track   string // none, original or other
	Add     bool
	Remove  bool
	Restart bool
}

// The same pictures by another name. They go on in the numbers of the first, as the SSRC is the same.
type namesake struct {
	*webrtc.TrackLocalStaticSample
}

func (namesake) ID() string { return "other" }

func (p *player) alter(wanted change) error {
	kind := wanted.Kind
	if kind == "" {
		kind = "video"
	}
	switch {
	case wanted.Add:
		return p.add(kind)
	case wanted.Remove:
		return p.pc.RemoveTrack(p.transceiver(kind).Sender())
	case wanted.Track == "none":
		return p.transceiver(kind).Sender().ReplaceTrack(nil)
	case wanted.Track == "other":
		return p.transceiver(kind).Sender().ReplaceTrack(namesake{p.tracks[kind]})
	case wanted.Track == "original":
		return p.transceiver(kind).Sender().ReplaceTrack(p.tracks[kind])
	}
	return nil
}

// What the command `media` does.
func (c *connection) play(r request) (any, error) {
	if _, known := depacketizers[r.Codec]; !known {
		return map[string]any{"unknown": true}, nil
	}
	var err error
	c.player, err = newPlayer(c.pc, r)
	return map[string]any{}, err
}

func (c *connection) watch() (any, error) {
	if c.player == nil {
		return nil, fmt.Errorf("no media")
	}
	return c.player.state(), nil
}

func (c *connection) alter(wanted change) (any, error) {
	if c.player == nil {
		return nil, fmt.Errorf("no media")
	}
	if wanted.Restart {
		c.restart = true // by the next offer
	}
	return nil, c.player.alter(wanted)
}
