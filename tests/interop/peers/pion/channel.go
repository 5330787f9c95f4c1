package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/pion/webrtc"
)

type channelOptions struct {
	Ordered           *bool
	MaxPacketLifeTime *uint16
	MaxRetransmits    *uint16
	Protocol          *string
	Negotiated        *bool
	ID                *uint16
}

// Bytes that every peer can make: the upper byte of x = 1664525 x + 1013904223 modulo 2^32, folded to a..z for text.
type recipe struct {
	Kind string
	Size int
	Seed uint32
}

func (r recipe) bytes() []byte {
	data := make([]byte, r.Size)
	x := r.Seed
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
		if r.Kind == "text" {
			data[i] = 'a' + data[i]%26
		}
	}
	return data
}

func attributes(channel *webrtc.DataChannel) map[string]any {
	return map[string]any{
		"label": channel.Label(), "protocol": channel.Protocol(), "ordered": channel.Ordered(),
		"maxRetransmits": channel.MaxRetransmits(), "maxPacketLifeTime": channel.MaxPacketLifeTime(),
		"negotiated": channel.Negotiated(), "id": channel.ID(), "readyState": channel.ReadyState().String(),
	}
}

func describe(name string, message webrtc.DataChannelMessage) map[string]any {
	sum := sha256.Sum256(message.Data)
	fields := map[string]any{"channel": name, "kind": "binary", "size": len(message.Data), "sha256": hex.EncodeToString(sum[:])}
	if message.IsString {
		fields["kind"] = "text"
	}
	if len(message.Data) <= 256 {
		if message.IsString {
			fields["text"] = string(message.Data)
		} else {
			fields["base64"] = base64.StdEncoding.EncodeToString(message.Data)
		}
	}
	return fields
}

func (p *peer) channel(name string) *webrtc.DataChannel {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.channels[name]
}

func (p *peer) adopt(name string, channel *webrtc.DataChannel) {
	p.mutex.Lock()
	p.channels[name] = channel
	p.mutex.Unlock()
	channel.OnOpen(func() { emit("open", map[string]any{"channel": name}) })
	channel.OnClose(func() { emit("close", map[string]any{"channel": name}) })
	channel.OnError(func(err error) { emit("channelerror", map[string]any{"channel": name, "text": err.Error()}) })
	channel.OnMessage(func(message webrtc.DataChannelMessage) { emit("message", describe(name, message)) })
}

func (p *peer) announce(c *connection, channel *webrtc.DataChannel) {
	c.incoming++
	name := fmt.Sprintf("%s/in%d", c.name, c.incoming)
	emit("datachannel", map[string]any{"connection": c.name, "channel": name, "attributes": attributes(channel)})
	p.adopt(name, channel)
}

func (p *peer) open(c *connection, r request) (map[string]any, error) {
	o := r.Options
	channel, err := c.pc.CreateDataChannel(r.Label, &webrtc.DataChannelInit{
		Ordered: o.Ordered, MaxPacketLifeTime: o.MaxPacketLifeTime, MaxRetransmits: o.MaxRetransmits,
		Protocol: o.Protocol, Negotiated: o.Negotiated, ID: o.ID,
	})
	if err != nil {
		return nil, err
	}
	p.adopt(r.Channel, channel)
	return attributes(channel), nil
}

func send(channel *webrtc.DataChannel, r request) error {
	switch {
	case r.Fill != nil && r.Fill.Kind == "text":
		return channel.SendText(string(r.Fill.bytes()))
	case r.Fill != nil:
		return channel.Send(r.Fill.bytes())
	case r.Base64 != nil:
		data, err := base64.StdEncoding.DecodeString(*r.Base64)
		if err != nil {
			return err
		}
		return channel.Send(data)
	case r.Text != nil:
		return channel.SendText(*r.Text)
	}
	return fmt.Errorf("nothing to send")
}
