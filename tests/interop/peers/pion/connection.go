package main

import (
	"fmt"

	"github.com/pion/webrtc"
)

func (c *connection) noteStates() {
	note := func(name string, value fmt.Stringer) {
		emit("state", map[string]any{"connection": c.name, "name": name, "value": value.String()})
	}
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) { note("connectionState", s) })
	c.pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) { note("iceConnectionState", s) })
	c.pc.OnICEGatheringStateChange(func(s webrtc.ICEGathererState) { note("iceGatheringState", s) })
	c.pc.OnSignalingStateChange(func(s webrtc.SignalingState) { note("signalingState", s) })
}

func (c *connection) send(message signal) {
	emit("signal", map[string]any{"connection": c.name, "message": message})
}

// Candidates are found while SetLocalDescription still runs; the other side wants the description first.
func (c *connection) trickleOut(candidate webrtc.ICECandidateInit) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.described {
		c.waiting = append(c.waiting, candidate)
		return
	}
	c.send(signal{Candidate: &candidate})
}

func (c *connection) describe(description webrtc.SessionDescription) error {
	c.mutex.Lock()
	c.described = false
	c.mutex.Unlock()
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(description); err != nil {
		return err
	}
	if !c.trickle {
		<-gathered
		description = *c.pc.LocalDescription()
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if description.Type == webrtc.SDPTypeOffer {
		c.send(signal{Offer: &description})
	} else {
		c.send(signal{Answer: &description})
	}
	c.described = true
	for i := range c.waiting {
		c.send(signal{Candidate: &c.waiting[i]})
	}
	c.waiting = nil
	return nil
}

func (c *connection) offer() error {
	description, err := c.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: c.restart})
	if err != nil {
		return err
	}
	c.restart = false
	return c.describe(description)
}

func (c *connection) receive(message signal) error {
	switch {
	case message.Offer != nil:
		if err := c.pc.SetRemoteDescription(*message.Offer); err != nil {
			return err
		}
		description, err := c.pc.CreateAnswer(nil)
		if err != nil {
			return err
		}
		return c.describe(description)
	case message.Answer != nil:
		return c.pc.SetRemoteDescription(*message.Answer)
	case message.Candidate != nil:
		return c.pc.AddICECandidate(*message.Candidate)
	}
	return fmt.Errorf("not a signaling message")
}

func candidateOf(candidate *webrtc.ICECandidate) map[string]any {
	return map[string]any{"type": candidate.Typ.String(), "protocol": candidate.Protocol.String(),
		"address": candidate.Address, "port": candidate.Port}
}

func (c *connection) state() map[string]any {
	var pair map[string]any
	if sctp := c.pc.SCTP(); sctp != nil && sctp.Transport() != nil {
		if selected, err := sctp.Transport().ICETransport().GetSelectedCandidatePair(); err == nil && selected != nil {
			pair = map[string]any{"local": candidateOf(selected.Local), "remote": candidateOf(selected.Remote)}
		}
	}
	return map[string]any{
		"connectionState": c.pc.ConnectionState().String(), "iceConnectionState": c.pc.ICEConnectionState().String(),
		"signalingState": c.pc.SignalingState().String(), "iceGatheringState": c.pc.ICEGatheringState().String(),
		"maxMessageSize": nil, "selectedPair": pair,
	}
}
