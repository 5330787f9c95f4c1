package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc"
)

const (
	high = 1 << 20
	low  = 512 << 10
	// An undetached channel cannot read more than this, so the 64 KiB rows lack one byte here.
	largest = 65535
)

func seconds(value float64) time.Duration { return time.Duration(value * float64(time.Second)) }

func keepFull(channel *webrtc.DataChannel, size int) {
	if size > largest {
		size = largest
	}
	message := make([]byte, size)
	more := make(chan struct{}, 1)
	channel.SetBufferedAmountLowThreshold(low)
	channel.OnBufferedAmountLow(func() {
		select {
		case more <- struct{}{}:
		default:
		}
	})
	for {
		for channel.BufferedAmount() < high {
			must(channel.Send(message))
		}
		<-more
	}
}

func flow(mode string, opts options) {
	if opts["size"] > 65536 {
		printLine("result", map[string]interface{}{"unsupported": "messages above 65535 bytes"})
		return
	}
	var bytes, messages uint64
	first := make(chan struct{})
	var once sync.Once
	ends := connect(mode, opts["reliable"] == 1, func(_ *webrtc.DataChannel, size int) {
		atomic.AddUint64(&bytes, uint64(size))
		atomic.AddUint64(&messages, 1)
		once.Do(func() { close(first) })
	})
	if ends.sender != nil {
		go keepFull(ends.sender, int(opts["size"]))
	}
	if ends.receiver == nil {
		return
	}
	<-first
	time.Sleep(seconds(opts["warmup"]))
	bytesBefore, messagesBefore, before := atomic.LoadUint64(&bytes), atomic.LoadUint64(&messages), time.Now()
	printLine("mark", "start")
	time.Sleep(seconds(opts["seconds"]))
	printLine("mark", "end")
	printLine("result", map[string]interface{}{
		"bytes":    atomic.LoadUint64(&bytes) - bytesBefore,
		"messages": atomic.LoadUint64(&messages) - messagesBefore,
		"seconds":  time.Since(before).Seconds(),
	})
}

func roundtrip(mode string, opts options) {
	message := make([]byte, int(opts["size"]))
	ends := connect(mode, true, func(channel *webrtc.DataChannel, _ int) { must(channel.Send(message)) })
	if ends.sender == nil {
		return
	}
	back := make(chan struct{}, 1)
	ends.sender.OnMessage(func(webrtc.DataChannelMessage) { back <- struct{}{} })
	trip := func() {
		must(ends.sender.Send(message))
		<-back
	}
	for i := 0; i < int(opts["warmup"]); i++ {
		trip()
	}
	micros := []float64{}
	printLine("mark", "start")
	for i := 0; i < int(opts["trips"]); i++ {
		before := time.Now()
		trip()
		micros = append(micros, float64(time.Since(before).Nanoseconds())/1000)
	}
	printLine("mark", "end")
	printLine("result", map[string]interface{}{"micros": micros})
}

func ignore(*webrtc.DataChannel, int) {}

// connectMany connects pairs, at most `together` at a time, and gives up waiting after the deadline.
func connectMany(count, together int, deadline float64) (pairs []pair, millis []float64) {
	type connected struct {
		pair   pair
		millis float64
	}
	tickets := make(chan struct{}, count)
	for i := 0; i < count; i++ {
		tickets <- struct{}{}
	}
	close(tickets)
	done := make(chan connected, count)
	for i := 0; i < together; i++ {
		go func() {
			for range tickets {
				before := time.Now()
				one := localPair(true, ignore)
				done <- connected{one, float64(time.Since(before).Nanoseconds()) / 1e6}
			}
		}()
	}
	timeout := time.After(seconds(deadline))
	for len(pairs) < count {
		select {
		case one := <-done:
			pairs, millis = append(pairs, one.pair), append(millis, one.millis)
		case <-timeout:
			return pairs, millis
		}
	}
	return pairs, millis
}

func setup(_ string, opts options) {
	for i := 0; i < int(opts["warmup"]); i++ {
		localPair(true, ignore).close()
	}
	millis := []float64{}
	before := time.Now()
	printLine("mark", "start")
	if opts["together"] > 1 {
		_, millis = connectMany(int(opts["pairs"]), int(opts["together"]), opts["deadline"])
	} else {
		for i := 0; i < int(opts["pairs"]); i++ {
			pairs, one := connectMany(1, 1, opts["deadline"])
			millis = append(millis, one...)
			for _, connected := range pairs {
				connected.close()
			}
		}
	}
	elapsed := time.Since(before).Seconds()
	printLine("mark", "end")
	printLine("result", map[string]interface{}{"millis": millis, "seconds": elapsed, "pairs": opts["pairs"]})
}

var kept []pair

func idle(_ string, opts options) {
	localPair(true, ignore).close()
	time.Sleep(200 * time.Millisecond)
	printLine("mark", "start")
	kept, _ = connectMany(int(opts["pairs"]), 20, opts["deadline"])
	printLine("mark", "ready")
	printLine("result", map[string]interface{}{"connected": len(kept)})
}
