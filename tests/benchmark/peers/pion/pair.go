package main

import (
	"sync"

	"github.com/pion/webrtc"
)

type signal struct {
	Description *webrtc.SessionDescription `json:"description,omitempty"`
	Candidate   *webrtc.ICECandidateInit   `json:"candidate,omitempty"`
}

// peer is one end: a connection whose signals leave through a function, in order.
type peer struct {
	raw     *webrtc.PeerConnection
	out     func(signal)
	mutex   sync.Mutex
	pending []signal
	ready   bool
}

func newPeer(out func(signal)) *peer {
	raw, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	must(err)
	p := &peer{raw: raw, out: out}
	raw.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			init := candidate.ToJSON()
			p.send(signal{Candidate: &init})
		}
	})
	return p
}

// send keeps candidates back until the description has left.
func (p *peer) send(message signal) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if message.Description != nil {
		p.ready = true
		p.out(message)
		for _, waiting := range p.pending {
			p.out(waiting)
		}
		p.pending = nil
	} else if p.ready {
		p.out(message)
	} else {
		p.pending = append(p.pending, message)
	}
}

func (p *peer) describe(description webrtc.SessionDescription, err error) {
	must(err)
	must(p.raw.SetLocalDescription(description))
	p.send(signal{Description: &description})
}

func (p *peer) take(message signal) {
	if message.Candidate != nil {
		must(p.raw.AddICECandidate(*message.Candidate))
		return
	}
	must(p.raw.SetRemoteDescription(*message.Description))
	if message.Description.Type == webrtc.SDPTypeOffer {
		p.describe(p.raw.CreateAnswer(nil))
	}
}

func (p *peer) createChannel(reliable bool) *webrtc.DataChannel {
	init := &webrtc.DataChannelInit{}
	if !reliable {
		ordered, retransmits := false, uint16(0)
		init = &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &retransmits}
	}
	channel, err := p.raw.CreateDataChannel("bench", init)
	must(err)
	return channel
}

// incoming is a channel from the other side, already with its message handler.
func (p *peer) incoming(onMessage func(*webrtc.DataChannel, int)) <-chan *webrtc.DataChannel {
	found := make(chan *webrtc.DataChannel, 1)
	p.raw.OnDataChannel(func(channel *webrtc.DataChannel) {
		channel.OnMessage(func(message webrtc.DataChannelMessage) { onMessage(channel, len(message.Data)) })
		channel.OnOpen(func() { found <- channel })
	})
	return found
}

func opened(channel *webrtc.DataChannel) <-chan struct{} {
	done := make(chan struct{})
	channel.OnOpen(func() { close(done) })
	return done
}

// pair is what a measurement works with; an end in another process is nil.
type pair struct {
	sender, receiver *webrtc.DataChannel
	peers            []*peer
}

func (p pair) close() {
	for _, one := range p.peers {
		_ = one.raw.Close()
	}
}

// queue delivers signals one after the other on a goroutine of its own.
func queue(target func() *peer) (func(signal), func()) {
	messages := make(chan signal, 64)
	start := func() {
		go func() {
			for message := range messages {
				target().take(message)
			}
		}()
	}
	return func(message signal) { messages <- message }, start
}

func localPair(reliable bool, onMessage func(*webrtc.DataChannel, int)) pair {
	var offerer, answerer *peer
	toAnswerer, startAnswerer := queue(func() *peer { return answerer })
	toOfferer, startOfferer := queue(func() *peer { return offerer })
	offerer, answerer = newPeer(toAnswerer), newPeer(toOfferer)
	incoming := answerer.incoming(onMessage)
	sender := offerer.createChannel(reliable)
	done := opened(sender)
	startAnswerer()
	startOfferer()
	offerer.describe(offerer.raw.CreateOffer(nil))
	receiver := <-incoming
	<-done
	return pair{sender, receiver, []*peer{offerer, answerer}}
}

func connect(mode string, reliable bool, onMessage func(*webrtc.DataChannel, int)) pair {
	if mode == "local" {
		return localPair(reliable, onMessage)
	}
	self := newPeer(func(message signal) { printLine("signal", message) })
	incoming := self.incoming(onMessage)
	if mode == "answer" {
		go readSignals(self.take)
		return pair{receiver: <-incoming, peers: []*peer{self}}
	}
	sender := self.createChannel(reliable)
	done := opened(sender)
	go readSignals(self.take)
	self.describe(self.raw.CreateOffer(nil))
	<-done
	return pair{sender: sender, peers: []*peer{self}}
}
