// The measurements of ../../README.md with pion/webrtc.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

type options map[string]float64

func parseOptions(words []string) options {
	parsed := options{}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		parsed[key], _ = strconv.ParseFloat(value, 64)
	}
	return parsed
}

var printing sync.Mutex

func printLine(key string, value interface{}) {
	line, err := json.Marshal(map[string]interface{}{key: value})
	must(err)
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// readSignals hands over the other side's signals; the end of standard input ends the program.
func readSignals(take func(signal)) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var message struct{ Signal signal }
		must(json.Unmarshal(lines.Bytes(), &message))
		take(message.Signal)
	}
	os.Exit(0)
}

func main() {
	measurements := map[string]func(string, options){"flow": flow, "roundtrip": roundtrip, "setup": setup, "idle": idle,
		"rtp": rtpFlow}
	measurement, mode, opts := os.Args[1], os.Args[2], parseOptions(os.Args[3:])
	if mode == "local" {
		go readSignals(func(signal) {})
	}
	measurements[measurement](mode, opts)
	select {}
}
